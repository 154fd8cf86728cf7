"""What comes from outside as JSON, read into the facts the rules take. Nothing is kept, and nothing is guessed.

An input that cannot be read is refused with every fault named: where it stands and what is wrong with it; the words
stand in `registry/labels/intake.py`. A fact that is left out or null is unknown.
"""

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from registry.services.intake_limits import (
    DEEPEST,
    FIRST_DAY,
    LAST_DAY,
    LONGEST_FIGURE,
    LONGEST_TEXT,
    LONGEST_WORDS,
    MOST_BYTES,
    MOST_FAULTS,
    MOST_ITEMS,
    ORDERS,
    SHARES,
    TEXTS,
    bounds_of,
)
from workflows.facts import ContractFacts, SiteFacts

Facts = TypeVar("Facts", SiteFacts, ContractFacts)
Path = tuple[str | int, ...]

FIGURE = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)
"""A figure that is written as a text."""
ODD_SIGN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control signs other than tab and line ends, and halves of signs: no text people write holds them."""


class Problem(StrEnum):
    """What may be wrong with an input; a closed list, with its words in `registry/labels/intake.py`."""

    NO_FILE = "no_file"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"
    NOT_AN_OBJECT = "not_an_object"
    TWICE = "twice"
    ODD_SIGN = "odd_sign"
    NO_NUMBER = "no_number"
    NOT_KNOWN = "not_known"
    MISSING = "missing"
    NOT_A_FIGURE = "not_a_figure"
    NOT_WHOLE = "not_whole"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_A_DAY = "not_a_day"
    NOT_A_TEXT = "not_a_text"
    NOT_A_LIST = "not_a_list"
    NOT_LISTED = "not_listed"
    TOO_SMALL = "too_small"
    TOO_BIG = "too_big"
    DAY_OUT_OF_RANGE = "day_out_of_range"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    TOO_MANY_PHRASES = "too_many_phrases"
    WRONG_ORDER = "wrong_order"
    OVER_THE_WHOLE = "over_the_whole"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where, what, and what a reader needs to put it right (never what was typed)."""

    problem: Problem
    path: Path = ()
    detail: str = ""
    other: str = ""

    @property
    def place(self) -> str:
        """The path as people write it: parcels[0].area_mu; "" for the input as a whole."""
        words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return words.removeprefix(".").encode("utf-8", "replace").decode("utf-8")


class Unusable(Exception):
    """An input that cannot be read; `faults` in the order of the input, at most MOST_FAULTS."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.problem} {fault.place}".strip() for fault in faults))
        self.faults = tuple(faults)


class _Object(dict[str, Any]):
    """An object of the input that remembers which of its keys stand in it twice."""

    twice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _NoNumber:
    """A number no decimal should hold: NaN, Infinity, or one with too many digits."""

    written: str


def read(kind: type[Facts], raw: bytes | str, on: date) -> Facts:
    """The facts in a JSON text; `on` stands where the text names no day. Raises Unusable."""
    return from_tree(kind, _tree(raw), on)


def from_tree(kind: type[Facts], tree: Any, on: date) -> Facts:
    """The facts in plain values as JSON knows them (figures may be Decimal); raises Unusable."""
    if not isinstance(tree, dict):
        raise Unusable([Fault(Problem.NOT_AN_OBJECT)])
    if faults := list(islice(_odd(tree), MOST_FAULTS)):
        raise Unusable(faults)
    tree = {"on": on.isoformat(), **_stated(tree)}
    try:
        facts: Facts = _adapter(kind).validate_json(f"[{json.dumps(tree, default=str)}]")[0]
    except ValidationError as error:
        listed = error.errors(include_url=False, include_input=False)[:MOST_FAULTS]
        raise Unusable([_fault(e, kind) for e in listed]) from None
    if faults := list(islice(_absurd(facts, tree, ()), MOST_FAULTS)):
        raise Unusable(faults)
    return facts


def schema(kind: type[Facts], example: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of an input, with an example and with the bounds of its figures."""
    whole = _adapter(kind).json_schema()
    parts = whole["$defs"]
    for part in parts.values():
        for name, shape in part.get("properties", {}).items():
            _bound(name, shape)
    root = parts.pop(kind.__name__)
    root["required"] = [name for name in root["required"] if name != "on"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **root,
        "$defs": parts,
        "examples": [example],
    }


def _bound(name: str, shape: dict[str, Any]) -> None:
    bounds = bounds_of(name)
    for choice in shape.get("anyOf", ()):
        if bounds and choice.get("type") in ("number", "integer"):
            choice["minimum"], choice["maximum"] = float(bounds.least), float(bounds.most)
        elif bounds and choice.get("type") == "string":
            choice["pattern"] = f"^{FIGURE.pattern}$"


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    # A plain dataclass takes no configuration of its own here, but takes over that of whatever it stands in,
    # and so does every dataclass within it: so `workflows` need not know pydantic.
    config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)
    return TypeAdapter(tuple[kind], config=config)


def _tree(raw: bytes | str) -> Any:
    text = _text(raw)
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_number,
            parse_int=_whole,
            parse_constant=_NoNumber,
        )
    except RecursionError:
        raise Unusable([Fault(Problem.TOO_DEEP, detail=str(DEEPEST))]) from None
    except json.JSONDecodeError as error:
        raise Unusable([Fault(Problem.NOT_JSON, detail=str(error.lineno), other=str(error.colno))]) from None


def _text(raw: bytes | str) -> str:
    size = len(raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        raise Unusable([Fault(Problem.TOO_LARGE, detail=str(MOST_BYTES // 1000))])
    if isinstance(raw, bytes):
        try:
            raw = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Unusable([Fault(Problem.NOT_UTF8, detail=str(error.start))]) from None
    # The mark some editors put before UTF-8 says nothing but that.
    raw = raw.removeprefix("\ufeff")
    if not raw.strip():
        raise Unusable([Fault(Problem.EMPTY)])
    return raw


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    made = _Object(pairs)
    if len(made) < len(pairs):
        made.twice = tuple(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
    return made


def _number(written: str) -> Decimal | _NoNumber:
    # Bounded before it is a Decimal: an exponent of a billion digits would be written out somewhere.
    if len(written) > LONGEST_FIGURE:
        return _NoNumber(written)
    try:
        value = Decimal(written)
    except ArithmeticError:
        return _NoNumber(written)
    return value if abs(value.adjusted()) <= LONGEST_FIGURE else _NoNumber(written)


def _whole(written: str) -> int | _NoNumber:
    return int(written) if len(written) <= LONGEST_FIGURE else _NoNumber(written)


def _odd(value: Any, path: Path = ()) -> Iterator[Fault]:
    """What no input may hold anywhere, whatever the fact."""
    match value:
        case dict() | list() if len(path) >= DEEPEST:
            yield Fault(Problem.TOO_DEEP, path[:1], str(DEEPEST))
        case dict():
            yield from (Fault(Problem.TWICE, (*path, _short(name))) for name in getattr(value, "twice", ()))
            for name, held in value.items():
                named = _odd(held, (*path, _short(name)))
                yield from [Fault(Problem.ODD_SIGN, path)] if ODD_SIGN.search(name) else named
        case list() if len(value) > MOST_ITEMS:
            yield Fault(Problem.TOO_MANY, path, str(MOST_ITEMS))
        case list():
            for place, held in enumerate(value):
                yield from _odd(held, (*path, place))
        case str() if ODD_SIGN.search(value):
            yield Fault(Problem.ODD_SIGN, path)
        case _NoNumber():
            yield Fault(Problem.NO_NUMBER, path)


def _stated(value: Any) -> Any:
    """The same without what is null: not known, as if it were left out."""
    if isinstance(value, dict):
        return {name: _stated(held) for name, held in value.items() if held is not None}
    return [_stated(held) for held in value] if isinstance(value, list) else value


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:60]}…"


_KINDS = {
    "unexpected_keyword_argument": Problem.NOT_KNOWN,
    "missing": Problem.MISSING,
    "missing_keyword_only_argument": Problem.MISSING,
    "enum": Problem.NOT_LISTED,
    "bool_type": Problem.NOT_YES_OR_NO,
    "string_type": Problem.NOT_A_TEXT,
    "tuple_type": Problem.NOT_A_LIST,
    "dataclass_type": Problem.NOT_AN_OBJECT,
    "finite_number": Problem.NO_NUMBER,
}
"""What pydantic calls a fault, where it is not told by the family of its name."""
_FAMILIES = {"int": Problem.NOT_WHOLE, "decimal": Problem.NOT_A_FIGURE, "date": Problem.NOT_A_DAY}


def _fault(error: Any, kind: type[Any]) -> Fault:
    path: Path = tuple(_short(step) if isinstance(step, str) else step for step in error["loc"][1:])
    problem = _KINDS.get(error["type"]) or _FAMILIES.get(error["type"].partition("_")[0], Problem.NOT_A_FIGURE)
    if problem is Problem.NOT_LISTED:
        return Fault(problem, path, error["ctx"]["expected"].replace(" or ", ", ").replace("'", ""))
    if problem is Problem.NOT_KNOWN:
        near = difflib.get_close_matches(str(path[-1]), _names(kind, path), n=1)
        return Fault(problem, path, near[0] if near else "")
    return Fault(problem, path)


@cache
def _parts(kind: type[Any]) -> dict[str, Any]:
    found: dict[str, Any] = _adapter(kind).json_schema()["$defs"]
    return found


def _names(kind: type[Any], path: Path) -> list[str]:
    """The names of the facts among which an unknown one stands."""
    parts = _parts(kind)
    here = parts[kind.__name__]
    for step in path[:-1]:
        if isinstance(step, str):
            refs = re.findall(r"#/\$defs/(\w+)", json.dumps(here["properties"].get(step, {})))
            here = parts[refs[0]] if refs else here
    return list(here.get("properties", ()))


def _absurd(value: Any, written: Any, path: Path) -> Iterator[Fault]:
    """What has the right shape and cannot be meant."""
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    if is_dataclass(value) and not isinstance(value, type):
        held = {f.name: getattr(value, f.name) for f in fields(value)}
        for key, inner in held.items():
            if key in written:
                yield from _absurd(inner, written[key], (*path, key))
        yield from _against_each_other(held, path)
    elif isinstance(value, tuple):
        for place, (inner, was) in enumerate(zip(value, written, strict=True)):
            yield from _absurd(inner, was, (*path, place))
        keys = [key for inner in value if (key := getattr(inner, "key", None)) is not None]
        if len(set(keys)) < len(keys):
            yield Fault(Problem.TWICE, (*path, "key"))
    elif isinstance(value, str) and not isinstance(value, StrEnum):
        yield from _of_words(value, written, name, path)
    elif isinstance(value, date):
        if not FIRST_DAY <= value <= LAST_DAY:
            yield Fault(Problem.DAY_OUT_OF_RANGE, path, FIRST_DAY.isoformat(), LAST_DAY.isoformat())
    elif isinstance(value, Decimal | int) and not isinstance(value, bool):
        yield from _of_figure(Decimal(value), written, name, path)


def _of_words(value: str, written: Any, name: str, path: Path) -> Iterator[Fault]:
    longest = LONGEST_TEXT if name in TEXTS else LONGEST_WORDS
    if not isinstance(written, str):
        yield Fault(Problem.NOT_A_TEXT, path)  # a figure, on its way through pydantic written as a text
    elif len(value) > longest:
        yield Fault(Problem.TOO_LONG, path, str(longest))


def _of_figure(value: Decimal, written: Any, name: str, path: Path) -> Iterator[Fault]:
    bounds = bounds_of(name)
    if isinstance(written, str) and not FIGURE.fullmatch(written):
        yield Fault(Problem.NOT_A_FIGURE, path)
    elif bounds and value < bounds.least:
        yield Fault(Problem.TOO_SMALL, path, f"{bounds.least:f}")
    elif bounds and value > bounds.most:
        yield Fault(Problem.TOO_BIG, path, f"{bounds.most:f}")


def _against_each_other(held: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    for first, second in ORDERS:
        if held.get(first) is not None and held.get(second) is not None and held[second] < held[first]:
            yield Fault(Problem.WRONG_ORDER, (*path, second), other=first)
    for one, other in SHARES:
        if held.get(one) is not None and held.get(other) is not None and held[one] + held[other] > 100:
            yield Fault(Problem.OVER_THE_WHOLE, (*path, other), other=one)

"""The policy as one TOML text: its files, then every change with who set it; the same policy is always the same text.

The shapes are ours and closed (words, numbers, days, yes or no, lists of words), so the writer is a page long.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from workflows.policy.changes import Change, FigureChange, MethodBegins, MethodEnds, MethodFollows
from workflows.policy.values import Decision, Figure, Method

Entry = dict[str, Any]
KINDS: Mapping[str, type] = {
    "figure": FigureChange,
    "method_follows": MethodFollows,
    "method_begins": MethodBegins,
    "method_ends": MethodEnds,
}
DECIDED = "decided_"
FREE = "all"


def text_of(kind: str, entries: Iterable[Entry]) -> str:
    """Entries as an array of tables."""
    return "\n".join(f"[[{kind}]]\n" + "".join(f"{k} = {_value(v)}\n" for k, v in e.items()) for e in entries)


def table_of(name: str, entries: Mapping[str, Any]) -> str:
    """One table."""
    return f"[{name}]\n" + "".join(f"{k} = {_value(v)}\n" for k, v in entries.items())


def entry_of(value: Any) -> Entry:
    """A clause, figure, paper or method in the shape its file has; what says nothing is left out."""
    return dict(_told(value))


def _told(value: Any) -> Iterator[tuple[str, Any]]:
    for field in fields(value):
        held = getattr(value, field.name)
        if field.name == "decision" or held is None or held in ((), ""):
            continue
        if isinstance(value, Figure) and field.name in ("unit", "value") and value.unit == "date":
            if field.name == "value":
                yield "value", value.day
            continue
        yield field.name, sorted(held) if isinstance(held, frozenset) else held


def change_entry(change: Change) -> Entry:
    """A change as an entry; who set it, where that is decided, stands last."""
    told: Entry = {"kind": next(kind for kind, cls in KINDS.items() if isinstance(change, cls))}
    if isinstance(change, MethodFollows):
        told |= {"replaces": change.replaces} | entry_of(change.method)
    else:
        told |= entry_of(change)
        if isinstance(change, FigureChange) and isinstance(change.value, str):
            told["value"] = date.fromisoformat(change.value)
    if change.decision:
        told |= {DECIDED + name: held for name, held in entry_of(change.decision).items()}
    return told


def change_of(told: Mapping[str, Any], method: Any) -> Change:
    """The change an entry tells; `method` reads the entry of a method. Raises KeyError, TypeError, ValueError."""
    words = {name: held for name, held in told.items() if not name.startswith(DECIDED)}
    decided = {name.removeprefix(DECIDED): held for name, held in told.items() if name.startswith(DECIDED)}
    decision = Decision(**decided) if decided else None
    kind = KINDS[words.pop("kind")]
    if kind is MethodFollows:
        replaces = words.pop("replaces")
        read: Method = method(words)
        return MethodFollows(read, replaces, decision)
    if kind is FigureChange:
        words["value"] = _figure_value(words["value"])
    made: Change = kind(**words, decision=decision)
    return made


def _figure_value(value: Any) -> Decimal | str:
    if isinstance(value, date):
        return value.isoformat()
    return Decimal(value) if isinstance(value, int) else value


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case StrEnum() | str():
            return _quoted(str(value))
        case Decimal():
            return f"{value:f}"
        case int():
            return str(value)
        case date():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(_value(v) for v in value)}]"
    raise TypeError(f"no policy holds a {type(value).__name__}")


def _quoted(word: str) -> str:
    # The escapes of JSON are escapes of TOML; DEL alone may not stand there as it is.
    return json.dumps(word, ensure_ascii=False).replace("\x7f", "\\u007f")

"""The scenarios of `features/` as plain values, by clause: what pages set and what tests run is one text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gherkin.parser import Parser

FEATURES = Path(__file__).parents[1] / "features"
VALUE = re.compile(r'"([^"]*)"|<([^<>]+)>')


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence; `value`: a word or figure of the case, `place`: filled from the examples."""

    text: str
    value: bool = False
    place: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; `caption` is the keyword of examples, "" below a step."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a scenario: its keyword, the sentence as it is written and in pieces, and the table below it."""

    keyword: str
    text: str
    words: tuple[Piece, ...]
    table: Table | None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario or outline, with the feature it stands in and the clauses it speaks for."""

    keyword: str
    title: str
    feature: str
    steps: tuple[Step, ...]
    examples: tuple[Table, ...]
    clauses: frozenset[str]


def of(clause_id: str) -> tuple[Scenario, ...]:
    """The scenarios of a clause, in the order of the files."""
    return tuple(s for s in everything() if clause_id in s.clauses)


@cache
def everything() -> tuple[Scenario, ...]:
    """Every scenario; the files are part of the program, so they are read once."""
    texts = (path.read_text("utf-8") for path in sorted(FEATURES.glob("*.feature")))
    return tuple(scenario for text in texts for scenario in parse(text))


def parse(text: str) -> Iterator[Scenario]:
    """The scenarios of one feature's text; raises gherkin.errors.CompositeParserException."""
    feature = Parser().parse(text)["feature"]
    yield from _within(feature, feature["name"], frozenset(), ())


def _within(
    node: Mapping[str, Any], feature: str, clauses: frozenset[str], before: tuple[Step, ...]
) -> Iterator[Scenario]:
    clauses |= _tags(node)
    for child in node["children"]:
        if "background" in child:
            before += _steps(child["background"])
        elif "rule" in child:
            yield from _within(child["rule"], feature, clauses, before)
        else:
            told = child["scenario"]
            yield Scenario(
                keyword=told["keyword"],
                title=told["name"],
                feature=feature,
                steps=before + _steps(told),
                examples=tuple(_examples(e) for e in told["examples"] if "tableHeader" in e),
                clauses=clauses | _tags(told),
            )


def _tags(node: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(tag["name"].removeprefix("@") for tag in node["tags"])


def _steps(node: Mapping[str, Any]) -> tuple[Step, ...]:
    return tuple(Step(s["keyword"].strip(), s["text"], tuple(_pieces(s["text"])), _below(s)) for s in node["steps"])


def _below(step: Mapping[str, Any]) -> Table | None:
    rows = [_cells(row) for row in step.get("dataTable", {}).get("rows", ())]
    return Table("", rows[0], tuple(rows[1:])) if rows else None


def _examples(examples: Mapping[str, Any]) -> Table:
    return Table(
        examples["keyword"], _cells(examples["tableHeader"]), tuple(_cells(row) for row in examples["tableBody"])
    )


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(cell["value"] for cell in row["cells"])


def _pieces(text: str) -> Iterator[Piece]:
    """A sentence cut at its values: words in quotation marks, and places in angle brackets (also within quotes)."""
    end = 0
    for found in VALUE.finditer(text):
        if found.start() > end:
            yield Piece(text[end : found.start()])
        quoted = found[1] if found[1] is not None else f"<{found[2]}>"
        place = re.fullmatch(r"<([^<>]+)>", quoted)
        yield Piece(place[1] if place else quoted, value=True, place=bool(place))
        end = found.end()
    if end < len(text):
        yield Piece(text[end:])

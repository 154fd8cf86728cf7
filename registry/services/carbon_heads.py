"""The heads of a table: which column holds what, in which unit. A unit must stand there; none is guessed."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from registry.services.carbon_faults import Fault, Problem, Unusable
from workflows.carbon.parameters import PLACE
from workflows.carbon.units import SIZES, Unit


class Head(StrEnum):
    """What is asked of a table."""

    NAME = "name"
    SPECIES = "species"
    AREA = "area"
    VOLUME = "volume"
    PLOT = "plot"
    STRATUM = "stratum"
    CARBON = "carbon"


TOLD = tomllib.loads((PLACE / "heads.toml").read_text("utf-8"))
NAMES: Mapping[Head, frozenset[str]] = {Head(head): frozenset(names) for head, names in TOLD["heads"].items()}
"""Names of columns without their units, as people and as files write them."""
SPELLINGS: Mapping[str, Unit] = {written: Unit(unit) for unit, names in TOLD["units"].items() for written in names}
"""How people write a unit."""
KINDS: Mapping[Head, frozenset[str]] = {
    Head.AREA: frozenset({"area"}),
    Head.VOLUME: frozenset({"volume", "yield"}),
    Head.CARBON: frozenset({"carbon"}),
}
"""What the unit of a column may measure; other columns have none."""
BRACKETED = re.compile(r"(.*?)[\[(【]([^\])】]*)[\])】]")
UNDERSCORED = re.compile(r"(.*?)_((?:m3|tc)_per_\w+|mu|ha|m2|m3)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that was found: its place from 0, its head as it is written, its unit where it has one."""

    place: int
    name: str
    unit: Unit | None


def plain(words: str) -> str:
    """A head without what people write differently: full width, case, blanks, m³ for m3."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", words)).casefold()


def placed(heads: Sequence[str], needed: Sequence[Head]) -> dict[Head, Column]:
    """The columns needed; raises Unusable naming each that is missing, there twice, or without a sound unit."""
    found: dict[Head, list[tuple[int, str, str]]] = {head: [] for head in needed}
    for place, written in enumerate(heads):
        name, unit = _parted(plain(written))
        for head in needed:
            if name in NAMES[head]:
                found[head].append((place, written.strip(), unit))
    faults: list[Fault] = []
    columns: dict[Head, Column] = {}
    for head, places in found.items():
        if not places:
            faults.append(Fault(Problem.MISSING_COLUMN, column=head, detail="、".join(heads)))
        elif len(places) > 1:
            faults.append(Fault(Problem.TWO_COLUMNS, column=head, detail="、".join(name for _, name, _ in places)))
        elif head in KINDS:
            place, name, unit = places[0]
            meant = SPELLINGS.get(unit)
            if not unit:
                faults.append(Fault(Problem.NO_UNIT, column=name))
            elif meant is None or SIZES[meant][0] not in KINDS[head]:
                faults.append(Fault(Problem.WRONG_UNIT, column=name, detail=unit, other=head))
            else:
                columns[head] = Column(place, name, meant)
        else:
            columns[head] = Column(places[0][0], places[0][1], None)
    if faults:
        raise Unusable(faults)
    return columns


def _parted(head: str) -> tuple[str, str]:
    """The name of a head and its unit, "" where it has none. A name that says "of a hectare" makes its unit one."""
    name, unit = head, ""
    for shape in (BRACKETED, UNDERSCORED):
        if (parts := shape.fullmatch(head)) and parts[1]:
            name, unit = parts[1], parts[2]
            break
    for words, per in TOLD["of_an_area"].items():
        if name.startswith(words) and unit:
            # Where the unit says otherwise, the two together are no unit that anybody knows.
            agrees = SPELLINGS.get(unit) is SPELLINGS[f"m3{per}"]
            return name.removeprefix(words), unit if agrees or unit == f"tc{per}" else f"{unit}{per}"
    return name, unit

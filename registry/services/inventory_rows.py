"""The rows of an inventory out of a table: which column is which, what each cell means, and everything that is wrong.

Plain values in and out, so that a hundred thousand rows are a matter of a second or two.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest
from operator import attrgetter
from typing import Any

from registry.services.inventory_cells import Bounds, Mapped, Odd, Read, Why, reader
from registry.sheets import clean
from registry.sheets.read import Table
from workflows.inventory import HA_IN_MU, Column, LandKind, layout

HEAD_ROWS = 12
"""A title and a line of units may stand above the heads."""
FITTING = {"area": ("mu", "ha"), "volume": ("m3", "m3_per_ha", "m3_per_mu")}
"""The units in which an area, or growing stock, may stand."""
NONE, UNKNOWN = "none", "unknown"
KEYS = tuple(c.key for c in layout().columns)
AREA, VOLUME, SPECIES = KEYS.index("area_mu"), KEYS.index("volume_m3"), KEYS.index("species_code")
PER_MU = {"m3_per_mu": 1, "m3_per_ha": HA_IN_MU}
"""Units of stock that are not of the whole row → the mu they are of."""

Row = tuple[Any, ...]
"""The number of a row as a spreadsheet counts, and behind it its values in the order of `KEYS`."""
Formulas = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One cell that cannot be used: row as a spreadsheet counts, our column, why, and what stands there."""

    row: int
    key: str
    why: Why
    value: str = ""


@dataclass(frozen=True, slots=True)
class Heads:
    """Where the heads stand (from 0), their words, and which of our columns they mean."""

    at: int
    words: tuple[str, ...]
    mapping: dict[str, tuple[int, str]]


@dataclass(slots=True)
class Judged:
    """What the rows come to, of which sound ones there are; their values are not kept."""

    faults: list[Fault] = field(default_factory=list)
    read: int = 0
    sound: int = 0
    width: int = 0
    """Cells of the widest row."""
    by_species: dict[str, list[float]] = field(default_factory=dict)
    """Species code → rows, mu, m3; of sound rows only."""
    whole: Any = field(default_factory=hashlib.sha256)

    @property
    def digest(self) -> str:
        """SHA-256 over the sound rows in order, whatever file they came in."""
        found: str = self.whole.hexdigest()
        return found


# Heads --------------------------------------------------------------------------------------------------


def heads(table: Table) -> Heads:
    """The row of heads, found by how many of ours it names, with the units that stand in a row of their own.

    A head merged over two rows counts where it begins. A row of units above or below the heads belongs to them.
    """
    best = Heads(0, (), {})
    for at in range(min(HEAD_ROWS, len(table.rows))):
        above = [clean.words(cell) for cell in table.rows[at - 1]] if at else []
        names = tuple(
            _head(clean.words(cell), above[n] if n < len(above) else "") for n, cell in enumerate(table.rows[at])
        )
        below = [clean.words(cell) for cell in table.rows[at + 1]] if at + 1 < len(table.rows) else []
        units = any(below) and all(not cell or _unit_word(cell) for cell in below)
        if units:
            names = tuple(_head(below[n] if n < len(below) else "", name) for n, name in enumerate(names))
        found = guess(names)
        if _told(found) > _told(best.mapping):
            best = Heads(at + units, names, found)
    return best if best.mapping else Heads(0, tuple(clean.words(c) for c in table.rows[0]), {})


def _told(mapping: Mapped) -> tuple[int, int]:
    """How many columns heads name, and how many of them with a unit that fits."""
    return len(mapping), sum(unit not in (NONE, UNKNOWN) for _place, unit in mapping.values())


def _head(own: str, above: str) -> str:
    """A head out of a cell and the one above it: either may be a unit alone, or nothing."""
    if _unit_word(own) and above:
        return f"{above}({_unit_word(own)})"
    if own and _unit_word(above):
        return f"{own}({_unit_word(above)})"
    return own or above


def _unit_word(text: str) -> str:
    """The word of a unit that stands alone, in brackets or not; "" for anything else."""
    word = clean.code(text).casefold().strip("()[]")
    return word if word in _units() else ""


@cache
def _units() -> Mapping[str, str]:
    return {clean.code(word).casefold(): unit for word, unit in layout().units.items()}


def guess(names: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Which columns the heads mean, with the unit each names; the first that fits counts."""
    known = {clean.head(h)[0]: c for c in reversed(layout().columns) for h in c.heads}
    whole = {clean.code(h).casefold(): c for c in layout().columns for h in c.heads}
    found: dict[str, tuple[int, str]] = {}
    for place, name in enumerate(names):
        text, _unit = clean.head(name)
        column = whole.get(clean.code(name).casefold()) or known.get(text)
        if column and column.key not in found:
            found[column.key] = (place, unit_of(column, name))
    return found


def unit_of(column: Column, name: str) -> str:
    """The unit a head gives its figures: mu or ha; m3, m3_per_ha or m3_per_mu; "" for other columns.

    UNKNOWN where the head names one that does not measure this, and NONE for an area without any: both are in use, and
    a guess would be wrong by fifteen times. Stock without a unit is the m3 of the whole row, as surveys have it.
    """
    if column.kind not in FITTING:
        return ""
    text, written = clean.head(name)
    per_area = next((unit for word, unit in layout().per_area.items() if text.startswith(word)), "")
    if column.kind == "volume" and per_area:
        return per_area
    if not written:
        return NONE if column.kind == "area" else "m3"
    said = _units().get(written, "")
    return said if said in FITTING[column.kind] else UNKNOWN


def missing(mapping: Mapped, land_kind: LandKind) -> list[Column]:
    """The columns the table must have and does not: of forest also species and volume."""
    also = {"species_code", "volume_m3"} if land_kind is LandKind.FOREST else set()
    return [c for c in layout().columns if (c.required or c.key in also) and c.key not in mapping]


# Rows ---------------------------------------------------------------------------------------------------


class Judge:
    """Reads the rows below the heads, part by part; what they come to stands in `judged`.

    A row with any fault is left out, an empty one is passed over.
    """

    def __init__(self, head: Heads, mapping: Mapped, bounds: Bounds) -> None:
        self.head, self.judged = head, Judged()
        for key, (place, unit) in mapping.items():
            if unit in (NONE, UNKNOWN):
                why = Why.NO_UNIT if unit == NONE else Why.UNKNOWN_UNIT
                self.judged.faults.append(Fault(head.at + 1, key, why, head.words[place][:60]))
        self._readers = [
            (key, mapping.get(key, (-1, ""))[0], reader(layout().column(key), bounds, mapping)) for key in KEYS
        ]
        self._volume_unit = mapping.get("volume_m3", (0, ""))[1]
        self._passed = 0
        self._seen: set[str] = set()

    def take(self, part: Table) -> list[Row]:
        """The sound rows of the next part."""
        first, self._passed = self._passed + 1, self._passed + len(part.rows)
        self.judged.width = max(self.judged.width, *map(len, part.rows))
        filled = [
            (no, cells)
            for no, cells in enumerate(part.rows, first)
            if no > self.head.at + 1 and (any(cells) or any(cell != "" for cell in cells))
        ]
        if not filled:
            return []
        numbers, rows = zip(*filled, strict=True)
        self.judged.read += len(rows)
        faults: list[Fault] = []
        columns = self._columns(numbers, list(zip_longest(*rows, fillvalue="")), part.formulas, faults)
        sound = self._sound(zip(numbers, *columns, strict=True), faults)
        self.judged.faults += sorted(faults, key=attrgetter("row"))
        self._count(sound)
        return sound

    def _columns(
        self, numbers: Sequence[int], places: Sequence[Sequence[Any]], formulas: Formulas, faults: list[Fault]
    ) -> list[list[Any]]:
        """Our columns as values; None where a cell has a fault, which is told."""
        empty = [""] * len(numbers)
        columns = []
        for key, place, read in self._readers:
            cells = places[place] if 0 <= place < len(places) else empty
            unvalued = {no for no, at in formulas if at == place}
            try:
                values = None if unvalued else read(cells)
            except Odd:
                values = None
            columns.append(values or list(_one_by_one(key, read, zip(numbers, cells, strict=True), unvalued, faults)))
        if self._volume_unit in PER_MU:
            share = PER_MU[self._volume_unit]
            pairs = zip(columns[AREA], columns[VOLUME], strict=True)
            columns[VOLUME] = [None if None in pair else round(pair[1] * pair[0] / share, 3) for pair in pairs]
        return columns

    def _sound(self, rows: Iterable[Row], faults: list[Fault]) -> list[Row]:
        bad = {fault.row for fault in faults}
        sound = []
        for row in rows:
            no, code = row[:2]
            if code in self._seen:
                faults.append(Fault(no, "code", Why.TWICE, code))
            elif no not in bad:
                self._seen.add(code)
                sound.append(row)
        return sound

    def _count(self, sound: list[Row]) -> None:
        self.judged.sound += len(sound)
        self.judged.whole.update("".join([repr(row[1:]) for row in sound]).encode())
        for row in sound:
            summed = self.judged.by_species.setdefault(row[SPECIES + 1], [0, 0.0, 0.0])
            summed[0] += 1
            summed[1] += row[AREA + 1]
            summed[2] += row[VOLUME + 1]


def _one_by_one(
    key: str, read: Read, cells: Iterable[tuple[int, Any]], unvalued: set[int], faults: list[Fault]
) -> Iterator[Any]:
    """The cells of a column in which one has a fault."""
    for no, cell in cells:
        value = None
        if no in unvalued:
            faults.append(Fault(no, key, Why.FORMULA))
        else:
            try:
                (value,) = read((cell,))
            except Odd as odd:
                faults.append(Fault(no, key, odd.why, clean.words(cell)[:60]))
        yield value

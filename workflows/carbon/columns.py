"""Sub-compartments as columns, and what may be wrong with one of their rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]

MOST = 1e9
"""More hectares or cubic metres than any row can hold: China's forest is 2.3e8 ha."""


@dataclass(frozen=True)
class Coded:
    """A column of words as numbers: `words[codes[row]]` is the word of the row."""

    codes: Codes
    words: tuple[str, ...]

    @classmethod
    def of(cls, column: "Words") -> "Coded":
        """The column coded, words in the order of their first row; None and blanks are ""."""
        if isinstance(column, Coded):
            return column
        listed: Iterable[Any] = column.tolist() if isinstance(column, np.ndarray) else column
        seen: defaultdict[Any, int] = defaultdict(count().__next__)
        codes = np.fromiter(map(seen.__getitem__, listed), np.int32)
        stripped = [str(word if word is not None else "").strip() for word in seen]
        words = tuple(dict.fromkeys(stripped))
        if len(words) < len(stripped):
            codes = np.array([words.index(word) for word in stripped], np.int32)[codes]
        return cls(codes, words)

    def __len__(self) -> int:
        return len(self.codes)


Words = Coded | NDArray[Any] | Sequence[str | None]


class Columns:
    """What is reckoned with, one entry a row: species (code or name), area, and the volume of the whole row.

    Raises ValueError where the columns differ in length.
    """

    __slots__ = ("area_ha", "species", "volume_m3")

    species: Coded
    area_ha: Floats
    volume_m3: Floats

    def __init__(self, species: Words, area_ha: Any, volume_m3: Any) -> None:
        self.species = Coded.of(species)
        self.area_ha = np.asarray(area_ha, np.float64)
        self.volume_m3 = np.asarray(volume_m3, np.float64)
        if not len(self.species) == len(self.area_ha) == len(self.volume_m3):
            raise ValueError("columns of different length")

    def __len__(self) -> int:
        return len(self.area_ha)


class Why(StrEnum):
    """What may be wrong with a row; a closed list, with its words in `registry/labels/carbon.py`."""

    UNKNOWN_SPECIES = "unknown_species"
    NO_PARAMETERS = "no_parameters"
    NO_SPECIES = "no_species"
    NO_AREA = "no_area"
    NO_NUMBER = "no_number"
    NEGATIVE = "negative"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Fault:
    """One row that cannot be reckoned: its place from 0, the column, why, and the word that stands there."""

    row: int
    column: str
    why: Why
    detail: str = ""


class RowFaults(Exception):
    """Rows that cannot be reckoned. Nothing is, then: a total without them would be a wrong one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"row {f.row} {f.column}: {f.why} {f.detail}".strip() for f in faults[:20]))
        self.faults = tuple(faults)


def number_faults(name: str, values: Floats) -> list[Fault]:
    """The rows of a column of figures that hold none, or one that cannot be."""
    # NaN fails both comparisons, so two passes clear a sound column.
    if not len(values) or (values.min() >= 0 and values.max() <= MOST):
        return []
    odd = ((~np.isfinite(values), Why.NO_NUMBER), (values < 0, Why.NEGATIVE), (values > MOST, Why.TOO_LARGE))
    found = {int(row): why for rows, why in reversed(odd) for row in np.flatnonzero(rows)}
    return [Fault(row, name, why) for row, why in sorted(found.items())]

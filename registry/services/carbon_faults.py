"""What may be wrong with a table of sub-compartments or plots; the words stand in `registry/labels/carbon.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from workflows.carbon.columns import Why
from workflows.carbon.plausible import Suspicion

MOST_FAULTS = 200
"""Faults that are named at once; the rest are counted."""


class Problem(StrEnum):
    """A closed list. What the pure rows and columns are found to be wrong with has the same name here."""

    NO_FILE = "no_file"
    TOO_LARGE_FILE = "too_large_file"
    EMPTY = "empty"
    NOT_TEXT = "not_text"
    NOT_JSON = "not_json"
    NOT_ROWS = "not_rows"
    NOT_WORKBOOK = "not_workbook"
    TOO_MANY = "too_many"
    FORMULA = "formula"
    RAGGED = "ragged"
    NO_YEARS = "no_years"
    NO_GROUP = "no_group"
    MISSING_COLUMN = "missing_column"
    TWO_COLUMNS = "two_columns"
    NO_UNIT = "no_unit"
    WRONG_UNIT = "wrong_unit"
    NO_NAME = "no_name"
    TWICE = "twice"
    NO_FIGURE = "no_figure"
    NO_LAND = "no_land"
    OTHER_AREA = "other_area"
    CROSSED = "crossed"
    UNKNOWN_SPECIES = Why.UNKNOWN_SPECIES
    NO_PARAMETERS = Why.NO_PARAMETERS
    NO_SPECIES = Why.NO_SPECIES
    NO_NUMBER = Why.NO_NUMBER
    NEGATIVE = Why.NEGATIVE
    TOO_LARGE = Why.TOO_LARGE
    ROW_TOO_DENSE = "row_too_dense"
    SWAPPED = Suspicion.SWAPPED
    MU_AS_HA = Suspicion.MU_AS_HA
    HA_AS_MU = Suspicion.HA_AS_MU
    TOO_THIN = Suspicion.TOO_THIN
    TOO_DENSE = Suspicion.TOO_DENSE


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the row as the file counts it (0: the table as a whole), the head, what is there."""

    problem: Problem
    row: int = 0
    column: str = ""
    detail: str = ""
    other: str = ""
    file: str = ""


class Unusable(Exception):
    """A table that cannot be reckoned with; its faults by row, at most MOST_FAULTS of them, and how many more."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        ordered = sorted(faults, key=lambda fault: fault.row)
        super().__init__("; ".join(f"{f.problem} {f.row} {f.column}".strip() for f in ordered[:20]))
        self.faults = tuple(ordered[:MOST_FAULTS])
        self.more = len(ordered) - len(self.faults)

    def of(self, file: str) -> Self:
        """The same, with the file in which it is."""
        self.faults = tuple(replace(fault, file=file) for fault in self.faults)
        return self

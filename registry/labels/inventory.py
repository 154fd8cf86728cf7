"""The words of inventories: columns, what is wrong with a cell or a file, why an import ended."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from registry import labels
from registry.services.inventory_cells import Why
from registry.services.inventory_import import DIFFERS, MISSING, UNREADABLE
from registry.sheets.read import Unreadable
from workflows.carbon import Parameters
from workflows.inventory import ChangeCause, RowChange
from workflows.states import AgeGroup, Tenure

COLUMNS: Mapping[str, LazyString] = {
    "code": _l("Code of the sub-compartment"),
    "district_code": _l("District or county"),
    "township": _l("Township"),
    "village": _l("Village"),
    "farm": _l("Forest farm"),
    "forest_district": _l("Forest district of the farm"),
    "compartment": _l("Compartment"),
    "sub_compartment": _l("Sub-compartment"),
    "land_kind": _l("Kind of land"),
    "forest_category": _l("Forest category"),
    "origin": _l("Origin"),
    "species_code": _l("Dominant species"),
    "age_group": _l("Age group"),
    "tenure": _l("Tenure"),
    "area_mu": _l("Area"),
    "volume_m3": _l("Growing stock volume"),
    "crown_closure": _l("Crown closure"),
    "dbh_cm": _l("Mean DBH (cm)"),
    "height_m": _l("Mean height (m)"),
    "planted_year": _l("Year of planting"),
    "cause": _l("What changed it"),
    "note": _l("Remark"),
}
UNITS: Mapping[str, LazyString] = {
    "mu": _l("in mu"),
    "ha": _l("in hectares"),
    "m3": _l("m³ of the whole row"),
    "m3_per_mu": _l("m³ per mu"),
    "m3_per_ha": _l("m³ per hectare"),
}
FAULTS: Mapping[Why, LazyString] = {
    Why.EMPTY: _l("is empty; fill it in"),
    Why.FORMULA: _l("holds a formula without a value; open the file in Excel and save it, or enter the value"),
    Why.ERROR_VALUE: _l("holds an error of the spreadsheet; enter the value"),
    Why.NOT_A_NUMBER: _l("is no number; enter figures only, for example 128.5"),
    Why.NEGATIVE: _l("is negative; enter a figure of at least 0"),
    Why.ZERO: _l("is 0; enter the area of the sub-compartment"),
    Why.TOO_LARGE: _l("is too large; check the unit and the decimal point"),
    Why.NOT_A_SHARE: _l("is not between 0 and 1; write 60% as 0.6"),
    Why.NOT_A_YEAR: _l("is no year; enter four figures, for example 1998"),
    Why.NOT_LISTED: _l("is no word of the code list; take one from the second sheet of the template"),
    Why.UNKNOWN_SPECIES: _l("is no species of the code list; take one from the second sheet of the template"),
    Why.NO_SUCH_DISTRICT: _l("is no district or county of Tai’an; enter its six-digit code or its name"),
    Why.TOO_LONG: _l("is too long; shorten it"),
    Why.NO_UNIT: _l("names no unit; write it behind the head in brackets, mu or hectares"),
    Why.UNKNOWN_UNIT: _l("names a unit that is not used here; give areas in mu or hectares, growing stock in m³"),
    Why.TWICE: _l("stands in the table before; each sub-compartment has one row and one code"),
    Why.OTHER_KIND: _l("is another kind of land than this inventory; move the row to the other inventory"),
    Why.OTHER_DISTRICT: _l("is not of the district or county of this inventory; leave the row out"),
    Why.OTHER_FARM: _l("is not of the forest farm of this inventory; leave the row out"),
}
FILES: Mapping[Unreadable, LazyString] = {
    Unreadable.TOO_LARGE: _l("The file is larger than %(detail)s MB. Split the table by district or by farm."),
    Unreadable.TOO_MANY_PARTS: _l("The workbook has more than %(detail)s parts. Copy the table into a new workbook."),
    Unreadable.TOO_MUCH_PACKED: _l("The workbook unpacks to far too much. Copy the table into a new workbook."),
    Unreadable.TOO_MANY_ROWS: _l("The table has more than %(detail)s rows. Split it by district or by farm."),
    Unreadable.TOO_MANY_COLUMNS: _l("The table has more than %(detail)s columns. Keep those of the template."),
    Unreadable.TOO_MANY_CELLS: _l(
        "The table has more than %(detail)s cells. Split it by district or by farm, or leave out columns."
    ),
    Unreadable.BROKEN: _l("The workbook cannot be read. Open it in Excel, save it as XLSX, and choose it again."),
    Unreadable.NOT_TEXT: _l("The file is neither XLSX nor CSV text. Save the table as XLSX and choose it again."),
    Unreadable.NOT_CSV: _l(
        "Line %(detail)s of the CSV file cannot be read. Save the table as XLSX and choose it again."
    ),
    Unreadable.EMPTY: _l("The first sheet is empty. Put the table on the first sheet."),
}
GROUPS: Mapping[str, LazyString] = {
    "district_code": _l("By district or county"),
    "farm": _l("By forest farm"),
    "forest_district": _l("By forest district"),
    "species_code": _l("By species"),
    "age_group": _l("By age group"),
    "tenure": _l("By tenure"),
}
"""By what stock and change are divided, in the order of the tables."""
OF_WOOD = frozenset({"species_code", "age_group"})
"""Those of forest alone."""
ENDS: Mapping[str, LazyString] = {
    MISSING: _l("The file is no longer in the store. Import it again."),
    UNREADABLE: _l("The file can no longer be read. Import it again."),
    DIFFERS: _l("The rows are not the ones that were checked. Check and import the file again."),
}


def column(key: str) -> str:
    """The reader's word for a column of the table."""
    return str(COLUMNS[key])


def fault(why: Why) -> str:
    """What is wrong with a cell, and what to do."""
    return str(FAULTS[why])


def refused(why: Unreadable, detail: str) -> str:
    """Why a file is not used, and what to do."""
    return str(FILES[why]) % {"detail": detail}


def group(key: str, word: str, parameters: Parameters, lang: str) -> str:
    """The reader's word for a group of a table: a district, a species, an age group."""
    if not word:
        return str(NOT_SAID)
    if key == "species_code":
        return species(word, parameters, lang)
    if key == "district_code":
        return labels.district(word)
    return labels.label(word, LISTED[key]) if key in LISTED else word


LISTED: Mapping[str, type[StrEnum]] = {"age_group": AgeGroup, "tenure": Tenure}
NOT_SAID = _l("Not stated")


def in_order(key: str, rows: Iterable[Any]) -> list[Any]:
    """The groups of a table: those of a closed list in its order, others as they are; what is not stated last."""
    order = {str(member): place for place, member in enumerate(LISTED.get(key, ()))}
    return sorted(rows, key=lambda row: (not row.key, order.get(row.key, 0)))


def species(code: str, parameters: Parameters, lang: str) -> str:
    """The name of a species."""
    return parameters.species[code].name(lang) if code in parameters.species else str(NOT_SAID)


def row_change(kind: RowChange) -> str:
    """What differs between two surveys."""
    return labels.label(kind)


def cause(kind: RowChange, word: str) -> str:
    """Why; a survey that names no cause of a growing stand says only that it grew or stayed."""
    if kind is RowChange.GONE or (kind is RowChange.ADDED and word in ("", ChangeCause.NONE)):
        return str(NOT_SAID)
    return str(NO_EVENT) if word == ChangeCause.NONE else labels.label(word, ChangeCause)


NO_EVENT = _l("No event: growth")

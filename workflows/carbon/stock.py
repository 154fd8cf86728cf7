"""The carbon that stands in sub-compartments, by the volume of their stems.

`B = V·WD·BEF·(1+R)`, `C = B·CF`, `CO2 = C·44/12`. Rows are summed in their own order and the sums of species in the
order of their codes, so that the same rows give the same digits.
"""

from dataclasses import dataclass
from functools import cached_property
from math import fsum

import numpy as np

from workflows.carbon.columns import Coded, Columns, Fault, Floats, RowFaults, Why, Words, number_faults
from workflows.carbon.parameters import Factors, Mark, Parameters
from workflows.carbon.units import Unit, convert

NO_TREES = ""
"""The code of land on which no tree stands."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a result: the group it is of, and its sums. A line of one species names its parameters."""

    key: str
    rows: int
    area_ha: float
    volume_m3: float
    tc: float
    factors: Factors | None = None

    @property
    def tco2e(self) -> float:
        """Tonnes of carbon dioxide."""
        return convert(self.tc, Unit.TC, Unit.TCO2E)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What of its parameters is not verified."""
        return marks_of([self.factors] if self.factors else [])


@dataclass(frozen=True)
class Stock:
    """What stands: by row, by species, in all."""

    columns: Columns
    parameters: Parameters
    species: tuple[Row, ...]
    by_code: Floats
    """tC of a cubic metre, by the code of the species column."""

    @cached_property
    def rows_tc(self) -> Floats:
        """Tonnes of carbon, row by row."""
        rows: Floats = self.columns.volume_m3 * self.by_code[self.columns.species.codes]
        return rows

    @property
    def rows_tco2e(self) -> Floats:
        """Tonnes of carbon dioxide, row by row."""
        return convert(self.rows_tc, Unit.TC, Unit.TCO2E)

    @property
    def total(self) -> Row:
        """All rows together."""
        return total_of(self.species)

    @property
    def total_tc(self) -> float:
        """Tonnes of carbon in all."""
        return self.total.tc

    @property
    def total_tco2e(self) -> float:
        """Tonnes of carbon dioxide in all."""
        return self.total.tco2e

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What of the parameters used is not verified."""
        return marks_of([row.factors for row in self.species if row.factors])


def stock(columns: Columns, parameters: Parameters) -> Stock:
    """The stock of all rows; raises RowFaults naming each row that cannot be reckoned."""
    faults = [
        *number_faults("area_ha", columns.area_ha),
        *number_faults("volume_m3", columns.volume_m3),
        *_species_faults(columns, parameters),
    ]
    if faults:
        raise RowFaults(sorted(faults, key=lambda fault: (fault.row, fault.column)))
    words, codes = columns.species.words, columns.species.codes
    meant = [parameters.code(word) or NO_TREES for word in words]
    counts, area_ha, volume_m3 = (np.bincount(codes, w, len(words)) for w in (None, columns.area_ha, columns.volume_m3))
    by_code = np.array([_tc_per_m3(code, parameters) for code in meant], np.float64)
    species = []
    for code in sorted(set(meant)):
        of = [place for place, one in enumerate(meant) if one == code]
        area, volume = (fsum(column[of].tolist()) for column in (area_ha, volume_m3))
        factors = parameters.factors.get(code)
        species.append(Row(code, int(counts[of].sum()), area, volume, volume * _tc_per_m3(code, parameters), factors))
    return Stock(columns, parameters, tuple(species), by_code)


def grouped(of: Stock, key: Words) -> tuple[Row, ...]:
    """The stock by the words of another column, such as the district, in the order of the words.

    Raises ValueError where the column has another length.
    """
    column = Coded.of(key)
    if len(column) != len(of.columns):
        raise ValueError("a key of another length")
    size = len(column.words)
    weights = None, of.columns.area_ha, of.columns.volume_m3, of.rows_tc
    counts, area_ha, volume_m3, tc = (np.bincount(column.codes, w, size).tolist() for w in weights)
    lines = zip(column.words, map(int, counts), area_ha, volume_m3, tc, strict=True)
    return tuple(Row(*line) for line in sorted(lines))


def total_of(rows: tuple[Row, ...]) -> Row:
    """Lines of a table added up."""
    sums = (fsum(column) for column in zip(*((r.area_ha, r.volume_m3, r.tc) for r in rows), strict=True))
    return Row("", sum(r.rows for r in rows), *(sums if rows else (0.0, 0.0, 0.0)))


def marks_of(used: list[Factors]) -> tuple[Mark, ...]:
    """The marks of parameters that are not verified or stand in for others, each once."""
    return tuple(dict.fromkeys(f.mark for f in used if f.mark.unverified or f.mark.proxy_of))


def _tc_per_m3(code: str, parameters: Parameters) -> float:
    return float(parameters.factors[code].tc_per_m3) if code else 0.0


def _species_faults(columns: Columns, parameters: Parameters) -> list[Fault]:
    """Rows whose species is unknown, has no parameters, or is missing although wood stands there."""
    found: list[Fault] = []
    for place, word in enumerate(columns.species.words):
        code = parameters.code(word)
        if code in parameters.factors:
            continue
        rows = columns.species.codes == place
        if word == NO_TREES:
            why, rows = Why.NO_SPECIES, rows & (columns.volume_m3 > 0)
        else:
            why = Why.NO_PARAMETERS if code else Why.UNKNOWN_SPECIES
        found += [Fault(int(row), "species", why, word) for row in np.flatnonzero(rows)]
    return found

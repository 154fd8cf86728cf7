"""Single trees by their breast-height diameter: `W = Σ a·D^b`, D in cm, W in kg, and plots of them for a hectare."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from workflows.carbon.columns import Coded, Fault, Floats, RowFaults, Why, Words, number_faults
from workflows.carbon.parameters import PLACE, Mark, Parameters
from workflows.carbon.units import Unit, convert
from workflows.policy.values import Confidence

KG_PER_T = 1000
LARGEST_CM = 300.0
"""No tree of these species is thicker; a larger figure is in millimetres."""


@dataclass(frozen=True, slots=True)
class Equation:
    """The terms (a, b) of a group of species, one an organ."""

    group: str
    terms: tuple[tuple[Decimal, Decimal], ...]

    def kg(self, d_cm: Floats) -> Floats:
        """Dry mass of each tree with all its organs, kg."""
        organs = [float(a) * d_cm ** float(b) for a, b in self.terms]
        kg: Floats = np.sum(organs, axis=0, dtype=np.float64)
        return kg


@dataclass(frozen=True)
class Equations:
    """A set of equations, and by which species code one is found. It may be no approved method's: the mark says so."""

    by_species: Mapping[str, Equation]
    mark: Mark
    approved: bool

    @classmethod
    def base(cls, on: date) -> Self:
        """The equations of the files beside the policy; raises KeyError before the day they are in force from."""
        return cls.read(PLACE / "tree-equations.toml", on)

    @classmethod
    def read(cls, path: Path, on: date) -> Self:
        """The equations in a file."""
        with path.open("rb") as file:
            told: dict[str, Any] = tomllib.load(file, parse_float=Decimal)
        head = told["table"]
        if on < head["since"]:
            raise KeyError(f"no tree equations on {on.isoformat()}")
        found = {
            code: Equation(entry["group"], tuple((a, b) for a, b in entry["terms"]))
            for entry in told["equation"]
            for code in entry["species"]
        }
        mark = Mark(path.stem, Confidence(head["confidence"]), head["source_zh"], head["source_en"])
        return cls(MappingProxyType(found), mark, head["approved"])


@dataclass(frozen=True)
class Plots:
    """What plots hold for a hectare, in the order of their names."""

    names: tuple[str, ...]
    biomass_t_per_ha: Floats
    tc_per_ha: Floats
    marks: tuple[Mark, ...]

    @property
    def tco2e_per_ha(self) -> Floats:
        """The same in tonnes of carbon dioxide."""
        return convert(self.tc_per_ha, Unit.TC, Unit.TCO2E)


def plots(
    species: Words,
    d_cm: Sequence[float] | Floats,
    plot: Words,
    areas_m2: Mapping[str, float],
    by: tuple[Equations, Parameters],
) -> Plots:
    """Plots from their trees: a plot of `areas_m2` without a tree holds nothing, which is a measurement.

    Raises RowFaults where a tree has no equation, no carbon fraction, no sound diameter, or stands in no plot.
    """
    equations, parameters = by
    kinds, where, d = Coded.of(species), Coded.of(plot), np.asarray(d_cm, np.float64)
    meant = [parameters.code(word) for word in kinds.words]
    if faults := _faults(kinds, where, d, areas_m2, meant, by):
        raise RowFaults(sorted(faults, key=lambda fault: (fault.row, fault.column)))
    kg, tc = np.zeros(len(d)), np.zeros(len(d))
    used = [parameters.factors[code].mark for code in meant if code]
    for place, code in enumerate(meant):
        rows = kinds.codes == place
        if code:
            kg[rows] = equations.by_species[code].kg(d[rows])
            tc[rows] = kg[rows] / KG_PER_T * float(parameters.factors[code].cf)
    names = tuple(sorted(areas_m2))
    places = np.array([names.index(word) for word in where.words], np.intp)[where.codes]
    hectares = convert(np.array([areas_m2[name] for name in names], np.float64), Unit.M2, Unit.HA)
    mass, carbon = (np.bincount(places, w, len(names)) / hectares for w in (kg / KG_PER_T, tc))
    return Plots(names, mass, carbon, tuple(dict.fromkeys((equations.mark, *used))))


def _faults(
    kinds: Coded,
    where: Coded,
    d: Floats,
    areas_m2: Mapping[str, float],
    meant: list[str | None],
    by: tuple[Equations, Parameters],
) -> list[Fault]:
    equations, parameters = by
    found = number_faults("d_cm", d)
    found += [Fault(int(row), "d_cm", Why.TOO_LARGE) for row in np.flatnonzero((d > LARGEST_CM) & (d <= 1e9))]
    found += [Fault(int(row), "d_cm", Why.NO_NUMBER) for row in np.flatnonzero(d == 0)]
    for place, (word, code) in enumerate(zip(kinds.words, meant, strict=True)):
        if code not in equations.by_species or code not in parameters.factors:
            why = Why.NO_PARAMETERS if code else Why.UNKNOWN_SPECIES if word else Why.NO_SPECIES
            found += [Fault(int(row), "species", why, word) for row in np.flatnonzero(kinds.codes == place)]
    for place, word in enumerate(where.words):
        if not areas_m2.get(word, 0) > 0:
            found += [Fault(int(row), "plot", Why.NO_AREA, word) for row in np.flatnonzero(where.codes == place)]
    return found

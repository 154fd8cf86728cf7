"""Tables 1–3 of a report: what stands by the farm's newest inventory, its carbon, and what moved since the one before.

Both inventories of a comparison are reckoned by the parameters in force at the end of the period, so that a change of
parameters is no change of the forest.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from flask_babel import gettext as _

from registry import labels
from registry.models import Inventory
from registry.queries.report_records import MEASURED, Plain, group_of, plain_rows, surveys
from registry.services.farm_plots import Samples, Stratum
from workflows.carbon import Columns, Parameters, Row, RowFaults, grouped, stock
from workflows.facts import SurveyFault
from workflows.report_tables import MU_PER_HA, Cell, Source, completed
from workflows.states import AgeGroup, ForestUse

Cells = Mapping[str, Cell]
DAYS_OF_A_YEAR = Decimal("365.25")
INVENTORY = "inventory"
SEPARATOR = "\x1f"
AGES = {None: -1} | {member: place for place, member in enumerate(AgeGroup)}
USES = {None: -1} | {member: place for place, member in enumerate(ForestUse)}


@dataclass(frozen=True)
class Survey:
    """An inventory with its rows, the stock of each stratum, or why its carbon cannot be reckoned."""

    version: Inventory
    rows: Sequence[Plain]
    parameters: Parameters
    strata: Mapping[Stratum, Row]
    faults: tuple[SurveyFault, ...] = ()

    @property
    def method(self) -> str:
        """The method version and the parameters' revision, as the report names them."""
        said = {"method": self.parameters.method, "revision": self.parameters.revision[:8]}
        return _("Volume–biomass method, parameters of %(method)s (revision %(revision)s)", **said)

    def mark(self, species: str) -> str:
        """known or unsure, where the parameters of a species are not verified, or stand in for its own."""
        factors = self.parameters.factors.get(species)
        if factors is None or not (factors.mark.unverified or factors.mark.proxy_of):
            return ""
        return factors.mark.confidence.value


def survey(version: Inventory, on: date) -> Survey:
    """An inventory reckoned by the parameters of a day."""
    rows, parameters = plain_rows(version.id), Parameters.base(on)
    area_ha = np.array([float(r.area_mu / MU_PER_HA) for r in rows], np.float64)
    volume = np.array([float(r.volume_m3) for r in rows], np.float64)
    try:
        reckoned = stock(Columns([r.species_code for r in rows], area_ha, volume), parameters)
    except RowFaults as found:
        faults = tuple(SurveyFault(rows[f.row].row_no, rows[f.row].code, f.why.value, f.detail) for f in found.faults)
        return Survey(version, rows, parameters, {}, faults)
    keys = {SEPARATOR.join((r.species_code, r.age_group or "")): _stratum(r) for r in rows}
    lines = grouped(reckoned, [SEPARATOR.join((r.species_code, r.age_group or "")) for r in rows])
    return Survey(version, rows, parameters, {keys[line.key]: line for line in lines})


def _stratum(row: Plain) -> Stratum:
    return row.species_code, row.age_group


@dataclass(frozen=True)
class Surveys:
    """The farm's newest inventory at the end of a period, and the one before it."""

    newest: Survey | None = None
    before: Survey | None = None

    def tables(self, samples: Samples) -> dict[int, list[Cells]]:
        """Tables 1, 2 and 3; empty where there is nothing to make them from, or a row cannot be reckoned."""
        found: dict[int, list[Cells]] = {1: [], 2: [], 3: []}
        if self.newest is not None:
            found[1] = list(_resources(self.newest))
            found[2] = list(_carbon(self.newest, samples))
            if self.before is not None and self.newest.strata and self.before.strata:
                found[3] = list(_change(self.before, self.newest))
        return found

    def stated(self, samples: Samples) -> dict[int, Cells]:
        """What totals state that is no sum: how sure the whole stock of table 2 is."""
        if self.newest is None or not self.newest.strata:
            return {}
        whole = samples.cell({stratum: mu / MU_PER_HA for stratum, mu in _areas(self.newest).items()})
        return {2: {"uncertainty_pct": whole}} if whole else {}

    @property
    def faults(self) -> tuple[SurveyFault, ...]:
        """Rows of either that cannot be reckoned."""
        return tuple(fault for one in (self.newest, self.before) if one is not None for fault in one.faults)


def of(farm_id: int, until: date) -> Surveys:
    """The surveys a report that ends on a day rests on."""
    found = [survey(version, until) for version in surveys(farm_id, until)[:2]]
    return Surveys(*found)


# The tables ---------------------------------------------------------------------------------------------


def _resources(of_farm: Survey) -> Iterator[Cells]:
    groups: dict[tuple[str, ForestUse | None, str, AgeGroup | None], list[Plain]] = defaultdict(list)
    for row in of_farm.rows:
        groups[row.forest_district, row.forest_category, row.species_code, row.age_group].append(row)
    districts, species_of = (
        _places(r.forest_district for r in of_farm.rows),
        _places(r.species_code for r in of_farm.rows),
    )
    order = sorted(groups, key=lambda key: (districts[key[0]], USES[key[1]], species_of[key[2]], AGES[key[3]]))
    for district, category, species, age in order:
        rows = groups[district, category, species, age]
        group = group_of(forest_district=district, forest_category=category, species_code=species, age_group=age)
        sources = (Source(INVENTORY, of_farm.version.id, group),)
        words = {
            "forest_district": district or _("not divided"),
            "forest_category": _said(category),
            "species": _species(of_farm, species),
            "age_group": _said(age),
        }
        figures = {"area_mu": _sum(r.area_mu for r in rows), "volume_m3": _sum(r.volume_m3 for r in rows)}
        figures["area_ha"] = figures["area_mu"] / MU_PER_HA
        means = {key: mean for key in MEASURED if (mean := _weighted(rows, key)) is not None}
        yield completed(1, {key: Cell(value, sources) for key, value in (words | figures | means).items()})


def _carbon(of_farm: Survey, samples: Samples) -> Iterator[Cells]:
    areas = _areas(of_farm)
    for stratum in _in_order(of_farm, of_farm.strata):
        (species, _age), line = stratum, of_farm.strata[stratum]
        sources, method, mark = _group(of_farm, stratum), of_farm.method, of_farm.mark(species)
        area_ha, volume = areas[stratum] / MU_PER_HA, _decimal(line.volume_m3)
        row = {
            "stratum": Cell(_name(of_farm, stratum), sources),
            "area_ha": Cell(area_ha, sources),
            "volume_m3_per_ha": Cell(volume / area_ha, sources),
        }
        if factors := of_farm.parameters.factors.get(species):
            used = {"wd": factors.wd, "bef": factors.bef, "r": factors.r, "cf": factors.cf}
            row |= {key: Cell(value, sources, method, mark) for key, value in used.items()}
        reckoned = {"carbon_tc": _decimal(line.tc), "co2_t": _decimal(line.tco2e)}
        row |= {key: Cell(value, sources, method, mark) for key, value in reckoned.items()}
        if unsure := samples.cell({stratum: area_ha}):
            row["uncertainty_pct"] = unsure
        yield completed(2, row)


def _change(before: Survey, after: Survey) -> Iterator[Cells]:
    years = (after.version.surveyed_on - before.version.surveyed_on).days / DAYS_OF_A_YEAR
    areas = _areas(after)
    for stratum in _in_order(after, before.strata.keys() | after.strata.keys()):
        mark = after.mark(stratum[0])
        start, end = (_tonnes(one.strata.get(stratum)) for one in (before, after))
        every = (*_group(before, stratum), *_group(after, stratum))
        row = {
            "stratum": Cell(_name(after, stratum), every),
            "start_t": Cell(start, _group(before, stratum), before.method, mark),
            "end_t": Cell(end, _group(after, stratum), after.method, mark),
            "yearly_t": Cell((end - start) / years, every, after.method, mark),
        }
        if stratum in areas:
            row["yearly_t_per_mu"] = Cell((end - start) / years / areas[stratum], every, after.method, mark)
        yield completed(3, row)


def _in_order(of_farm: Survey, strata: Iterable[Stratum]) -> list[Stratum]:
    """Species as the inventory lists them, those it has no more at the end; then the younger first."""
    places = _places(r.species_code for r in of_farm.rows)
    return sorted(strata, key=lambda stratum: (places.get(stratum[0], len(places)), stratum[0], AGES[stratum[1]]))


def _places(words: Iterable[str]) -> dict[str, int]:
    """Word → its place in the order in which the words first come."""
    return {word: place for place, word in enumerate(dict.fromkeys(words))}


def _areas(of_farm: Survey) -> dict[Stratum, Decimal]:
    """Stratum → mu, added up as written, so that table 2 is the same forest as table 1 to the last digit."""
    found: dict[Stratum, Decimal] = defaultdict(Decimal)
    for row in of_farm.rows:
        found[_stratum(row)] += row.area_mu
    return found


def _group(of_farm: Survey, stratum: Stratum) -> tuple[Source, ...]:
    species, age = stratum
    return (Source(INVENTORY, of_farm.version.id, group_of(species_code=species, age_group=age)),)


def _name(of_farm: Survey, stratum: Stratum) -> str:
    """侧柏中龄林."""
    species, age = stratum
    return _species(of_farm, species) + (str(labels.label(age)) if age else "")


def _species(of_farm: Survey, code: str) -> str:
    """The official language names species in Chinese; a word the parameters do not know stands as it came."""
    if not code:
        return _("no trees")
    known = of_farm.parameters.species.get(code)
    return known.name("zh") if known else code


def _said(member: ForestUse | AgeGroup | None) -> str:
    return str(labels.label(member)) if member else _("not said")


def _weighted(rows: Sequence[Plain], key: str) -> Decimal | None:
    """The mean by area of the rows that give it; None where none does."""
    given: list[tuple[Decimal, Decimal]] = [(r.area_mu, v) for r in rows if (v := getattr(r, key)) is not None]
    area = _sum(mu for mu, _value in given)
    return _sum(mu * value for mu, value in given) / area if area else None


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0))


def _tonnes(line: Row | None) -> Decimal:
    return _decimal(line.tco2e) if line else Decimal(0)


def _decimal(figure: float) -> Decimal:
    return Decimal(repr(figure))

"""What the farm's sample plots say of each carbon stratum: their carbon for a hectare, and how sure its mean is.

A plot counts with the trees of its newest measurement. One whose trees nobody listed, or whose list cannot be read,
is left out and named: a mean of part of its trees would be a wrong one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from registry.models import PilotMeasurement, PilotPlot
from registry.queries import report_records
from workflows.carbon import Parameters, RowFaults
from workflows.carbon.tree_list import TreeFaults, read
from workflows.carbon.trees import Equations, plots
from workflows.carbon.uncertainty import Stratum as Weighed
from workflows.carbon.uncertainty import Uncertainty, uncertainty
from workflows.facts import PlotGap, PlotWhy, StratumGap
from workflows.inventory import layout
from workflows.report_tables import Cell, Source
from workflows.states import AgeGroup

Stratum = tuple[str, AgeGroup | None]
"""Species and age group: the parameters are of a species, whatever its age."""

RECORD = "record"
LEAST = 2
"""Plots from which a stratum has a spread at all."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A plot that counts: its measurement, and what stands there for a hectare."""

    plot: PilotPlot
    measured: PilotMeasurement
    tc_per_ha: float


@dataclass(frozen=True)
class Samples:
    """The plots of a farm by stratum, those that count and those left out; None: of no stratum that can be told."""

    counted: Mapping[Stratum, Sequence[Sampled]]
    left_out: Mapping[Stratum | None, Sequence[PlotGap]]
    mark: str
    """known or unsure, as the equations are."""

    def cell(self, stratum: Stratum, area_ha: Decimal) -> Cell | None:
        """The uncertainty of a stratum in per cent, from its plots; None where they do not tell it."""
        of_it = self.counted.get(stratum, ())
        found = uncertainty([Weighed(float(area_ha), tuple(one.tc_per_ha for one in of_it))])
        if not isinstance(found, Uncertainty):
            return None
        behind = tuple(Source(RECORD, record.id) for one in of_it for record in (one.plot, one.measured))
        words = _(
            "Half-width at 90 per cent confidence of the tC/ha of sample plots, by tree equations of no approved method"
        )
        return Cell(Decimal(repr(found.pct)), behind, words, self.mark)

    def gaps(self, lacking: Iterable[str]) -> tuple[StratumGap, ...]:
        """What stands in the way of each of these strata of table 2, and the plots that are of none."""
        found = []
        for name in lacking:
            stratum = stratum_of(name)
            if stratum is not None:
                left_out = tuple(self.left_out.get(stratum, ()))
                found.append(StratumGap(name, len(self.counted.get(stratum, ())), left_out))
        astray = tuple(self.left_out.get(None, ()))
        return (*found, StratumGap("", 0, astray)) if found and astray else tuple(found)


def of(farm_id: int, until: date) -> Samples:
    """The plots laid out by a day, each by its newest measurement until then."""
    counted: dict[Stratum, list[Sampled]] = defaultdict(list)
    left_out: dict[Stratum | None, list[PlotGap]] = defaultdict(list)
    by, seen = _equations(until), set()
    for plot, measured in report_records.plots(farm_id, until):
        stratum = stratum_of(plot.stratum, plot.species)
        if stratum is None:
            left_out[None].append(PlotGap(plot.plot_no, PlotWhy.NO_STRATUM, plot.stratum))
            continue
        # Two plots of one number share their measurements; the same trees do not count twice.
        twice = measured is not None and measured.id in seen
        found = PlotGap(plot.plot_no, PlotWhy.TWICE) if twice else sample(plot, measured, by)
        if isinstance(found, Sampled):
            counted[stratum].append(found)
            seen.add(found.measured.id)
        else:
            left_out[stratum].append(found)
    return Samples(counted, left_out, by[0].mark.confidence.value if by else "")


def behind(record_ids: Iterable[int], until: date) -> list[Sampled]:
    """The plots behind an uncertainty, as they were reckoned: records do not change, nor do the equations of a day."""
    by = _equations(until)
    found = (sample(plot, measured, by) for plot, measured in report_records.measured(record_ids))
    return [one for one in found if isinstance(one, Sampled)]


def _equations(on: date) -> tuple[Equations, Parameters] | None:
    """What trees are reckoned with on a day; None before any were on file."""
    try:
        return Equations.base(on), Parameters.base(on)
    except KeyError:
        return None


def sample(
    plot: PilotPlot, measured: PilotMeasurement | None, by: tuple[Equations, Parameters] | None
) -> Sampled | PlotGap:
    """A plot reckoned from its trees, or why it cannot be."""
    no = plot.plot_no
    if measured is None:
        return PlotGap(no, PlotWhy.NOT_MEASURED)
    if not measured.tree_list.strip() and measured.trees:
        return PlotGap(no, PlotWhy.NO_TREES)
    try:
        trees = read(measured.tree_list, layout().species)
    except TreeFaults as found:
        return PlotGap(no, PlotWhy.UNREADABLE, str(found.faults[0].line))
    if len(trees) != measured.trees:
        return PlotGap(no, PlotWhy.OTHER_COUNT, str(len(trees)))
    if by is None:
        return PlotGap(no, PlotWhy.NO_EQUATION)
    columns = [t.species for t in trees], [float(t.d_cm) for t in trees], [no] * len(trees)
    try:
        told = plots(*columns, {no: float(plot.area_m2)}, by)
    except RowFaults as found:
        names = (layout().species_names.get(fault.detail, fault.detail) for fault in found.faults)
        return PlotGap(no, PlotWhy.NO_EQUATION, "、".join(dict.fromkeys(names)))
    return Sampled(plot, measured, float(told.tc_per_ha[0]))


def stratum_of(words: str, species: str = "") -> Stratum | None:
    """The stratum a name means: 柏类中龄林, or 侧柏中龄林; where it names the age alone, its species is the plot's."""
    name, known, ages = "".join(words.split()), layout().species, layout().words["age_group"]
    for age in sorted(ages, key=len, reverse=True):
        if name.endswith(age) and (code := known.get((name.removesuffix(age) or species.strip()).casefold())):
            return code, AgeGroup(ages[age])
    code = known.get(words.strip().casefold())
    return (code, None) if code else None

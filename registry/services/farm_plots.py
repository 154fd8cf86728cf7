"""What a farm's sample plots say of a stock: their carbon for a hectare by stratum, and how sure it is, one and all.

The reports of the farm and the stock of its inventories both ask here; the formula is in
`workflows/carbon/uncertainty.py`.

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
from workflows.carbon.tree_list import TreeFaults, means, read
from workflows.carbon.trees import Equations, plots
from workflows.carbon.uncertainty import Stratum as Weighed
from workflows.carbon.uncertainty import Uncertainty, Unsure, uncertainty
from workflows.facts import PlotGap, PlotMean, PlotWhy, StratumGap
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


@dataclass(frozen=True, slots=True)
class Sure:
    """How sure the carbon of some land is, or why that is unknown; and the plots that were asked."""

    told: Uncertainty | Unsure
    plots: tuple[Sampled, ...]


@dataclass(frozen=True)
class Samples:
    """The plots of a farm: each with its stratum, and by stratum those that count and those left out."""

    laid: Sequence[tuple[PilotPlot, PilotMeasurement | None, Stratum | None]]
    counted: Mapping[Stratum, Sequence[Sampled]]
    left_out: Mapping[Stratum, Sequence[PlotGap]]
    mark: str
    """known or unsure, as the equations are."""

    def sure(self, areas_ha: Mapping[Stratum, Decimal | float]) -> Sure:
        """The uncertainty of these strata together, each weighed by its area.

        Where no tree stands there is nothing to sample: nought without a spread leaves the share as it is.
        """
        wooded = {stratum: float(ha) for stratum, ha in areas_ha.items() if stratum[0]}
        of_it = {stratum: tuple(self.counted.get(stratum, ())) for stratum in wooded}
        weighed = [Weighed(ha, tuple(one.tc_per_ha for one in of_it[stratum])) for stratum, ha in wooded.items()]
        return Sure(uncertainty(weighed), tuple(one for plots in of_it.values() for one in plots))

    def cell(self, areas_ha: Mapping[Stratum, Decimal]) -> Cell | None:
        """The same in per cent, as a figure of table 2; None where the plots do not tell it."""
        found = self.sure(areas_ha)
        if not isinstance(found.told, Uncertainty):
            return None
        behind = tuple(Source(RECORD, record.id) for one in found.plots for record in (one.plot, one.measured))
        words = _(
            "Half-width at 90 per cent confidence of the tC/ha of sample plots, by tree equations of no approved method"
        )
        return Cell(Decimal(repr(found.told.pct)), behind, words, self.mark)

    def gaps(self, lacking: Iterable[str]) -> tuple[StratumGap, ...]:
        """What stands in the way of each of these strata of table 2."""
        named = ((name, stratum_of(name)) for name in lacking)
        return tuple(
            StratumGap(name, len(self.counted.get(stratum, ())), tuple(self.left_out.get(stratum, ())))
            for name, stratum in named
            if stratum is not None
        )

    def astray(self, names: Iterable[str]) -> tuple[PlotGap, ...]:
        """The plots of none of these strata of table 2: nothing of them counts in the report."""
        known = {stratum_of(name) for name in names} - {None}
        return tuple(
            PlotGap(plot.plot_no, PlotWhy.OTHER_STRATUM if stratum else PlotWhy.NO_STRATUM, plot.stratum)
            for plot, _measured, stratum in self.laid
            if stratum not in known
        )

    def means(self) -> tuple[PlotMean, ...]:
        """Of each plot with a mean diameter and a tree list that can be read: what is said, and what the list gives."""
        found = []
        for plot, measured, _stratum in self.laid:
            if measured is None or measured.mean_diameter_cm is None or not measured.tree_list.strip():
                continue
            try:
                trees = read(measured.tree_list, layout().species)
            except TreeFaults:
                continue
            found.append(PlotMean(plot.plot_no, measured.mean_diameter_cm, *means(trees)))
        return tuple(found)


def of(farm_id: int, until: date) -> Samples:
    """The plots laid out by a day, each by its newest measurement until then."""
    counted: dict[Stratum, list[Sampled]] = defaultdict(list)
    left_out: dict[Stratum, list[PlotGap]] = defaultdict(list)
    by, seen = _equations(until), set()
    found = report_records.plots(farm_id, until)
    laid = [(plot, measured, stratum_of(plot.stratum, plot.species)) for plot, measured in found]
    for plot, measured, stratum in laid:
        if stratum is None:
            continue
        # Two plots of one number share their measurements; the same trees do not count twice.
        twice = measured is not None and measured.id in seen
        told = PlotGap(plot.plot_no, PlotWhy.TWICE) if twice else sample(plot, measured, by)
        if isinstance(told, Sampled):
            counted[stratum].append(told)
            seen.add(told.measured.id)
        else:
            left_out[stratum].append(told)
    return Samples(laid, counted, left_out, by[0].mark.confidence.value if by else "")


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

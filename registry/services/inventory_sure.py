"""How sure the stock of an inventory is, by the sample plots of whose land it is: in words, and a table by stratum."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from registry import formats, labels
from registry.labels.carbon import UNKNOWN, plot
from registry.models import Inventory
from registry.services import farm_plots
from registry.services.farm_plots import LEAST, Samples, Stratum, Sure
from registry.services.inventory_tables import Column, Kind, Reader, Sheet
from workflows.carbon.uncertainty import Uncertainty


@dataclass(frozen=True)
class Told:
    """The plots of whose land it is until a day, and the hectares of each stratum; without plots: None."""

    version: Inventory
    until: date
    samples: Samples | None
    strata_ha: Mapping[Stratum, float]

    @property
    def whole(self) -> Sure | None:
        """All strata together."""
        return self.samples.sure(self.strata_ha) if self.samples else None


def of(version: Inventory, strata_ha: Mapping[Stratum, float]) -> Told:
    """An inventory beside the plots of its owner, measured until the end of the year of its survey.

    Plots of one season belong to the survey of that year, and an old survey keeps the figures it had.
    """
    until = date(version.surveyed_on.year, 12, 31)
    samples = farm_plots.of(version.organisation_id, until) if version.organisation_id else None
    return Told(version, until, samples if samples and samples.laid else None, strata_ha)


def words(told: Told) -> list[tuple[str, str]]:
    """The uncertainty, or why it is unknown, and what it rests on."""
    return [(_("Uncertainty"), _whole(told)), *([(_("Sample plots"), _source(told))] if told.samples else [])]


def _whole(told: Told) -> str:
    whole, owner = told.whole, told.version.organisation
    if owner is None:
        return _("Unknown: sample plots are recorded by unit, and this table is of more than one.")
    if whole is None:
        said = {"unit": owner.name, "day": told.until.isoformat()}
        return _("Unknown: %(unit)s had no sample plots on record by %(day)s.", **said)
    wooded = [stratum for stratum in told.strata_ha if stratum[0]]
    if isinstance(whole.told, Uncertainty):
        said = {"pct": formats.number(whole.told.pct, 1), "strata": len(wooded)}
        return _("%(pct)s%% at 90 per cent confidence, %(strata)s strata weighed by their areas", **said)
    if lacking := sum(1 for stratum in wooded if _lacking(told.samples, stratum)):
        said = {"lacking": lacking, "strata": len(wooded)}
        return _("Unknown: of %(strata)s strata, %(lacking)s have fewer than the two plots each needs.", **said)
    return str(UNKNOWN[whole.told.value])


def _lacking(samples: Samples | None, stratum: Stratum) -> bool:
    return samples is None or len(samples.counted.get(stratum, ())) < LEAST


def _source(told: Told) -> str:
    """How many plots count, whose records they are, when they were measured and by what they are reckoned."""
    whole, owner = told.whole, told.version.organisation
    days = sorted(one.measured.on_day for one in whole.plots) if whole else []
    said = {"count": len(days), "unit": owner.name if owner else ""}
    if not days:
        return _("None of those %(unit)s recorded counts; the table by stratum says why.", **said)
    return _(
        "%(count)s from the records of %(unit)s, %(first)s to %(last)s, by tree equations of no approved method",
        first=days[0].isoformat(),
        last=days[-1].isoformat(),
        **said,
    )


def sheet(told: Told, reader: Reader) -> list[Sheet]:
    """A line a stratum: its plots that count, its uncertainty, and what stands in the way; none without plots."""
    if told.samples is None or told.whole is None:
        return []
    columns = [
        Column(_("Stratum"), Kind.WORDS),
        Column(_("Area (ha)"), places=2),
        Column(_("Plots that count")),
        Column(_("Uncertainty (%)"), places=1),
        Column(_("Why unknown; plots that do not count"), Kind.WORDS),
    ]
    wooded = {stratum: ha for stratum, ha in told.strata_ha.items() if stratum[0]}
    rows = [
        [_name(stratum, reader), ha, *_figures(told.samples.sure({stratum: ha})), _why(told.samples, stratum)]
        for stratum, ha in sorted(wooded.items(), key=lambda pair: -pair[1])
    ]
    total = [_("Total"), sum(wooded.values()), *_figures(told.whole), ""]
    return [Sheet(_("Uncertainty by stratum"), columns, rows, total, _notes(told, wooded))]


def _figures(sure: Sure) -> tuple[int, float | None]:
    return len(sure.plots), sure.told.pct if isinstance(sure.told, Uncertainty) else None


def _name(stratum: Stratum, reader: Reader) -> str:
    species, age = stratum
    if age is None:
        return reader.species(species)
    return _("%(species)s, %(age)s", species=reader.species(species), age=labels.label(age))


def _why(samples: Samples, stratum: Stratum) -> str:
    """Too few plots, and each that does not count."""
    lacking = [_("two plots at least are needed")] if _lacking(samples, stratum) else []
    return _("; ").join([*lacking, *map(plot, samples.left_out.get(stratum, ()))])


def _notes(told: Told, wooded: Mapping[Stratum, float]) -> list[str]:
    """What the trees were reckoned by, and the plots of strata that this inventory does not have."""
    every = told.samples.laid if told.samples else ()
    astray = [laid.plot_no for laid, _measured, stratum in every if stratum not in wooded]
    return [
        _("By tree equations of no approved method (parameters not verified)"),
        *([_("Plots of no stratum of this table: %(plots)s", plots=_(", ").join(astray))] if astray else []),
    ]

"""What is known of a pilot report when an act on it is judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from workflows.clocks import Reminder
from workflows.report_tables import Spot, Table
from workflows.states import PeriodKind


@dataclass(frozen=True, slots=True)
class SurveyFault:
    """A row of an inventory whose carbon cannot be reckoned: where it stands, and why (`workflows.carbon.Why`)."""

    row_no: int
    code: str
    why: str
    detail: str = ""


class PlotWhy(StrEnum):
    """Why a plot does not count in the uncertainty of its stratum; a closed list."""

    NO_STRATUM = "no_stratum"
    OTHER_STRATUM = "other_stratum"
    NOT_MEASURED = "not_measured"
    NO_TREES = "no_tree_list"
    UNREADABLE = "unreadable"
    OTHER_COUNT = "other_count"
    NO_EQUATION = "no_equation"
    TWICE = "same_number"


@dataclass(frozen=True, slots=True)
class PlotGap:
    """A plot that does not count, and why."""

    plot: str
    why: PlotWhy
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StratumGap:
    """A stratum of table 2 without an uncertainty: how many of its plots count, and which do not."""

    stratum: str
    plots: int
    left_out: tuple[PlotGap, ...] = ()


@dataclass(frozen=True, slots=True)
class PlotMean:
    """The mean diameter a plot's measurement states, and the plain and the quadratic mean of its tree list (cm)."""

    plot: str
    stated_cm: Decimal
    plain_cm: Decimal
    quadratic_cm: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """A report as the rules see it on the day `on`."""

    on: date
    kind: PeriodKind
    start: date
    end: date
    due_on: date
    tables: tuple[Table, ...] = ()
    before: tuple[Table, ...] = ()
    """Those of the last period of the kind, as published last; empty where there is none."""
    remarks: Mapping[Spot, str] = field(default_factory=lambda: MappingProxyType({}))
    """What the writer says of a figure."""
    chapters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    plots_overdue: tuple[str, ...] | None = ()
    """Plots that no survey of the last years measures; None: nobody knows which plots there are."""
    surveys: int | None = None
    """How many inventories the farm had by the end of the period, of which two are compared; None: not asked."""
    survey_faults: tuple[SurveyFault, ...] = ()
    """Rows of the two newest that cannot be reckoned."""
    strata_unsure: tuple[StratumGap, ...] | None = None
    """Strata of table 2 without an uncertainty; None: not asked, or there is no stratum."""
    plots_astray: tuple[PlotGap, ...] | None = None
    """Plots of no stratum of table 2; None: not asked, or there is no stratum."""
    plot_means: tuple[PlotMean, ...] | None = None
    """Mean diameters beside the tree lists they are of; None: not asked."""
    national_document: bool = False
    """The document that names the farm a national pilot is on file."""
    actor_wrote: bool = False
    actor_reviewed: bool = False
    chairs_note: str = ""
    corrects: bool = False
    reason: str = ""
    """Of a correction: why."""
    correction_open: bool = False
    reminded: frozenset[Reminder] = frozenset()
    reminder: Reminder | None = None
    """The reminder that is to be sent."""

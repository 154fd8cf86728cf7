"""试点报告 (a report of the pilot): 初报, 审核, 发布; its periods and when each is due; one row per act."""

from dataclasses import dataclass
from datetime import date, timedelta

from workflows import working_days
from workflows.clocks import NEAR_DAYS, Marks, before
from workflows.facts import ReportFacts
from workflows.gates import Gate, stops_if_unknown
from workflows.machine import Act, Workflow
from workflows.policy import Policy
from workflows.roles import Role
from workflows.rules import RULES, Outcome
from workflows.states import PeriodKind, ReportState
from workflows.working_days import Calendar

R = ReportState
WRITER = frozenset({Role.FARM_REPORTER})
OFFICER = frozenset({Role.CASE_OFFICER})
CHAIR = frozenset({Role.CHAIR})
SYSTEM = frozenset({Role.SYSTEM})
WHOLE: Gate = ("P20", "P21", "P22", "P23", "P24", "P25", "P29", "P35")
"""What a report must hold before anybody judges it; asked again at review, since records may have been corrected."""
AT_HAND: Gate = ("P31", "P32", "P36", "P37", "P38", "P39")
"""What is asked of its writers alone."""

# fmt: off
PILOT_REPORT = Workflow(
    ReportState,
    (
        Act("submit_report",  (R.DRAFT, R.RETURNED),   R.SUBMITTED, WRITER,  (*WHOLE, *AT_HAND)),
        Act("return_report",  (R.SUBMITTED,),          R.RETURNED,  OFFICER, ("P26",)),
        Act("return_report",  (R.REVIEWED, R.APPROVED), R.RETURNED, CHAIR),
        Act("review_report",  (R.SUBMITTED,),          R.REVIEWED,  OFFICER, ("P26", *WHOLE)),
        Act("approve_report", (R.REVIEWED,),           R.APPROVED,  CHAIR,   ("P27", "P28")),
        Act("publish_report", (R.APPROVED,),           R.PUBLISHED, OFFICER, ("P28", "P29")),
        Act("correct_report", (R.PUBLISHED,),          None,        WRITER | OFFICER, ("P33",), own=True),
        Act("remind_report",  (R.DRAFT, R.RETURNED),   None,        SYSTEM, ("P34",), own=True),
    ),
    (R.DRAFT, R.SUBMITTED, R.REVIEWED, R.APPROVED, R.PUBLISHED),
)
# fmt: on


def judge(gate: Gate, facts: ReportFacts, policy: Policy) -> tuple[Outcome, ...]:
    """All outcomes of a gate of a report: clause ids alone."""
    return tuple(stops_if_unknown(RULES[clause](facts, policy)) for clause in gate if isinstance(clause, str))


def findings(facts: ReportFacts, policy: Policy) -> tuple[Outcome, ...]:
    """What the report still lacks, for the page of whoever writes or reviews it."""
    return tuple(o for o in judge((*WHOLE, *AT_HAND), facts, policy) if o.finding)


# Periods ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A quarter (1 to 4) or, with quarter 0, a whole year."""

    year: int
    quarter: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.quarter <= 4:
            raise ValueError(f"no quarter {self.quarter}")

    @property
    def kind(self) -> PeriodKind:
        """Quarter or year."""
        return PeriodKind.QUARTER if self.quarter else PeriodKind.YEAR

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, self.quarter * 3 - 2 if self.quarter else 1, 1)

    @property
    def end(self) -> date:
        """Its last day."""
        last = self.quarter * 3 if self.quarter else 12
        return date(self.year + last // 12, last % 12 + 1, 1) - timedelta(days=1)

    @property
    def before(self) -> "Period":
        """The one of its kind before it."""
        if not self.quarter:
            return Period(self.year - 1)
        return Period(self.year, self.quarter - 1) if self.quarter > 1 else Period(self.year - 1, 4)


def period_of(kind: PeriodKind, start: date) -> Period:
    """The period of a kind that begins on a day."""
    return Period(start.year, (start.month + 2) // 3 if kind is PeriodKind.QUARTER else 0)


def due(period: Period, calendar: Calendar, policy: Policy) -> working_days.Period:
    """When a report is due, with the days counted: working days after a quarter, days after a year."""
    key = "report_quarter_days" if period.quarter else "report_year_days"
    length = int(policy.number(key, period.end))
    count = working_days.in_working_days if period.quarter else working_days.in_days
    return count(calendar, period.end, length)


def ended(since: date, on: date) -> list[Period]:
    """Every period from a day on that is over, the oldest first; a quarter before its year."""
    periods = [Period(year, q) for year in range(since.year, on.year + 1) for q in (1, 2, 3, 4, 0)]
    return [p for p in periods if p.end >= since and p.end < on]


REPORTED_FOR = 1
"""Periods of this year and so many before are reported for."""


def reported_for(on: date) -> list[Period]:
    """The periods whose reports may be begun on a day, the oldest first."""
    return ended(date(on.year - REPORTED_FOR, 1, 1), on)


CHAPTERS = {
    PeriodKind.QUARTER: ("changes", "progress", "monitoring", "losses", "contracts", "questions", "next"),
    PeriodKind.YEAR: (
        *("overview", "business", "techniques", "measurement", "projects"),
        *("market", "compensation", "finance", "risks", "proposals", "quality"),
    ),
}
"""What a report says in words, in order (domain.md §7.3); `quality`: 数据质量说明, at the end."""

TABLES_IN = {
    PeriodKind.QUARTER: {"progress": (4,), "losses": (6,), "contracts": (7, 8, 9)},
    PeriodKind.YEAR: {},
}
"""The tables that stand in a chapter; those of a year follow all chapters as 附表."""


def marks(counted: working_days.Period, calendar: Calendar) -> Marks:
    """When the writers are reminded: three working days before, and on the day."""
    if counted.last_day is None:
        raise ValueError("the time of a report does not stand still")
    return Marks(None, before(calendar, counted.last_day, NEAR_DAYS), counted.last_day)

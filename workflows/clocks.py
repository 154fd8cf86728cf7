"""时限 (clocks): which act starts each clock, stops it, lets it go on and ends it; how long it runs; what then.

The table is the one of house.md §6. Lengths are figures of the policy, asked by key and day. A clock runs while its
case stands in one of `runs_in`: entering starts it, leaving ends it; `starts` names the acts instead where a state
is not enough. `stops` says by act what makes it stand still and what lets it go on: an act that is not in the
lifecycle yet may stand there. Days are counted by `working_days.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from workflows.policy import Figure, Policy
from workflows.roles import Role
from workflows.states import ProjectState, Scheme
from workflows.working_days import Calendar, Pause, Period, Unit, in_days, in_working_days, until_day

S = ProjectState
R = Role


class ClockKind(StrEnum):
    """The clocks of a case."""

    ACCEPTANCE = "acceptance"
    CORRECTION = "correction"
    RISK_DECISION = "risk_decision"
    VALIDATION = "validation"
    PUBLIC_NOTICE = "public_notice"
    OBJECTION = "objection"
    REGISTRATION_DECISION = "registration_decision"
    DELIVERY = "delivery"
    RECONSIDERATION_ASK = "reconsideration_ask"
    RECONSIDERATION_ANSWER = "reconsideration_answer"
    CONDITION = "condition"
    CREDITING = "crediting"


class Reminder(StrEnum):
    """When people are reminded, in order; each once for a clock and its extension."""

    HALF = "half"
    NEAR = "near"
    DUE = "due"
    OVERDUE = "overdue"


NEAR_DAYS = 3
"""Working days before the last day on which people are reminded, and from which a date is near."""

SUSPENSION: Mapping[str, tuple[str, ...]] = {"suspend": ("resume",)}
CORRECTION: Mapping[str, tuple[str, ...]] = {"request_correction": ("resubmit",)}
PANEL: Mapping[str, tuple[str, ...]] = {"draw_panel": ("close_panel",)}
MAY_END_A_PANEL = frozenset({"refuse_seat"})
"""Acts that leave the case where it stands and may break off its panel, so that the clock goes on."""
NO_QUORUM: Mapping[str, tuple[str, ...]] = {"no_quorum": ("table",)}
"""An adjournment for want of a quorum: to the clock another event than any other adjournment."""
DELIVERED = ("record_delivery", "confirm_receipt")
"""A decision reached the applicant: an officer records how, or the applicant says so."""
DISPUTE: Mapping[str, tuple[str, ...]] = {"object": ("answer_objection",)}
FLAW: Mapping[str, tuple[str, ...]] = {"find_flaw": ()}
"""A flawed decision has lost its effect (S10): what runs from it stands, and nothing lets it go on. It ends with the
stage, or where the decision is taken again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One row of the table. `figure` None: the day is named by a decision or an answer.

    `turn`: whom it presses, and so who is reminded; `then`: the system's act once it has passed.
    `watched` False: shown only, nobody is reminded and nothing is overdue.
    """

    kind: ClockKind
    figure: str | None = None
    extension: str | None = None
    unit: Unit = Unit.WORKING_DAYS
    start_counts: bool = False
    runs_in: tuple[ProjectState, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    stops: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    turn: frozenset[Role] = frozenset()
    then: str | None = None
    then_in: tuple[ProjectState, ...] = ()
    watched: bool = True
    schemes: frozenset[Scheme] = frozenset(Scheme)
    waits_for: tuple[str, ...] = ()
    """The acts it is the deadline of; none: whatever the case waits for."""


OFFICERS = frozenset({R.CASE_OFFICER})
DECIDING = frozenset({R.CASE_OFFICER, R.CHAIR})
APPLICANT = frozenset({R.PROPONENT, R.AGENT})
APPROVED = (S.VALIDATION, S.REGISTRATION)
NOTICED = (S.VALIDATION, S.AMENDMENT_REVIEW)

# fmt: off
HANDED_OUT = (*APPROVED, S.REGISTERED, S.CORRECTION_REQUESTED, S.SUSPENDED, S.AMENDMENT_REVIEW, S.DECLINED, S.REJECTED,
              S.REVOKED)
"""Where a decision may be still to be delivered: the case stands as it left it, and nobody has gone."""

CLOCKS: Mapping[ClockKind, Clock] = MappingProxyType({c.kind: c for c in (
    Clock(kind=ClockKind.ACCEPTANCE, figure="acceptance_days", runs_in=(S.SUBMITTED,), stops=SUSPENSION,
          turn=OFFICERS, then="deem_accepted", then_in=(S.SUBMITTED,)),
    Clock(kind=ClockKind.CORRECTION, figure="correction_days", extension="correction_extension_days",
          runs_in=(S.CORRECTION_REQUESTED,), turn=APPLICANT, then="lapse", then_in=(S.CORRECTION_REQUESTED,)),
    Clock(kind=ClockKind.RISK_DECISION, figure="risk_decision_days", extension="risk_decision_extension_days",
          runs_in=(S.METHODOLOGY_SCREENING, S.RISK_REVIEW), stops={**PANEL, **CORRECTION, **SUSPENSION, **NO_QUORUM},
          turn=DECIDING),
    Clock(kind=ClockKind.VALIDATION, figure="validation_days", unit=Unit.DAYS, runs_in=(S.VALIDATION,),
          schemes=frozenset({Scheme.CCER}), stops={**CORRECTION, **SUSPENSION}, watched=False),
    Clock(kind=ClockKind.PUBLIC_NOTICE, figure="local_notice_days", runs_in=NOTICED, starts=("open_notice",),
          ends=("close_notice",), stops={**DISPUTE, **CORRECTION, **SUSPENSION}, watched=False),
    Clock(kind=ClockKind.OBJECTION, figure="objection_answer_days", starts=("object",), ends=("answer_objection",),
          runs_in=(*NOTICED, S.CORRECTION_REQUESTED, S.SUSPENDED), stops={**CORRECTION, **SUSPENSION, **FLAW},
          turn=OFFICERS, waits_for=("answer_objection",)),
    Clock(kind=ClockKind.REGISTRATION_DECISION, figure="registration_decision_days",
          extension="registration_decision_extension_days", runs_in=(S.REGISTRATION,),
          stops={**PANEL, **SUSPENSION, **NO_QUORUM}, turn=DECIDING),
    Clock(kind=ClockKind.DELIVERY, figure="delivery_days", runs_in=HANDED_OUT,
          starts=("approve_risk", "register", "reject", "decline", "decide_amendment", "revoke"),
          ends=DELIVERED, stops=FLAW, turn=OFFICERS, waits_for=("record_delivery",)),
    Clock(kind=ClockKind.RECONSIDERATION_ASK, figure="reconsideration_ask_days", runs_in=(S.REJECTED, S.DECLINED),
          starts=DELIVERED, ends=("request_reconsideration",), watched=False),
    Clock(kind=ClockKind.RECONSIDERATION_ANSWER, figure="reconsideration_answer_days",
          runs_in=(S.REJECTED, S.DECLINED), starts=("request_reconsideration",), ends=("uphold", "reopen"),
          turn=frozenset({R.SECRETARY}), waits_for=("uphold", "reopen")),
    Clock(kind=ClockKind.CONDITION, runs_in=(*APPROVED, S.CORRECTION_REQUESTED, S.SUSPENDED),
          starts=("approve_risk",), ends=("confirm_condition",), stops=FLAW, turn=APPLICANT, then="suspend",
          then_in=APPROVED, waits_for=("report_condition", "confirm_condition")),
    Clock(kind=ClockKind.CREDITING, runs_in=(S.REGISTERED, S.AMENDMENT_REVIEW, S.SUSPENDED),
          starts=("register", "decide_amendment"), watched=False,
          then="close", then_in=(S.REGISTERED, S.AMENDMENT_REVIEW, S.SUSPENDED)),
)})
# fmt: on

BESIDE = frozenset({ClockKind.DELIVERY, ClockKind.OBJECTION})
"""Clocks that run beside whatever the case itself waits for."""

LONGEST_PAUSE: Mapping[str, str] = {"no_quorum": "no_quorum_pause_days"}
"""Acts that stop a clock for a time that is limited itself, with the figure that limits it."""

BY_NAME = frozenset(
    name
    for clock in CLOCKS.values()
    for name in (*clock.starts, *clock.ends, *clock.stops, *(go for goes in clock.stops.values() for go in goes))
)
"""Acts that may touch a clock although the case does not move."""

CLOCKED = tuple(s for s in S if any(s in clock.runs_in for clock in CLOCKS.values()))
"""States in which some clock may run."""


class Step(StrEnum):
    """What an act does to a clock."""

    START = "start"
    STOP = "stop"
    GO = "go"
    END = "end"


def steps(clock: Clock, *, is_open: bool, act: str, before: ProjectState, after: ProjectState) -> tuple[Step, ...]:
    """What an act does to a clock of a case that moved from one state to another (or stayed)."""
    named = act in clock.starts and (not clock.runs_in or after in clock.runs_in)
    begins = named if clock.starts else after in clock.runs_in and before not in clock.runs_in
    if not is_open:
        return (Step.START,) if begins else ()
    if act in clock.ends:
        return (Step.END,)
    if begins and clock.starts:
        return (Step.END, Step.START)
    if act in clock.stops:
        return (Step.STOP,)
    if before is not after and clock.runs_in and after not in clock.runs_in:
        return (Step.END,)
    return (Step.GO,) if any(act in goes for goes in clock.stops.values()) else ()


@dataclass(frozen=True, slots=True)
class Running:
    """A clock of a case as plain values: what is needed to count it. `extended`: by how much it was extended."""

    kind: ClockKind
    started_on: date
    length: int
    unit: Unit = Unit.WORKING_DAYS
    start_counts: bool = False
    extended: int = 0
    named_on: date | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def total(self) -> int:
        """The length with its extension."""
        return self.length + self.extended

    @property
    def stands_still(self) -> Pause | None:
        """The pause that has no end yet."""
        return next((p for p in self.pauses if p.until is None), None)

    @property
    def undone(self) -> bool:
        """Whether the decision it runs from has lost its effect: it has no last day then, not even one gone by."""
        return any(p.why in FLAW for p in self.pauses)


def period(clock: Running, calendar: Calendar) -> Period:
    """The days of a clock, from its start to its last day or to where it stands still."""
    if clock.named_on is not None:
        named = until_day(calendar, clock.started_on, clock.named_on)
        return replace(named, last_day=None) if clock.stands_still else named
    if clock.unit is Unit.WORKING_DAYS:
        counted = in_working_days(
            calendar, clock.started_on, clock.total, start_counts=clock.start_counts, pauses=clock.pauses
        )
        return replace(counted, last_day=None) if clock.undone else counted
    # A calendar period that stood still is longer by the days it stood still.
    lost = _days_of(clock.pauses)
    if lost is None:
        shown = in_days(calendar, clock.started_on, clock.total, start_counts=clock.start_counts)
        return Period(shown.start, shown.length, shown.unit, shown.start_counts, None, shown.provisional, ())
    return in_days(calendar, clock.started_on, clock.total + lost, start_counts=clock.start_counts)


def _days_of(pauses: Iterable[Pause]) -> int | None:
    """Calendar days covered by pauses, each once; None where one is open."""
    covered: set[date] = set()
    for pause in pauses:
        if pause.until is None:
            return None
        covered |= {pause.after + timedelta(days=n) for n in range(1, (pause.until - pause.after).days + 1)}
    return len(covered)


def left(clock: Running, counted: Period, calendar: Calendar, on: date) -> int:
    """Days left when a day is over, in the clock's own unit (working days for a named day); below 0: overdue by."""
    if counted.last_day is None:
        return clock.total - counted.counted_by(on)
    if counted.last_day < on or clock.named_on is not None or clock.unit is not Unit.WORKING_DAYS:
        if clock.unit is Unit.DAYS and clock.named_on is None:
            return (counted.last_day - on).days
        return calendar.working_days_between(on, counted.last_day)
    return clock.total - counted.counted_by(on)


@dataclass(frozen=True, slots=True)
class Marks:
    """When people are reminded; None: not at all."""

    half_on: date | None
    near_on: date | None
    due_on: date | None


def marks(clock: Running, counted: Period, calendar: Calendar) -> Marks:
    """Half time, three working days before, and the day itself. Half time only where it comes first."""
    if counted.last_day is None:
        return Marks(None, None, None)
    if clock.unit is Unit.WORKING_DAYS and clock.named_on is None:
        near = counted.day_of_ordinal(clock.total - NEAR_DAYS)
        half = counted.day_of_ordinal(-(-clock.total // 2))
    else:
        near = before(calendar, counted.last_day, NEAR_DAYS)
        half = clock.started_on + (counted.last_day - clock.started_on) // 2
    near_on = near if near and near > clock.started_on else None
    return Marks(half if half and near_on and half < near_on else None, near_on, counted.last_day)


def before(calendar: Calendar, last_day: date, working_days: int) -> date:
    """The day after which so many working days are left to a last day, that day counted."""
    on, number = last_day, 0
    while True:
        number += calendar.works(on)
        on -= timedelta(days=1)
        if number >= working_days and calendar.works(on):
            return on


def reminder_due(marked: Marks, sent: Sequence[Reminder], on: date) -> Reminder | None:
    """The reminder to send on a day: the latest whose day has come, unless it or a later one was sent."""
    come = [
        kind
        for kind, day in zip(Reminder, (marked.half_on, marked.near_on, marked.due_on), strict=False)
        if day is not None and day <= on
    ]
    if marked.due_on is not None and marked.due_on < on:
        come.append(Reminder.OVERDUE)
    order = list(Reminder)
    last = max((order.index(k) for k in sent), default=-1)
    return come[-1] if come and order.index(come[-1]) > last else None


def length_of(clock: Clock, policy: Policy, on: date) -> Figure | None:
    """The figure of a clock's length on the governing day; None where the day is named."""
    return policy.figure(clock.figure, on) if clock.figure else None


def told(kind: ClockKind, reminder: Reminder) -> frozenset[Role]:
    """Who is reminded: whom the clock presses; officers too; the day it is over, chair and supervisor."""
    turn = CLOCKS[kind].turn
    if reminder is Reminder.OVERDUE:
        return turn | OFFICERS | {R.CHAIR, R.SUPERVISOR}
    return turn if reminder is Reminder.HALF else turn | OFFICERS

"""What has come in on the cases before a person, as the waits of the inbox ask for it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Result, Select

from registry.clock import day_of, start_of, today
from registry.extensions import db
from registry.models import (
    Answers,
    Case,
    Panel,
    User,
)
from registry.queries import inbox_questions as ask
from registry.queries import sittings
from registry.queries.calendar import current as working_calendar
from registry.queries.notices import last_day
from registry.queries.sittings import Sat
from workflows.roles import Role
from workflows.states import GateName, OpinionKind, PanelResult, Side, Tenure

ONE_DAY = timedelta(days=1)
NEEDS_LEGAL = frozenset({Tenure.STATE.value, Tenure.COLLECTIVE_MANAGED.value})


Agenda = Callable[[Sequence[Case], date], Collection[int]]
"""Says which of these cases, by id, a standing check keeps off the agenda on a day (S14). The checks are no business of
a query, so that whoever asks for the inbox and shows why something waits hands this in."""


@dataclass(slots=True)
class Known:
    """What has come in on cases before a person, each set read once and only when asked for.

    Without a user it is asked for whoever it may be: anybody who may act and has not acted yet.
    """

    user: User | None
    cases: Sequence[int]
    officers_needed: int
    on: date
    drafts: Mapping[int, Answers] = field(default_factory=dict)
    roles: Mapping[int, frozenset[Role]] = field(default_factory=dict)
    """Case → what the person is to it."""
    to_table: Sequence[Case] = ()
    """The cases whose tabling the standing checks judge."""
    agenda: Agenda | None = None
    _sets: dict[str, Any] = field(default_factory=dict)

    def _once(self, name: str, read: Callable[[], Any]) -> Any:
        if name not in self._sets:
            self._sets[name] = read()
        return self._sets[name]

    def kept_off(self, case: Case) -> bool:
        """A standing check keeps the case off the agenda; not asked where nobody handed in who tells."""
        if self.agenda is None:
            return False
        tell = self.agenda
        found: Collection[int] = self._once("agenda", lambda: tell(self._untabled(), self.on))
        return case.id in found

    def _untabled(self) -> list[Case]:
        return [case for case in self.to_table if self.sitting(case) is None]

    def _rows(self, statement: Select[Any]) -> Result[Any]:
        return db.session.execute(statement, {"cases": self.cases})

    def sitting(self, case: Case) -> Sat | None:
        """The open sitting on a case."""
        found: dict[int, Sat] = self._once("sittings", lambda: sittings.still_open(self.cases))
        return found.get(case.id)

    def signed(self, case: Case) -> dict[int, datetime]:
        """Officer → when the signature that stands was given; a later answer voids it."""
        found: dict[int, dict[int, datetime]] = self._once("signatures", self._signatures)
        return found.get(case.id, {})

    def _signatures(self) -> dict[int, dict[int, datetime]]:
        found: dict[int, dict[int, datetime]] = {}
        for case_id, officer_id, signed_at in self._rows(ask.signatures()):
            found.setdefault(case_id, {})[officer_id] = signed_at
        return found

    def opinion(self, case: Case, kind: OpinionKind) -> datetime | None:
        """When the latest opinion of a kind came in this round."""
        found: dict[tuple[int, OpinionKind], datetime] = self._once("opinions", self._opinions)
        return found.get((case.id, kind))

    def _opinions(self) -> dict[tuple[int, OpinionKind], datetime]:
        return {(case_id, kind): at for case_id, kind, at in self._rows(ask.opinions())}

    def parcels(self, case: Case) -> list[Mapping[str, Any]]:
        """The parcels of the round under review, for the states that ask about the land."""
        found: dict[int, list[Mapping[str, Any]]] = self._once("parcels", self._parcels)
        return found.get(case.id, [])

    def _parcels(self) -> dict[int, list[Mapping[str, Any]]]:
        return {case_id: list(data.get("parcels", ())) for case_id, data in self._rows(ask.parcels())}

    def unsigned_checks(self, case: Case) -> list["Check"]:
        """The records of site checks in force that too few officers signed."""
        found: dict[int, list[Check]] = self._once("checks", self._checks)
        return [c for c in found.get(case.id, ()) if len(c.signed) < self.officers_needed]

    def _checks(self) -> dict[int, list["Check"]]:
        latest: dict[tuple[int, int], Check] = {}
        for case_id, no, row_id, at, officer in self._rows(ask.checks()):
            before = latest.get((case_id, no))
            signed = before.signed if before and before.id == row_id else frozenset()
            latest[case_id, no] = Check(row_id, at, signed | ({officer} if officer else frozenset()))
        found: dict[int, list[Check]] = {}
        for (case_id, _no), check in latest.items():
            found.setdefault(case_id, []).append(check)
        return found

    def sent_for_review(self, case: Case) -> datetime | None:
        """When the complete file was last sent for legal review in this round."""
        found: dict[int, datetime] = self._once("reviews", self._reviews)
        return found.get(case.id)

    def _reviews(self) -> dict[int, datetime]:
        return dict(self._rows(ask.reviews()).all())

    def legal_short(self, case: Case, needed: int) -> bool:
        """The legal review has not had its whole working days yet, and the reviewer does not say that it had enough."""
        if not self._legal_land(case) or GateName.RISK_REVIEW in self.passed(case):
            return False
        enough: dict[int, bool] = self._once("enough", self._enough)
        if enough.get(case.id):
            return False
        sent = self.sent_for_review(case)
        return sent is None or working_calendar().working_days_between(day_of(sent), today() - ONE_DAY) < needed

    def _enough(self) -> dict[int, bool]:
        return {case_id: bool(said) for case_id, said in self._rows(ask.enough())}

    def conditions(self, case: Case) -> "Conditions":
        """The conditions of the approval that are not confirmed yet."""
        found: dict[int, Conditions] = self._once("conditions", self._conditions)
        return found.get(case.id, Conditions(0, 0, None))

    def _conditions(self) -> dict[int, "Conditions"]:
        return {row[0]: Conditions(row[1] - row[2], row[2], row[3]) for row in self._rows(ask.conditions())}

    def passed(self, case: Case) -> frozenset[GateName]:
        """The gates of an amendment that carried over into its round."""
        found: dict[int, set[GateName]] = self._once("gates", self._gates)
        return frozenset(found.get(case.id, ()))

    def _gates(self) -> dict[int, set[GateName]]:
        found: dict[int, set[GateName]] = {}
        for case_id, gate in self._rows(ask.gates()):
            found.setdefault(case_id, set()).add(gate)
        return found

    def notice(self, case: Case) -> "Noticed | None":
        """The public notice of the present round."""
        found: dict[int, Noticed] = self._once("notices", self._notices)
        return found.get(case.id)

    def _notices(self) -> dict[int, "Noticed"]:
        return {n.case_id: Noticed(n.opened_at, last_day(n), ended) for n, ended in self._rows(ask.notices())}

    def to_answer(self, case: Case, side: Side) -> datetime | None:
        """Since when an objection waits for a side."""
        found: dict[tuple[int, Side], datetime] = self._once("objections", self._objections)
        return found.get((case.id, side))

    def _objections(self) -> dict[tuple[int, Side], datetime]:
        found: dict[tuple[int, Side], datetime] = {}
        for case_id, made_at, *answered in self._rows(ask.unanswered()):
            for side, done in zip(Side, answered, strict=True):
                if not done:
                    found.setdefault((case_id, side), made_at)
        return found

    def asked_again(self, case: Case) -> datetime | None:
        """Since when a reconsideration waits for an answer."""
        found: dict[int, datetime] = self._once("reconsiderations", self._reconsiderations)
        return found.get(case.id)

    def _reconsiderations(self) -> dict[int, datetime]:
        return {row.case_id: row.made_at for row in self._rows(ask.reconsiderations())}

    def more_time_asked(self, case: Case) -> datetime | None:
        """Since when a request for more time waits for an answer."""
        found: dict[int, datetime] = self._once("requests", self._requests)
        return found.get(case.id)

    def _requests(self) -> dict[int, datetime]:
        return {row.case_id: row.asked_at for row in self._rows(ask.more_time())}

    def undelivered(self, case: Case) -> datetime | None:
        """Since when a decision waits to be delivered."""
        found: dict[int, datetime] = self._once("deliveries", self._deliveries)
        return found.get(case.id)

    def _deliveries(self) -> dict[int, datetime]:
        return {row.case_id: start_of(row.started_on) for row in self._rows(ask.to_deliver())}

    def panel(self, case: Case) -> "PanelAtWork | None":
        """The newest expert panel of the present round."""
        found: dict[int, PanelAtWork] = self._once("panels", self._panels)
        return found.get(case.id)

    def _panels(self) -> dict[int, "PanelAtWork"]:
        return {p.case_id: _panel_at_work(p) for (p,) in self._rows(ask.panels())}

    def argues(self, case: Case) -> bool:
        """The application argues additionality instead of claiming an exemption."""
        found: set[int] = self._once("argued", self._argued)
        return case.id in found

    def _argued(self) -> set[int]:
        return {case_id for case_id, data in self._rows(ask.methods()) if data.get("additionality") == "argued"}

    def legal_missing(self, case: Case) -> bool:
        """State or collectively managed land, and no legal opinion this round nor one that carried over."""
        if self.opinion(case, OpinionKind.LEGAL) is not None or GateName.RISK_REVIEW in self.passed(case):
            return False
        return self._legal_land(case)

    def _legal_land(self, case: Case) -> bool:
        return any(p.get("tenure") in NEEDS_LEGAL for p in self.parcels(case))


@dataclass(frozen=True, slots=True)
class PanelAtWork:
    """An expert panel: who sits since when, whose opinions are in, and how it ended, if it has."""

    size: int
    drawn_at: datetime
    seated_at: Mapping[int, datetime]
    given_by: frozenset[int]
    last_at: datetime | None
    ended_at: datetime | None
    result: PanelResult | None

    @property
    def sitting(self) -> int:
        """How many sit now."""
        return len(self.seated_at)

    @property
    def given(self) -> int:
        """How many opinions are in."""
        return len(self.given_by)


def _panel_at_work(p: Panel) -> PanelAtWork:
    left = {d.user_id for d in p.departures}
    last = [o.given_at for o in p.opinions] + [d.left_at for d in p.departures]
    return PanelAtWork(
        p.size,
        p.drawn_at,
        {s.user_id: s.seated_at for s in p.seats if s.user_id not in left},
        frozenset(o.user_id for o in p.opinions),
        max(last, default=None),
        p.end.ended_at if p.end else None,
        p.end.result if p.end else None,
    )


@dataclass(frozen=True, slots=True)
class Noticed:
    """A public notice: since when, until which day, and when it was ended."""

    opened_at: datetime
    last_day: date
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Check:
    """A record of a site check in force, when it was written, and who signed it."""

    id: int
    at: datetime
    signed: frozenset[int]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions of an approval not yet confirmed: how many wait for a report, how many for confirmation."""

    to_report: int
    reported: int
    last_report_at: datetime | None

"""Every past and open case as a replay takes it, read in bulk: a dozen statements for some hundred cases.

A case asks one of its own: who its parties are tied to.

A case is read as it stands, and each gate by the records of the round in which it was closed. What no figure and no
method weighs (papers, land of others, clocks, who acts) is left at its default.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from registry.clock import day_of
from registry.extensions import db
from registry.models import (
    Answers,
    Case,
    ConditionAnswer,
    Deliberation,
    DeliberationEnd,
    Document,
    Elector,
    GateDecision,
    LegalReview,
    Opinion,
    ParcelApart,
    Recusal,
    Registration,
    Round,
    ScreeningSignature,
    SiteCheck,
    SiteCheckSignature,
    Vote,
)
from registry.queries.applications import ENTERED, of_no_entry
from registry.queries.calendar import current as working_calendar
from registry.services import contract_facts, facts, sheet_facts
from registry.services.site_facts import site_facts
from workflows.facts import ProjectFacts, SittingFacts
from workflows.replay import CaseFacts
from workflows.states import Choice, GateName, OpinionKind, ProjectState, Question
from workflows.working_days import Calendar

CHUNK = 500
"""Cases read together: far below what a statement of SQLite may name."""
SECTIONS = ("basics", "parcels", "method", "contract", *facts.ON_THE_CONTRACT, "crediting")
PUT = (Question.RISK_REVIEW, Question.REGISTRATION, Question.AMENDMENT)

Rows = dict[int, list[Any]]
"""Case id → rows without it."""


def every_case(on: date) -> Iterator[CaseFacts]:
    """All cases that were ever submitted, as they stand on a day, by number."""
    calendar, last = working_calendar(), ""
    while True:
        query = select(Case).where(Case.number > last).order_by(Case.number).limit(CHUNK)
        cases = list(db.session.scalars(query))
        if not cases:
            return
        read = _Read([c.id for c in cases], calendar, on)
        last, found = str(cases[-1].number), [read.case(case) for case in cases]
        for case in cases:
            db.session.expunge(case)
        # Nothing of the database is held meanwhile: whoever takes them may write between two chunks.
        yield from found


class _Read:
    """The rows of some cases, and what is made of them."""

    def __init__(self, ids: Sequence[int], calendar: Calendar, on: date) -> None:
        self.calendar, self.on, self._ids = calendar, on, ids
        self.opened = self._by_case(_of(Round, Round.no, Round.opened_at, Round.opened_by))
        self.answers = self._by_case(
            _of(Answers, Answers.round_no, Answers.section, Answers.data).where(Answers.section.in_(SECTIONS))
        )
        self.entered = self._by_case(_of(Registration, Registration.round_no).order_by(Registration.round_no))
        on_file = _of(Document, Document.round_no, Document.kind, left_behind()).where(Document.removed_at.is_(None))
        self.papers = self._by_case(on_file.distinct())
        self.apart = self._by_case(_of(ParcelApart, ParcelApart.round_no, ParcelApart.parcel_key))
        self.gates = self._by_case(
            _of(GateDecision, GateDecision.round_no, GateDecision.gate, GateDecision.carried_from).where(
                GateDecision.passed == 1
            )
        )
        self.given = self._by_case(
            _of(
                ConditionAnswer,
                ConditionAnswer.round_no,
                ConditionAnswer.officer_id,
                ConditionAnswer.clause,
                ConditionAnswer.verdict,
                ConditionAnswer.evidence,
            ).order_by(ConditionAnswer.id)
        )
        signature = ScreeningSignature
        self.signed = self._by_case(_of(signature, signature.round_no, signature.officer_id, signature.answers_digest))
        self.checks = self._by_case(
            _of(SiteCheck, SiteCheck.round_no, SiteCheck.no, SiteCheck.version, SiteCheckSignature.officer_id)
            .outerjoin(SiteCheckSignature, SiteCheckSignature.site_check_id == SiteCheck.id)
            .order_by(SiteCheck.no, SiteCheck.version)
        )
        self.sent = self._by_case(_of(LegalReview, LegalReview.round_no, LegalReview.sent_on).order_by(LegalReview.id))
        self.legal = self._by_case(
            _of(Opinion, Opinion.round_no, Opinion.conclusion, Opinion.time_sufficient)
            .where(Opinion.kind == OpinionKind.LEGAL)
            .order_by(Opinion.id)
        )
        self.environment = self._by_case(
            _of(Opinion, Opinion.round_no, Opinion.conclusion)
            .where(Opinion.kind == OpinionKind.ENVIRONMENT)
            .order_by(Opinion.id)
        )
        self.sittings = self._by_case(self._counts())
        self.revoked = facts.revoked_before(ids)

    def _by_case(self, query: Select[Any]) -> Rows:
        found: Rows = defaultdict(list)
        owner = query.selected_columns[0]
        for case_id, *row in db.session.execute(query.where(owner.in_(self._ids))):
            found[case_id].append(row)
        return found

    def _counts(self) -> Select[Any]:
        """Sittings with the number of their members entitled and their votes, the last of a case last."""

        def votes(choice: Choice) -> Any:
            cast = select(func.count()).where(Vote.deliberation_id == Deliberation.id, Vote.choice == choice)
            return cast.scalar_subquery()

        def number(table: Any) -> Any:
            return select(func.count()).where(table.deliberation_id == Deliberation.id).scalar_subquery()

        return (
            _of(
                Deliberation,
                Deliberation.question,
                Deliberation.opened_at,
                DeliberationEnd.deliberation_id.is_not(None),
                number(Elector) - number(Recusal),
                *(votes(c) for c in (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN)),
            )
            .outerjoin(DeliberationEnd, DeliberationEnd.deliberation_id == Deliberation.id)
            .where(Deliberation.question.in_(PUT))
            .order_by(Deliberation.id)
        )

    def case(self, case: Case) -> CaseFacts:
        """One case as it stands."""
        return CaseFacts(
            case_id=case.id,
            number=str(case.number),
            state=case.state,
            facts=self._facts(case),
            sittings=tuple(
                SittingFacts(question=q, members=members, cast_for=yes, cast_against=no, abstained=neither)
                for q, _at, ended, members, yes, no, neither in self.sittings[case.id]
                if ended and yes + no + neither
            ),
        )

    def _facts(self, case: Case) -> ProjectFacts:
        shown = self.entered[case.id][-1][0] if case.state in ENTERED and self.entered[case.id] else case.round
        answers = {section: dict(data) for no, section, data in self.answers[case.id] if no == shown}
        apart = {key for no, key in self.apart[case.id] if no <= shown}
        listed = answers.get("parcels", {}).get("parcels", ())
        closed = {gate: since or case.round for gate, since in _in(case.round, self.gates[case.id])}
        screened, reviewed = (closed.get(g, case.round) for g in (GateName.SCREENING, GateName.RISK_REVIEW))
        signed = sheet_facts.signed_sheet(_in(screened, self.given[case.id]), _in(screened, self.signed[case.id]))
        legal = [row for row in self.legal[case.id] if row[0] in (case.round, reviewed)]
        on, gates = self._governing_day(case), frozenset(closed)
        left = [p for p in listed if str(p.get("key", "")) not in apart]
        parcels = tuple(map(facts.parcel_facts, left))
        papers = self._papers(case, shown)
        environment = [conclusion for (conclusion,) in _in(case.round, self.environment[case.id])]
        return ProjectFacts(
            on=on,
            round=case.round,
            **facts.stated(answers),
            applicant_is_person=case.proponent_user_id is not None,
            revoked_on=self.revoked.get(case.id),
            parcels=parcels,
            site=site_facts(
                answers, parcels, on, environment=environment[-1] if environment else None, gates_passed=gates
            ),
            contract=contract_facts.of(case, on, answers, left, parcels, papers, (), shown),
            **signed,
            site_checks=_signatures(_in(screened, self.checks[case.id])),
            legal=legal[-1][1] if legal else None,
            legal_working_days=self._legal_days(case, reviewed),
            legal_time_sufficient=bool(legal and legal[-1][2]),
            gates_passed=gates,
        )

    def _papers(self, case: Case, shown: int) -> set[str]:
        return papers_of(shown, self.papers[case.id])

    def _governing_day(self, case: Case) -> date:
        if case.state is ProjectState.AMENDMENT_REVIEW:
            return next(day_of(at) for no, at, _by in self.opened[case.id] if no == case.round)
        return case.accepted_on or self.on

    def _legal_days(self, case: Case, reviewed: int) -> int | None:
        """Whole working days from sending to the tabling of the project and its contract; to today before that."""
        sent = [on for no, on in self.sent[case.id] if no in (case.round, reviewed)]
        if not sent:
            return None
        tabled = [day_of(at) for question, at, *_ in self.sittings[case.id] if question is not Question.REGISTRATION]
        until = (tabled[-1] if tabled else self.on) - timedelta(days=1)
        return max(0, self.calendar.working_days_between(sent[-1], until))


def papers_of(shown: int, papers: Sequence[Any]) -> set[str]:
    """The kinds on file in a round, as `applications.papers` has them: rows of (round, kind, `left_behind()`)."""
    return {kind for no, kind, left in papers if no == shown or (no < shown and not left)}


def left_behind() -> ColumnElement[bool]:
    """Whether a document came with an amendment that came to nothing."""
    return Document.round_no.in_(of_no_entry().where(Round.case_id == Document.case_id))


def _of(table: Any, *columns: Any) -> Select[Any]:
    return select(table.case_id, *columns)


def _in(round_no: int, rows: Sequence[Any]) -> list[Any]:
    return [row[1:] for row in rows if row[0] == round_no]


def _signatures(checks: Sequence[Any]) -> tuple[int, ...]:
    """How many officers signed each record in force; rows (no, version, officer), versions in order."""
    found: dict[int, tuple[int, set[int]]] = {}
    for no, version, officer in checks:
        kept = found[no][1] if no in found and found[no][0] == version else set()
        found[no] = version, kept | ({officer} if officer else set())
    return tuple(len(signed) for _version, signed in found.values())

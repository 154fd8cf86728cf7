"""The contracts of many cases judged at once: a dozen statements, however many cases there are.

What is judged, and by which facts, is what the contract page of a single case shows (`facts.project_facts`). The book
holds every case with a contract that stands, or a few cases of any kind with the other contracts of their partners.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from registry.clock import day_of
from registry.extensions import db
from registry.models import (
    Answers,
    Case,
    Document,
    Organisation,
    OrganisationTie,
    ParcelApart,
    ParcelKey,
    Registration,
    Round,
    User,
)
from registry.permissions import visible, worth_asking
from registry.queries.contract_rows import LIVE, STANDING_ROUND
from registry.services import contract_facts, facts, land
from registry.services.replay_facts import left_behind, papers_of
from workflows import contract_check
from workflows.facts import PartnerContract, ProjectFacts
from workflows.policy import ALL_CLASSES, Policy
from workflows.rules import RULES, Outcome
from workflows.states import ProjectState, Verdict

PARTNERED = and_(Case.partner_org_id.is_not(None), LIVE)
"""SQL: cases with a contract that stands."""
IDS = select(Case.id).where(PARTNERED)
SECTIONS = ("basics", "parcels", "method", "contract", *facts.ON_THE_CONTRACT, "crediting")
UNKNOWN = "unknown"
"""The weight of what nobody can tell; what fails has the name of its severity."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A contract and what every clause says of it; `level`: how grave the whole is."""

    case: Case
    outcomes: tuple[Outcome, ...]
    level: contract_check.Level


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: of which contract, of which class of plan 5(4) ("all": of none in particular), how heavy."""

    case: Case
    outcome: Outcome
    malpractice: str
    weight: str


def judged(user: User, policy: Policy, on: date) -> list[Judged]:
    """Every contract whose file a person may see, by case."""
    query = select(Case).where(PARTNERED, visible(user, worth_asking(user))).order_by(Case.id)
    cases = list(db.session.scalars(query))
    return _judged(cases, _Book(), policy, on) if cases else []


def judged_of(cases: Sequence[Case], policy: Policy, on: date) -> list[Judged]:
    """These contracts, by case."""
    return _judged(cases, _Book(cases), policy, on) if cases else []


def _judged(cases: Sequence[Case], book: "_Book", policy: Policy, on: date) -> list[Judged]:
    found = []
    for case in cases:
        outcomes = contract_check.check(book.project(case, on), policy)
        found.append(Judged(case, outcomes, contract_check.worst(outcomes)))
    return found


def kept_off_the_agenda(cases: Sequence[Case], policy: Policy, on: date) -> frozenset[int]:
    """Ids of those of these cases that a standing check keeps off the agenda (S14), as the door will find."""
    if not cases:
        return frozenset()
    book = _Book(cases)
    return frozenset(case.id for case in cases if RULES["S14"](book.project(case, on), policy).finding)


def findings(contracts: Iterable[Judged], policy: Policy) -> Iterator[Found]:
    """Every finding on these contracts, one after the other."""
    for contract in contracts:
        for outcome in contract.outcomes:
            if outcome.finding:
                weight = outcome.severity.value if outcome.verdict is Verdict.FAIL else UNKNOWN
                malpractice = policy.clause(outcome.clause).malpractice or ALL_CLASSES
                yield Found(contract.case, outcome, malpractice, weight)


Rows = Mapping[int, Sequence[Any]]
"""Case id → rows without it."""
Ids = Select[tuple[int]] | Sequence[int]


class _Book:
    """The rows of cases, and what lies beyond each (`contract_facts.Book`).

    Without cases it holds every case with a contract, also those a reader may not see: they count with the partner's
    others.
    """

    def __init__(self, cases: Sequence[Case] | None = None) -> None:
        self._ids: Ids = IDS if cases is None else [case.id for case in cases]
        self._answers = _standing_answers(PARTNERED if cases is None else Case.id.in_(self._ids))
        self._opened = self._rows(Round, Round.no, Round.opened_at, Round.opened_by)
        self._entered = self._rows(Registration, Registration.round_no)
        self._papers = self._rows(
            Document, Document.round_no, Document.kind, left_behind(), where=Document.removed_at.is_(None)
        )
        self._apart = self._rows(ParcelApart, ParcelApart.round_no, ParcelApart.parcel_key)
        self._revoked = facts.revoked_before(self._ids)
        self._own = self._rows(ParcelKey, ParcelKey)
        self._claims: dict[str, list[land.Claimed]] = defaultdict(list)
        marks = select(ParcelKey.value).where(ParcelKey.case_id.in_(self._ids))
        for claim in map(land.claimed, db.session.execute(land.STANDING.where(ParcelKey.value.in_(marks)))):
            self._claims[claim[0].value].append(claim)
        self._named = {row.id: row for row in db.session.execute(_ORGANISATIONS)}
        self._by_code = {row.credit_code: row.id for row in self._named.values() if row.credit_code}
        self._ties = list(db.session.execute(_TIES))
        self._contracts: dict[int, list[tuple[int, tuple[PartnerContract, ...]]]] = defaultdict(list)
        counted, said = PARTNERED, self._answers
        if cases is not None:
            counted = and_(PARTNERED, Case.partner_org_id.in_(self._partners(cases)))
            said = _standing_answers(counted, ("contract", "parcels"))
        for case_id, number, partner in db.session.execute(_NUMBERED.where(counted)):
            told = contract_facts.contracts(number, self._named[partner].name, said[case_id])
            self._contracts[partner].append((case_id, told))

    def _rows(self, table: Any, *columns: Any, where: ColumnElement[bool] | None = None) -> Rows:
        query: Select[Any] = select(table.case_id, *columns).where(table.case_id.in_(self._ids))
        found: dict[int, list[Any]] = defaultdict(list)
        for case_id, *row in db.session.execute(query if where is None else query.where(where)):
            found[case_id].append(row)
        return found

    def _partners(self, cases: Sequence[Case]) -> set[int]:
        """The partners these contracts name, and whoever was ever tied to one; on which day is asked with each case."""
        codes = {contract_facts.roots(case, self._answers[case.id])[1] for case in cases}
        found = {self._by_code[code] for code in codes if code in self._by_code}
        tied = {org for partner in found for _root, org, _code, _name in self._reach([partner], None)}
        return found | tied

    def project(self, case: Case, on: date) -> ProjectFacts:
        """What the standing checks read of a case; what they do not is left at its default."""
        answers, entered = self._answers[case.id], {no for (no,) in self._entered.get(case.id, ())}
        shown = max(entered, default=case.round) if case.state is ProjectState.REGISTERED else case.round
        apart = {key for no, key in self._apart.get(case.id, ()) if no <= shown}
        listed = [dict(p) for p in answers.get("parcels", {}).get("parcels", ())]
        left = [p for p in listed if str(p.get("key", "")) not in apart]
        parcels, day = tuple(map(facts.parcel_facts, left)), self._governing_day(case, on)
        papers = papers_of(shown, self._papers.get(case.id, ()))
        overlaps = self.overlaps(case, shown, left, answers.get("crediting", {}))
        return ProjectFacts(
            on=day,
            round=case.round,
            **facts.stated(answers),
            applicant_is_person=case.proponent_user_id is not None,
            revoked_on=self._revoked.get(case.id),
            parcels=parcels,
            overlaps=overlaps,
            contract=contract_facts.of(case, day, answers, left, parcels, papers, overlaps, shown, self),
        )

    def _governing_day(self, case: Case, on: date) -> date:
        if case.state is ProjectState.AMENDMENT_REVIEW:
            return next(day_of(at) for no, at, _by in self._opened[case.id] if no == case.round)
        return case.accepted_on or on

    def known(self, case: Case, answers: contract_facts.Answers, on: date) -> contract_facts.Known:
        """Who is tied to whom on a day, and the partner's other contracts."""
        ids, code = contract_facts.roots(case, answers)
        if not code and contract_facts.validator_of(case, answers) is None:
            return contract_facts.Known()
        roots = {*ids, self._by_code.get(code or "")}
        return contract_facts.known_from(case, answers, self._reach(roots, on), partial(self._others, case.id))

    def _reach(self, roots: Iterable[int | None], on: date | None) -> Iterator[tuple[int, int, str | None, str]]:
        """As contract_rows.REACH: each root with every organisation it is tied to, over however many others.

        Without a day: to which it was ever tied.
        """
        beside: dict[int, set[int]] = defaultdict(set)
        for one, other, since, until in self._ties:
            if on is None or (since <= on and (until is None or until >= on)):
                beside[one].add(other)
                beside[other].add(one)
        for root in roots:
            if root is None or root not in self._named:
                continue
            seen, ahead = {root}, [root]
            while ahead:
                new = beside[ahead.pop()] - seen
                seen |= new
                ahead += new
            named = self._named[root]
            yield from ((root, org, named.credit_code, named.name) for org in seen)

    def _others(self, case_id: int, partners: set[int]) -> tuple[PartnerContract, ...]:
        rows = (row for partner in partners for row in self._contracts.get(partner, ()) if row[0] != case_id)
        return tuple(contract for _id, told in sorted(rows, key=lambda row: row[0]) for contract in told)

    def overlaps(
        self, case: Case, round_no: int, parcels: contract_facts.Parcels, crediting: Mapping[str, Any]
    ) -> contract_facts.Overlaps:
        """Other projects on these parcels for some of this time, as land.overlaps finds them."""
        marks, (first, last) = land.marks_of(parcels), land.period(crediting)
        found = [
            claim
            for value in {known.value for _parcel, known in marks}
            for claim in self._claims.get(value, ())
            if claim[0].case_id != case.id and claim[0].from_on <= last and claim[0].to_on >= first
        ]
        if not found:
            return ()
        found.sort(key=lambda claim: (claim[0].claim, claim[0].id))
        rows = [row for (row,) in self._own.get(case.id, ())]
        entry = max((no for (no,) in self._entered.get(case.id, ())), default=None)
        own, held = (land.by_mark(r for r in rows if r.round_no == no) for no in (round_no, entry))
        return land.clashes(marks, found, own, held)


def _standing_answers(
    of: ColumnElement[bool], sections: Sequence[str] = SECTIONS
) -> dict[int, dict[str, dict[str, Any]]]:
    query = (
        select(Case.id, Answers.section, Answers.data)
        .join(Answers, and_(Answers.case_id == Case.id, Answers.round_no == STANDING_ROUND))
        .where(of, Answers.section.in_(sections))
    )
    found: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for case_id, section, data in db.session.execute(query):
        found[case_id][section] = dict(data)
    return found


_ORGANISATIONS = select(Organisation.id, Organisation.credit_code, Organisation.name)
_TIES = select(
    OrganisationTie.organisation_id, OrganisationTie.related_id, OrganisationTie.since, OrganisationTie.until
)
_NUMBERED = select(Case.id, Case.number, Case.partner_org_id).order_by(Case.id)

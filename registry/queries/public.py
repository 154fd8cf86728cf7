"""What anybody may see: projects with an entry in the city's project library, and their public facts.

Nothing here returns contact data, a natural person's name or a contract's terms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from registry.clock import ZONE
from registry.extensions import db
from registry.models import Answers, Case, CaseCount, GateDecision, Organisation, Registration
from registry.models.lists import AREA_SCALE
from registry.queries import applications, notices, search
from registry.queries.applications import organisation_name
from registry.queries.paging import Order, Page, Place, code, page_in_order
from registry.queries.pilot import LossSum, loss_sums, losses_of
from workflows.states import GateName, GateResult, ProjectState, Scheme

S = ProjectState

SHOWN = (S.REGISTERED, S.AMENDMENT_REVIEW, S.SUSPENDED, S.REVOKED, S.CLOSED)
"""States in which a project with an entry is shown to everybody."""

IN_FORCE = (S.REGISTERED, S.AMENDMENT_REVIEW)
"""States that count as registered: the entry stays valid while an amendment is reviewed."""


NOT_SHOWN = tuple(set(ProjectState) - set(SHOWN))

ORDER = Order((Case.registered_on, Case.project_number), (date.fromisoformat, code))
"""The latest entry first."""


def _shown() -> ColumnElement[bool]:
    # Said by what is left out: SQLite would else read the cases by their states instead of in the order of the list.
    return and_(Case.registered_on.is_not(None), Case.state.not_in(NOT_SHOWN))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the public list."""

    project_number: str
    name: str
    scheme: Scheme
    district_code: str | None
    area_mu: Decimal | None
    state: ProjectState
    registered_on: date
    is_example: bool


@dataclass(frozen=True, slots=True)
class DistrictCount:
    """Entries in force of one district: their number and the sum of their areas in mu."""

    projects: int
    area_mu: Decimal


def projects(
    *, q: str = "", scheme: Scheme | None = None, district: str = "", place: Place | None = None, size: int = 20
) -> Page:
    """Projects with an entry, the latest first; `q` is looked for in name, number and applicant organisation."""
    query = select(
        Case.project_number,
        Case.name,
        Case.scheme,
        Case.district_code,
        Case.area_mu,
        Case.state,
        Case.registered_on,
        Case.is_example,
    )
    which = [_shown()]
    if scheme is not None:
        which.append(Case.scheme == scheme)
    if district:
        which.append(Case.district_code == district)
    if q:
        found = search.newest(q, *which, _says(q))
        which = [Case.id.in_(found[: search.FOUND])]
        total = min(len(found), search.FOUND)
    else:
        found, total = [], _number(scheme, district)
    page = page_in_order(query.where(*which), ORDER, place or Place(), total, size, rows=True)
    return replace(page, items=[Row(*row) for row in page.items], more=len(found) > search.FOUND)


def _says(q: str) -> ColumnElement[bool]:
    organisation = exists().where(
        Organisation.id == Case.proponent_org_id,
        or_(*(c.icontains(q, autoescape=True) for c in (Organisation.name, Organisation.name_en))),
    )
    own = (c.icontains(q, autoescape=True) for c in (Case.name, Case.project_number))
    return or_(*own, organisation)


def _number(scheme: Scheme | None, district: str) -> int:
    """How many projects the list holds."""
    query = select(func.sum(CaseCount.cases)).where(CaseCount.entered == 1, CaseCount.state.in_(SHOWN))
    if scheme is not None:
        query = query.where(CaseCount.scheme == scheme.value)
    if district:
        query = query.where(CaseCount.district_code == district)
    return int(db.session.scalar(query) or 0)


def by_district() -> dict[str, DistrictCount]:
    """Entries in force by GB code of the district; districts without one are absent."""
    number = func.sum(CaseCount.cases)
    query = (
        select(CaseCount.district_code, number, func.sum(CaseCount.area_scaled))
        .where(CaseCount.entered == 1, CaseCount.state.in_(IN_FORCE))
        .group_by(CaseCount.district_code)
        .having(number > 0)
    )
    return {code: DistrictCount(int(n), Decimal(int(area)) / AREA_SCALE) for code, n, area in db.session.execute(query)}


class StepKind(StrEnum):
    """A public step of a project; a passed gate is named by its own word."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    GATE = "gate"
    REGISTERED = "registered"
    AMENDED = "amended"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the public timeline; `word` is the gate or the state, where there is one."""

    kind: StepKind
    on: date | datetime
    word: StrEnum | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """Public facts of one project as they stand in the entry in force.

    `proponent` is None for a natural person; organisations are named in the reader’s language. Removals are what the
    applicant expects, in tCO₂e, not issued.
    """

    project_number: str
    name: str
    state: ProjectState
    scheme: Scheme
    activity: StrEnum | None
    method: str | None
    district_code: str | None
    area_mu: Decimal | None
    proponent: str | None
    agent: str | None
    validation_body: str | None
    crediting_from: date | None
    crediting_to: date | None
    expected_total_t: Decimal | None
    registered_on: date
    is_example: bool
    parcels_apart: list[tuple[str, Decimal | None]]
    losses: list[LossSum]
    verifier: str
    steps: list[Step]


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _decimal(value: Any) -> Decimal | None:
    try:
        amount = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() else None


def _here(instant: datetime) -> date:
    return instant.astimezone(ZONE).date()


def _crediting(case: Case, entry: Registration) -> Mapping[str, Any]:
    data = db.session.scalar(
        select(Answers.data).where(
            Answers.case_id == case.id, Answers.round_no == entry.round_no, Answers.section == "crediting"
        )
    )
    return data or {}


def _steps(case: Case, entries: list[Registration]) -> list[Step]:
    """Public steps, newest first; what was refused or carried over from an earlier round is not among them."""
    steps: list[tuple[datetime | date, Step]] = []
    if case.submitted_at is not None:
        steps.append((_here(case.submitted_at), Step(StepKind.SUBMITTED, case.submitted_at)))
    if case.accepted_on is not None:
        steps.append((case.accepted_on, Step(StepKind.ACCEPTED, case.accepted_on)))
    gates = db.session.scalars(
        select(GateDecision).where(
            GateDecision.case_id == case.id,
            GateDecision.round_no <= entries[-1].round_no,
            GateDecision.passed == 1,
            GateDecision.result != GateResult.CARRIED,
            GateDecision.gate.not_in((GateName.ACCEPTANCE, GateName.REGISTRATION)),
        )
    )
    order = list(GateName)
    for gate in sorted(gates, key=lambda g: (g.decided_at, order.index(g.gate))):
        steps.append((_here(gate.decided_at), Step(StepKind.GATE, gate.decided_at, gate.gate)))
    for n, entry in enumerate(entries):
        kind = StepKind.AMENDED if n else StepKind.REGISTERED
        steps.append((entry.registered_on, Step(kind, entry.registered_on)))
    if case.state != S.REGISTERED:
        steps.append((_here(case.state_since), Step(StepKind.STATE, case.state_since, case.state)))
    # The list is in the order of the procedure; a stable sort keeps that order within one day.
    return [step for _, step in sorted(steps, key=lambda pair: pair[0])][::-1]


def _apart(case: Case, entry: Registration) -> list[tuple[str, Decimal | None]]:
    """The parcels that were set apart before the entry in force: name and area in mu."""
    data = applications.data_of(applications.answers_of(case.id, entry.round_no))
    return [(p.name, p.area_mu) for p in notices.parcels(case.id, entry.round_no, data) if p.apart]


def project(project_number: str) -> Project | None:
    """The public facts of a project with an entry, or None."""
    case = db.session.scalars(
        select(Case)
        .where(Case.project_number == project_number, _shown())
        .options(joinedload(Case.proponent_org), joinedload(Case.agent_org), joinedload(Case.vvb_org))
    ).one_or_none()
    if case is None or case.scheme is None:
        return None
    entries = list(
        db.session.scalars(select(Registration).where(Registration.case_id == case.id).order_by(Registration.round_no))
    )
    crediting = _crediting(case, entries[-1])
    return Project(
        project_number=project_number,
        name=case.name,
        state=case.state,
        scheme=case.scheme,
        activity=case.activity,
        method=case.method,
        district_code=case.district_code,
        area_mu=case.area_mu,
        proponent=organisation_name(case.proponent_org) if case.proponent_org else None,
        agent=organisation_name(case.agent_org) if case.agent_org else None,
        validation_body=organisation_name(case.vvb_org) if case.vvb_org else None,
        crediting_from=_day(crediting.get("start_on")),
        crediting_to=_day(crediting.get("end_on")),
        expected_total_t=_decimal(crediting.get("expected_total_t")),
        registered_on=entries[0].registered_on,
        is_example=case.is_example,
        parcels_apart=_apart(case, entries[-1]),
        losses=loss_sums(losses_of(case.id)),
        verifier=notices.verifier(case.id),
        steps=_steps(case, entries),
    )

"""Partners: who they are, what they have under contract across all cases, and who they are tied to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from registry.application.reading import day, decimal
from registry.extensions import db
from registry.models import Answers, Case, Organisation, OrganisationTie, User
from registry.permissions import visible
from registry.queries.contract_rows import LIVE, REACH, STANDING_ROUND
from workflows.contract_class import anniversary, term_years
from workflows.states import ProjectState

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract of a case that is neither a draft nor ended. `open`: the reader may see its file."""

    case_id: int
    number: str
    name: str
    state: ProjectState
    partner_id: int
    start_on: date | None
    end_on: date | None
    area_mu: Decimal | None
    areas: Mapping[str, Decimal]
    """District code → mu of the parcels."""
    idle: bool
    """Under contract for longer than the policy allows, and no work has begun."""
    open: bool

    @property
    def years(self) -> Decimal | None:
        """The term in years."""
        if self.start_on is None or self.end_on is None or self.end_on < self.start_on:
            return None
        return term_years(self.start_on, self.end_on)


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner with what it holds."""

    id: int
    name: str
    name_en: str | None
    credit_code: str | None
    contracts: tuple[Contract, ...]

    @property
    def area_mu(self) -> Decimal:
        """The land of all its contracts."""
        return sum((c.area_mu for c in self.contracts if c.area_mu), Decimal(0))

    @property
    def longest(self) -> Decimal | None:
        """The longest term in years."""
        return max((c.years for c in self.contracts if c.years is not None), default=None)

    @property
    def idle(self) -> int:
        """How many of its projects lie idle."""
        return sum(c.idle for c in self.contracts)

    @property
    def areas(self) -> dict[str, Decimal]:
        """District code → mu of all its contracts."""
        found: dict[str, Decimal] = {}
        for contract in self.contracts:
            for code, area in contract.areas.items():
                found[code] = found.get(code, Decimal(0)) + area
        return found


def portfolio(user: User, on: date, idle_months: int) -> list[Partner]:
    """Every partner with a contract that stands, the largest area first."""
    contracts = _contracts(user, on, idle_months)
    ids = {c.partner_id for c in contracts}
    named = db.session.scalars(select(Organisation).where(Organisation.id.in_(ids))) if ids else ()
    found = [_partner(o, contracts) for o in named]
    return sorted(found, key=lambda p: (-p.area_mu, p.name))


def partner(organisation_id: int, user: User, on: date, idle_months: int) -> Partner | None:
    """One organisation with its contracts, also without any; None where there is no such organisation."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        return None
    return _partner(organisation, _contracts(user, on, idle_months, {organisation_id}))


def affiliates(organisation_id: int, user: User, on: date, idle_months: int) -> list[Partner]:
    """Every organisation it is tied to on a day, over however many others, with their contracts."""
    asked = {"ids": [organisation_id], "code": None, "day": on}
    ids = {org for _root, org, _code, _name in db.session.execute(REACH, asked)} - {organisation_id}
    if not ids:
        return []
    contracts = _contracts(user, on, idle_months, ids)
    named = db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.name))
    return [_partner(o, contracts) for o in named]


def ties(organisation_id: int) -> list[OrganisationTie]:
    """Every tie of an organisation, named from either side, those that last first."""
    query = (
        select(OrganisationTie)
        .where(
            or_(OrganisationTie.organisation_id == organisation_id, OrganisationTie.related_id == organisation_id),
        )
        .order_by(OrganisationTie.until.is_not(None), OrganisationTie.since.desc(), OrganisationTie.id)
        .options(joinedload(OrganisationTie.organisation), joinedload(OrganisationTie.related))
    )
    return list(db.session.scalars(query))


def tie_of(organisation_id: int, tie_id: int) -> OrganisationTie | None:
    """A tie of this organisation."""
    return next((tie for tie in ties(organisation_id) if tie.id == tie_id), None)


def organisations(besides: int) -> list[Organisation]:
    """Every organisation but one, by name."""
    return list(db.session.scalars(select(Organisation).where(Organisation.id != besides).order_by(Organisation.name)))


def cases_of(contracts: Sequence[Contract]) -> list[Case]:
    """The cases of these contracts whose file is open to the reader."""
    ids = [c.case_id for c in contracts if c.open]
    return list(db.session.scalars(select(Case).where(Case.id.in_(ids)).order_by(Case.id))) if ids else []


def case_with_partner(case_id: int) -> Case | None:
    """The case, where a partner takes part in it."""
    case = db.session.get(Case, case_id)
    return case if case is not None and case.partner_org_id is not None else None


def _partner(organisation: Organisation, contracts: Sequence[Contract]) -> Partner:
    own = tuple(c for c in contracts if c.partner_id == organisation.id)
    return Partner(organisation.id, organisation.name, organisation.name_en, organisation.credit_code, own)


def _contracts(user: User, on: date, idle_months: int, partners: set[int] | None = None) -> list[Contract]:
    query = (
        select(Case, Answers.section, Answers.data, visible(user))
        .join(Answers, and_(Answers.case_id == Case.id, Answers.round_no == STANDING_ROUND))
        .where(
            Case.partner_org_id.is_not(None) if partners is None else Case.partner_org_id.in_(sorted(partners)),
            LIVE,
            Answers.section.in_(("contract", "parcels", "method")),
        )
        .order_by(Case.id)
    )
    cases: dict[int, tuple[Case, bool, dict[str, Any]]] = {}
    for case, section, data, may_see in db.session.execute(query):
        cases.setdefault(case.id, (case, bool(may_see), {}))[2][section] = data
    return [_contract(case, answers, on, idle_months, may_see) for case, may_see, answers in cases.values()]


def _contract(case: Case, answers: Mapping[str, Any], on: date, idle_months: int, may_see: bool) -> Contract:
    said = answers.get("contract", {})
    areas: dict[str, Decimal] = {}
    for parcel in answers.get("parcels", {}).get("parcels", ()):
        if (code := parcel.get("district_code")) and (area := decimal(parcel.get("area_mu"))):
            areas[code] = areas.get(code, Decimal(0)) + area
    start = day(said.get("start_on"))
    begun = day(answers.get("method", {}).get("start_on"))
    stands_idle = (
        start is not None
        and anniversary(start, idle_months // MONTHS) < on
        and (begun is None or begun > on)
        and case.registered_on is None
    )
    stated, summed = decimal(said.get("area_mu")), sum(areas.values(), Decimal(0))
    return Contract(
        case.id,
        case.number or "",
        case.name,
        case.state,
        case.partner_org_id or 0,
        start,
        day(said.get("end_on")),
        max((a for a in (stated, summed) if a), default=None),
        areas,
        stands_idle,
        may_see,
    )

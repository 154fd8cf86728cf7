"""The cases a person of the desk sees, filtered, counted and summed; and the notices about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from registry.extensions import db
from registry.models import Answers, Case, Notice, Organisation, User
from registry.permissions import visible
from registry.queries.paging import Page, page_of
from workflows.states import ProjectState, Scheme


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list is narrowed to; `q` is looked for in names, numbers and applicant organisations."""

    state: ProjectState | None = None
    scheme: Scheme | None = None
    district: str = ""
    q: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(self.state or self.scheme or self.district or self.q)


@dataclass(frozen=True, slots=True)
class Sums:
    """Number of cases by state, their number in all, and the sum of their areas in mu.

    The states are counted as if none were chosen; number and area follow every choice.
    """

    by_state: Mapping[ProjectState, int]
    cases: int
    area_mu: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A notice with its case; `case` is None where this person no longer sees it."""

    notice: Notice
    case: Case | None


def _filter(user: User, chosen: Chosen, *, with_state: bool = True) -> ColumnElement[bool]:
    which = [visible(user)]
    if chosen.state and with_state:
        which.append(Case.state == chosen.state)
    if chosen.scheme:
        which.append(Case.scheme == chosen.scheme)
    if chosen.district:
        which.append(Case.district_code == chosen.district)
    if chosen.q:
        applicant = exists().where(
            Organisation.id.in_((Case.proponent_org_id, Case.agent_org_id)),
            Organisation.name.icontains(chosen.q, autoescape=True),
        )
        columns = (Case.name, Case.number, Case.project_number)
        which.append(or_(*(c.icontains(chosen.q, autoescape=True) for c in columns), applicant))
    return and_(*which)


def listed(user: User, chosen: Chosen, *, page: int = 1, size: int = 20) -> Page:
    """Cases a person sees, the one that moved last first."""
    query = (
        select(Case)
        .where(_filter(user, chosen))
        .order_by(Case.state_since.desc(), Case.id.desc())
        .options(joinedload(Case.proponent_org), joinedload(Case.proponent_user), joinedload(Case.agent_org))
    )
    return page_of(query, page, size)


def sums(user: User, chosen: Chosen) -> Sums:
    """What the list comes to."""
    query = (
        select(Case.state, func.count(), func.coalesce(func.sum(Case.area_mu), 0))
        .where(_filter(user, chosen, with_state=False))
        .group_by(Case.state)
    )
    rows = {state: (number, Decimal(area)) for state, number, area in db.session.execute(query)}
    counted = [row for state, row in rows.items() if chosen.state in (None, state)]
    return Sums(
        by_state={state: rows[state][0] for state in ProjectState if state in rows},
        cases=sum(number for number, _area in counted),
        area_mu=sum((area for _number, area in counted), Decimal(0)),
    )


def draft_names(case_ids: list[int]) -> dict[int, str]:
    """What drafts are called by their basics; the summary column is written when they are submitted."""
    query = select(Answers.case_id, Answers.data).where(
        Answers.case_id.in_(case_ids), Answers.round_no == 1, Answers.section == "basics"
    )
    return {case_id: str(data.get("name") or "") for case_id, data in db.session.execute(query)}


def notices(user: User, *, page: int = 1, size: int = 20) -> Page:
    """A person's notices, the newest first."""
    sees = and_(Case.id == Notice.case_id, visible(user))
    query = (
        select(Notice, Case)
        .outerjoin(Case, sees)
        .where(Notice.user_id == user.id)
        .order_by(Notice.made_at.desc(), Notice.id.desc())
    )
    found = page_of(query, page, size, rows=True)
    return Page([Line(*row) for row in found.items], found.no, found.pages, found.total, found.size)


def newest_notice(user: User) -> int:
    """The number of a person's last notice, 0 without any."""
    return db.session.scalar(select(func.max(Notice.id)).where(Notice.user_id == user.id)) or 0


def unread(user: User) -> int:
    """How many notices a person has not read."""
    query = select(func.count()).select_from(Notice).where(Notice.user_id == user.id, Notice.read_at.is_(None))
    return db.session.scalar(query) or 0

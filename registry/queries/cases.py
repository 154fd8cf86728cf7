"""The cases a person of the desk sees, filtered, counted and summed; and the notices about them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true
from sqlalchemy import case as one_of
from sqlalchemy.orm import joinedload

from registry import permissions
from registry.clock import start_of, today
from registry.extensions import db
from registry.models import Answers, Case, CaseCount, Meeting, Notice, Organisation, User
from registry.models.lists import AREA_SCALE
from registry.permissions import SEES, visible
from registry.queries import nav, records, search
from registry.queries.minutes import seen_by
from registry.queries.paging import Order, Page, Place, identity, instant, page_in_order, page_of
from registry.queries.record_shapes import Shown
from workflows.roles import VOTING, Role
from workflows.states import Activity, ProjectState, Scheme
from workflows.units import Period

WAITING_ASIDE = (ProjectState.CORRECTION_REQUESTED, ProjectState.SUSPENDED, ProjectState.AMENDMENT_REVIEW)
"""Where a case stands beside the five stages while somebody works on it."""


@dataclass(frozen=True, slots=True)
class Band:
    """How many calendar days a case has stood in its state, both counted; `most` None: no end."""

    key: str
    least: int
    most: int | None


BANDS = (Band("10", 0, 10), Band("30", 11, 30), Band("90", 31, 90), Band("over", 91, None))


class Land(StrEnum):
    """What a project does on its land, as the plan's targets tell it apart."""

    AFFORESTATION = "afforestation"
    QUALITY = "quality"
    OTHER = "other"


_ACTIVITIES = {
    Land.AFFORESTATION: (Activity.AFFORESTATION,),
    Land.QUALITY: (Activity.FOREST_MANAGEMENT, Activity.BAMBOO),
}


def land_of(activity: Activity | None) -> Land:
    """Which kind of land work an activity is."""
    return next((land for land, some in _ACTIVITIES.items() if activity in some), Land.OTHER)


def moved_in(band: Band, on: date) -> ColumnElement[bool]:
    """SQL: a case has stood in its state for so many days on a day."""
    last = start_of(on - timedelta(days=band.least) + timedelta(days=1))
    since = Case.state_since >= start_of(on - timedelta(days=band.most)) if band.most is not None else true()
    return and_(since, Case.state_since < last) if band.least else since


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list is narrowed to; `q` is looked for in names, numbers and applicant organisations.

    `period`: entered in the library in one of its years.
    """

    state: ProjectState | None = None
    scheme: Scheme | None = None
    district: str = ""
    q: str = ""
    band: Band | None = None
    land: Land | None = None
    period: Period | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(self.state or self.scheme or self.district or self.q or self.one_by_one)

    @property
    def one_by_one(self) -> bool:
        """Narrowed by what no count is kept of."""
        return bool(self.band or self.land or self.period)


@dataclass(frozen=True, slots=True)
class Sums:
    """Number of cases by state, their number in all, and the sum of their areas in mu.

    The states are counted as if none were chosen; number and area follow every choice. `more`: there are more cases
    than were counted, and the figures are those of the newest.
    """

    by_state: Mapping[ProjectState, int]
    cases: int
    area_mu: Decimal
    more: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A notice with its case, meeting or other record; None where this person no longer sees it."""

    notice: Notice
    case: Case | None
    meeting: Meeting | None = None
    record: Shown | None = None


ORDER = Order((Case.state_since, Case.id), (instant, identity))
"""The case that moved last first."""

ASKED = 500
"""Cases named in one statement."""

COUNTED = 1000
"""Cases counted one by one before the list says "more than"."""

STANDING = frozenset(
    {Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_REVIEWER, Role.ECO_ENV, Role.CHAIR}
)
"""Offices that see every case of their body in the states of SEES, but their own; others see what they sit on."""


def _chosen(
    chosen: Chosen, table: type[Case] | type[CaseCount] = Case, *, with_state: bool = True
) -> list[ColumnElement[bool]]:
    """The filters but the words, on the cases or on their counts."""
    which = []
    if chosen.state and with_state:
        which.append(table.state == chosen.state)
    if chosen.scheme:
        which.append(table.scheme == chosen.scheme)
    if chosen.district:
        which.append(table.district_code == chosen.district)
    if chosen.band:
        which.append(moved_in(chosen.band, today()))
    if chosen.land is Land.OTHER:
        known = [a for some in _ACTIVITIES.values() for a in some]
        which.append(or_(Case.activity.is_(None), Case.activity.not_in(known)))
    elif chosen.land:
        which.append(Case.activity.in_(_ACTIVITIES[chosen.land]))
    if chosen.period:
        first, last = date(chosen.period.first, 1, 1), date(chosen.period.last, 12, 31)
        which.append(Case.registered_on.between(first, last))
    return which


def _visible(user: User) -> ColumnElement[bool]:
    return visible(user, permissions.worth_asking(user))


def _says(q: str) -> ColumnElement[bool]:
    applicant = exists().where(
        Organisation.id.in_((Case.proponent_org_id, Case.agent_org_id)),
        or_(*(c.icontains(q, autoescape=True) for c in (Organisation.name, Organisation.name_en))),
    )
    columns = (Case.name, Case.number, Case.project_number)
    return or_(*(c.icontains(q, autoescape=True) for c in columns), applicant)


def listed(
    user: User, chosen: Chosen, *, place: Place | None = None, size: int = 20, known: Sums | None = None
) -> Page:
    """Cases a person sees, the one that moved last first; `known` spares counting them again."""
    query = select(Case).options(
        joinedload(Case.proponent_org), joinedload(Case.proponent_user), joinedload(Case.agent_org)
    )
    if not chosen.q:
        known = known or sums(user, chosen)
        query = query.where(_visible(user), *_chosen(chosen))
        return page_in_order(query, ORDER, place or Place(), known.cases, size, more=known.more)
    found = search.newest(chosen.q, _visible(user), *_chosen(chosen), _says(chosen.q))
    query = query.where(Case.id.in_(found[: search.FOUND]))
    page = page_in_order(query, ORDER, place or Place(), min(len(found), search.FOUND), size)
    return replace(page, more=len(found) > search.FOUND)


def sums(user: User, chosen: Chosen) -> Sums:
    """What the list comes to: exactly for the offices that see all cases, and where the cases are few."""
    if chosen.q:
        return _of_some(
            search.newest(chosen.q, _visible(user), *_chosen(chosen, with_state=False), _says(chosen.q)),
            chosen,
            search.FOUND,
        )
    if chosen.one_by_one or permissions.offices(user) & (VOTING - STANDING):
        newest = (
            select(Case.id)
            .where(_visible(user), *_chosen(chosen, with_state=False))
            .order_by(Case.state_since.desc(), Case.id.desc())
        )
        return _of_some(list(db.session.scalars(newest.limit(COUNTED + 1))), chosen, COUNTED)
    rows: dict[ProjectState, tuple[int, Decimal]] = {}
    for state, number, area in (*_by_counts(user, chosen), *_own(user, chosen)):
        before = rows.get(state, (0, Decimal(0)))
        rows[state] = (before[0] + number, before[1] + area)
    return _summed(rows, chosen)


def _of_some(case_ids: list[int], chosen: Chosen, most: int) -> Sums:
    """The sums over these cases; `most`: one more than that means that there are more still."""
    query = select(Case.state, func.count(), func.coalesce(func.sum(Case.area_mu), 0)).where(
        Case.id.in_(case_ids[:most])
    )
    rows = {state: (number, Decimal(area)) for state, number, area in db.session.execute(query.group_by(Case.state))}
    return _summed(rows, chosen, more=len(case_ids) > most)


def _summed(rows: Mapping[ProjectState, tuple[int, Decimal]], chosen: Chosen, *, more: bool = False) -> Sums:
    counted = [row for state, row in rows.items() if chosen.state in (None, state)]
    return Sums(
        by_state={state: rows[state][0] for state in ProjectState if state in rows and rows[state][0]},
        cases=sum(number for number, _area in counted),
        area_mu=sum((area for _number, area in counted), Decimal(0)),
        more=more,
    )


def _offices(user: User, table: type[Case] | type[CaseCount]) -> ColumnElement[bool]:
    """SQL on the cases or their counts: what a person's standing offices see, their own cases not yet left out."""
    held: dict[Role, list[int]] = {}
    for role, body_id in permissions.appointments(user):
        if role in STANDING:
            held.setdefault(role, []).append(body_id)
    return or_(
        false(),
        *(
            and_(
                table.body_id.in_(bodies),
                table.state.in_(SEES[role]),
                table.scheme == Scheme.LOCAL_TICKET if role is Role.ECO_ENV else true(),
            )
            for role, bodies in held.items()
        ),
    )


def _by_counts(user: User, chosen: Chosen) -> list[tuple[ProjectState, int, Decimal]]:
    query = (
        select(CaseCount.state, func.sum(CaseCount.cases), func.sum(CaseCount.area_scaled))
        .where(_offices(user, CaseCount), *_chosen(chosen, CaseCount, with_state=False))
        .group_by(CaseCount.state)
    )
    return [(state, int(n), Decimal(int(area)) / AREA_SCALE) for state, n, area in db.session.execute(query)]


def _own(user: User, chosen: Chosen) -> list[tuple[ProjectState, int, Decimal]]:
    """What the counts get wrong: cases to which the person is a party, seen not by office but as that party.

    Also those in which a chair stood aside, seen no more.
    """
    organisations = [o.id for o in nav.organisations(user)]
    parties = (Case.proponent_org_id, Case.agent_org_id, Case.partner_org_id, Case.vvb_org_id)
    party = or_(Case.proponent_user_id == user.id, *(c.in_(organisations) for c in parties if organisations))
    if Role.CHAIR in permissions.offices(user):
        party = or_(party, permissions.stands_aside(user.id))
    number = one_of((_visible(user), 1), else_=0) - one_of((_offices(user, Case), 1), else_=0)
    query = (
        select(Case.state, func.sum(number), func.sum(number * func.coalesce(Case.area_mu, 0)))
        .where(party, *_chosen(chosen, with_state=False))
        .group_by(Case.state)
    )
    return [(state, int(n), Decimal(str(area))) for state, n, area in db.session.execute(query)]


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
        select(Notice, Case, Meeting)
        .select_from(Notice)
        .outerjoin(Case, sees)
        .outerjoin(Meeting, and_(Meeting.id == Notice.meeting_id, seen_by(user)))
        .where(Notice.user_id == user.id)
        .order_by(Notice.made_at.desc(), Notice.id.desc())
    )
    found = page_of(query, page, size, rows=True)
    lines = [
        Line(n, case, meeting, records.shown(user, n.record_kind, n.record_id)) for n, case, meeting in found.items
    ]
    return Page(lines, found.no, found.pages, found.total, found.size)


def seen_of(user: User, case_ids: Collection[int]) -> set[int]:
    """Of some cases, those a person may see."""
    wanted, seen = sorted(case_ids), set[int]()
    for start in range(0, len(wanted), ASKED):
        query = select(Case.id).where(Case.id.in_(wanted[start : start + ASKED]), visible(user))
        seen |= set(db.session.scalars(query))
    return seen


def newest_notice(user: User) -> int:
    """The number of a person's last notice, 0 without any."""
    return db.session.scalar(select(func.max(Notice.id)).where(Notice.user_id == user.id)) or 0


def unread(user: User) -> int:
    """How many notices a person has not read."""
    query = select(func.count()).select_from(Notice).where(Notice.user_id == user.id, Notice.read_at.is_(None))
    return db.session.scalar(query) or 0

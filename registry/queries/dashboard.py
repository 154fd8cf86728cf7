"""What the dashboard counts besides the targets: few statements, however many cases there are.

Each count has a list behind it that names exactly what was counted: cases by `queries.cases.Chosen`, which narrows by
the same columns, expected removals and losses by the lists below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, extract, func, or_, select
from sqlalchemy import case as one_of
from sqlalchemy.orm import joinedload

from registry.application.reading import decimal
from registry.extensions import db
from registry.models import Answers, Case, PilotLoss, Registration, User
from registry.permissions import visible, worth_asking
from registry.queries.cases import BANDS, WAITING_ASIDE, Chosen, Land, land_of, moved_in
from registry.queries.pilot import in_force
from workflows.states import STAGES, LossCause, ProjectState, Scheme
from workflows.units import Period

SHOWN = (*STAGES, *WAITING_ASIDE)
Ages = Mapping[ProjectState, Mapping[str, int]]


def _sees(user: User) -> ColumnElement[bool]:
    return visible(user, worth_asking(user))


def pipeline(user: User, on: date) -> Ages:
    """Cases by where they stand and how many days they have stood there: state → key of a band → cases."""
    bands = (func.sum(one_of((moved_in(band, on), 1), else_=0)) for band in BANDS)
    query = select(Case.state, *bands).where(Case.state.in_(SHOWN), _sees(user)).group_by(Case.state)
    found = {state: [int(n) for n in numbers] for state, *numbers in db.session.execute(query)}
    nothing = [0] * len(BANDS)
    return {s: dict(zip((b.key for b in BANDS), found.get(s, nothing), strict=True)) for s in SHOWN}


# Projects in the library ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entered:
    """Projects of one kind of land work, entered in one year, in one district."""

    land: Land
    year: int
    district: str
    cases: int
    area_mu: Decimal


def entered(user: User) -> list[Entered]:
    """The projects registered now, by what is done on the land, year of entry and district."""
    year = extract("year", Case.registered_on)
    query = (
        select(Case.activity, year, Case.district_code, func.count(), func.coalesce(func.sum(Case.area_mu), 0))
        .where(Case.state == ProjectState.REGISTERED, _sees(user))
        .group_by(Case.activity, year, Case.district_code)
    )
    return [
        Entered(land_of(activity), int(y or 0), district or "", n, Decimal(area))
        for activity, y, district, n, area in db.session.execute(query)
    ]


def summed(rows: Sequence[Entered], land: Land | None = None, period: Period | None = None) -> tuple[int, Decimal]:
    """(projects, mu) of these, of one kind or entered in one period."""
    fitting = [r for r in rows if land in (None, r.land) and (period is None or r.year in period.years)]
    return sum(r.cases for r in fitting), sum((r.area_mu for r in fitting), Decimal(0))


@dataclass(frozen=True, slots=True)
class Expected:
    """What one registered project expects over its crediting period, in t CO2e; None: it names no figure."""

    number: str
    project_number: str
    name: str
    scheme: Scheme
    area_mu: Decimal | None
    total_t: Decimal | None


def expected(user: User, scheme: Scheme | None = None) -> list[Expected]:
    """The projects registered now, as their entries in force say; a value told, not issued."""
    latest = (
        select(Registration.case_id, func.max(Registration.round_no).label("round_no"))
        .group_by(Registration.case_id)
        .subquery()
    )
    query = (
        select(Case.number, Case.project_number, Case.name, Case.scheme, Case.area_mu, Answers.data)
        .select_from(Case)
        .join(latest, latest.c.case_id == Case.id)
        .outerjoin(
            Answers,
            (Answers.case_id == Case.id) & (Answers.round_no == latest.c.round_no) & (Answers.section == "crediting"),
        )
        .where(Case.state == ProjectState.REGISTERED, _sees(user))
        .order_by(Case.project_number)
    )
    if scheme:
        query = query.where(Case.scheme == scheme)
    return [
        Expected(number or "", project_number or "", name, of, area, decimal((data or {}).get("expected_total_t")))
        for number, project_number, name, of, area, data in db.session.execute(query)
    ]


# Losses --------------------------------------------------------------------------------------------------

FARM, PROJECT = "farm", "project"


@dataclass(frozen=True, slots=True)
class Lost:
    """Losses of one cause: records, mu and t CO2e; `untold` of them name no carbon."""

    records: int
    area_mu: Decimal
    carbon_t: Decimal
    untold: int


def _losses(user: User, query: Select[Any]) -> Select[Any]:
    """Of the farms, which every reader of the dashboard may read, and of the projects this person sees."""
    mine = or_(PilotLoss.case_id.is_(None), _sees(user))
    return query.outerjoin(Case, Case.id == PilotLoss.case_id).where(in_force(), mine)


_OF = {FARM: PilotLoss.case_id.is_(None), PROJECT: PilotLoss.case_id.is_not(None)}


def lost(user: User) -> dict[tuple[str, LossCause], Lost]:
    """(farm or project, cause) → what was lost, by the records that stand."""
    whose = one_of((_OF[FARM], FARM), else_=PROJECT)
    untold = func.sum(one_of((PilotLoss.carbon_t.is_(None), 1), else_=0))
    sums = (func.count(), func.sum(PilotLoss.area_mu), func.coalesce(func.sum(PilotLoss.carbon_t), 0), untold)
    query = _losses(user, select(whose, PilotLoss.cause, *sums).group_by(whose, PilotLoss.cause))
    return {
        (of, cause): Lost(n, Decimal(mu), Decimal(t), int(none))
        for of, cause, n, mu, t, none in db.session.execute(query)
    }


def losses(user: User, of: str | None = None, cause: LossCause | None = None) -> list[PilotLoss]:
    """The records of losses that stand, the newest day first."""
    query = _losses(user, select(PilotLoss)).options(joinedload(PilotLoss.farm), joinedload(PilotLoss.case))
    wanted = [_OF[of]] if of else []
    wanted += [PilotLoss.cause == cause] if cause else []
    query = query.where(and_(True, *wanted)).order_by(PilotLoss.on_day.desc(), PilotLoss.id.desc())
    return list(db.session.scalars(query))


def registered(land: Land | None = None, period: Period | None = None, district: str = "") -> Chosen:
    """The list behind a figure of `entered`."""
    return Chosen(state=ProjectState.REGISTERED, land=land, period=period, district=district)

"""What the dashboard counts besides the targets: few statements, however many cases there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from registry.application.reading import decimal
from registry.extensions import db
from registry.models import Answers, Case, Registration, User
from registry.permissions import visible, worth_asking
from workflows.states import STAGES, ProjectState


def oldest(user: User) -> Mapping[ProjectState, datetime]:
    """Since when the case that moved last the longest ago has stood in each stage."""
    query = (
        select(Case.state, func.min(Case.state_since))
        .where(Case.state.in_(STAGES), visible(user, worth_asking(user)))
        .group_by(Case.state)
    )
    return dict(db.session.execute(query).all())


@dataclass(frozen=True, slots=True)
class Expected:
    """Tonnes CO2e registered projects expect over their crediting periods; `unstated` of them name no figure."""

    projects: int
    total_t: Decimal
    unstated: int


def expected(user: User) -> Expected:
    """What the projects registered now expect, as their entries in force say; a value told, not issued."""
    latest = (
        select(Registration.case_id, func.max(Registration.round_no).label("round_no"))
        .group_by(Registration.case_id)
        .subquery()
    )
    query = (
        select(Answers.data)
        .select_from(Case)
        .join(latest, latest.c.case_id == Case.id)
        .outerjoin(
            Answers,
            (Answers.case_id == Case.id) & (Answers.round_no == latest.c.round_no) & (Answers.section == "crediting"),
        )
        .where(Case.state == ProjectState.REGISTERED, visible(user, worth_asking(user)))
    )
    told = [decimal((data or {}).get("expected_total_t")) for data in db.session.scalars(query)]
    known = [t for t in told if t is not None]
    return Expected(len(told), sum(known, Decimal(0)), len(told) - len(known))

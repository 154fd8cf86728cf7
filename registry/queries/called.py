"""What people are called on a page: the name, the offices held on the day, and the employer where that says more."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from registry import labels
from registry.clock import day_of
from registry.extensions import db
from registry.models import ExpertTie, Membership, User
from registry.queries.applications import organisation_name
from workflows.roles import Role
from workflows.states import Relation

FROM_OUTSIDE = frozenset({Role.EXPERT, Role.VVB, Role.ECO_ENV, Role.DISTRICT_REPORTER, Role.FARM_REPORTER})
"""Offices that say little without the employer."""


class _Lasts(Protocol):
    since: date
    until: date | None


class Called:
    """`called(user_id, at)`: whoever these are, read together."""

    def __init__(self, people: Iterable[int | None]) -> None:
        query = select(User).where(User.id.in_({p for p in people if p is not None}))
        employers = selectinload(User.memberships).selectinload(Membership.organisation)
        found = db.session.scalars(query.options(selectinload(User.appointments), employers))
        self._people = {user.id: user for user in found}
        self._ties: dict[int, list[Membership | ExpertTie]] = {u.id: list(u.memberships) for u in self._people.values()}
        experts = [u.id for u in self._people.values() if any(a.role is Role.EXPERT for a in u.appointments)]
        if experts:  # the register of experts says who employs them
            own = select(ExpertTie).where(ExpertTie.user_id.in_(experts), ExpertTie.relation == Relation.OWN_EMPLOYER)
            for tie in db.session.scalars(own.order_by(ExpertTie.id).options(joinedload(ExpertTie.organisation))):
                self._ties[tie.user_id].append(tie)

    def __call__(self, user_id: int | None, at: date | datetime) -> str:
        """The name with office or employer as of the day; "" where there is nobody."""
        user = self._people.get(user_id or 0)
        if user is None:
            return ""
        on = day_of(at) if isinstance(at, datetime) else at
        held = {a.role for a in user.appointments if _lasts(a, on)}
        said = [format_list([labels.label(role) for role in Role if role in held], locale=get_locale())] if held else []
        if held <= FROM_OUTSIDE:
            said += [organisation_name(m.organisation) for m in self._ties[user.id] if _lasts(m, on)][:1]
        called = user.name
        for role in said:
            called = _("%(name)s, %(role)s", name=called, role=role)
        return called


def _lasts(term: _Lasts, on: date) -> bool:
    return term.since <= on and (term.until is None or on <= term.until)

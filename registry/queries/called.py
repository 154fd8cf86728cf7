"""What people are called on a page: the name with the offices held on the day, or without one the employer."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from registry import labels
from registry.clock import day_of
from registry.extensions import db
from registry.models import Membership, User
from registry.queries.applications import organisation_name
from workflows.roles import Role


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

    def __call__(self, user_id: int | None, at: date | datetime) -> str:
        """The name with office or employer as of the day; "" where there is nobody."""
        user = self._people.get(user_id or 0)
        if user is None:
            return ""
        on = day_of(at) if isinstance(at, datetime) else at
        held = {a.role for a in user.appointments if _lasts(a, on)}
        words = [labels.label(role) for role in Role if role in held]
        words = words or [organisation_name(m.organisation) for m in user.memberships if _lasts(m, on)][:1]
        if not words:
            return user.name
        return _("%(name)s, %(role)s", name=user.name, role=format_list(words, locale=get_locale()))


def _lasts(term: _Lasts, on: date) -> bool:
    return term.since <= on and (term.until is None or on <= term.until)

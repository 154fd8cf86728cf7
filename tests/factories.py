"""Rows for tests, each with the least that makes it valid; they write and commit, and hand back ids."""

from datetime import date
from itertools import count
from typing import Any

from registry.clock import now
from registry.extensions import Base, db, writing
from registry.models import Appointment, Body, Membership, Organisation, OrganisationKind, User
from workflows.roles import Role

SINCE = date(2020, 1, 1)
_numbers = count(1)


def an_organisation(**changed: Any) -> int:
    """An enterprise."""
    number = next(_numbers)
    values = {"name": f"示例企业{number}", "kind": OrganisationKind.ENTERPRISE, "created_at": now()} | changed
    return _add(Organisation(**values))


def a_user(**changed: Any) -> int:
    """Somebody who has an account and nothing else."""
    number = next(_numbers)
    return _add(User(**({"login": f"user{number}", "name": f"示例{number}", "created_at": now()} | changed)))


def a_body(**changed: Any) -> int:
    """A body that decides; the city's leading group unless said otherwise."""
    values = {"key": f"body{next(_numbers)}", "name": "示例领导小组", "name_en": "Example leading group"}
    return _add(Body(**(values | {"jurisdiction": "370900"} | changed)))


def a_member(organisation_id: int, **changed: Any) -> int:
    """A user who belongs to an organisation; the user's id."""
    user_id = a_user(**changed)
    _add(Membership(user_id=user_id, organisation_id=organisation_id, since=SINCE))
    return user_id


def belongs(user_id: int, organisation_id: int, since: date = SINCE, until: date | None = None) -> int:
    """A membership of somebody who exists."""
    return _add(Membership(user_id=user_id, organisation_id=organisation_id, since=since, until=until))


def an_appointee(body_id: int, role: Role, **changed: Any) -> int:
    """A user to whom a body gave a role; the user's id."""
    user_id = a_user(**changed)
    _add(Appointment(user_id=user_id, body_id=body_id, role=role, since=SINCE))
    return user_id


def _add(row: Base) -> int:
    with writing():
        db.session.add(row)
        db.session.flush()
        identity: int = row.id  # type: ignore[attr-defined]
    return identity

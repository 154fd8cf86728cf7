"""Rows for tests, each with the least that makes it valid; they write and commit, and hand back ids."""

from datetime import date
from itertools import count
from typing import Any

from registry.clock import now
from registry.extensions import Base, db, writing
from registry.models import (
    Appointment,
    Body,
    ExpertProfile,
    ExpertProfileField,
    ExpertTie,
    Membership,
    Organisation,
    OrganisationKind,
    User,
)
from workflows.roles import Role
from workflows.states import ExpertField, Relation

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


def experts(body_id: int, places: dict[str, str], entered_by: int) -> dict[str, int]:
    """Experts of the register: name → where each works; knows forestry, and the law where the number is even."""
    made = {}
    with writing():
        for n, (who, district) in enumerate(places.items(), 1):
            user = User(login=f"user{next(_numbers)}", name=f"示例专家{n}", created_at=now())
            db.session.add(user)
            db.session.flush()
            db.session.add(Appointment(user_id=user.id, body_id=body_id, role=Role.EXPERT, since=SINCE))
            entered = {"entered_at": now(), "entered_by_id": entered_by}
            fields = [ExpertField.FORESTRY, *([ExpertField.LAW] if n % 2 == 0 else [])]
            profile = ExpertProfile(user_id=user.id, district_code=district, since=SINCE, **entered)
            profile.fields = [ExpertProfileField(field=f) for f in fields]
            db.session.add(profile)
            made[who] = user.id
    return made


def office(user_id: int, body_id: int, role: Role) -> int:
    """An office of somebody who exists."""
    return _add(Appointment(user_id=user_id, body_id=body_id, role=role, since=SINCE))


def end_office(user_id: int, role: Role) -> None:
    """The office ended long ago."""
    with writing():
        db.session.query(Appointment).filter_by(user_id=user_id, role=role).one().until = SINCE


def tied(user_id: int, organisation_id: int, relation: Relation, since: date = SINCE, until: date | None = None) -> int:
    """A declared tie of an expert."""
    values = {"user_id": user_id, "organisation_id": organisation_id, "relation": relation}
    entered = {"entered_at": now(), "entered_by_id": user_id}
    return _add(ExpertTie(**values, since=since, until=until, **entered))


def _add(row: Base) -> int:
    with writing():
        db.session.add(row)
        db.session.flush()
        identity: int = row.id  # type: ignore[attr-defined]
    return identity

"""The demo's organisations and people, as plain rows: they have no acts, and no administrator was there before them."""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from stdnum.cn import uscc

from registry.clock import day_of
from registry.extensions import db, writing
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

HERE = Path(__file__).parent
IN_OFFICE = timedelta(days=730)
"""How long before loading everybody took office."""


def read(name: str) -> dict[str, Any]:
    """One of the TOML files beside this module."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def credit_code(first17: str | None) -> str | None:
    """The whole code with its check digit."""
    return None if first17 is None else first17 + str(uscc.calc_check_digit(first17))


def organisations() -> dict[str, dict[str, Any]]:
    """Key → what the file says of an organisation, with its whole credit code."""
    found = read("organisations.toml")["organisation"]
    return {o["key"]: o | {"credit_code": credit_code(o.get("credit17"))} for o in found}


def enter(at: datetime) -> None:
    """Write body, organisations, people, memberships and appointments in one transaction."""
    since = day_of(at - IN_OFFICE)
    began = at - IN_OFFICE
    with writing():
        body = Body(**read("organisations.toml")["body"])
        db.session.add(body)
        rows: dict[str, Organisation] = {}
        for key, said in organisations().items():
            rows[key] = Organisation(
                name=said["name"],
                name_en=said["name_en"],
                kind=OrganisationKind(said["kind"]),
                credit_code=said["credit_code"],
                unit_key=said.get("unit_key"),
                gb_code=said.get("gb_code"),
                is_example=said.get("example", False),
                created_at=began,
            )
        db.session.add_all(rows.values())
        db.session.flush()
        for said in read("people.toml")["person"]:
            user = User(login=said["login"], name=said["name"], is_example=True, created_at=began)
            db.session.add(user)
            db.session.flush()
            if "of" in said:
                db.session.add(Membership(user_id=user.id, organisation_id=rows[said["of"]].id, since=since))
            for role in said.get("roles", ()):
                db.session.add(Appointment(user_id=user.id, body_id=body.id, role=Role(role), since=since))
            # One by one: the seats of the group follow the order of appointment.
            db.session.flush()
        _enter_experts(rows, since, began)


def _enter_experts(rows: dict[str, Organisation], since: date, began: datetime) -> None:
    """The register as the secretary kept it from the first day on."""
    users = dict(db.session.execute(select(User.login, User.id)).all())
    entered = {"since": since, "entered_at": began, "entered_by_id": users["secretary"]}
    for said in read("experts.toml")["expert"]:
        user_id = users[said["login"]]
        fields = [ExpertProfileField(field=ExpertField(f)) for f in said["fields"]]
        db.session.add(
            ExpertProfile(user_id=user_id, district_code=said["place"], title=said["title"], fields=fields, **entered)
        )
        for relation, key in said["ties"]:
            db.session.add(
                ExpertTie(user_id=user_id, relation=Relation(relation), organisation_id=rows[key].id, **entered)
            )

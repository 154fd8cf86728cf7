"""Reports of completed area as tests make them: two units with a reporter each, and what they send."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from registry import storage
from registry.clock import now
from registry.extensions import db
from registry.models import CompletionReport, OrganisationKind
from registry.services import acts, greening
from tests import factories
from tests.world import PDF, World
from workflows.roles import Role
from workflows.states import Greening

UNITS = {"daiyue": "370911", "xintai": "370982"}


def settle(world: World) -> dict[str, int]:
    """Two units with a reporter each (`daiyue`, `xintai` in the world's people); their ids."""
    made = {}
    for who, key in UNITS.items():
        made[who] = factories.an_organisation(name=f"示例单位{key}", unit_key=key, kind=OrganisationKind.GOVERNMENT)
        world.people[who] = factories.an_appointee(world.body, Role.DISTRICT_REPORTER)
        factories.belongs(world.people[who], made[who])
    return made


def draft(
    world: World,
    unit_id: int,
    area: str = "120",
    *,
    who: str = "daiyue",
    paper: bool = True,
    corrects: int | None = None,
    **more: Any,
) -> int:
    """A draft of a unit's reporter: afforestation of 2026."""
    made = greening.Draft(
        year=2026,
        kind=Greening.AFFORESTATION,
        area_mu=Decimal(area),
        document_title="造林绿化验收意见",
        document_number="示例林验〔2026〕1号",
        document_on=date(2026, 2, 20),
    )
    if paper:
        made = replace(made, stored=storage.put(io.BytesIO(PDF), "accepted.pdf"), filename="accepted.pdf")
    return greening.save(replace(made, **more), unit_id=unit_id, by=world.user(who), at=now(), corrects=corrects)


def row(report_id: int) -> CompletionReport:
    """The report, read fresh."""
    db.session.rollback()
    return db.session.get_one(CompletionReport, report_id)


def act(world: World, report_id: int, action: str, who: str, **data: Any) -> acts.Done:
    """An act on a report, with a fresh page."""
    seen = row(report_id).version
    return acts.act(("greening", report_id), action, by=world.user(who), at=now(), seen=seen, data=data)


def reported(world: World, unit_id: int, area: str = "120", **more: Any) -> int:
    """A report that waits for an officer."""
    report_id = draft(world, unit_id, area, **more)
    act(world, report_id, "report_completion", more.get("who", "daiyue"))
    return report_id


def confirmed(world: World, unit_id: int, area: str = "120", **more: Any) -> int:
    """A report that counts."""
    report_id = reported(world, unit_id, area, **more)
    act(world, report_id, "confirm_completion", "officer")
    return report_id


def stopped(world: World, report_id: int, action: str, who: str, **data: Any) -> Sequence[str]:
    """The clauses that stop an act on a report; empty where it was done."""
    try:
        act(world, report_id, action, who, **data)
    except acts.Refused as refused:
        return [o.clause for o in refused.stopping]
    return []

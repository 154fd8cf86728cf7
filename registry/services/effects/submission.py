"""Submitting an application, and taking it in."""

from typing import Any

from sqlalchemy.exc import IntegrityError

from registry.clock import day_of
from registry.extensions import db
from registry.models import Organisation, OrganisationKind, Round
from registry.queries.people import holders
from registry.services import facts, land, numbers
from registry.services.effects.context import Context, Effect, close_gate
from workflows.roles import Role
from workflows.states import Activity, GateName, GateResult, Scheme


def summary(ctx: Context, round_no: int) -> dict[str, Any]:
    """The case's summary columns as the answers of a round give them."""
    answers = facts.answers_of(ctx.case.id, round_no)
    basics, method = answers.get("basics", {}), answers.get("method", {})
    areas = facts.areas_by_district(ctx.facts.parcels)
    vvb = answers.get("crediting", {}).get("vvb_org_id")
    return {
        "name": basics.get("name") or "",
        "scheme": Scheme(basics["scheme"]),
        "activity": Activity(basics["activity"]),
        "method": method.get("method"),
        **facts.area_summary(areas),
        "partner_org_id": _partner(ctx, answers.get("contract", {})),
        "vvb_org_id": ctx.case.vvb_org_id or (int(vvb) if vvb else None),
    }


def _partner(ctx: Context, contract: dict[str, Any]) -> int | None:
    """The partner as an organisation, found by its credit code, else entered.

    So its people are excluded, and its contracts are added up wherever they are.
    """
    code = contract.get("partner_credit_code")
    if not contract.get("has_partner") or not code:
        return None
    named = db.session.query(Organisation.id).filter_by(credit_code=code)
    if (known := named.scalar()) is not None:
        return int(known)
    entered = Organisation(
        name=str(contract.get("partner_name") or code),
        kind=OrganisationKind.ENTERPRISE,
        credit_code=code,
        is_example=ctx.case.is_example,
        created_at=ctx.at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(entered)
    except IntegrityError:  # another application entered it at the same moment
        return int(named.scalar())
    return entered.id


def submit(ctx: Context) -> Effect:
    """First submission: the case gets its number and its first round."""
    number = numbers.case_number(ctx.on.year)
    db.session.add(Round(case_id=ctx.case.id, no=1, opened_by="submit", opened_at=ctx.at))
    db.session.flush()
    land.claim(ctx.case, 1, facts.answers_of(ctx.case.id, 1))
    changes = {**summary(ctx, 1), "number": number, "round": 1, "submitted_at": ctx.at}
    return Effect(changes, {"number": number, "documents": len(ctx.facts.documents_on_file)})


def accept(ctx: Context) -> Effect:
    """The material is complete: the case is accepted as of the day it came in."""
    digest = close_gate(ctx, GateName.ACCEPTANCE, GateResult.PASS)
    opened = db.session.get_one(Round, (ctx.case.id, ctx.case.round)).opened_at
    return Effect({"accepted_on": day_of(opened)}, {"digest": digest})


def name_validator(ctx: Context) -> Effect:
    """The applicant names the validation body."""
    organisation = int(ctx.data["organisation_id"])
    return Effect({"vvb_org_id": organisation}, {"organisation": organisation})


def deem_accepted(ctx: Context) -> Effect:
    """视为受理: nobody answered in time; no gate is judged, what is missing may be asked for later."""
    digest = close_gate(ctx, GateName.ACCEPTANCE, GateResult.DEEMED)
    opened = db.session.get_one(Round, (ctx.case.id, ctx.case.round)).opened_at
    # S03: the officers who let the time pass are put on record.
    answerable = sorted(holders(ctx.case, {Role.CASE_OFFICER}, ctx.on))
    return Effect({"accepted_on": day_of(opened)}, {"digest": digest, "answerable": answerable})


EFFECTS = {"submit": submit, "deem_accepted": deem_accepted, "accept": accept, "name_validator": name_validator}

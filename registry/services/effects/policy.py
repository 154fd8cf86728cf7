"""What each act on a change of the policy writes. Only the door calls them."""

import hashlib

from flask import current_app

from registry.clock import day_of
from registry.models import PolicyChange
from registry.queries import policy as ask
from registry.services import numbers
from registry.services.effects.context import Effect
from registry.services.paper_words import texts
from registry.services.policy_changes import facts, next_of_history, roles_on, told
from registry.services.records import Context, Kind
from workflows.policy_change import POLICY_CHANGE, judge


def propose_change(ctx: Context) -> Effect:
    """From here on nobody changes it; it gets its number."""
    year = day_of(ctx.at).year
    series = current_app.config["POLICY_NUMBER"] or str(texts()["policy_series"])
    number = series.format(year=year, n=numbers.allot("policy", year))
    changes = {"number": number, "proposed_by_id": ctx.person_id, "proposed_at": ctx.at}
    return Effect(changes, {"number": number, "content": ctx.row.content_digest, "document": ctx.row.sha256})


def confirm_change(ctx: Context) -> Effect:
    """It becomes a part of the policy: the next of its history, whose digest covers all before it."""
    change, place = ctx.row, ctx.data["history_no"]
    replay = ask.last_replay(change)
    said = "\n".join(
        (
            ask.revision(),
            change.content_digest,
            str(change.number),
            change.document_title,
            change.document_number,
            change.body.name,
            change.body.name_en,
            day_of(ctx.at).isoformat(),
        )
    )
    digest = hashlib.sha256(said.encode()).hexdigest()
    return Effect(
        {**_decided(ctx), "history_no": place, "history_digest": digest},
        {"history": digest, "replay": replay.id if replay else None},
        words=ctx.data.get("words", ""),
    )


def refuse_change(ctx: Context) -> Effect:
    """It does not become a part of the policy."""
    return Effect(_decided(ctx), words=ctx.data["words"])


def withdraw_change(ctx: Context) -> Effect:
    """Taken back by who proposed it."""
    return Effect(_decided(ctx), words=ctx.data.get("words", ""))


def _decided(ctx: Context) -> dict[str, object]:
    return {"decided_by_id": ctx.person_id, "decided_at": ctx.at}


EFFECTS = {
    "propose_change": propose_change,
    "confirm_change": confirm_change,
    "refuse_change": refuse_change,
    "withdraw_change": withdraw_change,
}

KIND = Kind(
    model=PolicyChange,
    workflow=POLICY_CHANGE,
    judge=judge,
    roles=roles_on,
    facts=lambda row, on, actor, _data: facts(row, on, actor),
    effects=EFFECTS,
    told=lambda row, _action, on: told(row, on),
    # Two confirmations wait for one another here, before the policy is read for either.
    first=lambda action: {"history_no": next_of_history()} if action == "confirm_change" else {},
)

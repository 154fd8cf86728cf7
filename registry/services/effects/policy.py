"""What each act on a change of the policy writes. Only the door calls them."""

import hashlib

from flask import current_app

from registry.clock import day_of
from registry.queries import policy as ask
from registry.services import numbers
from registry.services.effects.context import Effect
from registry.services.paper_words import texts
from registry.services.policy_changes import Context


def propose_change(ctx: Context) -> Effect:
    """From here on nobody changes it; it gets its number."""
    year = day_of(ctx.at).year
    series = current_app.config["POLICY_NUMBER"] or str(texts()["policy_series"])
    number = series.format(year=year, n=numbers.allot("policy", year))
    changes = {"number": number, "proposed_by_id": ctx.actor.id, "proposed_at": ctx.at}
    return Effect(changes, {"number": number, "content": ctx.change.content_digest, "document": ctx.change.sha256})


def confirm_change(ctx: Context) -> Effect:
    """It becomes a part of the policy: the next of its history, whose digest covers all before it."""
    change, place = ctx.change, ctx.data["history_no"]
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
    return {"decided_by_id": ctx.actor.id, "decided_at": ctx.at}


EFFECTS = {
    "propose_change": propose_change,
    "confirm_change": confirm_change,
    "refuse_change": refuse_change,
    "withdraw_change": withdraw_change,
}

"""What each act on a report of completed area writes. Only the door calls them."""

from registry.models import CompletionReport
from registry.services import numbers
from registry.services.effects.context import Effect
from registry.services.greening import facts, roles_on, told
from registry.services.records import Context, Kind
from workflows.greening import GREENING, judge

TURN = "completion"
"""The counter whose row is held while a report is counted."""
COUNTED = frozenset({"report_completion", "confirm_completion"})


def report_completion(ctx: Context) -> Effect:
    """From here on it stays as it is until an officer decides, or it is taken back."""
    row = ctx.row
    said = {"unit": row.unit_id, "year": row.year, "kind": row.kind, "area_mu": str(row.area_mu), "file": row.sha256}
    sent = {"reported_by_id": ctx.person_id, "reported_at": ctx.at, "decided_by_id": None, "decided_at": None}
    return Effect(sent, {**said, "supersedes": row.supersedes_id})


def withdraw_completion(ctx: Context) -> Effect:
    """A draft again."""
    return Effect(words=ctx.data.get("words", ""))


def confirm_completion(ctx: Context) -> Effect:
    """It counts towards the target; what it corrects no longer does."""
    return Effect(_decided(ctx), {"area_mu": str(ctx.row.area_mu)}, words=ctx.data.get("words", ""))


def return_completion(ctx: Context) -> Effect:
    """The unit is to change it and report again."""
    return Effect(_decided(ctx), words=ctx.data["words"])


def _decided(ctx: Context) -> dict[str, object]:
    return {"decided_by_id": ctx.person_id, "decided_at": ctx.at}


EFFECTS = {
    "report_completion": report_completion,
    "withdraw_completion": withdraw_completion,
    "confirm_completion": confirm_completion,
    "return_completion": return_completion,
}

KIND = Kind(
    model=CompletionReport,
    workflow=GREENING,
    judge=judge,
    roles=roles_on,
    facts=lambda row, on, actor, _data: facts(row, on, actor),
    effects=EFFECTS,
    told=told,
    # Two reports of one unit, year and kind wait for one another here, so that the second is refused by G15.
    first=lambda action: {"turn": numbers.allot(TURN, 0)} if action in COUNTED else {},
)

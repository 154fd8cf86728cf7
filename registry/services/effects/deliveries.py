"""A decision reaches the applicant: an officer records when and how, or the applicant says so."""

from datetime import date

from registry.extensions import db
from registry.models import Delivery
from registry.services import clocks
from registry.services.effects.context import Context, Effect
from workflows.clocks import ClockKind
from workflows.states import DeliveryWay


def record_delivery(ctx: Context) -> Effect:
    """The officer records the delivery from its receipt."""
    return _delivered(ctx, DeliveryWay(ctx.data["way"]), ctx.data["delivered_on"])


def confirm_receipt(ctx: Context) -> Effect:
    """The applicant has the decision before the eyes and says so: delivered today."""
    return _delivered(ctx, DeliveryWay.CONFIRMED, ctx.on)


def _delivered(ctx: Context, way: DeliveryWay, day: date) -> Effect:
    waiting = next(row for row in clocks.open_clocks(ctx.case.id) if row.kind is ClockKind.DELIVERY)
    db.session.add(
        Delivery(
            case_id=ctx.case.id,
            clock_id=waiting.id,
            way=way,
            delivered_on=day,
            recorded_at=ctx.at,
            recorded_by_id=ctx.person_id,
        )
    )
    return Effect(detail={"delivery": way.value, "on": day.isoformat()}, words=str(ctx.data.get("words") or ""))


EFFECTS = {"record_delivery": record_delivery, "confirm_receipt": confirm_receipt}

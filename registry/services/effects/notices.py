"""The public notice: opened, objected to, answered, ended; parcels set apart; the verifier of an entry."""

import hashlib
import secrets

from sqlalchemy import func, select

from registry.extensions import db
from registry.models import (
    NoticeEnd,
    Objection,
    ObjectionAnswer,
    ObjectionContact,
    ParcelApart,
    PublicNotice,
    StoredFile,
    Verifier,
)
from registry.queries import calendar as calendars
from registry.queries.notices import side_of
from registry.services import facts, papers
from registry.services.effects.context import Context, Effect
from workflows.states import ObjectionAbout, ObjectionKind, ObjectionOutcome, ProjectState, Side
from workflows.working_days import in_working_days

SALT_BYTES = 32


def open_notice(ctx: Context) -> Effect:
    """公示: its days are counted, told and fixed now; the day of opening is left out (民法典 art. 201)."""
    days = int(ctx.policy.number("local_notice_days", ctx.facts.on))
    period = in_working_days(calendars.current(), ctx.on, days)
    if period.last_day is None:
        raise RuntimeError("a notice that nothing stops has a last day")
    notice = PublicNotice(
        case_id=ctx.case.id,
        round_no=ctx.case.round,
        from_on=ctx.on,
        to_on=period.last_day,
        days=days,
        start_counts=period.start_counts,
        provisional=period.provisional,
        opened_at=ctx.at,
        opened_by_id=ctx.person_id,
    )
    db.session.add(notice)
    return Effect(detail={"from": ctx.on.isoformat(), "to": period.last_day.isoformat(), "days": days})


def notice_of(ctx: Context) -> PublicNotice:
    """The notice of the present round; the rules have seen to it that there is one."""
    query = select(PublicNotice).where(PublicNotice.case_id == ctx.case.id, PublicNotice.round_no == ctx.case.round)
    return db.session.scalars(query).one()


def commitment(salt: str, words: str, sha256: str | None) -> str:
    """What the chain holds of an objection: nobody can guess its words from it, and nobody can change them."""
    return hashlib.sha256(f"{salt}\n{sha256 or ''}\n{words}".encode()).hexdigest()


def object_(ctx: Context) -> Effect:
    """Anybody objects or comments. Words, paper and person stay out of the chain; a digest under a salt goes in."""
    data, notice = ctx.data, notice_of(ctx)
    stored, salt = data.get("stored"), secrets.token_hex(SALT_BYTES)
    if stored and db.session.get(StoredFile, stored.sha256) is None:
        row = StoredFile(sha256=stored.sha256, size=stored.size, media_type=stored.media_type, stored_at=ctx.at)
        db.session.add(row)
    last = db.session.scalar(select(func.max(Objection.no)).where(Objection.notice_id == notice.id))
    objection = Objection(
        notice_id=notice.id,
        case_id=ctx.case.id,
        round_no=ctx.case.round,
        no=(last or 0) + 1,
        code=data.get("code") or papers.new_code(),
        kind=ObjectionKind(data["kind"]),
        about=ObjectionAbout(data["about"]),
        parcel_key=data.get("parcel_key") or None,
        words=data["words"],
        salt=salt,
        commitment=commitment(salt, data["words"], stored.sha256 if stored else None),
        sha256=stored.sha256 if stored else None,
        filename=data.get("filename") if stored else None,
        made_at=ctx.at,
    )
    db.session.add(objection)
    db.session.flush()
    if data.get("name") or data.get("reach"):
        db.session.add(
            ObjectionContact(objection_id=objection.id, name=data.get("name") or "", reach=data.get("reach") or "")
        )
    detail = {"no": objection.no, "kind": objection.kind.value, "about": objection.about.value}
    return Effect(detail={**detail, "commitment": objection.commitment})


def answer_objection(ctx: Context) -> Effect:
    """The officer, or the applicant, answers; the officer also says what is in it."""
    objection = db.session.get_one(Objection, int(ctx.data["objection_id"]))
    side = side_of(frozenset({ctx.taken.role}))
    outcome = ObjectionOutcome(ctx.data["outcome"]) if side is Side.OFFICER else None
    db.session.add(
        ObjectionAnswer(
            objection_id=objection.id,
            side=side,
            outcome=outcome,
            words=ctx.data["words"],
            author_id=ctx.person_id,
            answered_at=ctx.at,
        )
    )
    detail: dict[str, object] = {"no": objection.no, "round": objection.round_no, "side": side.value}
    return Effect(detail=detail | ({"outcome": outcome.value} if outcome else {}), words=ctx.data["words"])


def close_notice(ctx: Context) -> Effect:
    """The notice has run and everything is answered."""
    notice = notice_of(ctx)
    db.session.add(NoticeEnd(notice_id=notice.id, ended_at=ctx.at, ended_by_id=ctx.person_id))
    return Effect(detail={"objections": len(notice.objections)})


def set_parcel_apart(ctx: Context) -> Effect:
    """A parcel in question leaves the project; the areas are added up again and no gate is asked again."""
    key = str(ctx.data["parcel_key"])
    db.session.add(
        ParcelApart(
            case_id=ctx.case.id,
            parcel_key=key,
            round_no=ctx.case.round,
            words=ctx.data["words"],
            set_at=ctx.at,
            set_by_id=ctx.person_id,
        )
    )
    areas = facts.areas_by_district(p for p in ctx.facts.parcels if p.key != key)
    # What the library shows of an entry changes only when its amendment is approved.
    entered = ctx.case.state is ProjectState.AMENDMENT_REVIEW
    changes = {} if entered else facts.area_summary(areas)
    return Effect(changes, {"parcel": key}, ctx.data["words"])


def name_verifier(ctx: Context) -> Effect:
    """核查机构: the body that will verify the reductions of an entry."""
    organisation = int(ctx.data["verifier_id"])
    db.session.add(
        Verifier(case_id=ctx.case.id, organisation_id=organisation, named_at=ctx.at, named_by_id=ctx.person_id)
    )
    return Effect(detail={"organisation": organisation})


EFFECTS = {
    "open_notice": open_notice,
    "object": object_,
    "answer_objection": answer_objection,
    "close_notice": close_notice,
    "set_parcel_apart": set_parcel_apart,
    "name_verifier": name_verifier,
}

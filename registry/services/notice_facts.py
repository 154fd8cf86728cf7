"""What the rules ask of the public notice of a case; read under the case's lock, like all facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import aliased

from registry.extensions import db, rows
from registry.models import Case, NoticeEnd, Objection, ObjectionAnswer, PublicNotice
from registry.queries import calendar as calendars
from registry.queries.notices import last_day
from workflows.facts import NoticeFacts, ParcelFacts
from workflows.states import ObjectionAbout, ObjectionOutcome, ProjectState, Side
from workflows.working_days import ONE

S = ProjectState
ASKED_IN = frozenset({S.VALIDATION, S.REGISTRATION, S.AMENDMENT_REVIEW})
"""States in which somebody judges by the notice."""
SIDES = len(Side)
CASE, ROUND = bindparam("case_id", type_=Integer), bindparam("round_no", type_=Integer)
_OFFICER = aliased(ObjectionAnswer)
NOTICE = (
    select(PublicNotice, NoticeEnd.notice_id)
    .outerjoin(NoticeEnd, NoticeEnd.notice_id == PublicNotice.id)
    .where(PublicNotice.case_id == CASE, PublicNotice.round_no == ROUND)
)
OBJECTIONS = (
    select(
        Objection.id,
        Objection.round_no,
        Objection.about,
        Objection.parcel_key,
        _OFFICER.outcome,
        select(func.count()).where(ObjectionAnswer.objection_id == Objection.id).scalar_subquery(),
    )
    .outerjoin(_OFFICER, (_OFFICER.objection_id == Objection.id) & (_OFFICER.side == Side.OFFICER))
    .where(Objection.case_id == CASE)
    .order_by(Objection.id)
)


@dataclass(frozen=True, slots=True)
class Disputes:
    """What was objected to, as far as it is open: a number, and the parcels."""

    unanswered: int = 0
    parcels: frozenset[str] = frozenset()


def notice(case: Case, on: date) -> NoticeFacts | None:
    """The notice of the present round, as it stands on a day."""
    row = db.session.execute(NOTICE, {"case_id": case.id, "round_no": case.round}).one_or_none()
    if row is None:
        return None
    last = last_day(row[0])
    return NoticeFacts(last_day=last, over=on > last, ended=row[1] is not None)


def disputes(case: Case, keys: Sequence[str]) -> Disputes:
    """What is open of the objections of all rounds; `keys` are the parcels that are part of the project.

    Tenure is in dispute until an officer has found nothing in the objection. One to the whole project holds in its
    own round: a corrected application has a notice of its own.
    """
    raised = rows(OBJECTIONS, {"case_id": case.id})
    unanswered, parcels = 0, set()
    for _id, round_no, about, parcel, outcome, answers in raised:
        unanswered += answers < SIDES
        if about is ObjectionAbout.TENURE and outcome is not ObjectionOutcome.UNFOUNDED:
            parcels |= {parcel} if parcel else set(keys) if round_no == case.round else set()
    return Disputes(unanswered, frozenset(parcels & set(keys)))


def of_notice(case: Case, on: date, parcels: Sequence[ParcelFacts]) -> dict[str, Any]:
    """The facts of the notice, where somebody judges by them."""
    if case.state not in ASKED_IN:
        return {}
    open_ = disputes(case, [p.key for p in parcels])
    return {
        "notice": notice(case, on),
        "objections_unanswered": open_.unanswered,
        "parcels_disputed": tuple(p.name or p.key for p in parcels if p.key in open_.parcels),
    }


def stands(case: Case, objection_id: int, side: Side) -> str | None:
    """How an objection of the case stands for a side: 'open', 'answered', or None where there is none such."""
    found = db.session.get(Objection, objection_id)
    if found is None or found.case_id != case.id:
        return None
    return "answered" if any(a.side is side for a in found.answers) else "open"


def national_days(first: date | None, last: date | None) -> int | None:
    """Working days of the national notice that a validation records, its first day counted."""
    if first is None or last is None:
        return None
    return 0 if last < first else calendars.current().working_days_between(first - ONE, last)

"""What a letter says: what happened, what is asked of the reader, by when, and where. Read when it is sent.

It names nobody and quotes nobody: mail lies open on many machines, and what people wrote stands in the case.
"""

from dataclasses import dataclass
from datetime import date

from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import func, select

from registry import formats, labels
from registry.clock import today
from registry.extensions import db
from registry.labels.letters import asked, asked_of_minutes
from registry.models import (
    AgendaItem,
    ApprovalCondition,
    Case,
    Deliberation,
    LegalReview,
    Mail,
    Meeting,
    Notice,
    Reconsideration,
    User,
)
from registry.permissions import MEETING, SEES, find_case, offices
from registry.queries import calendar, clocks, minutes, records
from registry.queries.inbox import Item, waiting
from registry.queries.inbox_questions import open_sitting
from registry.queries.waits import policy
from workflows.clocks import ClockKind
from workflows.states import MeetingState, ProjectState
from workflows.working_days import in_working_days

REFUSALS = frozenset({"decline", "reject", "record_delivery"})
"""Acts whose letter says what can be done against them."""
REFUSED = frozenset({ProjectState.DECLINED, ProjectState.REJECTED})
TO_BE_HEARD = frozenset({"table", "reseat", "meeting_moved"})
"""What happens to a case when a meeting is to decide it."""


@dataclass(frozen=True, slots=True)
class Due:
    """By when something is asked; `provisional`: the calendar of that year is not announced yet."""

    day: date
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A letter in words: to whom, in which language."""

    to: str
    language: str
    subject: str
    body: str


def letter(mail_id: int) -> Written | None:
    """A letter as its reader should get it now; None where there is nobody to write to any more."""
    notice = db.session.get_one(Mail, mail_id).notice
    user = db.session.get_one(User, notice.user_id)
    if not user.email or not user.wants_mail:
        return None
    language = user.language or current_app.config["BABEL_DEFAULT_LOCALE"]
    with force_locale(language):
        said = _said(notice, user)
        if said is None:
            return None
        subject, parts = said
        title = _("Forestry carbon registry of Tai’an")
        body = "\n\n".join([_("Hello,"), *parts, "-- \n" + _foot()]).replace(formats.NBSP, " ") + "\n"
    return Written(user.email, language[:2], f"[{title}] {subject}", body)


Said = tuple[str, list[str]]
"""The subject, and the paragraphs between greeting and foot."""


def _said(notice: Notice, user: User) -> Said | None:
    if notice.record_id is not None:
        return _of_a_record(notice, user)
    return _of_a_case(notice, user) if notice.meeting_id is None else _of_a_meeting(notice, user)


def _of_a_record(notice: Notice, user: User) -> Said | None:
    record = records.shown(user, notice.record_kind, notice.record_id)
    if record is None:
        return None
    happened, called = labels.happened(notice.action), " ".join(filter(None, (record.title, record.number)))
    parts = [
        _("%(what)s:", what=called),
        _("%(what)s (%(when)s).", what=happened, when=formats.instant(notice.made_at)),
        _("What is asked of you: %(task)s", task=record.asked) if record.asked else _("Nothing is asked of you now."),
        *([_by(Due(record.due))] if record.asked and record.due else ()),
        _("Open it: %(url)s", url=current_app.config["PUBLIC_URL"] + record.path),
    ]
    return _("%(number)s: %(what)s", number=called, what=happened), parts


def _of_a_case(notice: Notice, user: User) -> Said | None:
    case = find_case(user, frozenset(SEES), number=None, case_id=notice.case_id)
    if case is None or case.number is None:
        return None
    happened = labels.happened(notice.action)
    parts = [
        _called(case, user),
        _("%(what)s (%(when)s).", what=happened, when=formats.instant(notice.made_at)),
        *(_heard(case, user) if notice.action in TO_BE_HEARD else ()),
        *_asked(case, notice.action, user),
        _("Open the case: %(url)s", url=f"{current_app.config['PUBLIC_URL']}/cases/{case.number}"),
    ]
    return _("%(number)s: %(what)s", number=case.number, what=happened), parts


def _of_a_meeting(notice: Notice, user: User) -> Said | None:
    meeting = minutes.find(user, notice.meeting_id or 0)
    if meeting is None:
        return None
    happened, over = labels.happened(notice.action), meeting.closed_at is not None
    page = f"{current_app.config['PUBLIC_URL']}/meetings/{meeting.id}{'/minutes' if over else ''}"
    waits = any(w.meeting.id == meeting.id and w.act == "confirm_minutes" for w in minutes.waiting(user))
    parts = [
        _("%(what)s (%(when)s).", what=happened, when=formats.instant(notice.made_at)),
        _("It was to be: %(when)s", when=_when(meeting)) if meeting.state is MeetingState.CALLED_OFF else _at(meeting),
        asked_of_minutes() if waits else _("Nothing is asked of you now."),
        _("Open the minutes: %(url)s", url=page) if over else _("Open the meeting: %(url)s", url=page),
    ]
    return _("%(number)s: %(what)s", number=meeting.number, what=happened), parts


def _heard(case: Case, reader: User) -> list[str]:
    """When the leading group is to decide; the hour and the place for those who come."""
    query = (
        select(Meeting)
        .join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
        .join(Deliberation, Deliberation.id == AgendaItem.deliberation_id)
        .where(Deliberation.case_id == case.id, open_sitting())
    )
    meeting = db.session.scalars(query).one_or_none()
    if meeting is None:
        return []
    if offices(reader) & MEETING.offices:
        return [_at(meeting)]
    return [_("The leading group is to decide on it on %(day)s.", day=_day(meeting.held_on))]


def _at(meeting: Meeting) -> str:
    return _("The meeting: %(when)s", when=_when(meeting))


def _when(meeting: Meeting) -> str:
    return _(
        "%(number)s, %(day)s %(time)s, %(place)s",
        number=meeting.number,
        day=_day(meeting.held_on),
        time=meeting.starts_at,
        place=meeting.place,
    )


def _called(case: Case, reader: User) -> str:
    """The case by number and name; the name of a natural person's project may be that of the person."""
    if case.name and case.proponent_user_id in (None, reader.id):
        return _("Case %(number)s, “%(name)s”:", number=case.number, name=case.name)
    return _("Case %(number)s:", number=case.number)


def _asked(case: Case, action: str, user: User) -> list[str]:
    wait = next((item for item in waiting(user) if item.case_id == case.id), None)
    against = _redress(case) if action in REFUSALS and case.state in REFUSED else []
    if wait is None:
        return [_("Nothing is asked of you now."), *against]
    by = due(case, wait)
    told = [_("What is asked of you: %(task)s", task=asked(wait.act)), *([_by(by)] if by else ())]
    return [*told, *(_legal_days(case) if wait.act == "give_legal_opinion" else ()), *against]


def due(case: Case, wait: Item) -> Due | None:
    """The day of the clock a case waits under; None where none runs, or where it stands still."""
    if wait.act == "report_condition":
        open_ = (ApprovalCondition.case_id == case.id, ApprovalCondition.reported_at.is_(None))
        first = db.session.scalar(select(func.min(ApprovalCondition.due_on)).where(*open_))
        return Due(first) if first else None
    if wait.deadline is None or wait.deadline.due_on is None:
        return None
    return Due(wait.deadline.due_on, wait.deadline.provisional)


def _by(by: Due) -> str:
    if by.provisional:
        return _("By when: %(day)s (provisional: the holidays of that year are not announced yet)", day=_day(by.day))
    if by.day < today():
        return _("By when: %(day)s (that day is over)", day=_day(by.day))
    return _("By when: %(day)s", day=_day(by.day))


def _day(day: date) -> str:
    return formats.day_long(day)


def _legal_days(case: Case) -> list[str]:
    """Until when the working days of the legal review run (S18)."""
    sent = db.session.scalar(
        select(func.max(LegalReview.sent_on)).where(LegalReview.case_id == case.id, LegalReview.round_no == case.round)
    )
    if sent is None:
        return []
    days = int(policy().number("legal_review_days", case.accepted_on or today()))
    counted = in_working_days(calendar.current(), sent, days)
    if counted.last_day is None:
        return []
    return [
        ngettext(
            "The file was sent on %(sent)s; the review has at least %(num)s working day, until the end of %(day)s. "
            "If less was enough, say so in the opinion.",
            "The file was sent on %(sent)s; the review has at least %(num)s working days, until the end of %(day)s. "
            "If less was enough, say so in the opinion.",
            days,
            sent=formats.day(sent),
            day=_day(counted.last_day),
        )
    ]


def _redress(case: Case) -> list[str]:
    """What can be done against a refusal, and until when."""
    if db.session.scalar(select(Reconsideration.id).where(Reconsideration.case_id == case.id).limit(1)):
        return [_("What you can do if you do not agree stands in the case.")]
    for clock in clocks.readings(case.id, today()):
        if clock.kind is ClockKind.RECONSIDERATION_ASK and clock.due_on:
            until = _by(Due(clock.due_on, clock.provisional))
            return [
                _(
                    "If you do not agree, you may ask for reconsideration; the reasons, and what else you can do, "
                    "stand in the case."
                ),
                until,
            ]
    days = int(policy().number("reconsideration_ask_days", case.accepted_on or today()))
    return [
        ngettext(
            "If you do not agree, you may ask for reconsideration within %(num)s working day of receiving the "
            "decision; the day of receipt is not counted. The reasons, and what else you can do, stand in the case.",
            "If you do not agree, you may ask for reconsideration within %(num)s working days of receiving the "
            "decision; the day of receipt is not counted. The reasons, and what else you can do, stand in the case.",
            days,
        )
    ]


def _foot() -> str:
    account = f"{current_app.config['PUBLIC_URL']}/account"
    return _(
        "The system wrote this letter; answers to it are not read. The same stands in your inbox there. "
        "To have no more letters: %(url)s",
        url=account,
    )

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
from registry.labels.letters import asked
from registry.models import ApprovalCondition, Case, Mail, Reconsideration, User
from registry.permissions import SEES, find_case
from registry.queries.inbox import waiting
from registry.queries.waits import policy

REFUSALS = frozenset({"decline", "reject"})
"""Acts whose letter says what can be done against them."""


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
    case = find_case(user, frozenset(SEES), number=None, case_id=notice.case_id)
    if case is None or case.number is None or not user.email or not user.wants_mail:
        return None
    language = user.language or current_app.config["BABEL_DEFAULT_LOCALE"]
    with force_locale(language):
        happened = labels.happened(notice.action)
        subject = _("%(number)s: %(what)s", number=case.number, what=happened)
        parts = [
            _("Hello,"),
            _called(case, user),
            _("%(what)s (%(when)s).", what=happened, when=formats.instant(notice.made_at)),
            *_asked(case, notice.action, user),
            _("Open the case: %(url)s", url=f"{current_app.config['PUBLIC_URL']}/cases/{case.number}"),
            "-- \n" + _foot(),
        ]
        title = _("Forestry carbon registry of Tai’an")
        body = "\n\n".join(parts).replace(formats.NBSP, " ") + "\n"
    return Written(user.email, language[:2], f"[{title}] {subject}", body)


def _called(case: Case, reader: User) -> str:
    """The case by number and name; the name of a natural person's project may be that of the person."""
    if case.name and case.proponent_user_id in (None, reader.id):
        return _("Case %(number)s, “%(name)s”:", number=case.number, name=case.name)
    return _("Case %(number)s:", number=case.number)


def _asked(case: Case, action: str, user: User) -> list[str]:
    wait = next((item for item in waiting(user) if item.case_id == case.id), None)
    if wait is None:
        return [_redress(case) if action in REFUSALS else _("Nothing is asked of you now.")]
    by = due(case, wait.act)
    return [_("What is asked of you: %(task)s", task=asked(wait.act)), *([_by(by)] if by else ())]


def due(case: Case, act: str) -> Due | None:
    """By when a case waits for an act; None where no day is set. Clocks of the procedure belong here as well."""
    if act == "report_condition":
        open_ = (ApprovalCondition.case_id == case.id, ApprovalCondition.reported_at.is_(None))
        first = db.session.scalar(select(func.min(ApprovalCondition.due_on)).where(*open_))
        return Due(first) if first else None
    return None


def _by(by: Due) -> str:
    if by.provisional:
        return _("By when: %(day)s (provisional: the holidays of that year are not announced yet)", day=_day(by.day))
    return _("By when: %(day)s", day=_day(by.day))


def _day(day: date) -> str:
    return formats.day_long(day)


def _redress(case: Case) -> str:
    if db.session.scalar(select(Reconsideration.id).where(Reconsideration.case_id == case.id).limit(1)):
        return _("Nothing is asked of you now. What you can do if you do not agree stands in the case.")
    days = int(policy().number("reconsideration_ask_days", case.accepted_on or today()))
    return ngettext(
        "Nothing is asked of you now. If you do not agree, you may ask for reconsideration "
        "within %(num)s working day; the reasons, and what else you can do, stand in the case.",
        "Nothing is asked of you now. If you do not agree, you may ask for reconsideration "
        "within %(num)s working days; the reasons, and what else you can do, stand in the case.",
        days,
    )


def _foot() -> str:
    account = f"{current_app.config['PUBLIC_URL']}/account"
    return _(
        "The system wrote this letter; answers to it are not read. The same stands in your inbox there. "
        "To have no more letters: %(url)s",
        url=account,
    )

"""The outbox: letters are put in by the door, taken out by senders, one try at a time.

A sender takes a letter before it speaks to the server, in a transaction of its own, so two at once never hold the
same one. One that falls silent after taking a letter may have handed it over: such a letter is *unclear* and is not
sent again by itself. Rather a letter too few than one twice; an administrator sees it and may decide otherwise.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select, update

from registry.extensions import db, writing
from registry.models import Mail, MailStatus, Notice, Trouble, User
from registry.services.people import administrator, note

S = MailStatus
AGAIN_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=20),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""How long a letter waits after each try that came to nothing; after one more it has failed."""
SILENT = timedelta(minutes=15)
"""After so long a sender that took a letter is taken to have died; far longer than a try may last."""


def wanted_by(people: Collection[int]) -> set[int]:
    """Who of these has an address and wants mail; nobody where no mail is sent at all."""
    if not people or not current_app.config["MAIL_HOST"]:
        return set()
    wants = (User.active.is_(True), User.wants_mail.is_(True), User.email.is_not(None), User.email != "")
    return set(db.session.scalars(select(User.id).where(User.id.in_(people), *wants)))


def put_in(notice: Notice, at: datetime) -> None:
    """A letter to the reader of a notice, in the transaction that writes the notice."""
    db.session.add(Mail(notice=notice, status=S.WAITING, tries=0, not_before=at))


def due(at: datetime) -> int | None:
    """The letter to be tried next, the longest due first."""
    waiting = select(Mail.id).where(Mail.status == S.WAITING, Mail.not_before <= at)
    return db.session.scalars(waiting.order_by(Mail.not_before, Mail.id).limit(1)).first()


def take(mail_id: int, at: datetime) -> int | None:
    """Take a letter for one try; the number of the try, or None where another sender was faster."""
    with writing():
        return db.session.scalars(
            update(Mail)
            .where(Mail.id == mail_id, Mail.status == S.WAITING, Mail.not_before <= at)
            .values(status=S.SENDING, tries=Mail.tries + 1, taken_at=at)
            .returning(Mail.tries)
        ).one_or_none()


def sent(mail_id: int, a_try: int, at: datetime) -> None:
    """The server has it."""
    _came_to(mail_id, a_try, S.SENT, at)


def dropped(mail_id: int, a_try: int, at: datetime) -> None:
    """There is nobody to write to any more."""
    _came_to(mail_id, a_try, S.DROPPED, at)


def unclear(mail_id: int, a_try: int, at: datetime, trouble: Trouble) -> None:
    """The server had the whole letter and did not say that it took it."""
    _came_to(mail_id, a_try, S.UNCLEAR, at, trouble)


def refused(mail_id: int, a_try: int, at: datetime, trouble: Trouble, reply: int | None, *, for_good: bool) -> None:
    """The server did not take it: it is tried again later, or has failed."""
    left = AGAIN_AFTER[a_try - 1 :]
    if for_good or not left:
        _came_to(mail_id, a_try, S.FAILED, at, trouble, reply)
        return
    with writing():
        again = {"status": S.WAITING, "not_before": at + left[0], "trouble": trouble, "reply": reply}
        db.session.execute(update(Mail).where(*_mine(mail_id, a_try)).values(again))


def _came_to(
    mail_id: int,
    a_try: int,
    status: MailStatus,
    at: datetime,
    trouble: Trouble | None = None,
    reply: int | None = None,
) -> None:
    ended = {"status": status, "ended_at": at, "trouble": trouble, "reply": reply}
    # A sender that was only slow may still say what came of it.
    here = (S.SENDING, S.UNCLEAR) if status is S.SENT else (S.SENDING,)
    with writing():
        db.session.execute(update(Mail).where(*_mine(mail_id, a_try, *here)).values(ended))


def _mine(mail_id: int, a_try: int, *statuses: MailStatus) -> tuple[object, ...]:
    """The try in hand, and no later one."""
    return Mail.id == mail_id, Mail.tries == a_try, Mail.status.in_(statuses or (S.SENDING,))


def give_up_on_the_silent(at: datetime) -> None:
    """Letters whose sender died with them in hand: whether they arrived nobody knows."""
    lost = select(Mail.id).where(Mail.status == S.SENDING, Mail.taken_at < at - SILENT)
    if not db.session.scalars(lost.limit(1)).first():
        return
    with writing():
        said = {"status": S.UNCLEAR, "ended_at": at, "trouble": Trouble.STOPPED}
        db.session.execute(update(Mail).where(Mail.id.in_(lost), Mail.status == S.SENDING).values(said))


def try_again(mail_id: int, *, by: User, at: datetime) -> bool:
    """An administrator has a letter tried once more that failed or is unclear; False where there is none such."""
    with writing():
        actor = administrator(by.id, at)
        again = update(Mail).where(Mail.id == mail_id, Mail.status.in_((S.FAILED, S.UNCLEAR)))
        waits = {"status": S.WAITING, "not_before": at, "ended_at": None}
        if db.session.execute(again.values(waits).returning(Mail.id)).one_or_none() is None:
            return False
        note("retry_mail", actor, "mail", mail_id, at)
    return True

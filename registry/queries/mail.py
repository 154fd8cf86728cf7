"""What the administrator sees of the outbox: people and addresses, never a case."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from registry.extensions import db
from registry.models import Mail, MailStatus, Notice, User
from registry.models.mail import IN_TROUBLE
from registry.queries.people import PAGE, Page


def counts() -> Mapping[MailStatus, int]:
    """How many letters there are of each status."""
    query = select(Mail.status, func.count()).group_by(Mail.status)
    found = {status: int(n) for status, n in db.session.execute(query)}
    return {status: found.get(status, 0) for status in MailStatus}


def waiting() -> tuple[int, datetime | None]:
    """How many letters wait to be sent, and when the first of them is tried next."""
    query = select(func.count(), func.min(Mail.not_before)).where(Mail.status == MailStatus.WAITING)
    number, first = db.session.execute(query).one()
    return number, first


def in_trouble(number: int = 1) -> Page[tuple[Mail, User]]:
    """Letters that failed or may not have arrived, each with its reader, the latest first."""
    hits = (
        select(Mail, User)
        .join(Notice, Notice.id == Mail.notice_id)
        .join(User, User.id == Notice.user_id)
        .where(Mail.status.in_(IN_TROUBLE))
    )
    total = db.session.scalar(select(func.count()).select_from(Mail).where(Mail.status.in_(IN_TROUBLE))) or 0
    number = max(1, min(number, -(-total // PAGE)))
    rows = hits.order_by(Mail.ended_at.desc(), Mail.id.desc()).limit(PAGE).offset((number - 1) * PAGE)
    return Page([(letter, reader) for letter, reader in db.session.execute(rows)], total, number)


def all_in_trouble() -> list[int]:
    """The numbers of all of them, oldest first."""
    return list(db.session.scalars(select(Mail.id).where(Mail.status.in_(IN_TROUBLE)).order_by(Mail.id)))

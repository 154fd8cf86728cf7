"""Work done beside the server: PDFs, letters, imports, replays, and what the clocks ask for.

What there is to do stands in the database (a paper without its file, a letter that waits); huey only says when to
look. A job that is lost, doubled or fails therefore changes nothing: the next one finds what is still to be done.
"""

import contextlib
import os
import threading
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import structlog
from flask import Flask, current_app
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session

from registry import clock, smtp, storage
from registry.config import sqlite_file
from registry.documents import render, render_report
from registry.extensions import ReadUnlessAsked, db
from registry.models import Inventory, Mail, Paper, PilotReport, ReplayRun, Trouble
from registry.queries import letters
from registry.services import inventory_import, mail, papers, replay, report_papers, tick

log = structlog.get_logger(__name__)

NEW = {Paper: "make_papers", Mail: "send_mail", Inventory: "import_inventories", ReplayRun: "replay_changes"}
"""Rows that give work → the task that does it."""
TO_DO = "tasks to ask for"
AT_ONCE = 10
WORKERS = 2
"""So that a slow mail server keeps nobody waiting for a paper."""
SENDING = threading.Lock()
"""One letter at a time in a process: a slow mail server must not keep every worker from the papers."""


def make_papers(most: int | None = None) -> tuple[int, int]:
    """Make the PDFs that are waiting, at most so many; returns how many were made, and how many failed.

    Safe beside another one.
    """
    made = failed = 0
    waiting = [*((_make, n) for n in papers.waiting()), *((_make_report, n) for n in report_papers.waiting())]
    for make, paper_id in waiting:
        if made == most:
            break
        try:
            made += make(paper_id)
        except Exception:
            # One paper that cannot be made must not hold up the others; it is tried again at the next look.
            failed += 1
            current_app.logger.exception("paper %s was not made", paper_id)
        finally:
            db.session.rollback()
    return made, failed


def _make(paper_id: int) -> bool:
    values = papers.content_of(paper_id)
    db.session.rollback()  # no transaction stays open while the PDF is drawn
    stored = storage.put(BytesIO(render(values)), "paper.pdf")
    return papers.keep(paper_id, stored, clock.now())


def _make_report(report_id: int) -> bool:
    values, digest = report_papers.values_of(report_id)
    db.session.rollback()
    stored = storage.put(BytesIO(render_report(values)), "report.pdf")
    return report_papers.keep(report_id, digest, stored, clock.now())


def import_inventories() -> int:
    """Carry on every import that is not at its end; returns how many came to it. Safe beside another one."""
    done = 0
    for inventory_id in inventory_import.waiting():
        try:
            done += inventory_import.carry_on(inventory_id, at=clock.now())
        except Exception:
            # It stands where it stood, and goes on at the next look.
            current_app.logger.exception("inventory %s was not imported", inventory_id)
        finally:
            db.session.rollback()
    return done


def replay_changes() -> int:
    """Carry out every replay that was asked for; returns how many came to an outcome. Safe beside another one."""
    done = 0
    for run_id in replay.waiting(clock.now()):
        try:
            done += replay.carry_on(run_id, clock.now) is not None
        except Exception:
            # A fault would only happen again: who asked for it is told, and may ask once it is mended.
            current_app.logger.exception("replay %s came to no end", run_id)
            replay.fail(run_id, at=clock.now())
        finally:
            db.session.rollback()
    return done


def send_mail(most: int | None = None) -> tuple[int, int]:
    """Send the letters that are due, at most so many; returns how many were sent, and how many were not taken.

    Safe beside another sender. Where no conversation comes about the rest is left for the next look.
    """
    done = troubled = 0
    if not current_app.config["MAIL_HOST"]:
        return 0, 0
    mail.give_up_on_the_silent(clock.now())
    while done + troubled != most and (mail_id := mail.due(clock.now())) is not None:
        if (a_try := mail.take(mail_id, clock.now())) is None:
            continue  # another sender was faster
        try:
            done += _send(mail_id, a_try)
        except smtp.NotTaken as failed:
            troubled += 1
            _not_taken(mail_id, a_try, failed)
            if failed.nobody:
                break
        except Exception:
            # Whatever it was must not hold up the others; this one shows as unclear after a while.
            troubled += 1
            current_app.logger.exception("letter %s was not sent", mail_id)
        finally:
            db.session.rollback()
    return done, troubled


def _send(mail_id: int, a_try: int) -> bool:
    written = letters.letter(mail_id)
    db.session.rollback()  # no transaction stays open during the conversation
    if written is None:
        mail.dropped(mail_id, a_try, clock.now())
        return False
    letter = smtp.Letter(f"tailin-{mail_id}", written.to, written.subject, written.body, written.language)
    smtp.hand_over(letter, current_app.config)
    mail.sent(mail_id, a_try, clock.now())
    return True


def _not_taken(mail_id: int, a_try: int, failed: smtp.NotTaken) -> None:
    trouble = Trouble(failed.trouble)
    log.warning("letter not taken", letter=mail_id, attempt=a_try, trouble=trouble.value, reply=failed.reply)
    if failed.unclear:
        mail.unclear(mail_id, a_try, clock.now(), trouble)
    else:
        mail.refused(mail_id, a_try, clock.now(), trouble, failed.reply, for_good=failed.for_good)


def _queue(app: Flask) -> Huey:
    """The queue with its tasks, made when first asked for: a command may run where there is no database."""
    if "huey" not in app.extensions:
        queue = _storage(app)

        def look() -> None:
            with app.app_context():
                made, _failed = make_papers(AT_ONCE)
            if made == AT_ONCE:
                queue.make_papers()  # the rest in a task of its own, so that a stop need not wait for all

        def post() -> None:
            if SENDING.acquire(blocking=False):
                try:
                    with app.app_context():
                        sent, _troubled = send_mail(AT_ONCE)
                finally:
                    SENDING.release()
                if sent == AT_ONCE:
                    queue.send_mail()

        def bring_in() -> None:
            with app.app_context():
                import_inventories()

        def try_out() -> None:
            with app.app_context():
                replay_changes()

        def what_is_due() -> None:
            with app.app_context():
                tick.tick(clock.now())

        for name, work in zip(NEW.values(), (look, post, bring_in, try_out), strict=True):
            setattr(queue, name, queue.task(name=name)(work))
            queue.periodic_task(crontab(minute="*"), name=f"{name}_left")(work)
        queue.tick = queue.task(name="tick")(what_is_due)
        queue.periodic_task(crontab(minute="*/10"), name="tick_again")(what_is_due)
        app.extensions["huey"] = queue
    return app.extensions["huey"]


def _storage(app: Flask) -> Huey:
    """Beside the database on SQLite, in tables of its own on PostgreSQL."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    # What is queued is unpickled: only what this application signed.
    signed = SignedSerializer(secret=app.config["SECRET_KEY"], salt="jobs")
    options: dict[str, Any] = {"results": False, "utc": True, "serializer": signed}
    file = sqlite_file(url)
    if file is None:
        return PostgresHuey("tailin", dsn=url.replace("postgresql+psycopg://", "postgresql://", 1), **options)
    path = file.with_suffix(".jobs.db")
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    return SqliteHuey("tailin", filename=str(path), **options)


def nudge(app: Flask, *tasks: str) -> None:
    """Ask for what waits: PDFs, letters; the tests make and send them themselves."""
    if app.config["TESTING"]:
        return
    queue = _queue(app)
    asked = {task.name for task in queue.pending()}
    for task in tasks or NEW.values():
        if task not in asked:  # one look finds everything
            getattr(queue, task)()


@event.listens_for(ReadUnlessAsked, "after_flush")
def _noticed(session: Session, _context: object) -> None:
    if any(isinstance(row, PilotReport) and row.content_digest for row in session.dirty):
        session.info.setdefault(TO_DO, set()).add(NEW[Paper])
    for row in session.new:
        if type(row) in NEW:
            session.info.setdefault(TO_DO, set()).add(NEW[type(row)])


@event.listens_for(ReadUnlessAsked, "after_rollback")
def _forgotten(session: Session) -> None:
    session.info.pop(TO_DO, None)


@event.listens_for(ReadUnlessAsked, "after_commit")
def _nudged(session: Session) -> None:
    if tasks := session.info.pop(TO_DO, None):
        try:
            nudge(current_app._get_current_object(), *sorted(tasks))  # type: ignore[attr-defined]
        except Exception:
            # The decision stands; the look once a minute finds what is to be done.
            current_app.logger.exception("the work that follows an act was not asked for")


class _Beside(Consumer):  # type: ignore[misc]
    """A consumer in threads beside the server, which keeps its own way of being stopped."""

    def _set_signal_handlers(self) -> None:
        pass


@contextlib.contextmanager
def at_work(app: Flask) -> Iterator[None]:
    """Do the jobs in threads of this process while the block runs; nothing where JOBS=0."""
    if not app.config["JOBS"]:
        yield
        return
    consumer = _Beside(_queue(app), workers=WORKERS, max_delay=2.0)
    consumer.start()
    nudge(app)
    if not app.config["TESTING"]:
        _queue(app).tick()  # what became due while nothing ran
    try:
        yield
    finally:
        consumer.stop(graceful=True)


def work(app: Flask) -> None:
    """Do the jobs in this process until it is stopped."""
    Consumer(_queue(app), workers=WORKERS, max_delay=2.0).run()

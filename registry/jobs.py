"""Work done beside the server: papers are made into PDFs after an act, and what the clocks ask for is done.

What there is to do stands in the database (a paper without its file); huey only says when to look. A job that
is lost, doubled or fails therefore changes nothing: the next one finds what is still to be done.
"""

import contextlib
import os
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from flask import Flask, current_app
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session

from registry import clock, storage
from registry.config import sqlite_file
from registry.documents import render
from registry.extensions import ReadUnlessAsked, db
from registry.models import Paper
from registry.services import papers, tick

NEW_PAPER = "a paper was issued"
AT_ONCE = 10


def make_papers(most: int | None = None) -> tuple[int, int]:
    """Make the PDFs that are waiting, at most so many; returns how many were made, and how many failed.

    Safe beside another one.
    """
    made = failed = 0
    for paper_id in papers.waiting():
        if made == most:
            break
        try:
            made += _make(paper_id)
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


def _queue(app: Flask) -> Huey:
    """The queue with its tasks, made when first asked for: a command may run where there is no database."""
    if "huey" not in app.extensions:
        queue = _storage(app)

        def look() -> None:
            with app.app_context():
                made, _failed = make_papers(AT_ONCE)
            if made == AT_ONCE:
                queue.make_papers()  # the rest in a task of its own, so that a stop need not wait for all

        queue.make_papers = queue.task(name="make_papers")(look)
        queue.periodic_task(crontab(minute="*"), name="make_papers_left")(look)

        def what_is_due() -> None:
            with app.app_context():
                tick.tick(clock.now())

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


def nudge(app: Flask) -> None:
    """Ask for the PDFs that are waiting; the tests make them themselves."""
    if not app.config["TESTING"] and not _queue(app).pending_count():  # one look finds everything
        _queue(app).make_papers()


@event.listens_for(ReadUnlessAsked, "after_flush")
def _noticed(session: Session, _context: object) -> None:
    if any(isinstance(row, Paper) for row in session.new):
        session.info[NEW_PAPER] = True


@event.listens_for(ReadUnlessAsked, "after_rollback")
def _forgotten(session: Session) -> None:
    session.info.pop(NEW_PAPER, None)


@event.listens_for(ReadUnlessAsked, "after_commit")
def _nudged(session: Session) -> None:
    if session.info.pop(NEW_PAPER, False):
        try:
            nudge(current_app._get_current_object())  # type: ignore[attr-defined]
        except Exception:
            # The decision stands; the look once a minute finds the paper.
            current_app.logger.exception("the making of papers was not asked for")


class _Beside(Consumer):  # type: ignore[misc]
    """A consumer in threads beside the server, which keeps its own way of being stopped."""

    def _set_signal_handlers(self) -> None:
        pass


@contextlib.contextmanager
def at_work(app: Flask) -> Iterator[None]:
    """Do the jobs in a thread of this process while the block runs; nothing where JOBS=0."""
    if not app.config["JOBS"]:
        yield
        return
    consumer = _Beside(_queue(app), workers=1, max_delay=2.0)
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
    Consumer(_queue(app), workers=1, max_delay=2.0).run()

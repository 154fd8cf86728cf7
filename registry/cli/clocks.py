"""`flask deadline`, `flask calendar import FILE` and `flask tick`: when a period ends, the notice, what is due."""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext, ngettext
from sqlalchemy.exc import DBAPIError

from registry import clock
from registry.extensions import db
from registry.labels import calendar as words
from registry.queries import calendar as queries
from registry.services import calendar as notices
from registry.services import tick as due
from workflows.working_days import LONGEST, Calendar, Period, in_working_days

CLEAN, PROVISIONAL, SOME_FAILED, UNUSABLE = 0, 1, 1, 64


def _say(line: str) -> None:
    click.echo(line, err=True)


def told(period: Period) -> dict[str, Any]:
    """A period as plain values: what a machine reads."""
    return {
        "start": period.start.isoformat(),
        "length": period.length,
        "unit": period.unit.value,
        "start_day_counts": period.start_counts,
        "last_day": period.last_day.isoformat() if period.last_day else None,
        "provisional": period.provisional,
        "days": [
            {
                "day": d.on.isoformat(),
                "counted": d.counted,
                "ordinal": d.ordinal,
                "reason": d.reason.value,
                "name": d.name,
            }
            for d in period.days
        ],
    }


@click.command("deadline")
@click.argument("start")
@click.argument("length")
@click.option("--start-day-counts", is_flag=True, help="The start day is the first day (national notices).")
@with_appcontext
def deadline(start: str, length: str, start_day_counts: bool) -> None:
    """Count LENGTH working days from START (2026-07-17) and print the proof as JSON.

    Ends with 0; 1 where the date is provisional because a year's notice has not come; 64 for an odd day or length.
    """
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        day, number = _day(start), int(length) if length.isdecimal() and length.isascii() else 0
        if day is None:
            _say(gettext("“%(start)s” is not a day. Write it like 2026-07-17.", start=start))
            sys.exit(UNUSABLE)
        if not 1 <= number <= LONGEST:
            _say(gettext("The length is a whole number of working days from 1 to %(most)s.", most=LONGEST))
            sys.exit(UNUSABLE)
        period = in_working_days(_calendar(), day, number, start_counts=start_day_counts)
        click.echo(json.dumps(told(period), ensure_ascii=False, indent=2))
        if period.provisional:
            _say(gettext("The date is provisional: the State Council's notice of a year in it has not come yet."))
    sys.exit(PROVISIONAL if period.provisional else CLEAN)


def _calendar() -> Calendar:
    """The calendar kept here; where there is no database yet, what comes with the program."""
    try:
        return queries.current()
    except DBAPIError:
        db.session.rollback()
        _say(gettext("There is no database yet: counted by the notices that come with the program."))
        return queries.published()


def _day(word: str) -> date | None:
    try:
        day = datetime.strptime(word, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return None
    # Far from both ends of what a date can hold.
    return day if 1000 <= day.year <= 9000 else None


@click.group()
def calendar() -> None:
    """The working calendar."""


@click.argument("file", type=click.Path(path_type=Path))
def _import(file: Path) -> None:
    """Keep the State Council's notice of a year (JSON of holiday-cn) and count provisional deadlines again.

    Ends with 0, also when the notice was kept before; 64 when the file cannot be used, and then changes nothing.
    """
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        try:
            kept = notices.keep(notices.read_file(file), by=None, at=clock.now())
        except notices.UnusableNoticeError as error:
            why, cure = words.problem(error.problem, error.value, error.row)
            for line in (gettext("%(file)s was not imported.", file=file), why, cure):
                _say(line)
            sys.exit(UNUSABLE)
        click.echo(words.imported(kept.how, kept.notice.year, kept.working_days))
        if kept.how != "unchanged":
            moved = due.tick(clock.now(), after_a_notice=True).done["recount"]
            click.echo(ngettext("%(num)s case was counted again.", "%(num)s cases were counted again.", moved))


@click.command("tick")
@with_appcontext
def tick() -> None:
    """Do what is due by the clocks: deemed acceptance, lapse, suspension, closing, reminders. Safe at any time.

    Prints what was done as JSON. Ends with 0, or 1 where some case failed: the log says why, the next tick tries again.
    """
    came = due.tick(clock.now())
    click.echo(json.dumps({"done": dict(sorted(came.done.items())), "failed": sorted(set(came.failed))}))
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        number = sum(came.done.values())
        _say(ngettext("%(num)s thing was due and is done.", "%(num)s things were due and are done.", number))
        if came.failed:
            _say(ngettext("%(num)s case failed.", "%(num)s cases failed.", len(set(came.failed))))
    sys.exit(SOME_FAILED if came.failed else CLEAN)


# Added, not decorated: every command at the top of a module becomes a command of its own.
calendar.add_command(click.command("import")(with_appcontext(_import)))

"""`flask import-reference FILE`: keep a registry's list of projects as public cases."""

import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l

from registry import clock
from registry.services.reference import LIMIT, Outcome, Problem, Reported, Unreadable, UnusableFileError, import_list

CLEAN, SOME_REPORTED, UNUSABLE = 0, 1, 64

ROW = {
    Problem.CELLS: _l("the number of cells is not that of the header (%(value)s)"),
    Problem.NO_ID: _l("the project id is missing"),
    Problem.NO_NAME: _l("the project name is missing"),
    Problem.NO_REGISTRY: _l("the registry is missing"),
    Problem.NOT_A_NUMBER: _l("“%(value)s” in the column %(column)s is not an amount"),
    Problem.NOT_A_YEAR: _l("“%(value)s” in the column %(column)s is not a year"),
    Problem.TOO_LONG: _l("the value of %(column)s is longer than %(limit)s characters (%(value)s…)"),
    Problem.TWICE: _l("the project %(value)s stands further up in this file"),
}

FILE = {
    Unreadable.MISSING: (_l("There is no such file."), _l("Check the path.")),
    Unreadable.NOT_A_FILE: (_l("This is a folder, not a file."), _l("Name the list itself.")),
    Unreadable.NO_ACCESS: (_l("The file cannot be opened: %(detail)s."), _l("Check who may read it.")),
    Unreadable.TOO_LARGE: (_l("The file is larger than %(detail)s MB."), _l("Split the list and import the parts.")),
    Unreadable.BROKEN_ARCHIVE: (_l("The archive is damaged."), _l("Download the list again.")),
    Unreadable.NOT_UTF8: (
        _l("The file is not UTF-8 text (byte %(detail)s)."),
        _l("Save the table as “CSV UTF-8” and try again."),
    ),
    Unreadable.NOT_CSV: (
        _l("The file is not a CSV table (line %(detail)s)."),
        _l("Look for an unclosed quotation mark, or save the table as “CSV UTF-8” and try again."),
    ),
    Unreadable.EMPTY: (_l("The file is empty."), _l("Download the list again.")),
    Unreadable.UNKNOWN_HEADER: (
        _l("The header is not one of a known list: %(detail)s."),
        _l(
            "Known are the project lists of the Berkeley Voluntary Registry Offsets Database, of Verra and of Gold "
            "Standard. Keep the first line of the list unchanged."
        ),
    ),
}


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(import_reference)


def _fill(words: Any, **values: Any) -> str:
    return str(words) % values


def _line(reported: Reported) -> str:
    why = _fill(
        ROW[reported.problem], value=reported.value, column=reported.column, limit=LIMIT.get(reported.column, "")
    )
    return gettext("Row %(row)s: %(why)s", row=reported.row, why=why)


def _say(outcome: Outcome) -> None:
    for reported in outcome.reported:
        click.echo(_line(reported), err=True)
    click.echo(
        gettext(
            "%(read)s rows read: %(added)s added, %(changed)s changed, %(unchanged)s unchanged, %(reported)s reported.",
            read=outcome.read,
            added=outcome.added,
            changed=outcome.changed,
            unchanged=outcome.unchanged,
            reported=len(outcome.reported),
        )
    )


@click.command("import-reference")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", help="Source line to show with each entry instead of the list's own.")
@with_appcontext
def import_reference(file: Path, source: str | None) -> None:
    """Keep a registry's list of projects (CSV or CSV.GZ) as read-only public cases.

    Ends with 0 when every row was kept, 1 when some were reported, 64 when the file cannot be used.
    """
    # A command has no request to take a language from.
    with force_locale(current_app.config.get("BABEL_DEFAULT_LOCALE") or "zh_Hans_CN"):
        if source is not None and not 0 < len(source.strip()) <= LIMIT["source"]:
            click.echo(gettext("The source line must have 1 to %(limit)s characters.", limit=LIMIT["source"]), err=True)
            sys.exit(UNUSABLE)
        try:
            outcome = import_list(file, at=clock.now(), source=source and source.strip())
        except UnusableFileError as error:
            why, cure = FILE[error.why]
            click.echo(gettext("%(file)s was not imported.", file=file), err=True)
            click.echo(_fill(why, detail=error.detail), err=True)
            click.echo(str(cure), err=True)
            sys.exit(UNUSABLE)
        _say(outcome)
    sys.exit(SOME_REPORTED if outcome.reported else CLEAN)

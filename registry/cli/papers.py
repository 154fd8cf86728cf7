"""`flask papers make`: make the PDFs that are waiting. `flask jobs`: do the background work until stopped."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale, ngettext

from registry import jobs as background

CLEAN, SOME_FAILED = 0, 1


@click.group()
def papers() -> None:
    """The papers the bureau hands out."""


def _make() -> None:
    """Make the PDFs of all papers that wait for theirs.

    Ends with 0 when all were made, 1 when some could not be (the log says why); they are tried again later.
    """
    # A command has no request to take a language from.
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        made, failed = background.make_papers()
        click.echo(ngettext("%(num)s paper made.", "%(num)s papers made.", made))
        if failed:
            click.echo(ngettext("%(num)s paper failed.", "%(num)s papers failed.", failed), err=True)
    sys.exit(SOME_FAILED if failed else CLEAN)


# Added, not decorated: every command at the top of a module becomes a command of its own.
papers.add_command(click.command("make")(with_appcontext(_make)))


@click.command("jobs")
@with_appcontext
def jobs() -> None:
    """Do the background work in this process until it is stopped; for a server that runs with JOBS=0."""
    background.work(current_app._get_current_object())  # type: ignore[attr-defined]

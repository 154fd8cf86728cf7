"""`flask policy export`: the whole history of the rules as one TOML text."""

import sys
from datetime import date

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from registry.queries import policy as ask

UNUSABLE = 64


@click.group("policy")
def policy() -> None:
    """The rules as dated data."""


@policy.command("export")
@click.option("--on", "on", default="", help="As the history stood at the end of this day (2026-07-17).")
@with_appcontext
def export(on: str) -> None:
    """Print the files' policy and every confirmed change as one TOML text.

    The same history is always the same text. Ends with 64 for an odd day.
    """
    try:
        until = date.fromisoformat(on) if on else date.max
    except ValueError:
        with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
            click.echo(gettext("“%(start)s” is not a day. Write it like 2026-07-17.", start=on), err=True)
        sys.exit(UNUSABLE)
    changes = (c for c in ask.current().changes if c.decision is None or c.decision.on <= until)
    click.echo(ask.base().written(changes), nl=False)

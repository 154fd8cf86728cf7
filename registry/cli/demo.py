"""`flask load-demo`: the demo's people and cases, into an empty database."""

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from registry.clock import now
from registry.extensions import db
from registry.models import Case, User


@click.command("load-demo")
@with_appcontext
def load_demo() -> None:
    """Load the demo data once; only in demo mode, and only into a database without organisations."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("Demo data is for demo mode only. Set DEMO=1, on a database of its own.")
    from registry import demo  # only here: production never imports it

    if not demo.load(now()):
        click.echo("There are organisations already; nothing was loaded.")
        return
    people, cases = (db.session.scalar(select(func.count()).select_from(table)) for table in (User, Case))
    click.echo(f"Demo data loaded: {people} people, {cases} cases.")

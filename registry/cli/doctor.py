"""`flask doctor`: every unsafe setting with the cure, and advice."""

from collections.abc import Iterator

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from registry import config
from registry.doctor import Finding, advice, unsafe


def examination_only() -> Flask:
    """An application that can only be examined: for settings with which the real one refuses to start."""
    app = Flask("registry")
    app.config.from_mapping(config.settings())
    app.cli.add_command(doctor)
    return app


@click.command()
@with_appcontext
def doctor() -> None:
    """List every unsafe setting, and advice. In production the answer is an error if a setting is unsafe."""
    findings = unsafe(current_app.config) + (_unreadable() or [*_demo_people(), *_policy()])
    for finding in findings:
        click.echo(finding)
    for finding in advice(current_app.config):
        click.echo(f"Advice. {finding}")
    production = current_app.config["TAILIN_ENV"] == "production"
    if not findings:
        click.echo("No unsafe setting found.")
    elif production:
        raise click.ClickException(f"{len(findings)} unsafe settings. Tailin does not start with them in production.")
    else:
        click.echo(
            f"{len(findings)} settings that production would refuse; this is {current_app.config['TAILIN_ENV']}."
        )


def _unreadable() -> list[Finding]:
    """A database that the checks after this one could not ask."""
    if "sqlalchemy" not in current_app.extensions:
        return []
    from registry.extensions import db
    from registry.models import PolicyChange, User

    try:
        for table in (User, PolicyChange):
            db.session.scalar(select(func.count()).select_from(table))
    except SQLAlchemyError:
        why = "pages that need it would fail"
        return [
            Finding("DATABASE_URL", "the database cannot be read, or has no tables yet", why, "run: flask db upgrade")
        ]
    return []


def _demo_people() -> list[Finding]:
    """Demo accounts in a database that is used without demo mode."""
    if "sqlalchemy" not in current_app.extensions or current_app.config["DEMO"]:
        return []
    from registry.extensions import db
    from registry.models import User

    there = db.session.scalar(select(func.count()).where(User.is_example, User.active))
    if not there:
        return []
    why = "their passwords are known to everybody"
    return [Finding("DEMO", f"{there} demo accounts can sign in", why, "start with an empty database")]


def _policy() -> Iterator[Finding]:
    """Changes that the chair confirmed and that the files repeat or contradict."""
    if "sqlalchemy" not in current_app.extensions:
        return
    from registry.queries.policy import clashes

    for clash in clashes():
        says = "repeat" if clash.said_already else "contradict"
        yield Finding(
            "workflows/policy",
            f"the files {says} change {clash.number} of {clash.subject} in the database ({clash.reason})",
            "there is no policy to judge by, so that almost every page fails",
            "take the entry out of the files: what was confirmed stands in the database, and is changed there",
        )

"""`flask create-admin`: the first account of an empty system; there is no default one."""

import tomllib
from pathlib import Path

import click
from flask import Flask, current_app, url_for
from flask_babel import force_locale

from registry.clock import now
from registry.services import people

FIRST_BODY = Path(__file__).with_name("first_body.toml")


@click.command("create-admin")
@click.option("--login", prompt="Sign-in name", help="what the administrator types to sign in")
@click.option("--name", prompt="Name", help="the administrator's name as others see it")
def create_admin(login: str, name: str) -> None:
    """Make the first administrator and print a one-time link to set the password (valid 30 minutes)."""
    login, name = login.strip(), name.strip()
    if not people.LOGIN.fullmatch(login) or not name:
        raise click.ClickException(
            "The sign-in name has 2 to 60 letters, digits, dots, hyphens or underscores; the name is not empty."
        )
    body = tomllib.loads(FIRST_BODY.read_text(encoding="utf-8"))
    try:
        token = people.first_administrator(login=login, name=name, body=body, at=now())
    except people.NotDone as refused:
        with current_app.test_request_context(), force_locale("en"):
            words = str(refused.words)
        raise click.ClickException(words) from None
    hosts = current_app.config["TRUSTED_HOSTS"]
    host, scheme = (hosts or ["localhost"])[0], current_app.config["PREFERRED_URL_SCHEME"]
    base = f"{scheme}://{host}" if scheme == "https" else f"{scheme}://{host}:{current_app.config['PORT']}"
    with current_app.test_request_context(base_url=base):
        link = url_for("account.set_up", token=token, _external=True)
    click.echo(f"Administrator {login} is made. Set the password within 30 minutes, once, at:\n\n  {link}\n")


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(create_admin)

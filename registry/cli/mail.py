"""`flask mail send`: send the letters that are due, once."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from registry import formats, jobs
from registry.clock import now
from registry.queries.mail import waiting

CLEAN, SOME_FAILED = 0, 1


@click.group()
def mail() -> None:
    """The letters that go with notices."""


def _send() -> None:
    """Send the letters that are due.

    Ends with 0 when all were sent, 1 when some were not taken or no server is set; they are tried again later.
    """
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        if not current_app.config["MAIL_HOST"]:
            click.echo(_("No mail server is set (%(setting)s): nothing is sent.", setting="MAIL_HOST"), err=True)
            sys.exit(SOME_FAILED)
        sent, troubled = jobs.send_mail()
        click.echo(ngettext("%(num)s letter sent.", "%(num)s letters sent.", sent))
        if troubled:
            click.echo(ngettext("%(num)s letter was not taken.", "%(num)s letters were not taken.", troubled), err=True)
        left, again = waiting()
        if again is not None:
            said = ngettext(
                "%(num)s letter waits and is tried again from %(at)s on.",
                "%(num)s letters wait and are tried again from %(at)s on.",
                left,
                at=formats.instant(max(again, now())),
            )
            click.echo(said, err=True)
    sys.exit(SOME_FAILED if troubled else CLEAN)


# Added, not decorated: every command at the top of a module becomes a command of its own.
mail.add_command(click.command("send")(with_appcontext(_send)))

"""`flask audit verify`: walk the audit chain from its first row to its head."""

import sys
from collections.abc import Mapping

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import LazyString, force_locale, gettext, ngettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import SQLAlchemyError

from registry.services.audit import verify

HOLDS, BROKEN = 0, 1

WHY: Mapping[str, LazyString] = {
    "out_of_order": _l("a row is missing, or stands twice"),
    "broken_link": _l("it does not follow from the row before it"),
    "changed_column": _l("one of its columns was changed"),
    "changed_bytes": _l("its hash or the hashed bytes were changed"),
    "changed_words": _l("the words given with it were changed"),
    "lost_tail": _l("the end of the chain is missing, or its head was changed"),
}


@click.group()
def audit() -> None:
    """The audit chain."""


def _verify() -> None:
    """Walk the whole audit chain.

    Ends with 0 and the number of rows when all of it holds; with 1, the first bad row and the reason when not.
    """
    # A command has no request to take a language from.
    with force_locale(current_app.config.get("BABEL_DEFAULT_LOCALE") or "zh_Hans_CN"):
        try:
            rows, bad = verify()
        except SQLAlchemyError:
            click.echo(
                gettext("The audit chain cannot be read. Check DATABASE_URL and run: flask db upgrade"), err=True
            )
            sys.exit(BROKEN)
        hold = ngettext("%(num)s row holds.", "%(num)s rows hold.", rows)
        if bad is None:
            click.echo(hold)
            return
        why = str(WHY.get(bad.why, bad.why))
        click.echo(hold)
        click.echo(gettext("Row %(seq)s does not hold: %(why)s.", seq=bad.seq, why=why), err=True)
    sys.exit(BROKEN)


# Added, not decorated: every command at the top of a module becomes a command of its own.
audit.add_command(click.command("verify")(with_appcontext(_verify)))

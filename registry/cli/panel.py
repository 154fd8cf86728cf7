"""`flask panel repeat`: work a draw out anew from what is on record, and compare."""

import click
from flask.cli import with_appcontext

from registry.services import panel_facts, panels


@click.group("panel")
def panel() -> None:
    """Expert panels."""


@panel.command("repeat")
@click.argument("panel_id", type=int)
@with_appcontext
def repeat(panel_id: int) -> None:
    """Repeat the draw and every replacement of a panel; exit 1 where the record says something else."""
    drawn = panels.panel(panel_id)
    if drawn is None:
        raise click.ClickException(f"there is no panel {panel_id}")
    now = panel_facts.sitting(drawn)
    click.echo(f"Panel {drawn.id} of case {drawn.case_id}, round {drawn.round_no}, drawn on {drawn.drawn_on}")
    click.echo(f"seed {drawn.seed}")
    click.echo(f"key = SHA-256 of the seed, a colon and the expert's number; {drawn.size} seats, smallest key first")
    for c in drawn.candidates:
        if c.bar is not None:
            standing = f"left out: {c.bar}"
        else:
            standing = "sits" if c.user_id in now else "in order"
            standing += "" if c.outside else ", from the applicant's area"
        click.echo(f"{c.place:4} {c.sort_key} expert {c.user_id}: {standing}")
    found = panels.differences(drawn)
    if found:
        raise click.ClickException("the repetition differs from the record: " + "; ".join(found))
    click.echo("The repetition equals the record.")

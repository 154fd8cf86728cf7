"""`flask inventory import FILE`: check a sub-compartment table, and import it where nothing is wrong with it.

JSON stands on standard output, people's words on standard error. It ends with 0 where the table is imported (or could
be, or was before), 1 where cells have to be corrected, 64 for a file or a word that cannot be used.
"""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext
from flask_babel import force_locale, gettext
from sqlalchemy import select

from registry.cli.asking import Command
from registry.clock import now
from registry.extensions import db
from registry.labels import inventory as words
from registry.models import Inventory, User
from registry.queries import inventory as ask
from registry.services import inventory_import
from registry.services.inventory_rows import Judged, missing
from registry.services.inventory_sheets import repair_sheet
from registry.sheets.read import MOST_BYTES, SheetRefused, parts
from registry.storage import FileRefused
from workflows.inventory import LandKind

CLEAN, FAULTY, UNUSABLE = 0, 1, 64
inventory = AppGroup("inventory", help="Inventories of forest, wetland and grassland.")


@inventory.command("import", cls=Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", required=True, help="Title of the inventory.")
@click.option("--surveyed-on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Day of the survey.")
@click.option("--kind", type=click.Choice(list(LandKind)), default=LandKind.FOREST, help="Kind of land.")
@click.option("--of", "owner", default="", help="Name of the unit whose land it is; default more than one.")
@click.option("--document", default="", help="Title of the source document; default the title.")
@click.option("--by", "login", help="Login of the officer who imports; needed unless --dry-run.")
@click.option("--dry-run", is_flag=True, help="Check only.")
@click.option("--repair", type=click.Path(path_type=Path), help="Write the table with its faults marked there.")
@with_appcontext
def import_(
    file: Path,
    title: str,
    surveyed_on: datetime,
    kind: str,
    owner: str,
    document: str,
    login: str | None,
    dry_run: bool,
    repair: Path | None,
) -> None:
    """Check FILE (XLSX or CSV), then import it."""
    with force_locale("zh_Hans_CN"):
        content = file.read_bytes()[: MOST_BYTES + 1]
        of = next((unit for unit in ask.units() if unit.name == owner), None)
        if owner and of is None:
            _end(gettext("There is no unit of this name: %(name)s", name=owner))
        try:
            head, judged = inventory_import.look(content, None, inventory_import.bounds_of(LandKind(kind), of))
        except SheetRefused as refused:
            _end(words.refused(refused.why, refused.detail))
        gaps = missing(head.mapping, LandKind(kind))
        if gaps:
            _end(gettext("Columns are missing: %(names)s", names=gettext(", ").join(words.column(c.key) for c in gaps)))
        if repair and judged.faults:
            repair.write_bytes(repair_sheet(parts(content), head, head.mapping, judged))
        told = _told(judged)
        if not dry_run and not judged.faults:
            said = inventory_import.Said(
                title, LandKind(kind), _day(surveyed_on), document or title, organisation_id=of.id if of else None
            )
            told |= _import(said, judged, head.mapping, content, file.name, login)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    sys.exit(FAULTY if judged.faults else CLEAN)


def _end(why: str) -> None:
    click.echo(why, err=True)
    sys.exit(UNUSABLE)


def _day(at: datetime) -> date:
    return at.date()


def _told(judged: Judged) -> dict[str, Any]:
    return {
        "read": judged.read,
        "sound": judged.sound,
        "by_species": {
            code: {"rows": rows, "area_mu": round(mu, 4), "volume_m3": round(m3, 3)}
            for code, (rows, mu, m3) in sorted(judged.by_species.items())
        },
        "errors": [
            {"row": f.row, "column": f.key, "why": f.why, "value": f.value, "words": words.fault(f.why)}
            for f in judged.faults
        ],
    }


def _import(
    said: inventory_import.Said, judged: Judged, mapping: Any, content: bytes, name: str, login: str | None
) -> dict[str, Any]:
    person = db.session.scalar(select(User).where(User.login == login)) if login else None
    if person is None:
        _end("--by: " + gettext("Name the login of the person who imports."))
    if not judged.sound:
        _end(gettext("The table has no rows"))
    try:
        stored, clean = inventory_import.stored_content(content, name)
    except FileRefused:
        _end(gettext("The file is neither XLSX nor CSV text. Save the table as XLSX and choose it again."))
    begun = inventory_import.begin(said, judged, mapping, stored, clean, by=person, at=now())
    inventory_import.carry_on(begun.id, at=now())  # or goes on elsewhere, or is at its end: the state says which
    db.session.rollback()
    return {"inventory": begun.id, "new": begun.new, "state": db.session.get_one(Inventory, begun.id).state}

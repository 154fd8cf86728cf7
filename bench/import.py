# ruff: noqa: N999 (run as bench.import, never imported)
"""The import of a sub-compartment table out of XLSX, against the least that could be done and what is usually done.

Least: calamine, and the cells as they are into a bare table of the same columns (executemany; COPY on PostgreSQL);
the same with what no table of rows can do without, a primary key and codes that are unique.
Usual: openpyxl, and an ORM object a row. Ours: every cell judged, rows in batches with how far it came, a digest of the
rows, one link in the audit chain; `look` is the check before it, which reads and judges the same and writes nothing.
Each variant runs in a process of its own, so that the most memory it needed is its own; rows and sums must be equal.
"""

import json
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import zip_longest
from math import isclose
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from flask import Flask
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select, text

from bench.tools import CAVEAT, arguments, database, possible, quiet, say, seconds, table
from registry.extensions import db, writing
from registry.models import Inventory, SubCompartment, User
from registry.services import inventory_import
from registry.services.inventory_cells import Bounds
from registry.sheets.write import workbook
from tests import factories
from workflows.inventory import InventoryState, LandKind, layout

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
LEAST, KEYED, LOOK, OURS, USUAL = "calamine + insert", "same, with keys", "look", "ours", "openpyxl + ORM"
ONCE = frozenset({USUAL})
"""Variants too slow to be run in every round."""
COLUMNS = layout().columns
FIGURES = frozenset({"area_mu", "volume_m3", "crown_closure", "dbh_cm", "height_m", "planted_year"})
KEYS = ", PRIMARY KEY (compartment, sub_compartment), UNIQUE (code)"
MB = 1024
"""kB, in which the system counts memory."""


def made(number: int) -> bytes:
    """A workbook of made-up rows, the same in every run, in the columns of the template."""
    pick = np.random.default_rng(20261120)
    words = {key: list(names) for key, names in layout().first_words.items() if key not in ("land_kind", "cause")}
    species = ["侧柏", "赤松", "刺槐", "栎类", "油松", "黑松", "杨树"]
    area = np.round(pick.uniform(5, 200, number), 2)
    volume = np.round(area * pick.uniform(1, 8, number), 2)

    def cells(n: int) -> list[Any]:
        row: dict[str, Any] = {key: names[n % len(names)] for key, names in words.items()}
        row |= {
            "code": f"370911{n:09d}",
            "district_code": "岱岳区",
            "township": f"示例镇{n % 17}",
            "village": f"村{n % 211}",
        }
        row |= {"farm": "", "forest_district": f"示例{n % 9}区", "compartment": f"{n // 100:03d}", "land_kind": "森林"}
        row |= {"sub_compartment": f"{n % 100:04d}", "species_code": species[n % 7], "area_mu": float(area[n])}
        row |= {"volume_m3": float(volume[n]), "crown_closure": 0.6, "dbh_cm": 12.4, "height_m": 8.2}
        row |= {"planted_year": 1980 + n % 30, "cause": "无变化", "note": ""}
        return [row[column.key] for column in COLUMNS]

    return workbook({"小班表": [[column.head for column in COLUMNS], *map(cells, range(number))]})


# What is compared ---------------------------------------------------------------------------------------


def least(content: bytes) -> None:
    """Every cell as it stands, into a table without a constraint, in one transaction."""
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()[1:]
    raw: Any = db.engine.raw_connection()
    try:
        cursor = raw.cursor()
        if db.engine.dialect.name == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")  # our connections begin nothing by themselves: each row would be a commit
            cursor.executemany(f"INSERT INTO bare VALUES ({', '.join('?' * len(COLUMNS))})", rows)
        else:
            with cursor.copy("COPY bare FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([None if cell == "" else cell for cell in row])
        raw.commit()
    finally:
        raw.close()


def bare(keyed: bool) -> None:
    """The table of `least`."""
    kinds = ", ".join(f"{c.key} {'double precision' if c.key in FIGURES else 'text'}" for c in COLUMNS)
    with db.engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE bare ({kinds}{KEYS if keyed else ''})"))


def look(content: bytes) -> Any:
    """The check before an import."""
    return inventory_import.look(content, None, Bounds(LandKind.FOREST))


def begun(content: bytes) -> int:
    """The version of a workbook, opened."""
    head, judged = look(content)
    stored, name = inventory_import.stored_content(content, "rows.xlsx")
    said = inventory_import.Said("bench", LandKind.FOREST, date(2026, 1, 1), "bench")
    by = db.session.scalars(select(User)).one()
    return inventory_import.begin(said, judged, head.mapping, stored, name, by=by, at=AT).id


def usual(content: bytes) -> None:
    """A loop over the rows of openpyxl, an object each, one commit."""
    known: dict[str, Any] = defaultdict(dict, {key: dict(words) for key, words in layout().words.items()})
    known["district_code"], known["species_code"] = layout().districts, layout().species
    sheet: Any = load_workbook(BytesIO(content), read_only=True).worksheets[0]
    # Read first: a server ends a transaction that stands idle for half a minute.
    listed = list(sheet.iter_rows(min_row=2, values_only=True))
    seen = set()
    with writing():
        version = _opened()
        for no, row in enumerate(listed, 2):
            said = {c.key: known[c.key].get(cell, cell) for c, cell in zip_longest(COLUMNS, row)}
            said |= {key: said[key] or "" for key in ("farm", "note")}
            if said["code"] in seen or said["area_mu"] <= 0 or said["volume_m3"] < 0:
                raise SystemExit(f"row {no}")
            seen.add(said["code"])
            db.session.add(SubCompartment(version_id=version.id, row_no=no, **said))


def _opened() -> Inventory:
    """A version for rows that are written by hand."""
    by = db.session.scalars(select(User)).one()
    stored, name = inventory_import.stored_content(b"a,b\n", "rows.csv")
    from registry.models import StoredFile

    db.session.add(StoredFile(sha256=stored.sha256, size=stored.size, media_type=stored.media_type, stored_at=AT))
    db.session.flush()
    row = Inventory(
        title="bench", land_kind=LandKind.FOREST, surveyed_on=date(2026, 1, 1), document_title="bench",
        sha256=stored.sha256, filename=name, mapping="{}", state=InventoryState.IMPORTING, rows=1, digest="0" * 64,
        made_at=AT, made_by_id=by.id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


# One variant in a process ---------------------------------------------------------------------------------


def alone(name: str, engine: str, path: str) -> None:
    """Run one variant and print what it took as JSON: seconds, MB above what was there before, rows and sums."""
    quiet()
    content = Path(path).read_bytes()
    with database(engine) as app, app.app_context():
        factories.a_user(login="bench")
        db.session.rollback()
        do = _prepared(app, name, content)
        before = _peak()
        span = seconds(do)
        memory = {"mb": (_peak() - before) / MB, "peak": _peak() / MB, "reader": _reader() / MB}
        say(json.dumps({"seconds": span, **memory, "found": _found(name)}))


def _prepared(app: Flask, name: str, content: bytes) -> Callable[[], object]:  # noqa: ARG001
    if name in (LEAST, KEYED):
        bare(name == KEYED)
        return lambda: least(content)
    if name == LOOK:
        return lambda: KEPT.append(look(content)[1])
    if name == USUAL:
        return lambda: usual(content)
    # The check before is measured by itself, and its memory is not that of the import.
    version_id = begun_elsewhere(content)
    return lambda: inventory_import.carry_on(version_id, at=AT)


KEPT: list[Any] = []


def begun_elsewhere(content: bytes) -> int:
    """`begin` in this process would leave the judged rows in what the system counts as the most memory."""
    version_id = begun(content)
    db.session.rollback()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    return version_id


def _peak() -> int:
    """The most memory since the process began, or since its peak was set back; kB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _reader() -> int:
    """The most memory of the process that reads for us, or of this one when it was begun, if that is more; kB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def _found(name: str) -> list[float]:
    if name == LOOK:
        (judged,) = KEPT
        return [judged.sound, *(sum(one[n] for one in judged.by_species.values()) for n in (1, 2))]
    if name in (LEAST, KEYED):
        query: Any = text("SELECT count(*), sum(area_mu), sum(volume_m3) FROM bare")
    else:
        query = select(func.count(), func.sum(SubCompartment.area_mu), func.sum(SubCompartment.volume_m3))
    return [float(figure) for figure in db.session.execute(query).one()]


# All of them ----------------------------------------------------------------------------------------------


def told(name: str, engine: str, path: Path) -> dict[str, Any]:
    """What one run of a variant printed."""
    words = [sys.executable, "-m", "bench.import", "--alone", name, engine, str(path)]
    answer = subprocess.run(words, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


def compared(engine: str, path: Path, rounds: int) -> None:
    """Print the variants of one engine."""
    runs: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for number in range(rounds):
        for name in (LEAST, KEYED, LOOK, OURS, USUAL):
            if not (number and name in ONCE):
                runs[name].append(told(name, engine, path))
    first = runs[LEAST][0]["found"]
    for name, of in runs.items():
        if not all(isclose(a, b, rel_tol=1e-9) for run in of for a, b in zip(first, run["found"], strict=True)):
            raise SystemExit(f"{name}: {of[0]['found']} instead of {first}")
    spans = {name: median(run["seconds"] for run in of) for name, of in runs.items()}
    rows = int(first[0])
    lines = [
        (
            name, len(runs[name]), spans[name], 1e6 * spans[name] / rows, spans[name] / spans[LEAST],
            spans[name] / spans[OURS], max(run["mb"] for run in runs[name]), max(run["peak"] for run in runs[name]),
            max(run["reader"] for run in runs[name]),
        )
        for name in runs
    ]  # fmt: skip
    heads = ("", "runs", "s", "us/row", "× least", "× ours", "MB more", "MB in all", "MB reader")
    table(f"{engine}: {rows:,} rows of {len(COLUMNS)} columns out of XLSX", heads, lines)


def main() -> None:
    """Make the workbook once, then compare."""
    if sys.argv[1:2] == ["--alone"]:
        return alone(*sys.argv[2:5])
    asked = arguments(__doc__ or "")
    number, rounds = (2_000, 1) if asked.quick else (100_000, 3)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.xlsx"
        path.write_bytes(made(number))
        for engine in possible(asked.engines):
            compared(engine, path, rounds)
    say(f"\n{CAVEAT}")
    return None


if __name__ == "__main__":
    main()

"""What the paper of a report says: plain values for `documents.render_report`, in the official language, as JSON."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import and_, exists, select

from registry import formats
from registry.clock import day_of
from registry.extensions import db, writing
from registry.labels import reports as words
from registry.models import Pilot, PilotReport, ReportFile, StoredFile
from registry.queries import reports as ask
from registry.services.paper_words import texts
from registry.storage import Stored
from workflows.pilot_report import CHAPTERS, TABLES_IN
from workflows.report_tables import Cell, Difference, Kind, Table, differences
from workflows.states import PeriodKind

Block = dict[str, Any]
WIDE = 0x2E80
NARROWEST, WIDEST = 8, 22
"""Bounds of a column's share, in letters; a Chinese sign counts as two."""
CHARTS: Mapping[int, tuple[str, tuple[str, ...]]] = {
    2: ("stratum", ("co2_t",)),
    3: ("stratum", ("start_t", "end_t")),
    4: ("task", ("planned_mu", "done_mu")),
    10: ("heading", ("budget_wan_yuan", "spent_wan_yuan")),
}
"""附图 of an annual report: table → the column of names and the columns drawn, where there are rows to compare."""


def content_of(report: PilotReport, at: datetime, number: str = "") -> tuple[str, str]:
    """The paper as canonical JSON, and its digest."""
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        values = _values(report, at, number)
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text, hashlib.sha256(text.encode()).hexdigest()


def _values(report: PilotReport, at: datetime, number: str) -> dict[str, Any]:
    said = texts()["report"]
    if report.is_example:
        sample, note = texts()["sample"], texts()["sample_note"]
    else:
        sample, note = ("", "") if number else (said["draft"], said["draft_note"])
    version = said["version"].format(no=report.version_no) if report.version_no > 1 else ""
    return {
        "title": [said["title"].format(farm=report.farm.name), words.title(report) + version],
        "number": number,
        "head": current_app.config["PAPER_HEAD"],
        "addressee": said["addressee"].format(body=report.body.name),
        "organ": report.farm.name,
        "issued": formats.day(day_of(at)),
        "sample": sample,
        "sample_note": note,
        "subject": said["subject"],
        "blocks": list(_blocks(report)),
    }


# Chapters and tables ------------------------------------------------------------------------------------


def _blocks(report: PilotReport) -> Iterator[Block]:
    tables = {table.no: table for table in ask.tables(report)}
    chapters = json.loads(report.chapters)
    if report.pilot is not None:
        yield {"is": "paragraph", "text": _of_pilot(report.pilot)}
    kept = [key for key in CHAPTERS[report.period_kind] if key != "quality"]
    for n, key in enumerate(kept, 1):
        yield {"is": "heading", "level": 1, "text": _numbered(n, str(words.CHAPTERS[key]))}
        yield from _paragraphs(chapters.get(key, ""))
        for no in TABLES_IN[report.period_kind].get(key, ()):
            yield table_block(tables[no])
    if report.period_kind is PeriodKind.YEAR:
        yield {"is": "page"}
        yield {"is": "heading", "level": 1, "text": texts()["report"]["tables"]}
        yield from _tables_and_charts(tables.values())
        yield {"is": "heading", "level": 1, "text": str(words.CHAPTERS["quality"])}
        yield from _paragraphs(chapters.get("quality", ""))
    if any(table.marked for table in tables.values()):
        yield {"is": "paragraph", "text": texts()["report"]["unverified_note"]}
    if report.chairs_note:
        yield {"is": "paragraph", "text": texts()["report"]["chairs_note"].format(note=report.chairs_note)}
    if report.replaces is not None:
        yield from _corrected(report, report.replaces)


def _of_pilot(pilot: Pilot) -> str:
    said = texts()["report"]["of_pilot_numbered" if pilot.number else "of_pilot"]
    days = {"since": formats.day(pilot.since), "until": formats.day(pilot.until)}
    return str(said.format(title=pilot.title, number=pilot.number, **days))


def _numbered(n: int, title: str) -> str:
    return texts()["report"]["heading"].format(no=texts()["report"]["numerals"][n - 1], title=title)


def _paragraphs(text: str) -> Iterator[Block]:
    yield from ({"is": "paragraph", "text": line.strip()} for line in text.splitlines() if line.strip())


def table_block(table: Table) -> Block:
    """A table as it is printed."""
    columns, said = table.shape.columns, texts()["report"]
    caption = words.table_title(table.no) + (said["unverified"] if table.marked else "")
    rows = [[_printed(row.get(c.key), c.key) for c in columns] for row in table.rows]
    empty = [[said["nothing"], *[""] * (len(columns) - 1)]]
    total = [_printed(table.total[c.key], c.key) if c.key in table.total else "" for c in columns]
    return {
        "is": "table",
        "caption": caption,
        "continued": caption + said["continued"],
        "unit": "",
        "head": [words.column(c.key) for c in columns],
        "widths": _widths([words.column(c.key) for c in columns], [*rows, total]),
        "right": [n for n, c in enumerate(columns) if c.kind is Kind.NUMBER],
        "rows": rows or empty,
        "total": [said["total"], *total[1:]] if table.total else [],
        "note": _note(table, rows),
    }


def _note(table: Table, rows: Sequence[Sequence[str]]) -> str:
    """By which methods, and what the dash means where one stands."""
    said, methods = texts()["report"], dict.fromkeys(c.method for row in table.rows for c in row.values() if c.method)
    figures = [n for n, column in enumerate(table.shape.columns) if column.kind is Kind.NUMBER]
    parts = [said["methods"].format(methods=said["next_method"].join(methods))] if methods else []
    if any(row[n] == words.NONE for row in rows for n in figures):
        parts.append(said["no_value"].format(sign=words.NONE))
    return "".join(parts)


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Shares by what stands in the columns, so that no number is broken; a head may take two lines."""
    columns = zip(*rows, strict=True)
    longest = [max(map(_letters, column)) for column in columns]
    asked = [max(long, -(-_letters(head) // 2)) for long, head in zip(longest, heads, strict=True)]
    return [min(max(letters + 2, NARROWEST), WIDEST) for letters in asked]


def _letters(text: str) -> int:
    return sum(1 if ord(sign) < WIDE else 2 for sign in text)


def _printed(cell: Cell | None, key: str) -> str:
    return words.value(cell.value if cell else None, key)


def _tables_and_charts(tables: Iterable[Table]) -> Iterator[Block]:
    """Every table; what is drawn of one follows it, so that no chart stands without its figures."""
    drawn = 0
    for table in tables:
        yield table_block(table)
        rows = _compared(table)
        if table.no in CHARTS and len(rows) > 1:
            drawn += 1
            yield _chart(drawn, table, rows)


def _compared(table: Table) -> list[Mapping[str, Cell]]:
    """The rows of a table that are no sums of others."""
    sums = {_("Out, in all"), _("In, in all")}
    return [row for row in table.rows if not any(cell.value in sums for cell in row.values())]


def _chart(no: int, table: Table, rows: Sequence[Mapping[str, Cell]]) -> Block:
    said, (along, keys) = texts()["report"], CHARTS[table.no]
    values = [[row[key].value if key in row else None for row in rows] for key in keys]
    caption = said["figure"].format(no=no, title=str(words.TABLES[table.no]))
    return {
        "is": "chart",
        "kind": "bars",
        "caption": caption + (said["unverified"] if table.marked else ""),
        "unit": words.column(keys[0]) if len(keys) == 1 else "",  # several are named by the key
        "names": [_printed(row.get(along), along) for row in rows],
        "series": [
            [words.column(key), [str(v) if isinstance(v, Decimal) else None for v in column]]
            for key, column in zip(keys, values, strict=True)
        ],
        "note": said["figures_in"].format(no=table.no),
    }


def _corrected(report: PilotReport, before: PilotReport) -> Iterator[Block]:
    said = texts()["report"]
    yield {"is": "heading", "level": 1, "text": said["corrected"]}
    yield {"is": "paragraph", "text": said["corrects"].format(number=before.number, reason=report.reason)}
    found = differences(ask.tables(before), ask.tables(report))
    if found:
        yield difference_block(found)


def difference_block(found: Sequence[Difference]) -> Block:
    """What a correction changes, as a table."""
    return {
        "is": "table",
        "caption": texts()["report"]["differences"],
        "continued": texts()["report"]["differences"] + texts()["report"]["continued"],
        "unit": "",
        "head": [_("Where"), _("Before"), _("After")],
        "widths": [2.0, 1.0, 1.0],
        "right": [],
        "rows": [
            [words.spot(d.spot), words.value(d.before, d.spot.column), words.value(d.after, d.spot.column)]
            for d in found
        ],
        "total": [],
        "note": "",
    }


# For the job --------------------------------------------------------------------------------------------


def waiting() -> list[int]:
    """Reports whose paper has no PDF yet."""
    made = exists().where(
        and_(ReportFile.report_id == PilotReport.id, ReportFile.content_digest == PilotReport.content_digest)
    )
    query = select(PilotReport.id).where(PilotReport.content_digest.is_not(None), ~made).order_by(PilotReport.id)
    return list(db.session.scalars(query))


def values_of(report_id: int) -> tuple[dict[str, Any], str]:
    """What the job draws, numbers as numbers again, and the digest of it; raises LookupError once it was returned."""
    report = db.session.get_one(PilotReport, report_id)
    if report.content is None or report.content_digest is None:
        raise LookupError(f"report {report_id} is with its writers again")
    values = json.loads(report.content) | {"faces": current_app.config["REPORT_FACES"]}
    for block in values["blocks"]:
        if block["is"] == "chart":
            block["series"] = [(n, [None if v is None else Decimal(v) for v in vs]) for n, vs in block["series"]]
    return values, report.content_digest


def keep(report_id: int, digest: str, stored: Stored, at: datetime) -> bool:
    """Keep the PDF of a content; False where another job was faster."""
    with writing():
        if db.session.get(ReportFile, (report_id, digest)) is not None:
            return False
        if db.session.get(StoredFile, stored.sha256) is None:
            file = StoredFile(sha256=stored.sha256, size=stored.size, media_type=stored.media_type, stored_at=at)
            db.session.add(file)
            db.session.flush()
        db.session.add(ReportFile(report_id=report_id, content_digest=digest, sha256=stored.sha256, made_at=at))
    return True

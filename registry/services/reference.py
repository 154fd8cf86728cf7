"""Verbs on published projects elsewhere (公开案例): read a registry's own list, keep what it says.

A file is read whole before anything is written: rows that cannot be kept are reported with their
number and reason, the others are written in one transaction or not at all.
"""

import csv
import gzip
import hashlib
import io
import tomllib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from registry.extensions import db, writing
from registry.models import ReferenceProject
from registry.queries.reference import PUBLISHED
from workflows.roles import Role

MAX_BYTES = 100_000_000
"""The largest list read, unpacked; the largest real one is 4 MB."""


class Problem(StrEnum):
    """Why a row is not kept."""

    CELLS = "cells"
    NO_ID = "no_id"
    NO_NAME = "no_name"
    NO_REGISTRY = "no_registry"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_YEAR = "not_a_year"
    TOO_LONG = "too_long"
    TWICE = "twice"


class Unreadable(StrEnum):
    """Why a whole file is not used."""

    MISSING = "missing"
    NOT_A_FILE = "not_a_file"
    NO_ACCESS = "no_access"
    TOO_LARGE = "too_large"
    BROKEN_ARCHIVE = "broken_archive"
    NOT_UTF8 = "not_utf8"
    NOT_CSV = "not_csv"
    EMPTY = "empty"
    UNKNOWN_HEADER = "unknown_header"


class UnusableFileError(Exception):
    """A file of which no row can be read; nothing was written."""

    def __init__(self, why: Unreadable, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}")
        self.why = why
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Reported:
    """A row left out: its number as a spreadsheet counts (the header is row 1), why, and in which column."""

    row: int
    problem: Problem
    column: str = ""
    value: str = ""


@dataclass(slots=True)
class Outcome:
    """What became of the rows read: `read == added + changed + unchanged + len(reported)`."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    reported: list[Reported] = field(default_factory=list)


class _OddError(Exception):
    def __init__(self, problem: Problem, column: str = "", value: str = "") -> None:
        self.problem, self.column, self.value = problem, column, value


@dataclass(frozen=True, slots=True)
class Layout:
    """One registry's list: which heading goes into which column of ours.

    `columns`: our column -> headings in lower case, the first that says something counts.
    `notes`: headings without a column of ours, kept word for word; those in `amounts` must be numbers.
    """

    marks: frozenset[str]
    registry: str
    id_prefix: str
    source: str
    columns: Mapping[str, tuple[str, ...]]
    amounts: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


BERKELEY = Layout(
    marks=frozenset({"project id", "project name", "voluntary registry"}),
    registry="",  # each row names its registry
    id_prefix="",
    source="Voluntary Registry Offsets Database, Berkeley Carbon Trading Project "
    "(hyperledger-labs/blockchain-carbon-accounting, Apache-2.0)",
    columns={
        "name": ("project name",),
        "status": ("voluntary status",),
        "scope": ("scope",),
        "type": ("type",),
        "methodology": ("methodology / protocol",),
        "country": ("country",),
        "region": ("state", "region"),
        "developer": ("project developer",),
        "first_year": ("first year of project",),
        "issued_t": ("total credits issued",),
        "retired_t": ("total credits retired",),
    },
)
VERRA = Layout(
    marks=frozenset({"id", "name", "proponent", "country/area"}),
    registry="VCS",
    id_prefix="VCS",
    source="Verra Registry (carbonplan/offsets-db-data, MIT)",
    columns={
        "name": ("name",),
        "status": ("status",),
        "scope": ("project type",),
        "type": ("afolu activities",),
        "methodology": ("methodology",),
        "country": ("country/area",),
        "region": ("region",),
        "developer": ("proponent",),
    },
    amounts=frozenset({"estimated annual emission reductions"}),
    notes=(
        "estimated annual emission reductions",
        "project registration date",
        "crediting period start date",
        "crediting period end date",
    ),
)
GOLD_STANDARD = Layout(
    marks=frozenset({"gsid", "project name"}),
    registry="GOLD",
    id_prefix="GS",
    source="Gold Standard Impact Registry (carbonplan/offsets-db-data, MIT)",
    columns={
        "name": ("project name",),
        "status": ("status",),
        "type": ("project type",),
        "methodology": ("methodology",),
        "country": ("country",),
        "developer": ("project developer name",),
    },
    amounts=frozenset({"estimated annual credits"}),
    notes=("estimated annual credits", "size", "programme of activities"),
)
LAYOUTS = (BERKELEY, VERRA, GOLD_STANDARD)

ID_HEADINGS = ("project id", "gsid", "id")
NUMBERS = frozenset({"issued_t", "retired_t"})
LIMIT = {c.name: c.type.length for c in ReferenceProject.__table__.columns if getattr(c.type, "length", None)}
LARGEST = Decimal(10) ** 14
CENT = Decimal("0.01")


def _unpacked(raw: bytes) -> bytes:
    if raw[:2] != b"\x1f\x8b":
        return raw
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            return packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnusableFileError(Unreadable.BROKEN_ARCHIVE, str(error)) from error


def _content(path: Path) -> bytes:
    try:
        if not path.exists():
            raise UnusableFileError(Unreadable.MISSING)
        if not path.is_file():
            raise UnusableFileError(Unreadable.NOT_A_FILE)
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnusableFileError(Unreadable.NO_ACCESS, error.strerror or "") from error
    content = _unpacked(raw)
    if len(raw) > MAX_BYTES or len(content) > MAX_BYTES:
        raise UnusableFileError(Unreadable.TOO_LARGE, str(MAX_BYTES // 1_000_000))
    return content


def _table(content: bytes) -> tuple[list[str], list[list[str]]]:
    """Headings as written, and the rows under them (blank lines left out)."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableFileError(Unreadable.NOT_UTF8, str(error.start)) from error
    if "\0" in text:
        raise UnusableFileError(Unreadable.NOT_CSV)
    # strict: otherwise an unclosed quote swallows the rest of the file into one cell without a word.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [cells for cells in reader if cells]
    except csv.Error as error:
        raise UnusableFileError(Unreadable.NOT_CSV, str(reader.line_num)) from error
    if not rows:
        raise UnusableFileError(Unreadable.EMPTY)
    return [" ".join(h.split()) for h in rows[0]], rows[1:]


def _layout(headings: Iterable[str]) -> Layout:
    present = {h.lower() for h in headings}
    for layout in LAYOUTS:
        if layout.marks <= present:
            return layout
    raise UnusableFileError(Unreadable.UNKNOWN_HEADER, ", ".join(list(headings)[:6]))


def _amount(value: str, column: str) -> Decimal | None:
    """Tonnes with two decimals, None where nothing is said; raises _OddError for what is no amount."""
    if not value:
        return None
    try:
        amount = Decimal(value.replace(",", "").replace(" ", ""))
    except InvalidOperation:
        raise _OddError(Problem.NOT_A_NUMBER, column, value) from None
    if not amount.is_finite() or not 0 <= amount < LARGEST:
        raise _OddError(Problem.NOT_A_NUMBER, column, value)
    return amount.quantize(CENT)


def _year(value: str, column: str) -> int | None:
    amount = _amount(value, column)
    if amount is None:
        return None
    if amount != int(amount) or not 1900 <= amount <= 2200:
        raise _OddError(Problem.NOT_A_YEAR, column, value)
    return int(amount)


def _key(layout: Layout, said: Mapping[str, str]) -> tuple[str, str]:
    """Registry and id of a row; ids carry their registry's prefix in whichever list they stand."""
    number = next((said[h] for h in ID_HEADINGS if h in layout.marks), "")
    if not number:
        raise _OddError(Problem.NO_ID)
    registry = layout.registry or said["voluntary registry"]
    if not registry:
        raise _OddError(Problem.NO_REGISTRY)
    return registry, number if number.upper().startswith(layout.id_prefix) else layout.id_prefix + number


def _converted(column: str, value: str, heading: str) -> Any:
    if column in NUMBERS:
        return _amount(value, heading)
    return _year(value, heading) if column == "first_year" else value


def _note(layout: Layout, said: Mapping[str, str], written: Mapping[str, str]) -> str:
    """What the list says beyond our columns, word for word, a line each; amounts among it must be numbers."""
    lines = []
    for heading in layout.notes:
        value = said.get(heading, "")
        if heading in layout.amounts:
            _amount(value, written.get(heading, heading))
        if value:
            lines.append(f"{written[heading]}: {value}")
    return "\n".join(lines)


def _record(layout: Layout, headings: list[str], cells: list[str], source: str) -> dict[str, Any]:
    """The columns of one row that its list speaks of; raises _OddError."""
    if len(cells) != len(headings):
        raise _OddError(Problem.CELLS, value=f"{len(cells)} / {len(headings)}")
    said: dict[str, str] = {}
    written: dict[str, str] = {}
    for heading, cell in zip(headings, cells, strict=True):
        said.setdefault(heading.lower(), " ".join(cell.split()))
        written.setdefault(heading.lower(), heading)

    registry, number = _key(layout, said)
    record: dict[str, Any] = {"source_registry": registry, "external_id": number, "source": source}
    for column, choices in layout.columns.items():
        heading = next((h for h in choices if said.get(h)), choices[-1])
        if heading in said:  # of what a list does not speak, what another list said stays
            record[column] = _converted(column, said[heading], written[heading])
    if not record["name"]:
        raise _OddError(Problem.NO_NAME)
    if layout.notes:
        record["note"] = _note(layout, said, written)
    for column, value in record.items():
        if isinstance(value, str) and len(value) > LIMIT.get(column, len(value)):
            raise _OddError(Problem.TOO_LONG, column, value[:40])
    return record


def read_list(path: Path, source: str | None = None) -> tuple[list[dict[str, Any]], Outcome, str]:
    """Read a registry's list without writing: records, counts so far, SHA-256 of the content.

    Raises UnusableFileError.
    """
    content = _content(path)
    headings, rows = _table(content)
    layout = _layout(headings)
    outcome = Outcome(read=len(rows))
    records: dict[tuple[str, str], dict[str, Any]] = {}
    for number, cells in enumerate(rows, 2):
        try:
            record = _record(layout, headings, cells, source or layout.source)
            key = (record["source_registry"], record["external_id"])
            if key in records:
                raise _OddError(Problem.TWICE, value=record["external_id"])
        except _OddError as odd:
            outcome.reported.append(Reported(number, odd.problem, odd.column, odd.value[:80]))
        else:
            records[key] = record
    return list(records.values()), outcome, hashlib.sha256(content).hexdigest()


def _keep(records: list[dict[str, Any]], outcome: Outcome, at: datetime) -> None:
    """Write records that differ from what is kept; must run inside `writing()`."""
    registries = {r["source_registry"] for r in records}
    kept = {
        (p.source_registry, p.external_id): p
        for p in db.session.scalars(select(ReferenceProject).where(ReferenceProject.source_registry.in_(registries)))
    }
    added = []
    for record in records:
        project = kept.get((record["source_registry"], record["external_id"]))
        if project is None:
            added.append({**record, "imported_at": at})
        elif differing := {k: v for k, v in record.items() if getattr(project, k) != v}:
            for column, value in differing.items():
                setattr(project, column, value)
            project.imported_at = at
            outcome.changed += 1
        else:
            outcome.unchanged += 1
    if added:
        db.session.execute(insert(ReferenceProject), added)  # in bulk: nobody asks for the objects
    outcome.added = len(added)


def _note_in_audit(outcome: Outcome, digest: str, at: datetime) -> None:
    """One line of the chain for a list that changed something; an idle run leaves none."""
    from registry.services import audit

    if outcome.added or outcome.changed:
        audit.record(
            "import_reference",
            actor=None,
            role=Role.SYSTEM,
            subject_kind="reference_list",
            subject_id=0,
            detail={
                "sha256": digest,
                "read": outcome.read,
                "added": outcome.added,
                "changed": outcome.changed,
                "reported": len(outcome.reported),
            },
            at=at,
        )


def import_list(path: Path, *, at: datetime, source: str | None = None) -> Outcome:
    """Keep a registry's list as public cases; the same file again changes nothing.

    `source` replaces the list's own source line. One transaction. Raises UnusableFileError.
    """
    records, outcome, digest = read_list(path, source)
    with writing():
        _keep(records, outcome, at)
        _note_in_audit(outcome, digest, at)
    return outcome


def load_builtin(at: datetime) -> Outcome:
    """Keep the public cases that come with Tailin (`registry/demo/reference.toml`); its own transaction."""
    content = files("registry.demo").joinpath("reference.toml").read_bytes()
    cases = tomllib.loads(content.decode(), parse_float=Decimal)["case"]
    records = [{**case, "source_registry": PUBLISHED} for case in cases]
    for record in records:
        if record.get("area_mu") is not None:
            record["area_mu"] = Decimal(record["area_mu"])
    outcome = Outcome(read=len(records))
    with writing():
        _keep(records, outcome, at)
        _note_in_audit(outcome, hashlib.sha256(content).hexdigest(), at)
    return outcome

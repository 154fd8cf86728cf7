"""A table out of a file: XLSX or CSV (UTF-8, GB18030), within limits checked before it is unpacked.

The file is also the program of the process that reads: it imports nothing of ours.
"""

import csv
import io
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from python_calamine import CalamineError, CalamineWorkbook

MOST_BYTES = 40_000_000
MOST_MEMBERS = 1000
MOST_UNPACKED = 200_000_000
MOST_RATIO = 100
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_CELLS = 8_000_000
MOST_MEMORY, MOST_SECONDS, MOST_WAIT = 2 << 30, 60, 300
"""Of the process that reads: bytes, seconds of work, and seconds that are waited for each part."""
PART = 5000
"""Rows of a part."""
FULL = 75
OUT_OF_BOUNDS = frozenset({FULL, *(-sent for sent in (signal.SIGABRT, signal.SIGKILL, signal.SIGXCPU))})
"""How a process ends that asked for more than it may have."""
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# A cell with a formula and no value kept beside it.
_UNVALUED = re.compile(
    rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)
_CHUNK, _OVERLAP = 1 << 20, 1 << 14


class Unreadable(StrEnum):
    """Why a whole file is not used."""

    TOO_LARGE = "too_large"
    TOO_MANY_PARTS = "too_many_parts"
    TOO_MUCH_PACKED = "too_much_packed"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_CELLS = "too_many_cells"
    BROKEN = "broken"
    NOT_TEXT = "not_text"
    NOT_CSV = "not_csv"
    EMPTY = "empty"


class SheetRefused(Exception):
    """A file no table is read from; `detail` is the limit or the line."""

    def __init__(self, why: Unreadable, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}")
        self.why, self.detail = why, detail


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of the first sheet or of a part of it, row by row; and those whose formula has no value.

    The latter as (row from 1, place from 0) of the sheet.
    """

    rows: list[list[Any]]
    formulas: frozenset[tuple[int, int]] = frozenset()


def read(content: bytes) -> Table:
    """The first sheet of a workbook, or a CSV text, as a whole. Raises SheetRefused."""
    rows: list[list[Any]] = []
    formulas: set[tuple[int, int]] = set()
    for part in parts(content):
        rows += part.rows
        formulas |= part.formulas
    return Table(rows, frozenset(formulas))


def parts(content: bytes) -> Iterator[Table]:
    """The same in parts, at least one, while the rest is still read. Raises SheetRefused at any of them or at the end.

    It is read in a process of its own, with a limit to its memory and time: a few hundred bytes can name a cell so far
    out that the reader asks for gigabytes and is ended, and must not take the server along. What comes back is JSON, a
    part a line: a reader that a file got hold of could tell us wrong cells, but have nothing run here.
    """
    if len(content) > MOST_BYTES:
        raise SheetRefused(Unreadable.TOO_LARGE, str(MOST_BYTES // 1_000_000))
    command = [sys.executable, "-I", __file__, str(MOST_MEMORY), str(MOST_SECONDS)]
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        with subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as reader:  # noqa: S603 (our own program)
            try:
                # A line without an end is of a reader that was ended.
                while (line := _line(reader)).endswith(b"\n"):
                    yield _told(line)
                ended = reader.wait()
            finally:
                reader.kill()
    if ended in OUT_OF_BOUNDS:
        raise SheetRefused(Unreadable.TOO_MUCH_PACKED, str(MOST_UNPACKED // 1_000_000))
    if ended:
        raise SheetRefused(Unreadable.BROKEN)


def _line(reader: "subprocess.Popen[bytes]") -> bytes:
    """What the reader says next; it is ended where that takes too long."""
    patience = threading.Timer(MOST_WAIT, reader.kill)
    patience.start()
    try:
        return reader.stdout.readline()  # type: ignore[union-attr] (a pipe, as asked for)
    finally:
        patience.cancel()


def _told(line: bytes) -> Table:
    """The part a line tells, or why there is none."""
    try:
        why, detail, rows, formulas = json.loads(line, object_hook=_dated)
        if not why:
            return Table(rows, frozenset((no, place) for no, place in formulas))
        refused = SheetRefused(Unreadable(why), detail)
    except (ValueError, TypeError, KeyError, RecursionError) as odd:
        raise SheetRefused(Unreadable.BROKEN) from odd
    raise refused


def _alone() -> None:
    """What the process does: set the limits, read standard input, answer with plain values."""
    memory, seconds = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for part in _parts(sys.stdin.buffer.read()):
            _say("", "", part.rows, part.formulas)
    except SheetRefused as refused:
        _say(refused.why.value, refused.detail)
    except MemoryError:
        os._exit(FULL)  # without memory there is no leaving in order either


def _say(why: str, detail: str, rows: Iterable[list[Any]] = (), formulas: Iterable[tuple[int, int]] = ()) -> None:
    told = [why, detail, list(map(_worded, rows)), list(formulas)]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=_plain)
    sys.stdout.buffer.write(text.encode() + b"\n")


def _worded(cells: list[Any]) -> list[Any]:
    """True and false as the words a spreadsheet shows: as themselves they would be equal to 1 and 0."""
    if True in cells or False in cells:
        return [str(cell).upper() if isinstance(cell, bool) else cell for cell in cells]
    return cells


def _plain(cell: Any) -> Any:
    """What JSON has no form for: a day or an instant as `_dated` reads it, a time or a span as words."""
    if isinstance(cell, date):
        return {"datetime" if isinstance(cell, datetime) else "date": cell.isoformat()}
    return str(cell)


_DATES = {"date": date.fromisoformat, "datetime": datetime.fromisoformat}


def _dated(told: dict[str, str]) -> date:
    ((kind, text),) = told.items()
    return _DATES[kind](text)


def _parts(content: bytes) -> Iterator[Table]:
    rows, formulas = _workbook(content) if content[:4] == b"PK\x03\x04" else (iter(_csv(content)), [])
    unvalued: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for no, place in formulas:
        unvalued[(no - 1) // PART].add((no, place))
    part, nth = list(islice(rows, PART)), 0
    if not any(any(cell != "" for cell in row) for row in part[:50]):
        raise SheetRefused(Unreadable.EMPTY)
    while part:
        yield Table(part, frozenset(unvalued[nth]))
        part, nth = list(islice(rows, PART)), nth + 1


def _workbook(content: bytes) -> tuple[Iterator[list[Any]], list[tuple[int, int]]]:
    """The rows of the first sheet, and where a formula has no value."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, ThreadPoolExecutor(1) as beside:
            _guard(archive, len(content))
            unvalued = beside.submit(lambda: list(_formulas(archive)))  # calamine leaves Python free meanwhile
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
            formulas = unvalued.result()
        if sheet.total_height > MOST_ROWS + 50:
            raise SheetRefused(Unreadable.TOO_MANY_ROWS, str(MOST_ROWS))
        if sheet.total_width > MOST_COLUMNS:
            raise SheetRefused(Unreadable.TOO_MANY_COLUMNS, str(MOST_COLUMNS))
        _count(sheet.total_height * sheet.total_width)
        # It goes through empty rows above the first cell, but leaves out empty columns before it.
        left = [""] * (sheet.start[1] if sheet.start else 0)
        return (left + row for row in sheet.iter_rows()), formulas
    except (zipfile.BadZipFile, CalamineError, DefusedXmlException, ParseError, KeyError, ValueError, OSError) as odd:
        raise SheetRefused(Unreadable.BROKEN) from odd
    except BaseException as odd:  # the reader's own panic is no Exception
        if type(odd).__name__ == "PanicException":
            raise SheetRefused(Unreadable.BROKEN) from odd
        raise


def _count(cells: int) -> None:
    if cells > MOST_CELLS:
        raise SheetRefused(Unreadable.TOO_MANY_CELLS, f"{MOST_CELLS:,}")


def _guard(archive: zipfile.ZipFile, size: int) -> None:
    members = archive.infolist()
    unpacked = sum(m.file_size for m in members)
    if len(members) > MOST_MEMBERS:
        raise SheetRefused(Unreadable.TOO_MANY_PARTS, str(MOST_MEMBERS))
    if unpacked > MOST_UNPACKED or unpacked > max(size * MOST_RATIO, 1_000_000):
        raise SheetRefused(Unreadable.TOO_MUCH_PACKED, str(MOST_UNPACKED // 1_000_000))


def _formulas(archive: zipfile.ZipFile) -> Iterator[tuple[int, int]]:
    """Where the first sheet has a formula without a value; read in pieces, so that it costs no memory."""
    with archive.open(_first_sheet(archive)) as part:
        tail = b""
        while piece := part.read(_CHUNK):
            text = tail + piece
            if b"<f" in text:
                for found in _UNVALUED.finditer(text):
                    yield int(found[2]), _place(found[1].decode())
            tail = text[-_OVERLAP:]


def _first_sheet(archive: zipfile.ZipFile) -> str:
    book = fromstring(archive.read("xl/workbook.xml"))
    sheet = next(e for e in book.iter() if e.tag.endswith("}sheet"))
    links = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(e.get("Target", "") for e in links if e.get("Id") == sheet.get(_REL))
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _csv(content: bytes) -> list[list[Any]]:
    text = _text(content)
    # strict: an unclosed quote would swallow the rest of the file into one cell without a word.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[Any]] = []
    counted = 0
    try:
        for cells in reader:
            if len(rows) > MOST_ROWS + 50:
                raise SheetRefused(Unreadable.TOO_MANY_ROWS, str(MOST_ROWS))
            if len(cells) > MOST_COLUMNS:
                raise SheetRefused(Unreadable.TOO_MANY_COLUMNS, str(MOST_COLUMNS))
            rows.append(cells)
            _count(counted := counted + len(cells))
    except csv.Error as odd:
        raise SheetRefused(Unreadable.NOT_CSV, str(reader.line_num)) from odd
    return rows


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise SheetRefused(Unreadable.NOT_TEXT)


if __name__ == "__main__":
    _alone()

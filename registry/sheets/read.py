"""A table out of a file: XLSX or CSV (UTF-8, GB18030), within limits checked before it is unpacked.

The file is also the program of the process that reads: it imports nothing of ours.
"""

import csv
import io
import pickle
import re
import resource
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
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
"""Of the process that reads: bytes, seconds of work, and seconds that are waited for it."""
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
    """The cells of the first sheet, row by row, and those whose formula has no value: (row from 1, place from 0)."""

    rows: list[list[Any]]
    formulas: frozenset[tuple[int, int]] = frozenset()


def read(content: bytes) -> Table:
    """The first sheet of a workbook, or a CSV text. Raises SheetRefused.

    It is read in a process of its own, with a limit to its memory and time: a few hundred bytes can name a cell so far
    out that the reader asks for gigabytes and is ended, and must not take the server along.
    """
    if len(content) > MOST_BYTES:
        raise SheetRefused(Unreadable.TOO_LARGE, str(MOST_BYTES // 1_000_000))
    command = [sys.executable, "-I", __file__, str(MOST_MEMORY), str(MOST_SECONDS)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=MOST_WAIT, check=False)  # noqa: S603 (our own program)
    except subprocess.TimeoutExpired:
        raise SheetRefused(Unreadable.TOO_MUCH_PACKED, str(MOST_UNPACKED // 1_000_000)) from None
    if done.returncode in OUT_OF_BOUNDS:
        raise SheetRefused(Unreadable.TOO_MUCH_PACKED, str(MOST_UNPACKED // 1_000_000))
    if done.returncode:
        raise SheetRefused(Unreadable.BROKEN)
    why, detail, rows, formulas = pickle.loads(done.stdout)  # noqa: S301 (our own program wrote it)
    if why:
        raise SheetRefused(Unreadable(why), detail)
    return Table(rows, formulas)


def _alone() -> None:
    """What the process does: set the limits, read standard input, answer with plain values."""
    memory, seconds = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer: tuple[str, str, list[list[Any]], frozenset[tuple[int, int]]]
    try:
        table = _table(sys.stdin.buffer.read())
        answer = "", "", table.rows, table.formulas
    except SheetRefused as refused:
        answer = refused.why.value, refused.detail, [], frozenset()
    except MemoryError:
        sys.exit(FULL)
    pickle.dump(answer, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)


def _table(content: bytes) -> Table:
    table = _workbook(content) if content[:4] == b"PK\x03\x04" else Table(_csv(content))
    if not any(any(cell != "" for cell in row) for row in table.rows[:50]):
        raise SheetRefused(Unreadable.EMPTY)
    return table


def _workbook(content: bytes) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _guard(archive, len(content))
            formulas = frozenset(_formulas(archive))
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        if sheet.total_height > MOST_ROWS + 50:
            raise SheetRefused(Unreadable.TOO_MANY_ROWS, str(MOST_ROWS))
        if sheet.total_width > MOST_COLUMNS:
            raise SheetRefused(Unreadable.TOO_MANY_COLUMNS, str(MOST_COLUMNS))
        _count(sheet.total_height * sheet.total_width)
        return Table(sheet.to_python(skip_empty_area=False), formulas)
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

"""Files kept by their SHA-256: `put` takes a stream in, `open_file` hands it out.

A file's type is what its content says, never what its name says; both must agree. A refused file
leaves nothing behind: it lives in a temporary name until every check has passed, then moves by one
atomic rename. Only PDF, JPEG, PNG, DOCX, XLSX, CSV and TXT (UTF-8 or GB18030) are taken.
"""

import codecs
import hashlib
import os
import re
import tempfile
import unicodedata
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, BinaryIO

import filetype
from flask import current_app

CHUNK = 1 << 20
NAME_LENGTH = 120
HEAD = 8192

_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "csv": "text/csv",
    "txt": "text/plain",
}
"""Ending → the type its content must have."""

ACCEPT = ",".join(f".{ending}" for ending in MEDIA_TYPES)
"""For the `accept` attribute of a file field."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
# Signs that mean something to a file system or a header.
_UNSAFE = re.compile(r'[<>:"|?*/\\]')
_MARKUP = re.compile(r"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml|\?php|!entity)", re.IGNORECASE)
_MACROS = ("vbaproject.bin", "activex", "oleobject")


class Problem(StrEnum):
    """Why a file is refused; the sentences stand with the forms."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TYPE = "type"
    DISGUISED = "disguised"


class FileRefused(Exception):
    """A file that is not kept; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is kept: its digest, its size in bytes and its type by content."""

    sha256: str
    size: int
    media_type: str


def limit_bytes() -> int:
    """The largest file taken, in bytes."""
    return int(current_app.config["MAX_UPLOAD_BYTES"])


def clean_name(name: str | None) -> str:
    """A file name fit to keep and to show: no path, no control or direction signs, at most 120 characters."""
    text = unicodedata.normalize("NFC", name or "").replace("\\", "/").rsplit("/", 1)[-1]
    # Direction marks and zero-width signs (Cf) can make "fdp.exe" read as "exe.pdf".
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    text = _UNSAFE.sub("_", " ".join(text.split())).strip(". ")
    stem, dot, ending = text.rpartition(".")
    if not dot:
        stem, ending = text, ""
    ending = ending[:10]
    room = NAME_LENGTH - len(ending) - len(dot)
    return f"{stem[:room].rstrip() or 'file'}{dot}{ending}"


def put(stream: IO[bytes], filename: str) -> Stored:
    """Keep a stream's content; `filename` (as `clean_name` gives it) must agree with the content.

    Raises FileRefused. Call it before `writing()`: it may take long. The same content is kept once.
    """
    root = _root()
    handle, temporary = tempfile.mkstemp(dir=_folder(root / "incoming"))  # mode 0600
    path = Path(temporary)
    try:
        digest, size = _receive(stream, handle)
        media_type = _recognise(path, filename)
        target = _folder(root / digest[:2] / digest[2:4]) / digest
        path.replace(target)
        _sync_folder(target.parent)
    finally:
        path.unlink(missing_ok=True)
    return Stored(digest, size, media_type)


def open_file(sha256: str) -> BinaryIO:
    """The kept file, to read; raises FileNotFoundError when there is none of this digest."""
    if not _DIGEST.fullmatch(sha256):
        raise FileNotFoundError(sha256)
    return (_root() / sha256[:2] / sha256[2:4] / sha256).open("rb")


def _root() -> Path:
    return Path(current_app.config["STORE_DIR"])


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _receive(stream: IO[bytes], handle: int) -> tuple[str, int]:
    """Write the stream to the open file; raises FileRefused as soon as it is too large."""
    most = limit_bytes()
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as out:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise FileRefused(Problem.TOO_LARGE)
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if size == 0:
        raise FileRefused(Problem.EMPTY)
    return digest.hexdigest(), size


def _recognise(path: Path, filename: str) -> str:
    """The type by content, if it is on the list and the name says the same; raises FileRefused."""
    ending = filename.rpartition(".")[2].lower() if "." in filename else ""
    claimed = MEDIA_TYPES.get(ending)
    if claimed is None:
        raise FileRefused(Problem.TYPE)
    if _by_content(path, ending) != claimed:
        raise FileRefused(Problem.DISGUISED)
    return claimed


def _by_content(path: Path, ending: str) -> str | None:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(b"%PDF-"):
        return MEDIA_TYPES["pdf"]
    if head.startswith(b"PK\x03\x04"):
        return _office(path)
    kind = filetype.guess(head)
    if kind is not None:
        return str(kind.mime) if kind.mime in ("image/jpeg", "image/png") else None
    if ending in ("csv", "txt") and _is_text(path):
        return MEDIA_TYPES[ending]
    return None


def _office(path: Path) -> str | None:
    """DOCX or XLSX by their parts; with macros or embedded objects neither."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = {n.lower() for n in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    if "[content_types].xml" not in names or any(m in n for n in names for m in _MACROS):
        return None
    if "word/document.xml" in names:
        return MEDIA_TYPES["docx"]
    return MEDIA_TYPES["xlsx"] if "xl/workbook.xml" in names else None


def _is_text(path: Path) -> bool:
    return any(_decodes(path, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(path: Path, encoding: str) -> bool:
    """Plain words throughout: no control signs, no markup a browser would run."""
    decoder = codecs.getincrementaldecoder(encoding)()
    tail = ""
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                return False
            if any(c < " " and c not in "\t\r\n" for c in text) or "\x7f" in text or _MARKUP.search(tail + text):
                return False
            if not chunk:
                return True
            tail = text[-32:]

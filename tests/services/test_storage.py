"""Files by digest: what is kept, and that what is refused leaves nothing behind."""

import io
import stat
import zipfile
from pathlib import Path

import pytest
from flask import Flask

from registry import storage
from registry.storage import FileRefused, Problem

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in ("[Content_Types].xml", *names):
            made.writestr(name, "<x/>")
    return out.getvalue()


DOCX, XLSX = archive("word/document.xml"), archive("xl/workbook.xml")
MACROS = archive("word/document.xml", "word/vbaProject.bin")


def words_of(value: object) -> str:
    """A test's id without its bytes."""
    return str(value) if isinstance(value, str) else str(len(value)) if isinstance(value, bytes) else ""


def kept(app: Flask) -> list[Path]:
    return [p for p in Path(app.config["STORE_DIR"]).rglob("*") if p.is_file()]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", PDF),
        ("photo.PNG", PNG),
        ("photo.jpg", JPEG),
        ("photo.jpeg", JPEG),
        ("contract.docx", DOCX),
        ("parcels.xlsx", XLSX),
        ("parcels.csv", "地块,面积\n北坡,128.5\n".encode()),
        ("parcels.csv", "地块,面积\n北坡,128.5\n".encode("gb18030")),
        ("note.txt", "\ufeffwords\r\n".encode()),
    ],
    ids=words_of,
)
def test_a_file_on_the_list_is_kept_by_its_digest_for_its_owner_only(app: Flask, name: str, content: bytes) -> None:
    stored = storage.put(io.BytesIO(content), name)
    (path,) = kept(app)
    assert path.parts[-3:] == (stored.sha256[:2], stored.sha256[2:4], stored.sha256)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stored.size == len(content)
    with storage.open_file(stored.sha256) as file:
        assert file.read() == content


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty.pdf", b"", Problem.EMPTY),
        ("big.pdf", PDF + b"x" * 2**20, Problem.TOO_LARGE),
        ("page.html", b"<html></html>", Problem.TYPE),
        ("picture.svg", b"<svg onload='x()'/>", Problem.TYPE),
        ("no ending", PDF, Problem.TYPE),
        ("plan.pdf", EXE, Problem.DISGUISED),
        ("plan.pdf", b"<html><script>x()</script></html>", Problem.DISGUISED),
        ("plan.pdf", PNG, Problem.DISGUISED),
        ("photo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", Problem.DISGUISED),
        ("photo.png", JPEG, Problem.DISGUISED),
        ("contract.docx", XLSX, Problem.DISGUISED),
        ("contract.docx", MACROS, Problem.DISGUISED),
        ("contract.docx", archive("evil.exe"), Problem.DISGUISED),
        ("contract.docx", b"PK\x03\x04 broken", Problem.DISGUISED),
        ("list.csv", EXE, Problem.DISGUISED),
        ("list.csv", b"a,b\n<script>x()</script>", Problem.DISGUISED),
        ("list.txt", b"a\x00b", Problem.DISGUISED),
    ],
    ids=words_of,
)
def test_a_hostile_file_is_refused_and_leaves_nothing(app: Flask, name: str, content: bytes, problem: Problem) -> None:
    app.config["MAX_UPLOAD_BYTES"] = 2**20
    with pytest.raises(FileRefused) as refused:
        storage.put(io.BytesIO(content), storage.clean_name(name))
    assert refused.value.problem is problem
    assert kept(app) == []


def test_the_same_content_is_kept_once(app: Flask) -> None:
    assert storage.put(io.BytesIO(PDF), "a.pdf") == storage.put(io.BytesIO(PDF), "b.pdf")
    assert len(kept(app)) == 1


def test_a_stream_that_breaks_off_leaves_nothing(app: Flask) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        storage.put(Broken(), "a.pdf")
    assert kept(app) == []


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\plan.pdf", "plan.pdf"),
        ("plan\u202efdp.exe", "planfdp.exe"),
        ("a\x00b\nc.pdf", "abc.pdf"),
        ('we"ird<name>?.pdf', "we_ird_name__.pdf"),
        ("", "file"),
        ("...", "file"),
        (".pdf", "pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("证书 1.pdf", "证书 1.pdf"),
    ],
    ids=lambda name: str(len(name)),
)
def test_a_hostile_name_is_cleaned(typed: str, clean: str) -> None:
    assert storage.clean_name(typed) == clean


def test_a_long_name_keeps_its_ending() -> None:
    name = storage.clean_name("长" * 300 + ".pdf")
    assert len(name) == storage.NAME_LENGTH
    assert name.endswith(".pdf")


@pytest.mark.parametrize("digest", ["../../secret", "", "0" * 63, "A" * 64, "0" * 64])
def test_only_a_kept_digest_opens(app: Flask, digest: str) -> None:
    with pytest.raises(FileNotFoundError):
        storage.open_file(digest)

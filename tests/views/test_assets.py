"""Style, script and pictures: asked for once, and again as soon as they change."""

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, url_for

from registry import assets

YEAR = "public, max-age=31536000, immutable"


@pytest.fixture
def site(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    """An application whose static folder holds one small file."""
    app = make_app()
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "a.css").write_text("p { color: black }")
    app.static_folder = str(folder)
    return app


def _address(site: Flask, filename: str = "a.css") -> str:
    with site.test_request_context():
        return url_for("static", filename=filename)


def _cached(site: Flask, address: str, **headers: str) -> str | None:
    with site.test_client().get(address, headers=headers) as answer:
        assert answer.status_code in {200, 304}
        return answer.headers.get("Cache-Control")


def test_an_address_names_the_content_and_its_answer_may_be_kept_for_a_year(site: Flask) -> None:
    digest = hashlib.sha256(b"p { color: black }").hexdigest()[:12]
    assert _address(site) == f"/static/a.css?v={digest}"
    with site.test_client().get(_address(site)) as answer:
        assert answer.headers["Cache-Control"] == YEAR
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers
        tag = answer.headers["ETag"]
    assert _cached(site, _address(site), **{"If-None-Match": tag}) == YEAR


def test_without_the_contents_digest_nothing_is_kept(site: Flask) -> None:
    for address in ("/static/a.css", "/static/a.css?v=", "/static/a.css?v=000000000000"):
        assert _cached(site, address) == "no-cache"


def test_a_changed_file_has_a_new_address_at_once_and_the_old_one_is_no_longer_kept(site: Flask) -> None:
    before = _address(site)
    file = Path(site.static_folder or "") / "a.css"
    file.write_text("p { color: white }")  # as long as before, so that only the time tells
    state = file.stat()
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns + 1_000_000))
    after = _address(site)
    assert after != before
    assert _cached(site, after) == YEAR
    assert _cached(site, before) == "no-cache"


def test_a_file_that_is_missing_or_outside_has_no_digest(site: Flask) -> None:
    for name in ("none.css", "../../secret", "."):
        assert assets.digest(site.static_folder, name) is None
    assert _address(site, "none.css") == "/static/none.css"
    assert site.test_client().get("/static/none.css?v=1").status_code == 404


def test_a_file_is_read_once_for_each_state_of_it(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[Path] = []
    whole = Path.read_bytes

    def read(file: Path) -> bytes:
        reads.append(file)
        return whole(file)

    monkeypatch.setattr(Path, "read_bytes", read)
    for _time in range(3):
        _address(site)
    assert len(reads) == 1


def test_every_file_a_page_asks_for_carries_its_digest(make_app: Callable[..., Flask]) -> None:
    client = make_app().test_client()
    found = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/sign-in").get_data(as_text=True))
    assert len(found) >= 4
    for address in found:
        with client.get(address) as answer:
            assert answer.headers["Cache-Control"] == YEAR

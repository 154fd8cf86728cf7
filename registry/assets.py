"""Static files whose address names their content, so that a browser asks for each only once."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.security import safe_join

DIGITS = 12
"""Of the SHA-256 in an address: plenty to tell two versions of one file apart."""
FOR_A_YEAR = "public, max-age=31536000, immutable"


@lru_cache(maxsize=64)
def _digest(file: Path, _mtime_ns: int, _size: int) -> str:
    """Read once for each state of the file: a change of its time or size asks again."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:DIGITS]


def digest(folder: str | None, filename: str) -> str | None:
    """The first digits of the SHA-256 of a file below `folder`; None where there is no such file."""
    path = safe_join(folder, filename) if folder else None
    if path is None:
        return None
    file = Path(path)
    try:
        state = file.stat()
        return _digest(file, state.st_mtime_ns, state.st_size)
    except OSError:
        return None


def init_app(app: Flask) -> None:
    """`url_for('static', …)` gets `?v=…`; an answer whose `v` is its content's may be kept for a year.

    Without `v`, or with one of another state of the file, the browser asks again each time, as Flask has it.
    """

    def version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and (v := digest(app.static_folder, values.get("filename", ""))):
            values.setdefault("v", v)

    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in {200, 206, 304}:
            v = digest(app.static_folder, (request.view_args or {})["filename"])
            if v and request.args.get("v") == v:
                response.headers["Cache-Control"] = FOR_A_YEAR
        return response

    app.url_defaults(version)
    app.after_request(keep)

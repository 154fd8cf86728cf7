"""A file that comes with a form: taken in before the rest is judged, and kept over a second try."""

from dataclasses import dataclass
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import ValidationError

from registry import storage
from registry.storage import FileRefused, Stored
from registry.views.applicant_documents import WORDS as FILE_WORDS


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was taken in."""

    stored: Stored
    filename: str


def taken_in(form: Any) -> Upload | None:
    """The file of a form with fields `file` and `kept`, so that another error does not lose it."""
    chosen = form.file.data
    if not chosen or not chosen.filename:
        return _kept(form)
    name = storage.clean_name(chosen.filename)
    try:
        upload = Upload(storage.put(chosen.stream, name), name)
    except FileRefused as refused:
        limit = str(storage.limit_bytes() // 2**20)
        said = str(FILE_WORDS[refused.problem]) % {"name": name, "limit": limit}
        form.file.validators = [_says(said)]
        return None
    stored = upload.stored
    form.kept.data = _signer().dumps([stored.sha256, stored.size, stored.media_type, name])
    return upload


def _says(words: str) -> Any:
    def refuse(_form: Any, _field: Any) -> None:
        raise ValidationError(words)

    return refuse


def _kept(form: Any) -> Upload | None:
    try:
        sha256, size, media_type, name = _signer().loads(form.kept.data or "")
    except BadSignature:
        form.kept.data = ""
        return None
    return Upload(Stored(sha256, size, media_type), name)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="kept-file")

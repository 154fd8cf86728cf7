"""The form of an import, from its file to the rows judged; the file is kept between the steps by a signed word."""

from dataclasses import dataclass, field
from typing import Any

from flask import current_app, g, request
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from registry import storage
from registry.forms.fields import member_options, options
from registry.forms.inventory import InventoryForm
from registry.labels import inventory as words
from registry.labels import label
from registry.models import Organisation
from registry.queries import inventory as ask
from registry.queries.applications import organisation_name
from registry.services import inventory_import
from registry.services.inventory_rows import Heads, Judged, missing, unit_of
from registry.sheets.read import SheetRefused
from registry.storage import FileRefused, Stored
from registry.views.applicant_documents import WORDS as FILE_WORDS
from workflows.inventory import Column, LandKind, layout


@dataclass(slots=True)
class Asked:
    """What a person sent, as far as it could be read. `read`: the form has no error and the file is a table."""

    form: InventoryForm
    read: bool = False
    stored: Any = None
    filename: str = ""
    content: bytes = b""
    head: Any = None
    mapping: dict[str, tuple[int, str]] = field(default_factory=dict)
    missing: list[Column] = field(default_factory=list)
    judged: Judged | None = None

    def said(self) -> inventory_import.Said:
        """What is said of the survey."""
        of = self.of()
        return inventory_import.Said(
            title=self.form.title.data,
            land_kind=LandKind(self.form.land_kind.data),
            surveyed_on=self.form.surveyed_on.data,
            document_title=self.form.document_title.data,
            document_number=self.form.document_number.data or "",
            organisation_id=of.id if of else None,
        )

    def of(self) -> Organisation | None:
        """Whose land: a reporter’s is that of the own unit; who may import any says so, or that it is of more."""
        if not ask.everywhere(g.user):
            return ask.own_land(g.user)[0]
        return next((unit for unit in ask.units() if str(unit.id) == self.form.of.data), None)


def asked() -> Asked:
    """The form as sent, its file taken in before anything else is judged, its table read and judged."""
    form = InventoryForm()
    form.land_kind.choices = member_options(LandKind, label)
    form.of.choices = options(
        ((str(unit.id), organisation_name(unit)) for unit in ask.units()), empty=_("more than one unit")
    )
    if not ask.everywhere(g.user):
        del form.of
    found = Asked(form)
    if request.method == "GET":
        return found
    said = _take(found)
    sound = form.validate()
    if said:
        form.file.errors = [said]
        return found
    if not sound:
        return found
    try:
        _look(found)
    except SheetRefused as refused:
        form.file.errors = [words.refused(refused.why, refused.detail)]
        form.kept.data = ""
        return found
    found.read = True
    return found


def _take(found: Asked) -> str:
    """Keep the file, new or of an earlier try; what is wrong with it, or nothing."""
    chosen = found.form.file.data
    if chosen and chosen.filename:
        name = storage.clean_name(chosen.filename)
        try:
            found.stored, found.filename = storage.put(chosen.stream, name), name
        except FileRefused as refused:
            limit = str(storage.limit_bytes() // 2**20)
            return str(FILE_WORDS[refused.problem]) % {"name": name, "limit": limit}
        kept: Stored = found.stored
        found.form.kept.data = _signer().dumps([kept.sha256, kept.size, kept.media_type, name])
        return ""
    try:
        sha256, size, media_type, found.filename = _signer().loads(found.form.kept.data or "")
    except BadSignature:
        found.form.kept.data = ""
        return _("Choose the table, an XLSX or CSV file")
    found.stored = Stored(sha256, size, media_type)
    return ""


def _look(found: Asked) -> None:
    kind = LandKind(found.form.land_kind.data)
    bounds = inventory_import.bounds_of(kind, found.of())
    with storage.open_file(found.stored.sha256) as file:
        content = file.read()
    fresh = bool(found.form.file.data and found.form.file.data.filename)
    head, judged = inventory_import.look(content, None, bounds)
    found.content, found.head, found.mapping = content, head, head.mapping
    if not fresh and "map-code" in request.form:
        found.mapping = _mapping(head)
        _head, judged = inventory_import.look(content, found.mapping, bounds)
    found.missing = missing(found.mapping, kind)
    found.judged = judged


def _mapping(head: Heads) -> dict[str, tuple[int, str]]:
    """The columns as the person chose them; a unit chosen counts before that of the head."""
    chosen: dict[str, tuple[int, str]] = {}
    for column in layout().columns:
        place = request.form.get(f"map-{column.key}", "")
        if not (place.isascii() and place.isdigit() and int(place) < len(head.words)):
            continue
        unit = request.form.get(f"unit-{column.key}", "")
        name = head.words[int(place)]
        known = {"area": ("mu", "ha"), "volume": ("m3", "m3_per_mu", "m3_per_ha")}.get(column.kind, ())
        chosen[column.key] = (int(place), unit if unit in known else unit_of(column, name))
    return chosen


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="inventory-file")

"""Inventories: the versions there are, one of them, and how a table becomes one."""

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from registry import labels, storage
from registry.clock import now
from registry.labels import inventory as words
from registry.models import Inventory
from registry.queries import inventory as ask
from registry.queries.inventory_moves import earlier as before_of
from registry.services import inventory_import
from registry.services.inventory_sheets import XLSX, repair_sheet, template
from registry.sheets.read import parts
from registry.views import inventory_forms as forms
from registry.views import pages
from registry.views.case import CSP_OF_FILES, Answer
from workflows.inventory import InventoryState, LandKind, layout
from workflows.states import AgeGroup

bp = Blueprint("inventory", __name__)

SHOWN_FAULTS = 50


def _may_import() -> bool:
    return bool(g.offices & set(inventory_import.IMPORTERS)) and (ask.everywhere(g.user) or bool(ask.own_land(g.user)))


@bp.get("/inventory")
def index() -> str:
    """The versions this person sees, fifty a page; who sees all may narrow them to a unit and a kind of land."""
    all_of_them = ask.everywhere(g.user)
    owners = ask.owners(g.user) if all_of_them else []
    kind, of = request.args.get("kind", ""), request.args.get("of", "")
    chosen = ask.Chosen(
        LandKind(kind) if kind in set(LandKind) else None,
        of if of in {ask.SHARED, *(str(o.id) for o in owners)} else "",
    )
    page = ask.listed(g.user, chosen, pages.place())
    beside = ask.beside(g.user, page.items)
    kept = {"kind": chosen.land_kind, "of": chosen.of}
    return render_template(
        "inventory/index.html",
        versions=[(v, before_of(v, beside)[:1]) for v in page.items],
        may_import=_may_import(),
        owners=owners,
        shared=ask.SHARED,
        filtered=all_of_them,
        kinds=list(LandKind),
        chosen=kept,
        links=pages.links(page, "inventory.index", kept),
    )


@bp.get("/inventory/<int:inventory_id>")
def show(inventory_id: int) -> str:
    """One version: where it comes from, how far its import is, its rows."""
    version = version_of(inventory_id)
    chosen = {key: request.args.get(key, "")[:60] for key in ask.FILTERS}
    after = request.args.get("after", "")
    place = int(after) if after.isascii() and after.isdigit() and len(after) < 8 else 0
    found = ask.rows(version, chosen, place)
    return render_template(
        "inventory/show.html",
        version=version,
        percent=version.rows_done * 100 // version.rows,
        problem=words.ENDS.get(version.problem, ""),
        already=request.args.get("already") == "1",
        begun=request.args.get("begun") == "1",
        rows=found,
        chosen={key: word for key, word in chosen.items() if word},
        filters=[
            (key, words.column(key), [(w, _said(key, w)) for w in listed])
            for key, listed in ask.words_of(version).items()
        ],
        pages=_pages(version, found, chosen),
        species=layout().species_names,
        said=_said,
        earlier=before_of(version, ask.beside(g.user, [version])),
    )


def version_of(inventory_id: int) -> Inventory:
    """A version this person sees; another one is not found."""
    found = ask.one(g.user, inventory_id)
    if found is None:
        abort(404)
    return found


def _said(key: str, word: str) -> str:
    """A word of a column as people read it."""
    if key == "species_code":
        return layout().species_names.get(word, word)
    if key == "district_code":
        return labels.district(word)
    if key == "age_group":
        return labels.label(word, AgeGroup)
    return word


def _pages(version: Inventory, found: ask.Rows, chosen: dict[str, str]) -> dict[str, Any]:
    kept = {key: word for key, word in chosen.items() if word}
    last = found.before + len(found.items)
    here = {"inventory_id": version.id, **kept, "_anchor": "rows"}
    return {
        "prev_url": url_for("inventory.show", **here) if found.before else None,
        "next_url": url_for("inventory.show", after=found.items[-1].row_no, **here) if last < found.total else None,
        "first": found.before + 1,
        "last": last,
        "total": found.total,
        "more": False,
    }


@bp.get("/inventory/<int:inventory_id>/file")
def file(inventory_id: int) -> Response:
    """The file a version came in, always as a download."""
    version = version_of(inventory_id)
    try:
        content = storage.open_file(version.sha256)
    except FileNotFoundError:
        abort(404)
    answer = send_file(
        content, mimetype=version.file.media_type, as_attachment=True, download_name=version.filename, max_age=0
    )
    answer.headers["Content-Security-Policy"] = CSP_OF_FILES
    return answer


@bp.get("/inventory/template.xlsx")
def template_file() -> Response:
    """An empty table with heads, an example row, and the lists its cells are taken from."""
    return as_workbook(template(), "inventory.xlsx")


def as_workbook(content: bytes, name: str) -> Response:
    """A workbook, always as a download."""
    answer = Response(content, mimetype=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.route("/inventory/new", methods=["GET", "POST"])
def new() -> Answer:
    """Choose a table, see what is wrong with it, have it handed back marked, or import it."""
    if not _may_import():
        abort(403)
    asked = forms.asked()
    if request.method == "GET":
        return _page(asked), 200
    step = request.form.get("step", "check")
    if not asked.read or asked.judged is None:
        return _page(asked), 422
    if step == "repair" and asked.judged.faults:
        return as_workbook(repair_sheet(parts(asked.content), asked.head, asked.mapping, asked.judged), "repair.xlsx")
    if step != "import" or asked.judged.faults or asked.missing or not asked.judged.sound:
        return _page(asked), 200 if step == "check" else 422
    begun = inventory_import.begin(
        asked.said(), asked.judged, asked.mapping, asked.stored, asked.filename, by=g.user, at=now()
    )
    flag = {"begun": 1} if begun.new else {"already": 1}
    return redirect(url_for("inventory.show", inventory_id=begun.id, **flag))


def _page(asked: forms.Asked) -> str:
    judged = asked.judged
    names = layout().species_names
    return render_template(
        "inventory/new.html",
        form=asked.form,
        asked=asked,
        judged=judged,
        columns=[(c.key, words.column(c.key), asked.mapping.get(c.key, (-1, ""))) for c in layout().columns],
        units=words.UNITS,
        missing=[words.column(c.key) for c in asked.missing],
        faults=[(f.row, words.column(f.key), f.value, words.fault(f.why)) for f in judged.faults[:SHOWN_FAULTS]]
        if judged
        else [],
        by_species=[
            (names.get(code, _("without a species")), *sums) for code, sums in sorted(judged.by_species.items())
        ]
        if judged
        else [],
        kinds=list(LandKind),
        done=InventoryState.COMPLETE,
        limit=storage.limit_bytes() // 2**20,
    )


# Its routes hang on the same blueprint.
from registry.views import inventory_figures  # noqa: E402, F401

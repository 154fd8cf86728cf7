"""What stands on the land of an inventory, and what moved between two: tables, and the same as a workbook."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, g, render_template, request, url_for
from flask_babel import gettext as _

from registry import formats
from registry.labels import carbon as carbon_words
from registry.labels import inventory as words
from registry.models import Inventory
from registry.queries import inventory as ask
from registry.queries import inventory_moves as moves
from registry.services import inventory_sure
from registry.services import inventory_tables as tables
from registry.services.inventory_stock import caused, change_of, stock_of
from registry.views.case import Answer
from registry.views.inventory import as_workbook, bp, version_of
from workflows.carbon import Parameters, RowFaults
from workflows.inventory import ChangeCause, InventoryState, RowChange

SHOWN_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Faulty:
    """A version that cannot be reckoned: how many rows are at fault, and the first of them in words."""

    version: Inventory
    rows: int
    lines: list[tuple[int, str, str, str]]


def _complete(inventory_id: int) -> Inventory:
    version = version_of(inventory_id)
    if version.state is not InventoryState.COMPLETE:
        abort(404)
    return version


def _reader(version: Inventory) -> tables.Reader:
    """The parameters are those of the day of the survey: an old survey keeps the figures it had."""
    lang = "zh" if formats.is_chinese() else "en"
    return tables.Reader(version.land_kind, Parameters.base(version.surveyed_on), lang)


def _faulty(versions: Iterable[Inventory], parameters: Parameters) -> list[Faulty]:
    """Those of the versions that cannot be reckoned: then no total is shown at all, as it would be a wrong one."""
    found = []
    for version in versions:
        try:
            stock_of(version, parameters)
        except RowFaults as faults:
            first = faults.faults[:SHOWN_FAULTS]
            named = moves.named(version.id, [fault.row for fault in first])
            lines = []
            for fault, (row_no, code) in zip(first, named, strict=True):
                what, _why, cure = carbon_words.problem(fault.why.value, fault.detail)
                lines.append((row_no, code, what, cure))
            found.append(Faulty(version, len({fault.row for fault in faults.faults}), lines))
    return found


def _refused(versions: Iterable[Inventory], faulty: list[Faulty], title: str) -> Answer:
    page = render_template("inventory/faults.html", versions=list(versions), faulty=faulty, title=title)
    return page, 422


def _facts(version: Inventory, reader: tables.Reader, sure: list[tuple[str, str]]) -> list[tuple[str, Any]]:
    """What the figures of a version rest on, and how sure they are."""
    parameters = reader.parameters
    method = [(_("Method"), parameters.method), (_("Parameters of"), parameters.on.isoformat()), *sure]
    return [
        (_("Inventory"), version.title),
        (_("Day of the survey"), version.surveyed_on.isoformat()),
        (_("Of"), version.organisation.name if version.organisation else _("more than one unit")),
        (_("Source document"), " ".join((version.document_title, version.document_number)).strip()),
        *(method if reader.wood else []),
    ]


def _of_change() -> list[tuple[str, str]]:
    """Plots tell how sure a stock is; whether the same ones were measured twice is not known."""
    return [(_("Uncertainty"), _("Not reckoned for a change; the stock of each survey says how sure it is."))]


# Stock --------------------------------------------------------------------------------------------------


@bp.get("/inventory/<int:inventory_id>/stock")
def stock(inventory_id: int) -> Answer:
    """What stands there, by each column."""
    version = _complete(inventory_id)
    reader = _reader(version)
    title = _("Stock")
    if faulty := _faulty([version], reader.parameters):
        return _refused([version], faulty, title)
    found = stock_of(version, reader.parameters)
    sure = inventory_sure.of(version, found.strata_ha)
    return (
        render_template(
            "inventory/stock.html",
            version=version,
            title=title,
            total=found.total,
            reader=reader,
            facts=_facts(version, reader, inventory_sure.words(sure)),
            notes=tables.unverified(found.marks, reader),
            sheets=tables.stock_sheets(found, reader),
            sure=_sure_sheets(sure, reader),
            earlier=moves.earlier(version, ask.beside(g.user, [version])),
        ),
        200,
    )


@bp.get("/inventory/<int:inventory_id>/stock.xlsx")
def stock_file(inventory_id: int) -> Answer | Response:
    """The same tables as a workbook."""
    version = _complete(inventory_id)
    reader = _reader(version)
    if faulty := _faulty([version], reader.parameters):
        return _refused([version], faulty, _("Stock"))
    found = stock_of(version, reader.parameters)
    sure = inventory_sure.of(version, found.strata_ha)
    first = tables.facts_sheet(_("Stock"), _facts(version, reader, inventory_sure.words(sure)))
    return as_workbook(
        tables.in_workbook([first, *tables.stock_sheets(found, reader), *_sure_sheets(sure, reader)]),
        f"stock-{version.id}.xlsx",
    )


def _sure_sheets(sure: inventory_sure.Told, reader: tables.Reader) -> list[tables.Sheet]:
    """How sure each stratum is; nothing of land without a method."""
    return inventory_sure.sheet(sure, reader) if reader.wood else []


# Change -------------------------------------------------------------------------------------------------


def _pair(old_id: int, new_id: int) -> tuple[Inventory, Inventory]:
    """Two versions of the same land, the earlier first; others are not found."""
    old, new = version_of(old_id), version_of(new_id)
    if not moves.comparable(old, new):
        abort(404)
    return old, new


def _chosen() -> dict[str, str]:
    """The filter of the address; words outside their list ask for nothing."""
    listed = {"kind": set(RowChange) - {RowChange.SAME}, "cause": set(ChangeCause)}
    found = {key: request.args.get(key, "")[:60] for key in moves.FILTERS}
    return {key: word for key, word in found.items() if word and word in listed.get(key, {word})}


@bp.get("/inventory/<int:old_id>/<int:new_id>")
def change(old_id: int, new_id: int) -> Answer:
    """What moved between two versions and why: totals, groups, causes, and the sub-compartments themselves."""
    old, new = _pair(old_id, new_id)
    reader = _reader(new)
    title = _("What moved")
    if faulty := _faulty([old, new], reader.parameters):
        return _refused([old, new], faulty, title)
    found, chosen = change_of(old, new, reader.parameters), _chosen()
    notes = tables.unverified(found.marks, reader)
    after = request.args.get("after", "")[:40]
    lines = moves.lines(old, new, chosen, after)
    return (
        render_template(
            "inventory/change.html",
            old=old,
            new=new,
            title=title,
            total=found.total,
            reader=reader,
            facts=_facts(new, reader, _of_change())[3:],
            notes=notes,
            causes=tables.cause_sheet(caused(old, new, reader.parameters), notes, reader),
            sheets=tables.change_sheets(found, reader),
            lines=tables.lines_sheet(lines.items, reader),
            chosen=chosen,
            filters=_filters(old, new),
            pages=_pages(old, new, lines, chosen),
        ),
        200,
    )


def _filters(old: Inventory, new: Inventory) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Filter, its name, and the words it takes."""
    kinds = [(kind.value, words.row_change(kind)) for kind in RowChange if kind is not RowChange.SAME]
    causes = [(one.value, words.cause(RowChange.VOLUME, one)) for one in ChangeCause]
    districts = [(word, word) for word in moves.districts(old, new) if word]
    return [
        ("kind", _("What differs"), kinds),
        ("cause", _("What changed it"), causes),
        ("forest_district", words.column("forest_district"), districts),
    ]


def _pages(old: Inventory, new: Inventory, lines: moves.Lines, chosen: Mapping[str, str]) -> dict[str, Any]:
    last = lines.before + len(lines.items)
    here: dict[str, Any] = {"old_id": old.id, "new_id": new.id, **chosen, "_anchor": "rows"}
    more = last < lines.total
    return {
        "prev_url": url_for("inventory.change", **here) if lines.before else None,
        "next_url": url_for("inventory.change", after=lines.items[-1].code, **here) if more and lines.items else None,
        "first": lines.before + 1,
        "last": last,
        "total": lines.total,
        "more": False,
    }


@bp.get("/inventory/<int:old_id>/<int:new_id>.xlsx")
def change_file(old_id: int, new_id: int) -> Answer | Response:
    """The same as a workbook, with the sub-compartments that fit the filter."""
    old, new = _pair(old_id, new_id)
    reader = _reader(new)
    if faulty := _faulty([old, new], reader.parameters):
        return _refused([old, new], faulty, _("What moved"))
    found = change_of(old, new, reader.parameters)
    notes = tables.unverified(found.marks, reader)
    items, total = tables.all_lines(old, new, _chosen())
    pairs = [
        (_("Earlier survey"), f"{old.title} {old.surveyed_on.isoformat()}"),
        (_("Years between"), round(found.total.years, 2)),
        *_facts(new, reader, _of_change()),
        (_("Sub-compartments that differ"), total),
        (_("Of these in this file"), len(items)),
    ]
    sheets = [
        tables.facts_sheet(_("What moved"), pairs),
        tables.cause_sheet(caused(old, new, reader.parameters), notes, reader),
        *tables.change_sheets(found, reader),
        tables.lines_sheet(items, reader),
    ]
    return as_workbook(tables.in_workbook(sheets), f"change-{old.id}-{new.id}.xlsx")

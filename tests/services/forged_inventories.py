"""Forged inventories and rows of them: what the database must say, and the statements."""

from tests.services.forging import AT, DIGEST, OTHER_DIGEST, Forge, Stage, Step, delete, emptied, insert, update

FORGERIES: dict[str, tuple[str, Forge]] = {}
ALLOWED: dict[str, Forge] = {}
NUMBER = 9001
KEPT = "rows of an inventory are kept"


def version(s: Stage, number: int = NUMBER, **changed: object) -> list[Step]:
    paper = insert("stored_files", sha256=OTHER_DIGEST, size=1, media_type="text/csv", stored_at=AT)
    said = {"title": "x", "land_kind": "forest", "surveyed_on": "2026-01-01", "document_title": "x"}
    file = {"document_number": "", "sha256": OTHER_DIGEST, "filename": "x.csv", "mapping": "{}", "digest": DIGEST}
    run = {"id": number, "state": "importing", "rows": 1, "rows_done": 0, "problem": "", "is_example": False}
    return [
        paper,
        insert("inventories", **(said | file | run | {"made_at": AT, "made_by_id": s.people["officer"]} | changed)),
    ]


def row(**changed: object) -> Step:
    place = dict.fromkeys(
        ("township", "village", "farm", "forest_district", "compartment", "sub_compartment", "note"), ""
    )
    said = {"version_id": NUMBER, "row_no": 2, "code": "1", "district_code": "370911", "land_kind": "forest"}
    measured = {"species_code": "350", "area_mu": 1, "volume_m3": 1, "cause": "none"}
    return insert("subcompartments", **(place | said | measured | changed))


def end(state: str = "complete", **changed: object) -> Step:
    return update("inventories", f"id = {NUMBER}", **({"state": state, "rows_done": 1, "ended_at": AT} | changed))


def complete(s: Stage) -> list[Step]:
    return [*version(s), row(), end()]


ALLOWED |= {
    "an inventory imported whole": complete,
    "an import that ends without a row": lambda s: [
        *version(s),
        row(),
        delete("subcompartments", f"version_id = {NUMBER}"),
        end("failed", rows_done=0, problem="missing"),
    ],
}
FORGERIES |= {
    "an inventory that is complete from the start": (
        "an import begins empty",
        lambda s: version(s, state="complete", rows_done=1, ended_at=AT),
    ),
    "an inventory closed without its rows": ("all of its rows or none", lambda s: [*version(s), end()]),
    "an import that failed and keeps its rows": (
        "all of its rows or none",
        lambda s: [*version(s), row(), end("failed", rows_done=0, problem="missing")],
    ),
    "an import that failed for no reason": ("failed_for_a_reason", lambda s: [*version(s), end("failed", rows_done=0)]),
    "a complete inventory opened again": (
        "stays as it ended",
        lambda s: [*complete(s), end("importing", ended_at=None)],
    ),
    "an inventory given another day": (
        "what was said of an inventory stays|stays as it ended",
        lambda s: [*version(s), end("importing", rows_done=0, ended_at=None, surveyed_on="2026-02-02")],
    ),
    "an inventory deleted": ("an inventory is kept", lambda s: [*version(s), delete("inventories", f"id = {NUMBER}")]),
    "a row added to a complete inventory": (
        "while an inventory is imported",
        lambda s: [*complete(s), row(row_no=3, code="2")],
    ),
    "a row of an inventory changed": (
        "stays as it was imported",
        lambda s: [*complete(s), update("subcompartments", f"version_id = {NUMBER}", area_mu=2)],
    ),
    "a row of a complete inventory deleted": (
        KEPT,
        lambda s: [*complete(s), delete("subcompartments", f"version_id = {NUMBER}")],
    ),
    "rows of inventories emptied": (
        f"{KEPT}|is not emptied",
        lambda s: [*complete(s), *emptied(s, "subcompartments")],
    ),
    "two rows of one sub-compartment": (
        "uq_subcompartments|UNIQUE constraint failed: subcompartments",
        lambda s: [*version(s, rows=2), row(), row(row_no=3)],
    ),
    "a sub-compartment without an area": ("ck_subcompartments_measured", lambda s: [*version(s), row(area_mu=0)]),
    "a negative volume": ("ck_subcompartments_measured", lambda s: [*version(s), row(volume_m3=-1)]),
}

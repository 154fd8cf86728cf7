"""What officers saw on the ground: a record, changed only by a next version, and the signatures under it."""

from typing import Any

from sqlalchemy import func, select

from registry.extensions import db
from registry.models import Document, SiteCheck, SiteCheckPaper, SiteCheckSignature
from registry.services import facts, sheet_facts
from registry.services.effects.context import Context, Effect


def record_site_check(ctx: Context) -> Effect:
    """A new record, or the next version of one (`corrects`: the version it replaces); whoever writes it signs it."""
    data, old = ctx.data, _old(ctx)
    papers = _papers(ctx, old)
    record: dict[str, Any] = {key: data[key] for key in ("visited_on", "place", "who_went", "observed")}
    digest = sheet_facts.digest({**record, "papers": sorted(p.sha256 for p in papers)})
    row = SiteCheck(
        case_id=ctx.case.id,
        round_no=ctx.case.round,
        no=old.no if old else _next_no(ctx.case.id),
        version=old.version + 1 if old else 1,
        **record,
        record_digest=digest,
        recorded_by_id=ctx.person_id,
        recorded_at=ctx.at,
    )
    db.session.add(row)
    db.session.flush()
    db.session.add_all(SiteCheckPaper(site_check_id=row.id, document_id=p.id) for p in papers)
    _sign(row, ctx)
    detail = {"no": row.no, "version": row.version, "visited_on": data["visited_on"].isoformat(), "digest": digest}
    return Effect(detail=detail, words=data["observed"])


def _old(ctx: Context) -> SiteCheck | None:
    """The version this one replaces; raises ValueError for one that is not in force in this case and round."""
    if not ctx.data.get("corrects"):
        return None
    found = facts.site_check_in_force(ctx.case, int(ctx.data["corrects"]))
    if found is None:
        raise ValueError("only a record in force can be changed")
    return found


def _papers(ctx: Context, old: SiteCheck | None) -> list[Document]:
    """Those handed in now, and those of the version before."""
    kept = [p.document for p in old.papers] if old else []
    new = select(Document).where(Document.case_id == ctx.case.id, Document.id.in_(ctx.data.get("document_ids") or ()))
    return list(dict.fromkeys([*kept, *db.session.scalars(new)]))


def _next_no(case_id: int) -> int:
    return (db.session.scalar(select(func.max(SiteCheck.no)).where(SiteCheck.case_id == case_id)) or 0) + 1


def sign_site_check(ctx: Context) -> Effect:
    """A further officer stands behind the record as it is."""
    row = db.session.get_one(SiteCheck, int(ctx.data["site_check_id"]))
    _sign(row, ctx)
    return Effect(detail={"no": row.no, "version": row.version, "digest": row.record_digest})


def _sign(row: SiteCheck, ctx: Context) -> None:
    db.session.add(
        SiteCheckSignature(
            site_check_id=row.id, officer_id=ctx.person_id, record_digest=row.record_digest, signed_at=ctx.at
        )
    )


EFFECTS = {"record_site_check": record_site_check, "sign_site_check": sign_site_check}

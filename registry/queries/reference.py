"""Published projects elsewhere (公开案例), as the public list shows them."""

from sqlalchemy import case, func, or_, select

from registry.extensions import db
from registry.models import ReferenceProject
from registry.queries.paging import Page, page_of

R = ReferenceProject

PUBLISHED = "published"
"""`source_registry` of the built-in cases, which are known from publications and not from a registry's list."""

FORESTS = ("Forestry & Land Use", "Agriculture Forestry and Other Land Use")


def search(*, q: str = "", country: str = "", scope: str = "", page: int = 1) -> Page:
    """Public cases whose name or id holds `q`, of one country and one scope; built-in cases first, then forests."""
    query = select(R)
    if q:
        query = query.where(or_(R.name.icontains(q, autoescape=True), R.external_id.icontains(q, autoescape=True)))
    if country:
        query = query.where(R.country == country)
    if scope:
        query = query.where(R.scope == scope)
    first = case((R.source_registry == PUBLISHED, 0), (R.scope.in_(FORESTS), 1), else_=2)
    return page_of(query.order_by(first, R.name, R.id), page)


def countries() -> list[str]:
    """Countries that occur, as the lists write them."""
    return list(db.session.scalars(select(R.country).where(R.country != "").distinct().order_by(R.country)))


def scopes() -> list[str]:
    """Scopes that occur, as the lists write them."""
    return list(db.session.scalars(select(R.scope).where(R.scope != "").distinct().order_by(R.scope)))


def count() -> int:
    """How many public cases are kept."""
    return db.session.scalar(select(func.count()).select_from(R)) or 0


def find(source_registry: str, external_id: str) -> ReferenceProject | None:
    """One public case by its registry and its id there."""
    return db.session.scalars(
        select(R).where(R.source_registry == source_registry, R.external_id == external_id)
    ).one_or_none()


def note_words(note: str, lang: str) -> list[str]:
    """The sentences of a built-in case's note, which holds a Chinese and an English paragraph."""
    parts = [part.strip() for part in note.strip().split("\n\n") if part.strip()]
    return [parts[1 if lang == "en" else 0]] if len(parts) == 2 else parts


def note_pairs(note: str) -> list[tuple[str, str]]:
    """What a registry's list said beyond our columns: heading and value as written there, a line each."""
    found = (line.partition(": ") for line in note.splitlines())
    return [(heading, value) for heading, _, value in found if value]

"""The papers of an application: which the scheme asks for, which are there, and putting them there.

A paper is (kind, slot); the slot begins with a parcel's key where each parcel needs its own, and
counts on ("2", "p1-2") where a kind holds several papers. Every upload to a slot is a new version.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, select

from registry.application import parcel_title, scheme_of
from registry.extensions import db, writing
from registry.models import Case, Document, StoredFile, User
from registry.queries import applications
from registry.services import drafts
from registry.storage import Stored
from workflows.policy import DocumentFact, DocumentRule, DocumentStage, Policy
from workflows.states import Scheme, Tenure

F = DocumentFact


@dataclass(frozen=True, slots=True)
class Upload:
    """A stored file on its way to a paper. `slot` None: a new paper, unless one of that name is there.

    `parcel` is the key of the parcel it belongs to, or "".
    """

    kind: str
    filename: str
    stored: Stored
    parcel: str = ""
    slot: str | None = None


def document_facts(case: Case, answers: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The facts that make papers necessary, from who applies and what the answers (section → data) say."""
    tenures = {p.get("tenure") for p in answers.get("parcels", {}).get("parcels", [])}
    partner = answers.get("contract", {}).get("has_partner") is True
    collective = Tenure.COLLECTIVE_MANAGED in tenures
    holds = {
        F.AGENT_FILES: case.agent_org_id is not None,
        F.HAS_CONTRACT: partner,
        F.HOUSEHOLD_LAND: Tenure.HOUSEHOLD in tenures,
        F.COLLECTIVE_LAND: collective,
        F.COLLECTIVE_LAND_WITH_PARTNER: collective and partner,
        F.STATE_LAND: Tenure.STATE in tenures,
        F.NATURAL_PERSON: case.proponent_user_id is not None,
        F.ORGANISATION: case.proponent_org_id is not None,
    }
    return {fact.value for fact, true in holds.items() if true}


def required(policy: Policy, case: Case, answers: Mapping[str, Mapping[str, Any]]) -> tuple[DocumentRule, ...]:
    """The papers the application must hold to be accepted; none while the scheme is not known."""
    scheme = scheme_of(answers)
    if scheme not in list(Scheme):
        return ()
    facts = document_facts(case, answers)
    return tuple(
        rule
        for rule in policy.documents(Scheme(scheme))
        if rule.stage is DocumentStage.APPLICATION and rule.needed(facts)
    )


def missing(
    rules: Iterable[DocumentRule], on_file: Sequence[Document | Row[Any]], answers: Mapping[str, Mapping[str, Any]]
) -> tuple[str, ...]:
    """What is not on file: the kind, or "kind/parcel key" for each parcel without its own."""
    there = {(d.kind, parcel_of(d.slot)) for d in on_file}
    kinds = {kind for kind, _parcel in there}
    found: list[str] = []
    for rule in rules:
        if not rule.per_parcel:
            found += [] if rule.kind in kinds else [rule.kind]
            continue
        keys = [p["key"] for p in answers.get("parcels", {}).get("parcels", [])]
        found += [f"{rule.kind}/{key}" for key in keys if (rule.kind, key) not in there]
        if not keys and rule.kind not in kinds:
            found.append(rule.kind)
    return tuple(found)


def parcel_of(slot: str) -> str:
    """The parcel a slot belongs to, or ""."""
    base = slot.partition("-")[0]
    return base if base.startswith("p") else ""


def missing_title(name: str, policy: Policy, answers: Mapping[str, Mapping[str, Any]], lang: str) -> str:
    """The words for one entry of `missing`."""
    kind, _slash, key = name.partition("/")
    title = policy.document(kind).title(lang)
    parcels = answers.get("parcels", {}).get("parcels", [])
    place = next((n for n, p in enumerate(parcels, 1) if p["key"] == key), None)
    if place is None:
        return title
    return _("%(title)s: %(what)s", title=title, what=parcel_title(parcels[place - 1], place))


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of an upload: the paper's id, and whether it is `new` or the very same file was there already."""

    id: int
    filename: str
    new: bool


def add(case_id: int, uploads: Sequence[Upload], *, by: User, at: datetime) -> list[Filed]:
    """Put stored files on file in the round in preparation; says of each in turn what became of it.

    A file that is in force already, byte for byte, as the same kind of paper (of the same parcel) makes no new
    version. Raises drafts.NotEditable, drafts.NothingThere (no such case, or no paper in the slot named).
    """
    person_id = by.id
    with writing():
        case = drafts.locked(case_id)
        drafts.ensure_round(case)
        return [_add(case, upload, person_id, at) for upload in uploads]


def _add(case: Case, upload: Upload, person_id: int, at: datetime) -> Filed:
    if (same := _same(case, upload)) is not None:
        return Filed(same.id, same.filename, new=False)
    if db.session.get(StoredFile, upload.stored.sha256) is None:
        kept = upload.stored
        db.session.add(StoredFile(sha256=kept.sha256, size=kept.size, media_type=kept.media_type, stored_at=at))
        db.session.flush()
    query = select(Document).where(Document.case_id == case.id, Document.kind == upload.kind).order_by(Document.no)
    papers = list(db.session.scalars(query))
    slot = _slot(upload, papers)
    paper = Document(
        case_id=case.id,
        round_no=case.round + 1,
        kind=upload.kind,
        slot=slot,
        no=max((p.no for p in papers if p.slot == slot), default=0) + 1,
        sha256=upload.stored.sha256,
        filename=upload.filename,
        uploaded_at=at,
        uploaded_by_id=person_id,
    )
    db.session.add(paper)
    db.session.flush()
    return Filed(paper.id, paper.filename, new=True)


def _same(case: Case, upload: Upload) -> Document | None:
    """The paper in force that is this very file; an earlier version may be put in force again."""
    for paper in applications.papers(case.id, case.round + 1):
        if (paper.kind, parcel_of(paper.slot)) == (upload.kind, upload.parcel) and paper.sha256 == upload.stored.sha256:
            return paper
    return None


def _slot(upload: Upload, papers: Sequence[Document]) -> str:
    """Where a file goes: the slot named, the paper of the same name, else the first slot never used."""
    if upload.slot is not None:
        if upload.slot not in {p.slot for p in papers}:
            raise drafts.NothingThere
        return upload.slot
    latest = {p.slot: p for p in papers if p.removed_at is None and parcel_of(p.slot) == upload.parcel}
    same = next((slot for slot, p in latest.items() if p.filename == upload.filename), None)
    if same is not None:
        return same
    used = {p.slot for p in papers}
    slot, number = upload.parcel, 1
    while slot in used:
        number += 1
        slot = f"{upload.parcel}-{number}" if upload.parcel else str(number)
    return slot


def remove(case_id: int, document_id: int, *, at: datetime) -> None:
    """Take a paper out again; only one put there in the round in preparation.

    The version before it, if any, is in force again. Raises drafts.NotEditable, drafts.NothingThere.
    """
    with writing():
        case = drafts.locked(case_id)
        paper = db.session.get(Document, document_id)
        if paper is None or paper.case_id != case.id or paper.removed_at is not None:
            raise drafts.NothingThere
        if paper.round_no != case.round + 1:
            raise drafts.NotEditable
        paper.removed_at = at

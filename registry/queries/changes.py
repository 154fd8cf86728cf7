"""What was to be corrected, and what changed between two rounds: field by field, and paper by paper."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from registry import application
from registry.application import SECTIONS, Data
from registry.extensions import db
from registry.models import AuditEvent, Case, CorrectionFault, CorrectionNotice, Document, Remark
from registry.queries.applications import (
    answers_of,
    data_of,
    field_label,
    paper_title,
    papers,
    prepared,
    round_shown,
    rows_of,
)


@dataclass(frozen=True, slots=True)
class Change:
    """One answer or paper that differs between two rounds; "" = there was, or is, none."""

    section: str
    field: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a correction notice, as it stands beside its field."""

    id: int
    field: str
    what: str
    label: str


# --- what changed ---


def changes(case: Case, old_round: int, new_round: int) -> list[Change]:
    """What differs between two rounds, field by field and paper by paper, in the order of the pages.

    Without rows for `new_round` (nothing touched yet) nothing differs.
    """
    old, new = data_of(answers_of(case.id, old_round)), data_of(answers_of(case.id, new_round))
    found: list[Change] = []
    for name in SECTIONS:
        if name == "documents":
            found += _paper_changes(papers(case.id, old_round), papers(case.id, new_round))
        elif new:
            found += _answer_changes(name, old, new)
    return found


def _answer_changes(section: str, old: Mapping[str, Data], new: Mapping[str, Data]) -> list[Change]:
    before = {row.field_id: row for row in rows_of(section, old, [])}
    after = {row.field_id: row for row in rows_of(section, new, [])}
    title = str(SECTIONS[section].title)
    changed = []
    for field_id in [*before, *(f for f in after if f not in before)]:
        if field_id == section:
            continue  # a sum, worked out from answers that stand here themselves
        was, now = before.get(field_id), after.get(field_id)
        old_words, new_words = was.value if was else "", now.value if now else ""
        if old_words != new_words:
            label = now.label if now else was.label if was else field_id
            changed.append(Change(title, field_id, label, old_words, new_words))
    return changed


def _paper_changes(old: list[Document], new: list[Document]) -> list[Change]:
    before, after = ({(d.kind, d.slot): d for d in side} for side in (old, new))
    title = str(SECTIONS["documents"].title)
    return [
        Change(title, f"documents.{key[0]}", paper_title(key[0]), _paper(before.get(key)), _paper(after.get(key)))
        for key in [*before, *(k for k in after if k not in before)]
        if _content(before.get(key)) != _content(after.get(key))
    ]


def _content(paper: Document | None) -> str:
    return paper.sha256 if paper else ""


def _paper(paper: Document | None) -> str:
    return _("%(name)s (version %(no)s)", name=paper.filename, no=str(paper.no)) if paper else ""


def unchanged(case: Case) -> bool:
    """Whether the round in preparation says what the round in force says: the same answers, the same papers."""
    before = data_of(answers_of(case.id, round_shown(case)))
    if application.said(before) != application.said(data_of(prepared(case))):
        return False
    old, new = ({(d.kind, d.slot): d.sha256 for d in papers(case.id, n)} for n in (round_shown(case), case.round + 1))
    return old == new


def explained(case: Case, round_no: int) -> str:
    """What the applicant said in words when handing in a round; "" = nothing."""
    query = (
        select(Remark.words)
        .join(AuditEvent, AuditEvent.seq == Remark.seq)
        .where(AuditEvent.subject_kind == "project", AuditEvent.subject_id == case.id)
        .where(AuditEvent.round_no == round_no, AuditEvent.action.in_(("project:resubmit", "project:amend")))
    )
    return db.session.scalar(query) or ""


# --- faults ---


def faults_by_field(case: Case) -> dict[str, list[Fault]]:
    """The faults of the current round's correction notice by `section.field`, `section` or `documents.kind`."""
    query = (
        select(CorrectionFault)
        .join(CorrectionNotice, CorrectionFault.notice_id == CorrectionNotice.id)
        .where(CorrectionNotice.case_id == case.id, CorrectionNotice.round_no == case.round)
        .order_by(CorrectionFault.id)
    )
    faults = db.session.scalars(query).all()
    data = data_of(answers_of(case.id, case.round)) if faults else {}
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        found.setdefault(fault.field, []).append(
            Fault(fault.id, fault.field, fault.what, field_label(fault.field, data))
        )
    return found


def faulty_sections(faults: Mapping[str, list[Fault]]) -> dict[str, int]:
    """How many faults each section has."""
    counts: dict[str, int] = {}
    for field_id, listed in faults.items():
        section = field_id.partition(".")[0]
        counts[section] = counts.get(section, 0) + len(listed)
    return counts

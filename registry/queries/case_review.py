"""What officers, lawyers, bodies and the leading group said of a case, as far as a reader may see it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from registry import application, formats, labels
from registry.extensions import db
from registry.models import (
    ApprovalCondition,
    Case,
    CorrectionNotice,
    Document,
    FindingAnswer,
    Opinion,
    Reconsideration,
    ScreeningSignature,
)
from registry.permissions import APPLICANTS
from registry.queries import applications
from registry.queries.applications import organisation_name
from registry.queries.called import Called
from registry.queries.case_shapes import (
    Answered,
    ConditionView,
    FaultView,
    Matter,
    NoticeView,
    OpinionView,
    Paper,
    PaperVersion,
    ReconsiderationView,
)
from workflows.roles import VOTING, Role
from workflows.states import OpinionKind

INSIDE = frozenset({Role.CASE_OFFICER, Role.SECRETARY, Role.SUPERVISOR, Role.AUDITOR, Role.LEGAL_REVIEWER, *VOTING})
"""The bureau's own people."""

INNER_PAPERS: Mapping[str, frozenset[Role]] = {
    "legal_opinion": INSIDE,
    "environment_opinion": INSIDE | {Role.ECO_ENV},
    "site_check": INSIDE,
}
"""Papers only some may open; every other paper of a case is open to all its people."""

PAPER_OF = {OpinionKind.LEGAL: "legal_opinion", OpinionKind.ENVIRONMENT: "environment_opinion"}
ASKED_BY = {OpinionKind.LEGAL: ("S18",), OpinionKind.VALIDATION: ("S31", "S63"), OpinionKind.ENVIRONMENT: ("S30",)}
"""The clauses that ask for each opinion."""


# --- papers ---


def paper_words(kind: str) -> str:
    """The name of a kind of paper, the bureau's own ones included."""
    if kind == "site_check":
        return _("Photo or document of a site check")
    own = {word: kind_of for kind_of, word in PAPER_OF.items()}
    return labels.label(own[kind]) if kind in own else applications.paper_title(kind)


def may_open(paper: Document, case: Case, roles: frozenset[Role]) -> bool:
    """Whether a person with these roles on the case may see a paper of it.

    Papers of the round in preparation are the applicant's own until they are handed in.
    """
    if paper.case_id != case.id or paper.removed_at is not None:
        return False
    if paper.round_no > case.round and not roles & APPLICANTS:
        return False
    return paper.kind not in INNER_PAPERS or bool(roles & INNER_PAPERS[paper.kind])


def papers(case: Case, roles: frozenset[Role], data: Mapping[str, Mapping[str, Any]]) -> list[Paper]:
    """The papers of the submitted rounds with their versions, in order of kind."""
    found: dict[tuple[str, str], list[Document]] = {}
    for paper in applications.versions(case.id, case.round, inner=True):
        if may_open(paper, case, roles):
            found.setdefault((paper.kind, paper.slot), []).append(paper)
    parcels = data.get("parcels", {}).get("parcels", [])
    titles = {p["key"]: application.parcel_title(p, place) for place, p in enumerate(parcels, 1) if p.get("key")}
    return [
        Paper(
            paper_words(kind),
            titles.get(slot.partition("-")[0], ""),
            tuple(PaperVersion(d.id, d.no, d.filename, d.file.size, d.uploaded_at) for d in reversed(listed)),
        )
        for (kind, slot), listed in found.items()
    ]


def paper(case: Case, document_id: int, roles: frozenset[Role]) -> Document | None:
    """A paper of the case this person may open, or None."""
    found = db.session.get(Document, document_id)
    return found if found is not None and may_open(found, case, roles) else None


# --- what was said of it ---


def opinions(case: Case, roles: frozenset[Role]) -> list[OpinionView]:
    """The opinions on a case, the latest first; the last of a kind in the present round is in force."""
    query = (
        select(Opinion)
        .where(Opinion.case_id == case.id)
        .order_by(Opinion.id.desc())
        .options(joinedload(Opinion.organisation), joinedload(Opinion.document))
    )
    rows = db.session.scalars(query).all()
    latest = {(o.kind, o.round_no): o.id for o in reversed(rows)}
    called = Called(o.author_id for o in rows if o.organisation is None)

    def view(o: Opinion) -> OpinionView:
        in_force = latest[o.kind, o.round_no] == o.id and o.round_no == case.round
        who = organisation_name(o.organisation) if o.organisation else called(o.author_id, o.given_at)
        return _opinion(o, case, roles, who, in_force=in_force)

    return [view(o) for o in rows]


def _opinion(o: Opinion, case: Case, roles: frozenset[Role], who: str, *, in_force: bool) -> OpinionView:
    full = bool(roles & INSIDE) or o.kind is OpinionKind.VALIDATION
    full = full or (o.kind is OpinionKind.ENVIRONMENT and Role.ECO_ENV in roles)
    facts = [
        (_("Report number"), o.report_number),
        (_("Date of the report"), formats.day(o.report_on) if o.report_on else None),
        (_("Number of the national notice"), o.external_number),
        (_("National notice"), _period(o.notice_from, o.notice_to)),
    ]
    note = "" if in_force else _("replaced, or of an earlier round")
    if in_force and full and o.time_sufficient:
        note = _("The reviewer states that the time for review was enough")
    paper = o.document if o.document is not None and may_open(o.document, case, roles) else None
    return OpinionView(
        kind_label=labels.label(o.kind),
        who=who,
        role=labels.label(o.kind),
        result=labels.label(o.conclusion),
        kind=labels.badge_kind(o.conclusion),
        words=o.words if full else "",
        at=o.given_at,
        note=note,
        facts=tuple((words, value) for words, value in facts if value and full),
        matters=tuple(Matter(k, bool(m["met"]), str(m["words"])) for k, m in sorted(o.matters.items())) if full else (),
        notice_url=o.notice_url or "" if full else "",
        document_id=paper.id if paper else None,
        document_name=paper.filename if paper else "",
        round_no=o.round_no,
        in_force=in_force,
        clauses=ASKED_BY[o.kind],
    )


def _period(first: date | None, last: date | None) -> str | None:
    if first is None or last is None:
        return None
    return _("%(start)s to %(end)s", start=formats.day(first), end=formats.day(last))


def finding_answers(case: Case) -> dict[str, list[Answered]]:
    """Clause → what officers answered to the finding in this round, oldest first."""
    query = (
        select(FindingAnswer)
        .where(FindingAnswer.case_id == case.id, FindingAnswer.round_no == case.round)
        .order_by(FindingAnswer.id)
    )
    found: dict[str, list[Answered]] = {}
    rows = db.session.scalars(query).all()
    called = Called(row.officer_id for row in rows)
    for row in rows:
        answered = Answered(called(row.officer_id, row.answered_at), row.words, row.answered_at)
        found.setdefault(row.clause, []).append(answered)
    return found


def conditions(case_id: int, round_no: int) -> list[ConditionView]:
    """The conditions of the approval of a round."""
    query = (
        select(ApprovalCondition)
        .where(ApprovalCondition.case_id == case_id, ApprovalCondition.round_no == round_no)
        .order_by(ApprovalCondition.no)
    )
    return [
        ConditionView(c.id, c.no, c.words, c.evidence, c.due_on, c.report or "", c.reported_at, c.confirmed_at)
        for c in db.session.scalars(query)
    ]


def notices(case: Case) -> list[NoticeView]:
    """The correction notices of a case, the latest first."""
    query = (
        select(CorrectionNotice).where(CorrectionNotice.case_id == case.id).order_by(CorrectionNotice.round_no.desc())
    )
    found = []
    for notice in db.session.scalars(query):
        data = applications.data_of(applications.answers_of(case.id, notice.round_no))
        faults = tuple(
            FaultView(f.field, applications.field_label(f.field, data), f.what, f.carried_from_id is not None)
            for f in notice.faults
        )
        found.append(NoticeView(notice.round_no, notice.sent_at, notice.late_reason or "", faults))
    return found


def reconsiderations(case_id: int) -> list[ReconsiderationView]:
    """What was asked and what came of it, oldest first."""
    query = select(Reconsideration).where(Reconsideration.case_id == case_id).order_by(Reconsideration.id)
    rows = db.session.scalars(query).all()
    if not rows:
        return []
    called = Called(who for r in rows for who in (r.made_by_id, *(p.user_id for p in r.people)))
    return [
        ReconsiderationView(
            r.round_no,
            r.outcome,
            labels.reconsidered(r.outcome),
            r.words,
            r.made_at,
            called(r.made_by_id, r.made_at),
            tuple(sorted(called(p.user_id, r.made_at) for p in r.people)),
        )
        for r in rows
    ]


# --- the sheet ---


def signatures(case_id: int, round_no: int) -> list[ScreeningSignature]:
    """The signatures under the screening sheet of a round, oldest first."""
    query = (
        select(ScreeningSignature)
        .where(ScreeningSignature.case_id == case_id, ScreeningSignature.round_no == round_no)
        .order_by(ScreeningSignature.id)
    )
    return list(db.session.scalars(query))

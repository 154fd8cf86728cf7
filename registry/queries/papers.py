"""The papers of a case as pages show them, and how each stands today. What a paper says comes from it alone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from registry.extensions import db
from registry.models import AuditEvent, Case, Meeting, Paper, PaperFile, PaperKind
from workflows.states import ENDED, GateName, ProjectState

S = ProjectState


class Standing(StrEnum):
    """How a paper stands today."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    SET_ASIDE = "set_aside"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CLOSED = "closed"
    ENDED = "ended"
    ASKED_AGAIN = "asked_again"


KINDS: Mapping[PaperKind, LazyString] = {
    PaperKind.RECEIPT: _l("Receipt of the application"),
    PaperKind.ACCEPTANCE: _l("Notice of acceptance"),
    PaperKind.DECLINED: _l("Notice of non-acceptance"),
    PaperKind.CORRECTION: _l("Notice of corrections"),
    PaperKind.REVIEW: _l("Notice of the review opinion"),
    PaperKind.CERTIFICATE: _l("Certificate of entry"),
    PaperKind.MINUTES: _l("Minutes of a meeting"),
}

OF_ACT: Mapping[str, LazyString] = {"revoke": _l("Notice of revocation")}
"""The same where the act says more than the kind."""

STANDINGS: Mapping[Standing, tuple[LazyString, str]] = {
    Standing.VALID: (_l("In force"), "ok"),
    Standing.SUPERSEDED: (_l("Superseded"), "quiet"),
    Standing.SET_ASIDE: (_l("Set aside"), "stop"),
    Standing.SUSPENDED: (_l("Entry suspended"), "near"),
    Standing.REVOKED: (_l("Entry revoked"), "stop"),
    Standing.CLOSED: (_l("Project closed"), "quiet"),
    Standing.ENDED: (_l("Review ended"), "quiet"),
    Standing.ASKED_AGAIN: (_l("Being reviewed again"), "near"),
}
"""Standing → word and kind of badge."""

BY_STATE: Mapping[ProjectState, Standing] = {
    S.SUSPENDED: Standing.SUSPENDED,
    S.REVOKED: Standing.REVOKED,
    S.CLOSED: Standing.CLOSED,
}
"""The state of a case → how its last certificate stands; in every other state it is in force."""

LEADING_ON = frozenset({"accept", "deem_accepted", "approve_risk"})
"""Acts whose papers open the next stage: they mean nothing any more once the review has ended."""
BEFORE_APPROVAL = frozenset({S.SUBMITTED, S.METHODOLOGY_SCREENING, S.RISK_REVIEW})
"""A case that stands here has no approval: what an earlier round approved is asked again."""

ACT_OF_FLAW = {GateName.RISK_REVIEW.value: "approve_risk"}


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper in a list; `ready`: its PDF is on file. `superseded_by` is the number of the paper in its place.

    `sample`: it was made from demonstration data, and proves nothing however it stands.
    """

    id: int
    kind: PaperKind
    number: str
    code: str
    issued_at: datetime
    round_no: int | None
    ready: bool
    size: int | None
    standing: Standing
    superseded_by: str
    digest: str
    project: str
    sample: bool
    action: str

    @property
    def label(self) -> str:
        """What it is."""
        return str(OF_ACT.get(self.action) or KINDS[self.kind])

    @property
    def standing_label(self) -> str:
        """How it stands, in words."""
        return str(STANDINGS[self.standing][0])

    @property
    def badge(self) -> str:
        """The kind of badge of its standing."""
        return STANDINGS[self.standing][1]


def papers_of(case: Case) -> list[PaperRow]:
    """The papers of a case, newest first."""
    rows = db.session.execute(
        select(Paper, AuditEvent.action)
        .join(AuditEvent, AuditEvent.seq == Paper.seq)
        .where(Paper.case_id == case.id)
        .options(joinedload(Paper.file).joinedload(PaperFile.stored))
        .order_by(Paper.id.desc())
    ).all()
    undone = _undone(case.id) if any(p.kind in (PaperKind.DECLINED, PaperKind.REVIEW) for p, _a in rows) else []
    issued = [(paper, action.rpartition(":")[2]) for paper, action in rows]
    return [_row(case, place, issued, undone) for place in range(len(issued))]


def paper_of(case: Case, paper_id: int) -> PaperRow | None:
    """One paper of a case."""
    return next((row for row in papers_of(case) if row.id == paper_id), None)


def receipt_of(case: Case) -> PaperRow | None:
    """The receipt of the last submission."""
    receipts = (row for row in papers_of(case) if row.kind is PaperKind.RECEIPT)
    return next((row for row in receipts if row.round_no == case.round), None)


def certificate_of(project_number: str) -> PaperRow | None:
    """The last certificate of a project in the library."""
    case = db.session.scalars(select(Case).where(Case.project_number == project_number)).one_or_none()
    if case is None:
        return None
    return next((row for row in papers_of(case) if row.kind is PaperKind.CERTIFICATE), None)


def row_of(paper: Paper) -> PaperRow:
    """A paper as it stands."""
    of_its_kind = papers_of(paper.case) if paper.case else papers_of_meeting(paper.meeting) if paper.meeting else []
    return next(row for row in of_its_kind if row.id == paper.id)


def papers_of_meeting(meeting: Meeting) -> list[PaperRow]:
    """The minutes of a meeting as issued, newest first; a corrected issue takes the place of the one before."""
    issued = db.session.scalars(
        select(Paper)
        .where(Paper.meeting_id == meeting.id)
        .options(joinedload(Paper.file).joinedload(PaperFile.stored))
        .order_by(Paper.id.desc())
    ).all()
    numbers = ["", *(p.number for p in issued[:1] * len(issued))]
    return [
        _plain_row(paper, Standing.SUPERSEDED if by else Standing.VALID, by)
        for paper, by in zip(issued, numbers, strict=False)
    ]


def said_in(paper_id: int) -> dict[str, Any]:
    """What a paper says, for the page that reads like it."""
    return dict(json.loads(db.session.get_one(Paper, paper_id).content))


def _row(case: Case, place: int, issued: Sequence[tuple[Paper, str]], undone: Sequence[AuditEvent]) -> PaperRow:
    paper, action = issued[place]
    return _plain_row(paper, *_standing(case, paper, action, issued[:place], undone), action)


def _plain_row(paper: Paper, standing: Standing, by: str, action: str = "") -> PaperRow:
    said = json.loads(paper.content)
    return PaperRow(
        id=paper.id,
        kind=paper.kind,
        number=paper.number,
        code=paper.code,
        issued_at=paper.issued_at,
        round_no=paper.round_no,
        ready=paper.file is not None,
        size=paper.file.stored.size if paper.file else None,
        standing=standing,
        superseded_by=by,
        digest=paper.digest,
        project=str(said["project"]),
        sample=bool(said["sample"]),
        action=action,
    )


def _standing(
    case: Case, paper: Paper, action: str, later: Sequence[tuple[Paper, str]], undone: Sequence[AuditEvent]
) -> tuple[Standing, str]:
    """How a paper stands, and the number of the one in its place. Receipts and notices of corrections just happened."""
    if paper.kind in (PaperKind.RECEIPT, PaperKind.CORRECTION):
        return Standing.VALID, ""
    if any(event.seq > paper.seq and _undoes(event, action) for event in undone):
        return Standing.SET_ASIDE, ""
    # An opinion on an amendment does not touch the opinion on the project.
    instead = [p for p, act in later if p.kind is paper.kind and (paper.kind is not PaperKind.REVIEW or act == action)]
    if instead:
        return Standing.SUPERSEDED, instead[-1].number
    if paper.kind is PaperKind.CERTIFICATE:
        return BY_STATE.get(case.state, Standing.VALID), ""
    if action in LEADING_ON and case.state in ENDED:
        return Standing.ENDED, ""
    stage = case.returns_to if case.state in (S.SUSPENDED, S.CORRECTION_REQUESTED) else case.state
    if action == "approve_risk" and stage in BEFORE_APPROVAL:
        return Standing.ASKED_AGAIN, ""
    return Standing.VALID, ""


def _undone(case_id: int) -> Sequence[AuditEvent]:
    """The acts by which a decision of a case lost its effect."""
    acts = ("project:reopen", "project:find_flaw")
    query = select(AuditEvent).where(
        AuditEvent.subject_kind == "project", AuditEvent.subject_id == case_id, AuditEvent.action.in_(acts)
    )
    return db.session.scalars(query).all()


def _undoes(event: AuditEvent, action: str) -> bool:
    """Whether an act took the effect from what an earlier act decided."""
    if event.action == "project:reopen" or event.from_state == S.REJECTED:
        return action in ("decline", "reject")
    return bool(ACT_OF_FLAW.get(json.loads(event.detail).get("gate", "")) == action)

"""The shapes a case page is made of: plain values, in words where a list is closed. Never rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from registry.queries.sitting_shapes import Sitting
from workflows.states import GateResult, ProjectState


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage on the rail; `status` is done, current or todo."""

    label: str
    note: str
    status: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is, since when, and what comes next."""

    who: str
    since: datetime
    next: str
    note: str


@dataclass(frozen=True, slots=True)
class ParcelRow:
    """A parcel as stated; area in mu."""

    key: str
    title: str
    district: str
    tenure: str
    title_document: str
    area_mu: Decimal | None
    apart: bool = False


@dataclass(frozen=True, slots=True)
class PaperVersion:
    """One version of a paper."""

    id: int
    no: int
    filename: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper with its versions, the newest first."""

    title: str
    also: str
    versions: tuple[PaperVersion, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """An officer's answer to a finding."""

    who: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Matter:
    """One of the five matters of a validation."""

    id: str
    met: bool
    words: str


@dataclass(frozen=True, slots=True)
class OpinionView:
    """A signed opinion; `words` is "" where the reader may see the conclusion only."""

    kind_label: str
    who: str
    role: str
    result: str
    kind: str
    words: str
    at: datetime
    note: str
    facts: tuple[tuple[str, str], ...] = ()
    matters: tuple[Matter, ...] = ()
    notice_url: str = ""
    document_id: int | None = None
    document_name: str = ""
    round_no: int = 1
    in_force: bool = True
    clauses: tuple[str, ...] = ()
    """The rules that ask for it."""


@dataclass(frozen=True, slots=True)
class GateView:
    """A gate as it was closed, and by which step of the table; `undone` says since when it has no effect."""

    label: str
    result: GateResult
    at: datetime
    who: str
    carried_from: int | None
    action: str
    undone: str


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round and its gates."""

    no: int
    opened_by: str
    opened_at: datetime
    gates: tuple[GateView, ...]


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A condition of a conditional approval."""

    id: int
    no: int
    words: str
    evidence: str
    due_on: date
    report: str
    reported_at: datetime | None
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class FaultView:
    """One fault of a correction notice; `again`: an earlier notice named it already."""

    field: str
    label: str
    what: str
    again: bool


@dataclass(frozen=True, slots=True)
class ReconsiderationView:
    """Reconsideration asked for, or answered by `people`; `outcome` ∈ asked, upheld, annulled, changed."""

    round_no: int
    outcome: str
    label: str
    words: str
    at: datetime
    who: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A correction notice of a round."""

    round_no: int
    sent_at: datetime
    late_reason: str
    faults: tuple[FaultView, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything the page of a case shows but findings, buttons and timeline."""

    id: int
    number: str
    project_number: str | None
    name: str
    state: ProjectState
    scheme: Any
    district: str
    is_example: bool
    version: int
    round_no: int
    inside: bool
    applicant: bool
    returns_to: ProjectState | None
    stages: tuple[Stage, ...]
    turn: Turn
    facts: tuple[tuple[str, str], ...]
    summary: str
    parcels: tuple[ParcelRow, ...]
    area_mu: Decimal
    contract: tuple[tuple[str, str], ...]
    has_partner: bool
    crediting: tuple[tuple[str, str], ...]
    papers: tuple[Paper, ...]
    opinions: tuple[OpinionView, ...]
    sittings: tuple[Sitting, ...]
    rounds: tuple[RoundView, ...]
    conditions: tuple[ConditionView, ...]
    notices: tuple[NoticeView, ...]
    reconsiderations: tuple[ReconsiderationView, ...]
    finding_answers: Mapping[str, Sequence[Answered]] = field(default_factory=dict)

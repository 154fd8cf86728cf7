"""The shapes that show a sitting: on the page of its case, on the agenda, in the room. Plain values, never rows."""

from dataclasses import dataclass
from datetime import datetime

from workflows.states import Choice, GateResult


@dataclass(frozen=True, slots=True)
class AsideView:
    """Who stands aside, on which ground, how it was found, and the words given with it."""

    who: str
    ground: str
    how: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class VoteView:
    """A vote after the sitting has ended."""

    who: str
    role: str
    choice: Choice
    reasons: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Seat:
    """A member entitled to vote; `voted` says whether, never how; `choice` only once the sitting has ended."""

    who: str
    role: str
    presides: bool
    present: bool
    voted: bool
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """The numbers of a sitting; `here` None before anybody was noted in the room, `ready` whether that is a quorum."""

    seats: int
    recused: int
    members: int
    quorum: int
    needed: int
    here: int | None
    ready: bool | None
    voted: int
    sentence: str
    majority: str


@dataclass(frozen=True, slots=True)
class Sitting:
    """A sitting on the page of its case: who is entitled, the count as a sentence, and afterwards the votes."""

    question: str
    round_no: int
    no: int
    meeting_id: int | None
    meeting: str
    item: int
    opened_at: datetime
    called: str
    ended_at: datetime | None
    ended_by: str
    count: Count
    asides: tuple[AsideView, ...]
    proposals: tuple[str, ...]
    seats: tuple[Seat, ...]
    tally: tuple[tuple[Choice, int], ...] = ()
    votes: tuple[VoteView, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseLine:
    """What an agenda says of a case to those who may see it."""

    id: int
    number: str
    name: str
    applicant: str
    area_mu: object = None


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """An item as a reader may see it: without `case` where its file is closed to the reader."""

    sitting_id: int
    no: int
    case: CaseLine | None
    mine: str
    """Why the reader stands aside, "" where not."""
    question: str
    state: str
    kind: str
    open: bool
    called: bool
    count: Count | None = None
    asides: tuple[AsideView, ...] = ()
    proposals: tuple[str, ...] = ()
    tally: tuple[tuple[Choice, int], ...] = ()
    result: GateResult | None = None
    conditions: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """One item as the room sees it: who is asked in which order, and who does not take part."""

    line: AgendaLine
    seats: tuple[Seat, ...]
    absent: tuple[tuple[str, str], ...]
    called: str
    ended_at: datetime | None

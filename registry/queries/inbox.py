"""What waits for a person: which of the acts the table opens to them is theirs to take now.

`PROJECT.actions(state, roles)` says what a person may try; a wait beside each act (`waits.py`) says whether the case
is waiting for that act, by the facts that have come in so far (`inbox_facts.py`), read once for all cases. Whose turn
it is on the page of a case follows from the same waits, so that page and inbox cannot disagree.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Date, Integer, Select, and_, bindparam, select, union
from sqlalchemy.orm import aliased, joinedload

from registry import permissions
from registry.clock import day_of, today
from registry.extensions import db
from registry.models import Answers, Case, CaseClock, Deliberation, Reconsideration, User
from registry.queries.applications import applicant_name
from registry.queries.clocks import Deadline, deadline_of, deadlines
from registry.queries.inbox_facts import Agenda, Known
from registry.queries.inbox_questions import asked_again, open_sitting, undelivered
from registry.queries.waits import DECIDED, Wait, first_wait, policy
from workflows.project import PROJECT
from workflows.roles import Role
from workflows.states import ENDED, ProjectState, Question, Scheme

S = ProjectState

AT_REST = (*ENDED, S.REGISTERED)
"""States in which nobody is waited for, but for an open sitting, a reconsideration, a decision to be delivered."""
AFTER_ENTRY = (Question.AMENDMENT, Question.REVOCATION, Question.SUSPENSION)
"""What a sitting on a case at rest may be about."""


@dataclass(frozen=True, slots=True)
class Item:
    """One case that waits; `act` is what to do in the words of the table, `why` tells variants of it apart.

    `since` is when the wait began; `name` is "" while a draft has none, `number` None.
    """

    case_id: int
    number: str | None
    name: str
    scheme: Scheme | None
    district_code: str | None
    area_mu: Decimal | None
    state: ProjectState
    round: int
    applicant: str
    since: datetime
    act: str
    why: str = ""
    deadline: Deadline | None = None

    @property
    def due_on(self) -> date:
        """The last day, for sorting; far off where none is running."""
        return (self.deadline and self.deadline.due_on) or date.max

    def days(self, on: date) -> int:
        """Whole days of waiting."""
        return max(0, (on - day_of(self.since)).days)


def waiting(user: User | None, on: date | None = None, agenda: Agenda | None = None) -> list[Item]:
    """The cases that wait for a person on a day (default today), the nearest deadline first; one line a case.

    `agenda` tells which of those to be tabled a finding holds up. Without it they wait as well, and nothing says so:
    enough to count them.
    """
    if user is None or not user.active:
        return []
    on = on or today()
    roles = _roles(user, on)
    rows = db.session.execute(_cases_of(roles), {"user_id": user.id, "day": on}).all()
    if not rows:
        return []
    cases = [row[0].id for row in rows]
    drafts = _draft_basics(cases) if any(row[0].state is S.DRAFT for row in rows) else {}
    held = {row[0].id: frozenset(r for r, holds in zip(roles, row[1:], strict=True) if holds) for row in rows}
    to_table = [row[0] for row in rows if row[0].state in DECIDED and Role.SECRETARY in held[row[0].id]]
    known = Known(user, cases, _officers_needed(on), on, drafts, held, to_table, agenda)
    items = []
    for case, *_holds in rows:
        found = first_wait(case, PROJECT.actions(case.state, held[case.id]), known)
        if found is not None:
            items.append(_item(case, *found, known.drafts.get(case.id)))
    running = deadlines([i.case_id for i in items], on)
    items = [replace(i, deadline=deadline_of(i.act, running.get(i.case_id, ()))) for i in items]
    return sorted(items, key=lambda i: (i.due_on, i.since, i.case_id))


def count_waiting(user: User | None, on: date | None = None) -> int:
    """How many cases wait for a person."""
    return len(waiting(user, on))


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody a submitted case waits for: in which role, for which act, since when, and why where it is held up."""

    role: Role
    act: str
    since: datetime
    why: str


def turns(case: Case, on: date | None = None, agenda: Agenda | None = None) -> list[Turn]:
    """Everybody a submitted case waits for, whoever they may be; the same waits as in their inboxes."""
    on = on or today()
    to_table = [case] if case.state in DECIDED else []
    known = Known(None, [case.id], _officers_needed(on), on, to_table=to_table, agenda=agenda)
    found = []
    for role in permissions.SEES:
        as_one = replace(known, roles={case.id: frozenset({role})})  # shares what was read
        wait = first_wait(case, PROJECT.actions(case.state, frozenset({role})), as_one)
        if wait is not None:
            found.append(Turn(role, wait[0], wait[1].since, wait[1].why))
    return found


def _officers_needed(on: date) -> int:
    return int(policy().number("screening_officers", on))


def _roles(user: User, on: date) -> tuple[Role, ...]:
    """The roles worth asking about: those held by appointment, and those that follow from a case."""
    asked = permissions.worth_asking(user, on)
    return tuple(r for r in Role if r in asked and r in permissions.SEES)


@cache
def _cases_of(roles: tuple[Role, ...]) -> Select[Any]:
    """Cases that may wait for somebody with these roles, and which of them hold; built once for each set of roles."""
    user_id, day = bindparam("user_id", type_=Integer), bindparam("day", type_=Date)
    return (
        select(Case, *(permissions.role_clause(role, user_id, day) for role in roles))  # type: ignore[arg-type]
        .where(
            permissions.sees(user_id, frozenset(roles), day),  # type: ignore[arg-type]
            Case.id.in_(_open_cases()),
        )
        .options(joinedload(Case.proponent_org), joinedload(Case.proponent_user))
    )


def _open_cases() -> CompoundSelect[tuple[int]]:
    """Ids of the cases somebody may wait for, found without a look at those at rest, which become ever more."""
    case, sitting = aliased(Case), aliased(Deliberation)
    return union(
        select(case.id).where(case.state.in_([s for s in S if s not in AT_REST])),
        select(sitting.case_id).where(sitting.question.in_(AFTER_ENTRY), open_sitting(sitting)),
        select(CaseClock.case_id).where(undelivered()),
        select(Reconsideration.case_id).join(Case, Case.id == Reconsideration.case_id).where(asked_again()),
    )


def _draft_basics(cases: list[int]) -> dict[int, Answers]:
    """The basics of drafts, whose summary columns are still empty."""
    query = (
        select(Answers)
        .join(Case, and_(Case.id == Answers.case_id, Answers.round_no == 1, Case.round == 0))
        .where(Case.id.in_(cases), Answers.section == "basics")
    )
    return {row.case_id: row for row in db.session.scalars(query)}


def _item(case: Case, act: str, wait: Wait, basics: Answers | None) -> Item:
    draft = dict(basics.data) if basics and case.state is S.DRAFT else {}
    return Item(
        case_id=case.id,
        number=case.number,
        name=case.name or str(draft.get("name") or ""),
        scheme=case.scheme or (Scheme(draft["scheme"]) if draft.get("scheme") in set(Scheme) else None),
        district_code=case.district_code,
        area_mu=case.area_mu,
        state=case.state,
        round=case.round,
        applicant=applicant_name(case),
        since=wait.since,
        act=act,
        why=wait.why,
    )

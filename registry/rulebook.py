"""Where a clause acts: the rows of the tables that ask for it, carry it out, or answer it. Read from the tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from workflows.gates import GATES, AnyOf, Gate, IfApproving, MethodConditions, Whole
from workflows.greening import GREENING
from workflows.machine import Act
from workflows.meeting import MEETING
from workflows.pilot import PILOT
from workflows.pilot_report import PILOT_REPORT
from workflows.policy import Clause, Enforced, Method, MethodStatus, Policy
from workflows.policy_change import POLICY_CHANGE
from workflows.project import PROJECT
from workflows.rules import severity_of, standing
from workflows.states import Severity


class Part(StrEnum):
    """What an act has to do with a clause."""

    ASKS = "asks"
    CARRIES_OUT = "carries_out"
    ANSWERS = "answers"


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the table, and what it has to do with the clause."""

    act: Act
    part: Part


AGENDA = "S14"
"""Keeps a case off the agenda while a standing rule finds something, so whoever asks it asks those that may block."""

SHEET = "answer_condition"
"""The act by which officers answer what a method asks."""


def places(clause: Clause, policy: Policy) -> tuple[Place, ...]:
    """The rows of the lifecycle, of a meeting and of records in which a clause acts, in table order."""
    rows = (*PROJECT.acts, *MEETING.acts, *POLICY_CHANGE.acts, *PILOT.acts, *PILOT_REPORT.acts, *GREENING.acts)
    return tuple(Place(row, part) for row in rows if (part := _part(row, clause, policy)) is not None)


def _part(row: Act, clause: Clause, policy: Policy) -> Part | None:
    if row.name == clause.action:
        return Part.CARRIES_OUT
    if row.name == SHEET and clause.field is not None and methods(clause, policy):
        return Part.ANSWERS
    return Part.ASKS if clause.id in asked(row.gate, policy) else None


def asked(gate: Gate, policy: Policy) -> frozenset[str]:
    """Every clause a gate may ask for, whatever the method; one that is closed screens nothing any more."""
    return frozenset(_asked(gate, policy))


def _asked(gate: Gate, policy: Policy) -> Iterator[str]:
    for requirement in gate:
        match requirement:
            case MethodConditions():
                yield from (c for method in policy.methods.values() if screens(method) for c in sheet(method))
            case Whole(name):
                yield from _asked(GATES[name], policy)
            case IfApproving(inner):
                yield from _asked(inner, policy)
            case AnyOf(clauses):
                yield from clauses
            case clause:
                yield clause
                if clause == AGENDA:
                    yield from (c for c in standing.clauses(policy) if severity_of(c, policy) is not Severity.WARN)


def sheet(method: Method) -> tuple[str, ...]:
    """What a method asks the officers: conditions, exemptions, and the argued way."""
    return (*method.conditions, *method.ways)


def screens(method: Method) -> bool:
    """Whether a project may still be screened by a method."""
    return method.status is not MethodStatus.REPEALED


def methods(clause: Clause, policy: Policy) -> tuple[Method, ...]:
    """The methods on whose sheet officers are asked for a clause."""
    return tuple(method for method in policy.methods.values() if screens(method) and clause.id in sheet(method))


def compared(clause: Clause, policy: Policy) -> tuple[Method, ...]:
    """The closed methods that ask for a clause: it is read only where all methods are compared for a project."""
    return tuple(method for method in policy.methods.values() if not screens(method) and clause.id in sheet(method))


def stands_as_finding(clause: Clause, policy: Policy) -> bool:
    """Whether its rule runs over every case, and what it finds stands on the case's page."""
    return clause.id in standing.clauses(policy)


def of_step(action: str, policy: Policy) -> tuple[str, ...]:
    """The clauses a step carries out or asks for by name (not those of a method), by id; none for a mere record."""
    rows = [row for row in PROJECT.acts if row.name == action and row.to is not None]
    named = {c for row in rows for c in row.gate if isinstance(c, str)}
    table = (c.id for c in policy.clauses.values() if rows and c.enforced is Enforced.TABLE and c.action == action)
    return tuple(sorted(named.union(table)))

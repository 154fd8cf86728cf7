"""会议 (a meeting of the leading group): one row per act, as in `project.py`."""

from workflows.facts import MeetingFacts
from workflows.gates import Gate, stops_if_unknown
from workflows.machine import Act, Workflow
from workflows.policy import Policy
from workflows.roles import Role
from workflows.rules import RULES, Outcome
from workflows.states import MeetingState

M = MeetingState
SECRETARY = frozenset({Role.SECRETARY})
HEADS = frozenset({Role.CHAIR, Role.DEPUTY_CHAIR})
MEMBERS = HEADS | {Role.MEMBER}

# fmt: off
MEETING = Workflow(
    MeetingState,
    (
        Act("open_meeting",    (M.PLANNED,),               M.IN_SESSION, HEADS,     ("S72",)),
        Act("close_meeting",   (M.IN_SESSION,),            M.HELD,       HEADS,     ("S73",)),
        Act("call_off",        (M.PLANNED,),               M.CALLED_OFF, SECRETARY, ("S73",)),
        Act("change_meeting",  (M.PLANNED,),               None,         SECRETARY),
        Act("note_attendance", (M.PLANNED, M.IN_SESSION),  None,         SECRETARY),
        # minutes
        Act("confirm_minutes", (M.HELD,),                  None,         MEMBERS,   ("S74",), own=True),
        Act("issue_minutes",   (M.HELD,),                  M.MINUTED,    SECRETARY, ("S29",)),
        Act("correct_minutes", (M.HELD, M.MINUTED),        M.HELD,       SECRETARY),
    ),
    (M.PLANNED, M.IN_SESSION, M.HELD, M.MINUTED),
)
# fmt: on


def judge(gate: Gate, facts: MeetingFacts, policy: Policy) -> tuple[Outcome, ...]:
    """All outcomes of a gate of a meeting: clause ids alone."""
    return tuple(stops_if_unknown(RULES[clause](facts, policy)) for clause in gate if isinstance(clause, str))

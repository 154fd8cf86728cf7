"""规则修订 (a change of the policy): one row per act, as in `project.py`. The administrator has no row."""

from workflows.facts import ChangeFacts
from workflows.gates import Gate, stops_if_unknown
from workflows.machine import Act, Workflow
from workflows.policy import Policy
from workflows.roles import Role
from workflows.rules import RULES, Outcome
from workflows.states import ChangeState

C = ChangeState
OFFICER = frozenset({Role.CASE_OFFICER})
CHAIR = frozenset({Role.CHAIR})

# fmt: off
POLICY_CHANGE = Workflow(
    ChangeState,
    (
        Act("propose_change",  (C.DRAFT,),    C.PROPOSED,  OFFICER, ("S80", "S81", "S82")),
        Act("confirm_change",  (C.PROPOSED,), C.CONFIRMED, CHAIR,   ("S83", "S84", "S81", "S82")),
        Act("refuse_change",   (C.PROPOSED,), C.REFUSED,   CHAIR,   ("S83",)),
        Act("withdraw_change", (C.PROPOSED,), C.WITHDRAWN, OFFICER, ("S85",)),
    ),
    (C.DRAFT, C.PROPOSED),
)
# fmt: on


def judge(gate: Gate, facts: ChangeFacts, policy: Policy) -> tuple[Outcome, ...]:
    """All outcomes of a gate of a change: clause ids alone."""
    return tuple(stops_if_unknown(RULES[clause](facts, policy)) for clause in gate if isinstance(clause, str))

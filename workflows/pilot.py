"""林场试点 (the pilot of the farm): one row per act, as in `project.py`."""

from workflows.facts import PilotFacts
from workflows.gates import Gate, stops_if_unknown
from workflows.machine import Act, Workflow
from workflows.policy import Policy
from workflows.roles import Role
from workflows.rules import RULES, Outcome
from workflows.states import PilotState

P = PilotState
FARM = frozenset({Role.FARM_REPORTER})
OFFICER = frozenset({Role.CASE_OFFICER})
CHAIR = frozenset({Role.CHAIR})
SYSTEM = frozenset({Role.SYSTEM})

# fmt: off
PILOT = Workflow(
    PilotState,
    (
        Act("submit_pilot",   (P.PLAN,),      P.SUBMITTED, FARM,    ("P01",)),
        Act("prepare_pilot",  (P.SUBMITTED,), P.PREPARED,  OFFICER, ("P01",)),
        Act("return_pilot",   (P.SUBMITTED,), P.PLAN,      OFFICER),
        Act("return_pilot",   (P.PREPARED,),  P.PLAN,      CHAIR),
        Act("approve_pilot",  (P.PREPARED,),  P.APPROVED,  CHAIR,   ("P02", "P01")),
        Act("start_pilot",    (P.APPROVED,),  P.RUNNING,   FARM,    ("P03",)),
        Act("evaluate_pilot", (P.RUNNING,),   P.EVALUATED, OFFICER, ("P04",)),
        # Of a report that nobody has begun: it has no row of its own yet.
        Act("remind_of_report", (P.RUNNING,), None,        SYSTEM,  ("P34",), own=True),
    ),
    (P.PLAN, P.SUBMITTED, P.PREPARED, P.APPROVED, P.RUNNING),
)
# fmt: on


def judge(gate: Gate, facts: PilotFacts, policy: Policy) -> tuple[Outcome, ...]:
    """All outcomes of a gate of a pilot: clause ids alone."""
    return tuple(stops_if_unknown(RULES[clause](facts, policy)) for clause in gate if isinstance(clause, str))

"""造林绿化和森林质量提升完成情况 (a report of completed area): one row per act, as in `project.py`."""

from workflows.facts import CompletionFacts
from workflows.gates import Gate, stops_if_unknown
from workflows.machine import Act, Workflow
from workflows.policy import Policy
from workflows.roles import Role
from workflows.rules import RULES, Outcome
from workflows.states import CompletionState

C = CompletionState
REPORTER = frozenset({Role.DISTRICT_REPORTER})
OFFICER = frozenset({Role.CASE_OFFICER})

# fmt: off
GREENING = Workflow(
    CompletionState,
    (
        Act("report_completion",   (C.DRAFT, C.RETURNED), C.REPORTED,  REPORTER, ("G10", "G11", "G12", "G13", "G15")),
        Act("withdraw_completion", (C.REPORTED,),         C.DRAFT,     REPORTER, ("G13",)),
        Act("confirm_completion",  (C.REPORTED,),         C.CONFIRMED, OFFICER,  ("G14", "G15")),
        Act("return_completion",   (C.REPORTED,),         C.RETURNED,  OFFICER,  ("G14",)),
    ),
    (C.DRAFT, C.REPORTED),
)
# fmt: on


def judge(gate: Gate, facts: CompletionFacts, policy: Policy) -> tuple[Outcome, ...]:
    """All outcomes of a gate of a report: clause ids alone."""
    return tuple(stops_if_unknown(RULES[clause](facts, policy)) for clause in gate if isinstance(clause, str))

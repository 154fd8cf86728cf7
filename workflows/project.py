"""项目生命周期 (project lifecycle): one row per act; read it beside house rules and 泰林字〔2023〕7号.

The table is the only definition: buttons, permissions, refusals and the diagram come from it.
"""

from workflows.gates import GATES
from workflows.machine import Act, Workflow
from workflows.roles import Role
from workflows.states import STAGES, GateName, ProjectState

S = ProjectState
R = Role


def _by(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


APPLICANT = _by(R.PROPONENT, R.AGENT)
OFFICER = _by(R.CASE_OFFICER)
CHAIR = _by(R.CHAIR)
MEMBERS = _by(R.MEMBER, R.DEPUTY_CHAIR, R.CHAIR)

SUBMISSION = ("S00", "R34", "A02")
DECISION = {gate: GATES[gate] for gate in (GateName.RISK_REVIEW, GateName.REGISTRATION)}
TABLED_IN = (S.RISK_REVIEW, S.REGISTRATION)

# fmt: off
STEPS = (
    Act("submit",          (S.DRAFT,),                 S.SUBMITTED,             APPLICANT, SUBMISSION),
    Act("accept",          (S.SUBMITTED,),             S.METHODOLOGY_SCREENING, OFFICER,   GATES[GateName.ACCEPTANCE]),
    Act("pass_screening",  (S.METHODOLOGY_SCREENING,), S.RISK_REVIEW,           OFFICER,   GATES[GateName.SCREENING]),
    Act("approve_risk",    (S.RISK_REVIEW,),           S.VALIDATION,            CHAIR,     GATES[GateName.RISK_REVIEW]),
    Act("pass_validation", (S.VALIDATION,),            S.REGISTRATION,          OFFICER,   GATES[GateName.VALIDATION]),
    Act("register",        (S.REGISTRATION,),          S.REGISTERED,            CHAIR,     GATES[GateName.REGISTRATION]),
)

SCREENING = (S.METHODOLOGY_SCREENING,)
REVIEWED = (S.METHODOLOGY_SCREENING, S.RISK_REVIEW, S.VALIDATION, S.REGISTRATION)
UNTIL_VALIDATED = (S.SUBMITTED, S.METHODOLOGY_SCREENING, S.RISK_REVIEW, S.VALIDATION)

RECORDS = (
    Act("answer_condition",         SCREENING,                  None, OFFICER),
    Act("sign_screening",           SCREENING,                  None, OFFICER, ("S36",), own=True),
    Act("answer_finding",           REVIEWED,                   None, OFFICER),
    Act("give_legal_opinion",       (*SCREENING, S.RISK_REVIEW), None, _by(R.LEGAL_REVIEWER), own=True),
    Act("name_validator",           UNTIL_VALIDATED,            None, APPLICANT),
    Act("table",                    TABLED_IN,                  None, OFFICER, ("S14", "S18", "S37")),
    Act("untable",                  TABLED_IN,                  None, OFFICER, ("S38",)),
    Act("vote",                     TABLED_IN,                  None, MEMBERS, ("S39",), own=True),
    Act("file_validation",          (S.VALIDATION,),            None, _by(R.VVB), own=True),
    Act("give_environment_opinion", (S.VALIDATION,),            None, _by(R.ECO_ENV), own=True),
)
# fmt: on

PROJECT = Workflow(ProjectState, STEPS + RECORDS, STAGES)

"""项目生命周期 (project lifecycle): one row per act; read it beside house rules and 泰林字〔2023〕7号.

The table is the only definition: buttons, permissions, refusals and the diagram come from it.
"""

from workflows.clocks import CLOCKED, HANDED_OUT
from workflows.gates import GATES, IfApproving, Whole
from workflows.machine import Act, To, Workflow
from workflows.roles import Role
from workflows.states import STAGES, GateName, ProjectState

S = ProjectState
R = Role


def _by(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


APPLICANT = _by(R.PROPONENT, R.AGENT)
PROPONENT = _by(R.PROPONENT)
OFFICER = _by(R.CASE_OFFICER)
SECRETARY = _by(R.SECRETARY)
CHAIR = _by(R.CHAIR)
SYSTEM = _by(R.SYSTEM)
EXPERT = _by(R.EXPERT)
MEMBERS = _by(R.MEMBER, R.DEPUTY_CHAIR, R.CHAIR)

SCREENING = (S.METHODOLOGY_SCREENING,)
DECIDED = (S.METHODOLOGY_SCREENING, S.RISK_REVIEW, S.VALIDATION, S.REGISTRATION)
APPROVED = (S.VALIDATION, S.REGISTRATION)
CORRECTABLE = (S.SUBMITTED, S.METHODOLOGY_SCREENING, S.RISK_REVIEW, S.VALIDATION)
NOTICED = (S.VALIDATION, S.AMENDMENT_REVIEW)
ENTRY = (S.REGISTERED, S.AMENDMENT_REVIEW)
TABLED = (*DECIDED, S.REGISTERED, S.AMENDMENT_REVIEW, S.SUSPENDED)

SUBMISSION = ("S00", "R34", "A02")
LATER = (*SUBMISSION, "S50")
SITTING = ("S71", "S11", "S15")
AMENDMENT = (
    "S71",
    "S11",
    IfApproving(
        (Whole(GateName.ACCEPTANCE), Whole(GateName.SCREENING), "S14", "S18", Whole(GateName.VALIDATION), "S19", "S15")
    ),
)

# fmt: off
STEPS = (
    Act("submit",             (S.DRAFT,),                 S.SUBMITTED,             APPLICANT, SUBMISSION),
    Act("accept",             (S.SUBMITTED,),             S.METHODOLOGY_SCREENING, OFFICER,   GATES[GateName.ACCEPTANCE]),
    Act("deem_accepted",      (S.SUBMITTED,),             S.METHODOLOGY_SCREENING, SYSTEM,    ("S40",)),
    Act("decline",            (S.SUBMITTED, *SCREENING),  S.DECLINED,              OFFICER,   ("S43",), keeps="source"),
    Act("request_correction", CORRECTABLE,                S.CORRECTION_REQUESTED,  OFFICER,   ("S02", "S43"), keeps="source"),
    Act("resubmit",           (S.CORRECTION_REQUESTED,),  To.NEXT,                 APPLICANT, LATER),
    Act("lapse",              (S.CORRECTION_REQUESTED,),  S.LAPSED,                SYSTEM,    ("S40",)),
    Act("pass_screening",     SCREENING,                  S.RISK_REVIEW,           OFFICER,   (*GATES[GateName.SCREENING], "S43")),
    Act("approve_risk",       (S.RISK_REVIEW,),           S.VALIDATION,            CHAIR,     GATES[GateName.RISK_REVIEW]),
    Act("pass_validation",    (S.VALIDATION,),            S.REGISTRATION,          OFFICER,   (*GATES[GateName.VALIDATION], "S43")),
    Act("register",           (S.REGISTRATION,),          S.REGISTERED,            CHAIR,     GATES[GateName.REGISTRATION]),
    Act("reject",             DECIDED,                    S.REJECTED,              CHAIR,     ("S71", "S11"), keeps="source"),
    Act("suspend",            STAGES,                     S.SUSPENDED,             _by(R.CASE_OFFICER, R.CHAIR, R.SYSTEM), ("S40",), keeps="source"),
    Act("suspend",            (S.REGISTERED,),            S.SUSPENDED,             CHAIR | SYSTEM, ("S40", *SITTING), keeps="source"),
    Act("find_flaw",          (*APPROVED, S.REJECTED),    S.SUSPENDED,             _by(R.SUPERVISOR), ("S75",), keeps="flaw"),
    Act("resume",             (S.SUSPENDED,),             To.BACK,                 OFFICER | CHAIR, ("S42", "S54")),
    Act("withdraw",           (*STAGES, S.CORRECTION_REQUESTED, S.SUSPENDED), S.WITHDRAWN, PROPONENT, ("S43", "S45")),
    Act("amend",              APPROVED,                   To.NEXT,                 PROPONENT, (*LATER, "S43"), latest=S.RISK_REVIEW),
    Act("amend",              (S.REGISTERED,),            S.AMENDMENT_REVIEW,      PROPONENT, (*LATER, "S43")),
    Act("decide_amendment",   (S.AMENDMENT_REVIEW,),      S.REGISTERED,            CHAIR,     AMENDMENT),
    Act("withdraw_amendment", (S.AMENDMENT_REVIEW,),      S.REGISTERED,            PROPONENT, ("S43",)),
    Act("reopen",             (S.REJECTED, S.DECLINED),   To.BACK,                 SECRETARY, ("S46", "S24")),
    Act("revoke",             (*ENTRY, S.SUSPENDED),      S.REVOKED,               CHAIR,     ("S44", *SITTING)),
    Act("close",              ENTRY,                      S.CLOSED,                OFFICER | SYSTEM, ("S40", "S43")),
    Act("close",              (S.SUSPENDED,),             S.CLOSED,                SYSTEM,    ("S40", "S44")),
)

RECORDS = (
    Act("answer_condition",         (*SCREENING, S.AMENDMENT_REVIEW),         None, OFFICER),
    Act("sign_screening",           (*SCREENING, S.AMENDMENT_REVIEW),         None, OFFICER, ("S36",), own=True),
    Act("record_site_check",        (*SCREENING, S.AMENDMENT_REVIEW),         None, OFFICER),
    Act("sign_site_check",          (*SCREENING, S.AMENDMENT_REVIEW),         None, OFFICER, ("S08c",), own=True),
    Act("send_for_legal_review",    (*SCREENING, S.RISK_REVIEW, S.AMENDMENT_REVIEW), None, OFFICER, ("S43",)),
    Act("answer_finding",           (*DECIDED, S.AMENDMENT_REVIEW),           None, OFFICER),
    Act("set_parcel_apart",         (*DECIDED, S.AMENDMENT_REVIEW),           None, OFFICER, ("S19a",)),
    Act("give_legal_opinion",       (*SCREENING, S.RISK_REVIEW, S.AMENDMENT_REVIEW), None, _by(R.LEGAL_REVIEWER)),
    Act("name_validator",           CORRECTABLE,                              None, APPLICANT),
    # the public notice; open in an amendment where its gate did not carry over
    Act("open_notice",              NOTICED,                                  None, OFFICER, ("S62",)),
    Act("object",                   NOTICED,                                  None, _by(R.PUBLIC), ("S64a",), own=True),
    Act("answer_objection",         NOTICED,                                  None, OFFICER | APPLICANT, ("S64b",)),
    Act("close_notice",             NOTICED,                                  None, OFFICER, ("S61", "S60")),
    Act("table",                    (S.RISK_REVIEW, S.REGISTRATION),          None, SECRETARY, ("S14", "S18", "S37", "S68", "S70")),
    Act("table",                    (*SCREENING, S.VALIDATION, *ENTRY),       None, SECRETARY, ("S37", "S68", "S70")),
    Act("table",                    (S.SUSPENDED,),                           None, SECRETARY, ("S37", "S68", "S70", "S44")),
    Act("reseat",                   TABLED,                                   None, SYSTEM, ("S76",)),
    Act("untable",                  TABLED,                                   None, SECRETARY, ("S38",)),
    Act("declare_recusal",          TABLED,                                   None, MEMBERS, ("S09",), own=True),
    Act("propose_recusal",          TABLED,                                   None, SECRETARY, ("S65",)),
    Act("decide_recusal",           TABLED,                                   None, CHAIR | _by(R.DEPUTY_CHAIR), ("S65",)),
    Act("call_vote",                TABLED,                                   None, CHAIR,   ("S69", "S71", "S11")),
    Act("adjourn",                  TABLED,                                   None, CHAIR | SECRETARY, ("S38",)),
    Act("vote",                     TABLED,                                   None, MEMBERS, ("S39", "S66", "S67", "S12"), own=True),
    Act("file_validation",          (S.VALIDATION, S.AMENDMENT_REVIEW),       None, _by(R.VVB)),
    Act("give_environment_opinion", (S.VALIDATION, S.AMENDMENT_REVIEW),       None, _by(R.ECO_ENV)),
    Act("report_condition",         (*APPROVED, S.SUSPENDED),                 None, PROPONENT, ("S49",)),
    Act("confirm_condition",        (*APPROVED, S.SUSPENDED),                 None, OFFICER, ("S49",)),
    Act("request_reconsideration",  (S.REJECTED, S.DECLINED),                 None, PROPONENT, ("S46",)),
    Act("uphold",                   (S.REJECTED, S.DECLINED),                 None, SECRETARY, ("S46", "S24")),
    # the clocks
    Act("ask_extension",            (S.CORRECTION_REQUESTED,),                None, APPLICANT, ("S51",)),
    Act("extend",                   (S.CORRECTION_REQUESTED,),                None, OFFICER, ("S52",)),
    Act("extend",                   (*SCREENING, S.RISK_REVIEW, S.REGISTRATION), None, CHAIR, ("S52",)),
    Act("remind",                   CLOCKED,                                  None, SYSTEM, ("S21",), own=True),
    Act("recount",                  CLOCKED,                                  None, SYSTEM, ("S53",), own=True),
    # deliveries of decisions
    Act("record_delivery",          HANDED_OUT,                               None, OFFICER, ("S77",)),
    Act("confirm_receipt",          HANDED_OUT,                               None, APPLICANT, ("S77",), own=True),
    # expert panels
    Act("draw_panel",               (*SCREENING, S.AMENDMENT_REVIEW),         None, SECRETARY, ("S56", "S55")),
    Act("refuse_seat",              (*SCREENING, S.AMENDMENT_REVIEW),         None, EXPERT, ("S57",), own=True),
    Act("give_expert_opinion",      (*SCREENING, S.AMENDMENT_REVIEW),         None, EXPERT, ("S57",), own=True),
    Act("close_panel",              (*SCREENING, S.AMENDMENT_REVIEW),         None, SECRETARY, ("S58",)),
    Act("name_verifier",            (S.REGISTERED,),                          None, PROPONENT, ("S28",)),
)
# fmt: on

PROJECT = Workflow(ProjectState, STEPS + RECORDS, STAGES)

"""The lifecycle written down a second time, from the house rules and in other words; it imports nothing of ours.

One line an act: name, the states it is open in, where it leads, who may take it. `back` is the state that waits,
`next` the earliest stage whose gate does not carry over, `next<x` the same at latest x, `-` stays.
`!` after the name: a person's own record, which makes nobody's page stale.
"""

from collections.abc import Iterable
from dataclasses import dataclass

STAGES = ("submitted", "methodology_screening", "risk_review", "validation", "registration")
GATES = ("acceptance", "screening", "risk_review", "validation", "registration")
ENDED = ("declined", "lapsed", "withdrawn", "rejected", "revoked", "closed")
STATES = ("draft", *STAGES, "registered", "correction_requested", "suspended", "amendment_review", *ENDED)
ROLES = (
    *("proponent", "agent", "case_officer", "secretary", "legal_reviewer", "expert", "vvb", "eco_env"),
    *("member", "deputy_chair", "chair", "supervisor", "farm_reporter", "district_reporter", "auditor"),
    *("administrator", "public", "system"),
)
SHORT = {
    "stages": STAGES,
    "screening": ("methodology_screening",),
    "decided": STAGES[1:],
    "correctable": STAGES[:4],
    "approved": STAGES[3:],
    "amendment": ("amendment_review",),
    "correction": ("correction_requested",),
    "applicant": ("proponent", "agent"),
    "officer": ("case_officer",),
    "group": ("member", "deputy_chair", "chair"),
    "heads": ("deputy_chair", "chair"),
    "handed": (
        *("validation", "registration", "registered", "correction_requested", "suspended"),
        *("amendment_review", "declined", "rejected", "revoked"),
    ),
    "tabled": (*STAGES[1:], "registered", "amendment_review", "suspended"),
}
TABLE = """
submit                    draft                                        submitted              applicant
accept                    submitted                                    methodology_screening  officer
deem_accepted             submitted                                    methodology_screening  system
decline                   submitted,screening                          declined               officer
request_correction        correctable                                  correction_requested   officer
resubmit                  correction                                   next                   applicant
lapse                     correction                                   lapsed                 system
pass_screening            screening                                    risk_review            officer
approve_risk              risk_review                                  validation             chair
pass_validation           validation                                   registration           officer
register                  registration                                 registered             chair
reject                    decided                                      rejected               chair
suspend                   stages                                       suspended              officer,chair,system
suspend                   registered                                   suspended              chair,system
find_flaw                 approved,rejected                            suspended              supervisor
resume                    suspended                                    back                   officer,chair
withdraw                  stages,correction,suspended                  withdrawn              proponent
amend                     approved                                     next<risk_review       proponent
amend                     registered                                   amendment_review       proponent
decide_amendment          amendment                                    registered             chair
withdraw_amendment        amendment                                    registered             proponent
reopen                    rejected,declined                            back                   secretary
revoke                    registered,amendment,suspended               revoked                chair
close                     registered,amendment                         closed                 officer,system
close                     suspended                                    closed                 system
answer_condition          screening,amendment                          -                      officer
sign_screening!           screening,amendment                          -                      officer
record_site_check         screening,amendment                          -                      officer
sign_site_check!          screening,amendment                          -                      officer
send_for_legal_review     screening,risk_review,amendment              -                      officer
answer_finding            decided,amendment                            -                      officer
give_legal_opinion        screening,risk_review,amendment              -                      legal_reviewer
name_validator            correctable                                  -                      applicant
table                     tabled                                       -                      secretary
reseat                    tabled                                       -                      system
untable                   tabled                                       -                      secretary
declare_recusal!          tabled                                       -                      group
propose_recusal           tabled                                       -                      secretary
decide_recusal            tabled                                       -                      heads
call_vote                 tabled                                       -                      chair
adjourn                   tabled                                       -                      chair,secretary
vote!                     tabled                                       -                      group
file_validation           validation,amendment                         -                      vvb
give_environment_opinion  validation,amendment                         -                      eco_env
set_parcel_apart          decided,amendment                            -                      officer
open_notice               validation,amendment                         -                      officer
object!                   validation,amendment                         -                      public
answer_objection          validation,amendment                         -                      officer,applicant
close_notice              validation,amendment                         -                      officer
report_condition          approved,suspended                           -                      proponent
confirm_condition         approved,suspended                           -                      officer
request_reconsideration   rejected,declined                            -                      proponent
uphold                    rejected,declined                            -                      secretary
ask_extension             correction                                   -                      applicant
extend                    correction                                   -                      officer
extend                    screening,risk_review,registration           -                      chair
remind!                   submitted,screening,risk_review,handed       -                      system
recount!                  submitted,screening,risk_review,handed       -                      system
record_delivery           handed                                       -                      officer
confirm_receipt!          handed                                       -                      applicant
draw_panel                screening,amendment                          -                      secretary
refuse_seat!              screening,amendment                          -                      expert
give_expert_opinion!      screening,amendment                          -                      expert
close_panel               screening,amendment                          -                      secretary
name_verifier             registered                                   -                      proponent
"""
WAITING = {"correction_requested", "suspended", "declined", "rejected"}
"""States that remember the stage the case came from."""

_LATE = {"draft", "submitted", "methodology_screening", "risk_review", "declined", "lapsed"}
SEES = {
    **dict.fromkeys(("proponent", "agent"), frozenset(STATES)),
    **dict.fromkeys(("case_officer", "secretary", "supervisor", "auditor", "vvb"), frozenset(STATES) - {"draft"}),
    **dict.fromkeys(("member", "deputy_chair", "chair"), frozenset(STATES) - {"draft"}),
    "legal_reviewer": frozenset(STATES) - {"draft", "submitted"},
    "eco_env": frozenset(STATES) - _LATE,
    "expert": frozenset({"methodology_screening", "amendment_review"}),
}
"""In which states a role sees the case at all."""


@dataclass(frozen=True)
class Row:
    """One act in one state."""

    action: str
    source: str
    to: str
    by: frozenset[str]
    own: bool


def _many(words: str) -> list[str]:
    return [w for word in words.split(",") for w in SHORT.get(word, (word,))]


ROWS: dict[tuple[str, str], Row] = {}
for _line in TABLE.strip().splitlines():
    _name, _sources, _to, _by = _line.split()
    for _source in _many(_sources):
        _action = _name.rstrip("!")
        assert (_action, _source) not in ROWS
        ROWS[_action, _source] = Row(_action, _source, _to, frozenset(_many(_by)), _name.endswith("!"))

MEETING = {
    "open_meeting": ({"planned": "in_session"}, {"chair", "deputy_chair"}),
    "close_meeting": ({"in_session": "held"}, {"chair", "deputy_chair"}),
    "call_off": ({"planned": "called_off"}, {"secretary"}),
    "change_meeting": ({"planned": "planned"}, {"secretary"}),
    "note_attendance": ({"planned": "planned", "in_session": "in_session"}, {"secretary"}),
}
"""The acts on a meeting: where each leads from each state it is open in, and who may take it."""

ACTIONS = tuple(dict.fromkeys(action for action, _ in ROWS))


def ends(row: Row) -> set[str]:
    """Every state an act may lead to."""
    if row.to == "-":
        return {row.source}
    if row.to == "back":
        # A suspension remembers any stage and an entry; a refusal the stages it may be given in.
        return {
            "suspended": {*STAGES, "registered"},
            "rejected": set(STAGES[1:]),
            "declined": set(STAGES[:2]),
        }[row.source]
    if row.to.startswith("next"):
        latest = row.to.partition("<")[2] or "validation"  # no notice is sent in registration
        return set(STAGES[: STAGES.index(latest) + 1])
    return {row.to}


def questions(state: str) -> Iterable[str]:
    """What a sitting may be asked in a state."""
    if state in STAGES[1:]:
        return (GATES[STAGES.index(state)],)
    return {
        "registered": ("revocation", "suspension"),
        "amendment_review": ("amendment", "revocation"),
        "suspended": ("revocation",),
    }.get(state, ())

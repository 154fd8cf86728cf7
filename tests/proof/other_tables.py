"""The tables of what is no project, written down a second time in other words; it imports nothing of ours.

One line an act: name, the states it is open in, where it leads, who may take it. `-` stays; `!` after the name: a
person's own record, which makes nobody's page stale. The first state named is where each begins.
"""

from tests.proof.table import Row

STATES = {
    "meeting": ("planned", "in_session", "held", "minuted", "called_off"),
    "policy": ("draft", "proposed", "confirmed", "refused", "withdrawn"),
    "pilot": ("plan", "submitted", "prepared", "approved", "running", "evaluated"),
    "report": ("draft", "submitted", "returned", "reviewed", "approved", "published"),
    "greening": ("draft", "reported", "confirmed", "returned"),
}
ENDS = {
    "meeting": {"minuted", "called_off"},
    "policy": {"confirmed", "refused", "withdrawn"},
    "pilot": {"evaluated"},
    "report": {"published"},
    "greening": {"confirmed"},
}
"""Where each may rest for good."""
TABLES = {
    "meeting": """
open_meeting        planned             in_session  chair,deputy_chair
close_meeting       in_session          held        chair,deputy_chair
call_off            planned             called_off  secretary
change_meeting      planned             -           secretary
note_attendance     planned,in_session  -           secretary
confirm_minutes!    held                -           chair,deputy_chair,member
issue_minutes       held                minuted     secretary
correct_minutes     held,minuted        held        secretary
""",
    "policy": """
propose_change      draft               proposed    case_officer
confirm_change      proposed            confirmed   chair
refuse_change       proposed            refused     chair
withdraw_change     proposed            withdrawn   case_officer
""",
    "pilot": """
submit_pilot        plan                submitted   farm_reporter
prepare_pilot       submitted           prepared    case_officer
return_pilot        submitted           plan        case_officer
return_pilot        prepared            plan        chair
approve_pilot       prepared            approved    chair
start_pilot         approved            running     farm_reporter
evaluate_pilot      running             evaluated   case_officer
remind_of_report!   running             -           system
""",
    "report": """
submit_report       draft,returned      submitted   farm_reporter
return_report       submitted           returned    case_officer
return_report       reviewed,approved   returned    chair
review_report       submitted           reviewed    case_officer
approve_report      reviewed            approved    chair
publish_report      approved            published   case_officer
correct_report!     published           -           farm_reporter,case_officer
remind_report!      draft,returned      -           system
""",
    "greening": """
report_completion   draft,returned      reported    district_reporter
withdraw_completion reported            draft       district_reporter
confirm_completion  reported            confirmed   case_officer
return_completion   reported            returned    case_officer
""",
}


def _rows(table: str) -> dict[tuple[str, str], Row]:
    rows = {}
    for line in table.strip().splitlines():
        name, sources, to, by = line.split()
        for source in sources.split(","):
            action = name.rstrip("!")
            assert (action, source) not in rows
            rows[action, source] = Row(action, source, to, frozenset(by.split(",")), name.endswith("!"))
    return rows


ROWS = {kind: _rows(table) for kind, table in TABLES.items()}

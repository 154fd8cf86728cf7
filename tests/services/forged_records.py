"""Forged signatures, opinions, cases, answers, numbers, audit rows: what the database must say, and the statements."""

from typing import Any

from tests.services.forged_clocks import clock
from tests.services.forging import (
    AT,
    DIGEST,
    FOREIGN,
    OTHER_DIGEST,
    Forge,
    Stage,
    Step,
    delete,
    emptied,
    gate,
    head_at,
    insert,
    last,
    link,
    opinion,
    over,
    row,
    run_out,
    second_round,
    signature,
    state,
    update,
)

FORGERIES: dict[str, tuple[str, Forge]] = {}
ALLOWED: dict[str, Forge] = {}

EMPTIED = "is append-only|is not emptied"
CASE_KEEPS = "a case keeps its numbers and never goes back"
FROZEN, PAPERS = "answers of a submitted round are frozen", "papers of a submitted"


def _notice(s: Stage, **changed: Any) -> list[Step]:
    values = {"id": 9001, "case_id": s.cases["fresh"], "round_no": 1, "sent_at": AT, "sent_by_id": s.people["officer"]}
    fault = insert("correction_faults", id=9001, notice_id=9001, field="basics.name", what="x")
    return [insert("correction_notices", **(values | changed)), fault]


# Screening and validation
ALLOWED["a screening two officers signed"] = lambda s: [
    signature(s, s.cases["screening"], "officer2"),
    gate(s.cases["screening"], "screening"),
]
ALLOWED["a validation with a favourable opinion"] = lambda s: [
    opinion(s, s.cases["validation"]),
    *run_out(s, s.cases["validation"]),
    gate(s.cases["validation"], "validation"),
]
TWO, OPINED = "two officers sign the screening sheet", "a validation rests on an opinion of the body"
FORGERIES |= {
    "a screening with one signature": (TWO, lambda s: [gate(s.cases["screening"], "screening")]),
    "a screening one officer signed twice": (
        TWO,
        lambda s: [signature(s, s.cases["screening"], "officer"), gate(s.cases["screening"], "screening")],
    ),
    "a screening with a signature of an older round": (
        TWO,
        lambda s: [
            *second_round(s.cases["screening"]),
            signature(s, s.cases["screening"], "officer2", 2),
            gate(s.cases["screening"], "screening", round_no=2),
        ],
    ),
    "a signature in an older round": (
        "records belong to the round of the case",
        lambda s: [*second_round(s.cases["screening"]), signature(s, s.cases["screening"], "officer2", 1)],
    ),
    "a validation without an opinion": (
        OPINED,
        lambda s: [*run_out(s, s.cases["validation"]), gate(s.cases["validation"], "validation")],
    ),
    "a validation with an unfavourable opinion": (
        OPINED,
        lambda s: [
            opinion(s, s.cases["validation"], "unfavourable"),
            *run_out(s, s.cases["validation"]),
            gate(s.cases["validation"], "validation"),
        ],
    ),
    "a validation whose latest opinion is unfavourable": (
        OPINED,
        lambda s: [
            opinion(s, s.cases["validation"]),
            opinion(s, s.cases["validation"], "unfavourable"),
            *run_out(s, s.cases["validation"]),
            gate(s.cases["validation"], "validation"),
        ],
    ),
    "a validation on a lawyer's opinion": (
        OPINED,
        lambda s: [
            opinion(s, s.cases["validation"], kind="legal"),
            *run_out(s, s.cases["validation"]),
            gate(s.cases["validation"], "validation"),
        ],
    ),
    "an opinion in an older round": (
        "records belong to the round of the case",
        lambda s: [*second_round(s.cases["validation"]), opinion(s, s.cases["validation"])],
    ),
}
for _table, _change in {
    "opinions": {"conclusion": "unfavourable"},
    "screening_signatures": {"answers_digest": OTHER_DIGEST},
    "condition_answers": {"verdict": "not_met"},
    "remarks": {"words": "x"},
}.items():
    FORGERIES |= {
        f"{_table} changed": (
            f"{_table} is append-only",
            lambda s, t=_table, c=_change: [update(t, "1 = 1", **c)],
        ),
        f"{_table} deleted": (f"{_table} is append-only", lambda s, t=_table: [delete(t, "1 = 1")]),
        f"{_table} written over": (
            f"{_table} is append-only",
            lambda s, t=_table, c=_change: over(s, t, "seq" if t == "remarks" else "id", **c),
        ),
        f"{_table} emptied": (EMPTIED, lambda s, t=_table: emptied(s, t)),
    }

# Correction notices
ALLOWED["a notice in the round of the case"] = _notice
FORGERIES |= {
    "a second notice in a round": (
        "uq_correction_notices_case_id_round_no|UNIQUE constraint failed",
        lambda s: [*_notice(s), _notice(s, id=9002)[0]],
    ),
    "a notice for a round there is not": (FOREIGN, lambda s: _notice(s, round_no=2)[:1]),
}
for _table, _change in {"correction_notices": {"round_no": 1}, "correction_faults": {"what": "y"}}.items():
    FORGERIES |= {
        f"{_table} changed": (
            f"{_table} is append-only",
            lambda s, t=_table, c=_change: [*_notice(s), update(t, "1 = 1", **c)],
        ),
        f"{_table} deleted": (f"{_table} is append-only", lambda s, t=_table: [*_notice(s), delete(t, "1 = 1")]),
    }


# The case and its answers
ALLOWED["answers of a draft changed"] = lambda s: [update("answers", f"case_id = {s.cases['draft']}", data="{}")]
ALLOWED["a draft deleted with all it has"] = lambda s: [
    delete("answers", f"case_id = {s.cases['draft']}"),
    delete("documents", f"case_id = {s.cases['draft']}"),
    delete("cases", f"id = {s.cases['draft']}"),
]
FORGERIES |= {
    "answers of a submitted round changed": (
        FROZEN,
        lambda s: [update("answers", f"case_id = {s.cases['fresh']}", data="{}")],
    ),
    "answers of a submitted round inserted": (
        FROZEN,
        lambda s: [
            insert("answers", **row(s, "answers", f"case_id = {s.cases['fresh']}", section="more", data="{}")),
        ],
    ),
    "answers of a submitted round deleted": (
        FROZEN,
        lambda s: [delete("answers", f"case_id = {s.cases['fresh']}")],
    ),
    "answers of a submitted round written over": (
        FROZEN,
        lambda s: over(s, "answers", "case_id, round_no, section", f"case_id = {s.cases['fresh']}", data="{}"),
    ),
    "answers of a submitted round moved to a draft": (
        FROZEN,
        lambda s: [update("answers", f"case_id = {s.cases['fresh']}", round_no=2)],
    ),
    "a draft's answers moved into a submitted round": (
        FROZEN,
        lambda s: [
            update(
                "answers",
                f"case_id = {s.cases['draft']} AND section = 'basics'",
                section="more",
                case_id=s.cases["fresh"],
            )
        ],
    ),
    "all answers emptied": (FROZEN + "|" + EMPTIED, lambda s: emptied(s, "answers")),
    "a paper of a submitted round changed": (
        PAPERS,
        lambda s: [update("documents", f"case_id = {s.cases['fresh']}", filename="x.pdf")],
    ),
    "a paper of a submitted case deleted": (
        PAPERS,
        lambda s: [delete("documents", f"case_id = {s.cases['fresh']}")],
    ),
    "a paper slipped into a submitted round": (
        PAPERS,
        lambda s: [insert("documents", **row(s, "documents", f"case_id = {s.cases['fresh']}", id=9001, no=99))],
    ),
    "a paper of a submitted round written over": (
        PAPERS,
        lambda s: over(s, "documents", "id", f"case_id = {s.cases['fresh']}", filename="x.pdf"),
    ),
    "all papers emptied": (PAPERS + "|" + EMPTIED, lambda s: emptied(s, "documents")),
    "a case number changed": (
        CASE_KEEPS,
        lambda s: [update("cases", f"id = {s.cases['fresh']}", number="TL2026999999")],
    ),
    "a case number taken away": (
        "ck_cases_numbered_once_submitted",
        lambda s: [update("cases", f"id = {s.cases['fresh']}", number=None)],
    ),
    "a project number changed": (
        CASE_KEEPS,
        lambda s: [update("cases", f"id = {s.cases['registered']}", project_number="TA-X-9")],
    ),
    "a project number taken away": (
        CASE_KEEPS,
        lambda s: [update("cases", f"id = {s.cases['registered']}", project_number=None)],
    ),
    "a round lowered": (
        CASE_KEEPS,
        lambda s: [*second_round(s.cases["fresh"]), update("cases", f"id = {s.cases['fresh']}", round=1)],
    ),
    "a version lowered": (CASE_KEEPS, lambda s: [update("cases", f"id = {s.cases['fresh']}", version=1)]),
    "a submitted case made a draft again": (
        CASE_KEEPS,
        lambda s: [update("cases", f"id = {s.cases['fresh']}", state="draft", round=0, number=None)],
    ),
    "another applicant after the submission": (
        "a submitted case keeps its applicant",
        lambda s: [update("cases", f"id = {s.cases['fresh']}", proponent_org_id=s.orgs["elsewhere"])],
    ),
    "a day of submission moved past a membership": (
        "a submitted case keeps its applicant",
        lambda s: [update("cases", f"id = {s.cases['fresh']}", submitted_at="2027-01-01 00:00:00.000000")],
    ),
    "a submitted case deleted": (
        "a submitted case is kept",
        lambda s: [delete("cases", f"id = {s.cases['fresh']}")],
    ),
    "a round changed": ("rounds is append-only", lambda s: [update("rounds", "1 = 1", opened_at=AT)]),
    "a round deleted": ("rounds is append-only", lambda s: [delete("rounds", "1 = 1")]),
    "a stage to come back to without waiting": (
        "ck_cases_waits_for_a_stage",
        lambda s: [update("cases", f"id = {s.cases['risk']}", returns_to="registration")],
    ),
    "a word that is no state": ("ck_cases_state_listed", lambda s: [state(s, "fresh", "approved")]),
}
for _ended in ("withdrawn", "revoked", "closed"):
    FORGERIES[f"a case that was {_ended} revived"] = (
        "an ended case stays ended",
        lambda s, e=_ended: [state(s, "registered", e), state(s, "registered", "registered")],
    )
FORGERIES["a case that was lapsed revived"] = (
    "an ended case stays ended",
    lambda s: [clock(s, "registered"), state(s, "registered", "lapsed"), state(s, "registered", "registered")],
)

# Numbers
ALLOWED["the next number"] = lambda s: [("UPDATE number_counters SET last = last + 1 WHERE series = 'case'", {})]
FORGERIES |= {
    "a number counter that jumps": (
        "numbers are given without gaps",
        lambda s: [("UPDATE number_counters SET last = last + 2 WHERE series = 'case'", {})],
    ),
    "a number counter set back": (
        "numbers are given without gaps",
        lambda s: [("UPDATE number_counters SET last = last - 1 WHERE series = 'case'", {})],
    ),
    "a number counter for another year": (
        "numbers are given without gaps",
        lambda s: [("UPDATE number_counters SET last = last + 1, year = 2027 WHERE series = 'case'", {})],
    ),
    "a number counter deleted": (
        "a number counter stays",
        lambda s: [delete("number_counters", "series = 'case'")],
    ),
    "a number counter written over": (
        "numbers are given without gaps|a number counter stays|a series begins at the beginning|is not emptied",
        lambda s: over(s, "number_counters", "series, year", "series = 'case'", last=500),
    ),
    "a number counter that begins high": (
        "a series begins at the beginning",
        lambda s: [insert("number_counters", series="case", year=2031, last=500)],
    ),
    "all number counters emptied": (
        "numbers are given without gaps|a number counter stays|a series begins at the beginning|is not emptied",
        lambda s: emptied(s, "number_counters"),
    ),
}

# The audit chain
ALLOWED["the next audit row"] = lambda s: [link(s), update("audit_head", "id = 1", seq=last(s) + 1, hash=OTHER_DIGEST)]
EVENTS, FOLLOWS = "audit_events is append-only", "audit events follow the head|audit_events is append-only"
MOVES = "the audit head moves to the next event"
FORGERIES |= {
    "an audit row changed": (EVENTS, lambda s: [update("audit_events", "seq = 2", action="x")]),
    "an audit row deleted": (EVENTS, lambda s: [delete("audit_events", f"seq = {last(s)}")]),
    "an audit row written over": (FOLLOWS, lambda s: over(s, "audit_events", "seq", "seq = 2", action="x")),
    "the audit emptied": (EMPTIED, lambda s: emptied(s, "audit_events")),
    "an audit row out of turn": (FOLLOWS, lambda s: [link(s, seq=last(s) + 2)]),
    "an audit row slipped in": (FOLLOWS, lambda s: [link(s, seq=2)]),
    "an audit row with a wrong predecessor": (FOLLOWS, lambda s: [link(s, prev="c" * 64)]),
    "an audit row before the first": (FOLLOWS, lambda s: [link(s, seq=0)]),
    "the audit head moved back": (
        MOVES,
        lambda s: [update("audit_head", "id = 1", **head_at(s, last(s) - 1))],
    ),
    "the audit head moved on without a row": (
        MOVES,
        lambda s: [update("audit_head", "id = 1", seq=last(s) + 1, hash=OTHER_DIGEST)],
    ),
    "the audit head with another hash": (
        MOVES,
        lambda s: [link(s), update("audit_head", "id = 1", seq=last(s) + 1, hash=DIGEST)],
    ),
    "the audit head deleted": ("the audit head stays", lambda s: [delete("audit_head", "id = 1")]),
    "a second audit head": (
        "there is one audit head",
        lambda s: [insert("audit_head", id=2, seq=0, hash="0" * 64)],
    ),
    "the audit head written over": (
        "there is one audit head|" + MOVES,
        lambda s: over(s, "audit_head", "id", seq=1),
    ),
    "the audit head emptied": ("the audit head stays|" + EMPTIED, lambda s: emptied(s, "audit_head")),
}

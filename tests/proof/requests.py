"""What may be asked for: the forms' choices in the model's words, good ones first."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tests.proof.case import FIELD, GROUP, Case
from tests.proof.model import Model
from tests.proof.table import ACTIONS, GATES, MEETING, ROWS, questions

Request = tuple[str, str | None, dict[str, Any]]

ONWARD = {
    *("submit", "accept", "resubmit", "pass_screening", "approve_risk", "pass_validation", "register"),
    *("answer_condition", "sign_screening", "give_legal_opinion", "table", "vote", "file_validation"),
    *("open_notice", "answer_objection", "close_notice"),
    "sign_site_check",
    *("give_environment_opinion", "report_condition", "confirm_condition", "decide_amendment", "resume"),
    *("draw_panel", "give_expert_opinion", "close_panel"),
    *("plan", "open_meeting", "note_attendance", "call_vote"),
}
"""Acts that carry a case on; a walk that takes only what comes would rarely leave the desk."""
FOR_A_SITTING = {"plan", "open_meeting", "note_attendance"}
"""What is done to a meeting so that a sitting can be held."""
BENCH = ("auditor", "administrator", "eco", "supervisor", "secretary", "officer3", "officer")


def variants(model: Model, case: Case, action: str) -> Iterator[dict[str, Any]]:  # noqa: PLR0912, PLR0915 (one branch a form)
    """The answers a form may bring, the one that carries on first."""
    match action:
        case "request_correction":
            for late in (False, True):
                for fields in (*combinations(FIELD, 1), ("contract.note", "documents.pdd")):
                    yield {"faults": list(fields), "late_reason": "组长同意" if late else ""}
        case "extend":
            yield from ({"granted": g} for g in ((True, False) if case.state == "correction_requested" else (True,)))
        case "remind":
            for name in case.clocks or ("acceptance",):
                yield from ({"of": name, "kind": k} for k in ("half", "near", "due", "overdue"))
        case "record_delivery":
            yield from ({"days": n} for n in (0, 1, -400))
        case "resubmit":
            yield from ({"words": words} for words in ("没有问题", ""))
        case "approve_risk":
            yield from ({"conditions": n} for n in (0, 2))
        case "find_flaw":
            closed = [g for g in GATES if (case.round, g) in case.gates]
            for gate in closed or ["acceptance"]:
                yield from ({"gate": gate, "member": m} for m in (None, "member1", "insider"))
        case "decide_amendment":
            yield from ({"approved": a} for a in (True, False))
        case "reopen" | "uphold":
            for people in (*list(combinations(BENCH[:6], 3))[::7], BENCH[4:7], BENCH[:2]):
                yield {"people": list(people), "outcome": "annulled" if "eco" in people else "changed"}
        case "answer_condition":
            for rest, one in (("met", "met"), (None, "not_met"), ("cannot_tell", "met"), ("met", None)):
                yield {"rest": rest, "one": one}
        case "record_site_check":
            now = [place for place, _ in case.checks_now().values()]
            yield from ({"corrects": place} for place in (None, *now))
        case "sign_site_check":
            now = [place for place, _ in case.checks_now().values()]
            old = [place for place in range(max(1, len(case.checks))) if place not in now]
            yield from ({"check": place} for place in (*now, *old))
        case "give_legal_opinion":
            for conclusion in ("favourable", "unfavourable", "conditional"):
                yield from ({"conclusion": conclusion, "time_sufficient": enough} for enough in (True, False))
        case "file_validation" | "give_environment_opinion":
            yield from ({"conclusion": c} for c in ("favourable", "unfavourable", "conditional"))
        case "table":
            for question in (*questions(case.state), "risk_review"):
                yield from ({"question": question, "meeting": n} for n in (model.to_come(), *_over(model)))
        case "propose_recusal":
            yield from ({"member": m} for m in ("member1", "chair", "insider", "officer"))
        case "decide_recusal":
            yield from ({"member": m, "upheld": u} for m in ("member1", "chair") for u in (True, False))
        case "vote":
            yield from ({"choice": c} for c in ("for", "against", "abstain"))
        case "draw_panel":
            yield from ({"size": n} for n in (5, 7, 6))
        case "give_expert_opinion":
            for conclusion in ("accept", "not_accept", "accept_with_conditions"):
                yield {"conclusion": conclusion, "independent": True}
            yield {"conclusion": "accept", "independent": False}
        case "close_panel":
            yield from ({"words": words} for words in ("", "专家长期出差"))
        case "set_parcel_apart":
            yield from ({"parcel_key": p} for p in ("p2", "p1", "p9"))
        case "object":
            yield from ({"tenure": t, "parcel": p} for t, p in ((False, None), (True, "p2"), (True, None)))
        case "answer_objection":
            for place in (*range(len(case.raised)), 99):
                yield from ({"place": place, "outcome": o} for o in ("unfounded", "founded"))
        case "name_verifier":
            yield from ({"body": b} for b in ("other", "vvb"))
        case "report_condition" | "confirm_condition":
            yield from ({"condition": (case.approval_round(), place)} for place in (0, 1, 2))
        case _:
            yield {}


def _over(model: Model) -> list[int | None]:
    """A meeting that is over, and none."""
    return [*[n for n, m in enumerate(model.meetings) if m.state in {"held", "called_off"}][:1], None]


def of_meetings(model: Model, case: Case) -> Iterator[Request]:
    """What may be done to the meeting of a case's sitting, or to the next one; what changes nothing is left out."""
    sitting = case.sitting
    number = next((n for n, m in enumerate(model.meetings) if sitting and m is sitting.meeting), model.to_come())
    if number is None:
        yield ("plan", "secretary", {})
        return
    room = model.meetings[number].room
    group = [w for w, p in model.people.items() if p.office in GROUP]
    presences = (group, [w for w in group if w != "chair"], group[:4], group[:3])
    forms: dict[str, list[dict[str, Any]]] = {
        "note_attendance": [{"present": here} for here in presences if set(here) != room],
        "change_meeting": [{"days": n} for n in (0, 1)],
    }
    for action, (_leads, _by) in MEETING.items():
        for who in ("chair", "deputy", "secretary"):
            for data in forms.get(action, [{}]):
                if model.judge_meeting(number, action, who, model.meetings[number].version) == "ok":
                    yield (action, who, {"on": number, **data})


def open_requests(model: Model, case: Case) -> list[Request]:
    """Everything the model would let somebody do now."""
    found: list[Request] = []
    roles = {who: model.roles(case, who) for who in (*model.people, None, "anybody")}
    for action in ACTIONS:
        row = ROWS.get((action, case.state))
        for who in (w for w in roles if row and row.by & roles[w]):
            seen = None if who in {None, "anybody"} else case.version
            for data in variants(model, case, action):
                if model.judge(case, action, who, seen, data) == "ok":
                    found.append((action, who, data))
    return found + list(of_meetings(model, case))


def onward(model: Model, case: Case, found: list[Request] | None = None) -> list[Request]:
    """Of these, what carries the case on: the good answer of each form."""
    found = open_requests(model, case) if found is None else found
    # At the officers' gates a sitting can only refuse.
    tables = case.state not in {"methodology_screening", "validation", "suspended", "submitted", "draft"}
    panels = set() if case.scheme == "local_ticket" else {"draw_panel"}
    acts = ONWARD - panels - (set() if tables or case.sitting else {"table", *FOR_A_SITTING})
    return [r for r in found if r[0] in acts and _carries_on(model, case, r)] or found


def _carries_on(model: Model, case: Case, request: Request) -> bool:
    """The good answer of a form; of the roll, the one that has everybody there."""
    action, _who, data = request
    if action in {"plan", "open_meeting"}:
        return True
    if action == "note_attendance":
        return len(data["present"]) == sum(p.office in GROUP for p in model.people.values())
    return data == next(variants(model, case, action))

"""What may be asked for: the forms' choices in the model's words, good ones first."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tests.proof.case import FIELD, Case
from tests.proof.model import Model, questions
from tests.proof.table import ACTIONS, GATES, ROWS

Request = tuple[str, str | None, dict[str, Any]]

ONWARD = {
    *("submit", "accept", "resubmit", "pass_screening", "approve_risk", "pass_validation", "register"),
    *("answer_condition", "sign_screening", "give_legal_opinion", "table", "vote", "file_validation"),
    "sign_site_check",
    *("give_environment_opinion", "report_condition", "confirm_condition", "decide_amendment", "resume"),
}
"""Acts that carry a case on; a walk that takes only what comes would rarely leave the desk."""
BENCH = ("auditor", "administrator", "eco", "supervisor", "secretary", "officer3", "officer")


def variants(case: Case, action: str) -> Iterator[dict[str, Any]]:  # noqa: PLR0912 (one branch a form)
    """The answers a form may bring, the one that carries on first."""
    match action:
        case "request_correction":
            for late in (False, True):
                for fields in (*combinations(FIELD, 1), ("contract.note", "documents.pdd")):
                    yield {"faults": list(fields), "late_reason": "组长同意" if late else ""}
        case "resubmit":
            yield from ({"words": words} for words in ("没有问题", ""))
        case "approve_risk":
            yield from ({"conditions": n} for n in (0, 2))
        case "find_flaw":
            closed = [g for g in GATES if (case.round, g) in case.gates]
            yield from ({"gate": g} for g in closed or ["acceptance"])
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
            yield from ({"question": q} for q in questions(case.state) or ("risk_review",))
        case "vote":
            yield from ({"choice": c} for c in ("for", "against", "abstain"))
        case "report_condition" | "confirm_condition":
            yield from ({"condition": (case.approval_round(), place)} for place in (0, 1, 2))
        case _:
            yield {}


def open_requests(model: Model, case: Case) -> list[Request]:
    """Everything the model would let somebody do now."""
    found: list[Request] = []
    roles = {who: model.roles(case, who) for who in (*model.people, None)}
    for action in ACTIONS:
        row = ROWS.get((action, case.state))
        for who in (w for w in roles if row and row.by & roles[w]):
            seen = None if who is None else case.version
            for data in variants(case, action):
                if model.judge(case, action, who, seen, data) == "ok":
                    found.append((action, who, data))
    return found


def onward(model: Model, case: Case, found: list[Request] | None = None) -> list[Request]:
    """Of these, what carries the case on: the good answer of each form."""
    found = open_requests(model, case) if found is None else found
    # At the officers' gates a sitting can only refuse.
    acts = ONWARD - ({"table"} if case.state in {"methodology_screening", "validation", "suspended"} else set())
    return [r for r in found if r[0] in acts and r[2] == next(variants(case, r[0]))] or found

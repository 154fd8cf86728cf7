"""Forged notices, objections, answers, parcels, verifiers: what the database must say, and the statements."""

from tests.services.forging import (
    AT,
    NOTICE,
    OTHER_DIGEST,
    Forge,
    Stage,
    Step,
    all_gates_but,
    delete,
    emptied,
    ended,
    gate,
    insert,
    objected,
    on_notice,
    opinion,
    over,
    registration,
    replied,
    run_out,
    second_round,
    update,
)

FORGERIES: dict[str, tuple[str, Forge]] = {}
ALLOWED: dict[str, Forge] = {}

NOTICED = "a validation is passed after its notice, with every objection answered"
AFTER, ANSWERED = "a notice ends after its last day", "every objection is answered before a notice ends"
RUNS, OF_THE_ROUND = "objections are taken while the notice runs", "a notice belongs to the round of the case"
VERIFIES, TWICE = "whoever validated or designed a project does not verify it", "the land stands in another entry"
EMPTIED = "is append-only|is not emptied"


def case(s: Stage) -> int:
    return s.cases["validation"]


def passed(s: Stage, *before: Step) -> list[Step]:
    """The validation gate, after a good opinion and whatever else there is."""
    return [opinion(s, case(s)), *before, gate(case(s), "validation")]


def verifier(s: Stage, case_id: int, org: int) -> Step:
    return insert("verifiers", id=9601, case_id=case_id, organisation_id=org, named_at=AT, named_by_id=1)


def land(s: Stage, case_id: int, number: int, value: str = "x") -> Step:
    values = {"id": number, "case_id": case_id, "round_no": 1, "parcel_key": "p1", "kind": "title", "value": value}
    time = {"from_on": "2024-01-01", "to_on": "2043-12-31"}
    return insert("parcel_keys", **values, place="", village="", **time, area_mu=1, claim=number)


def apart(s: Stage, case_id: int, **changed: object) -> Step:
    values = {"case_id": case_id, "parcel_key": "p1", "round_no": 1, "words": "x", "set_at": AT, "set_by_id": 1}
    return insert("parcels_apart", **(values | changed))


def entered_twice(s: Stage, *between: Step) -> list[Step]:
    """An entry on land that the registered case holds, with every gate closed."""
    mine = s.cases["fresh"]
    claims = [land(s, s.cases["registered"], 9701), land(s, mine, 9702)]
    return [*claims, *between, *all_gates_but(s, mine, None), registration(mine)]


ALLOWED |= {
    "a notice that has run, ended, and the gate passed": lambda s: passed(s, *run_out(s, case(s))),
    "an objection while the notice runs": lambda s: [on_notice(s, case(s), to_on="2026-03-02"), objected(case(s))],
    "a notice ended once everything is answered": lambda s: [
        on_notice(s, case(s)),
        objected(case(s)),
        replied(s, "officer", 1),
        replied(s, "applicant", 2),
        ended(s),
    ],
    "a verifier who had no part": lambda s: [verifier(s, s.cases["registered"], s.orgs["elsewhere"])],
    "land that was set apart from the new entry": lambda s: entered_twice(s, apart(s, s.cases["fresh"])),
    "a parcel set apart in the round of the case": lambda s: [apart(s, case(s))],
}
FORGERIES |= {
    "a validation passed without a notice": (NOTICED, passed),
    "a validation passed with an open notice": (NOTICED, lambda s: passed(s, on_notice(s, case(s)))),
    "a validation passed with an objection nobody answered": (
        NOTICED,
        # Handed in under a notice of an older round, so that this round's could be ended.
        lambda s: [
            on_notice(s, case(s), id=NOTICE + 1),
            objected(case(s), notice_id=NOTICE + 1),
            *second_round(case(s)),
            on_notice(s, case(s), 2),
            gate(case(s), "validation", round_no=2),
        ],
    ),
    "a notice ended on its last day": (AFTER, lambda s: [on_notice(s, case(s), to_on="2026-03-02"), ended(s)]),
    "a notice ended with an objection nobody answered": (
        ANSWERED,
        lambda s: [on_notice(s, case(s)), objected(case(s)), ended(s)],
    ),
    "a notice ended with an objection one side answered": (
        ANSWERED,
        lambda s: [on_notice(s, case(s)), objected(case(s)), replied(s, "officer", 1), ended(s)],
    ),
    "an objection after the notice was ended": (RUNS, lambda s: [*run_out(s, case(s)), objected(case(s))]),
    "an objection in an older round": (
        RUNS,
        lambda s: [on_notice(s, case(s)), *second_round(case(s)), objected(case(s))],
    ),
    "a notice of a case in risk review": (OF_THE_ROUND, lambda s: [on_notice(s, s.cases["risk"])]),
    "a notice of an older round": (OF_THE_ROUND, lambda s: [*second_round(case(s)), on_notice(s, case(s))]),
    "a second notice of a round": (
        "public_notices is append-only|UNIQUE|unique",
        lambda s: [on_notice(s, case(s)), on_notice(s, case(s), id=NOTICE + 1)],
    ),
    "an officer who answers twice": (
        "objection_answers is append-only|UNIQUE|unique",
        lambda s: [on_notice(s, case(s)), objected(case(s)), replied(s, "officer", 1), replied(s, "officer", 2)],
    ),
    "an answer of the applicant with a finding": (
        "officers_find",
        lambda s: [on_notice(s, case(s)), objected(case(s)), replied(s, "applicant", 1, outcome="unfounded")],
    ),
    "days of a notice changed": (
        "public_notices is append-only",
        lambda s: [on_notice(s, case(s)), update("public_notices", f"id = {NOTICE}", to_on="2026-02-20")],
    ),
    "an objection changed": (
        "objections is append-only",
        lambda s: [on_notice(s, case(s)), objected(case(s)), update("objections", "1 = 1", words="y")],
    ),
    "an objection deleted": (
        "objections is append-only",
        lambda s: [on_notice(s, case(s)), objected(case(s)), delete("objections", "1 = 1")],
    ),
    "an answer changed": (
        "objection_answers is append-only",
        lambda s: [
            *(on_notice(s, case(s)), objected(case(s)), replied(s, "officer", 1)),
            update("objection_answers", "1 = 1", outcome="founded"),
        ],
    ),
    "objections emptied": (EMPTIED, lambda s: [on_notice(s, case(s)), objected(case(s)), *emptied(s, "objections")]),
    "a notice written over": (
        f"public_notices is append-only|{OF_THE_ROUND}",
        lambda s: over(s, "public_notices", "id", to_on="2026-02-20"),
    ),
    "a claim on land changed": (
        "parcel_keys is append-only",
        lambda s: [update("parcel_keys", "1 = 1", value=OTHER_DIGEST)],
    ),
    "a parcel set apart in an older round": (
        "a parcel is set apart in the round of the case",
        lambda s: [*second_round(case(s)), apart(s, case(s))],
    ),
    "a parcel set apart put back": (
        "parcels_apart is append-only",
        lambda s: [apart(s, case(s)), delete("parcels_apart", "1 = 1")],
    ),
    "land entered twice for one time": (TWICE, entered_twice),
    "the validator as verifier": (VERIFIES, lambda s: [verifier(s, s.cases["registered"], s.orgs["vvb"])]),
    "a verifier of a project that is not entered": (VERIFIES, lambda s: [verifier(s, case(s), s.orgs["elsewhere"])]),
}

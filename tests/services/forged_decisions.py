"""Forged entries, gates, counts, sittings and votes: what the database must say, and the statements."""

from tests.services.forging import (
    AT,
    FOREIGN,
    GATES,
    OTHER_DIGEST,
    SITTING,
    Forge,
    Stage,
    Step,
    all_gates_but,
    ballot,
    bar,
    decided,
    delete,
    elector,
    gate,
    insert,
    membership,
    open_vote,
    opening,
    over,
    registration,
    row,
    second_round,
    sitting,
    state,
    update,
)

FORGERIES: dict[str, tuple[str, Forge]] = {}
ALLOWED: dict[str, Forge] = {}

SHORT = "the count does not carry the decision"
NOT_OWN = "no member decides on the own organisation"
LATE = "votes are cast in an open sitting of this round"
FIXED = "the electorate is fixed from the opening"
SEATED = "an elector holds a seat in the group"


def _seat(s: Stage, user: int) -> Step:
    return insert("appointments", user_id=user, body_id=s.body, role="member", since="2020-01-01")


def came(s: Stage, place: int) -> Step:
    """A member comes into the room of the meeting in which the case in validation was decided."""
    meeting_id = row(s, "agenda_items", f"deliberation_id = {decided(s)}")["meeting_id"]
    told = {"meeting_id": meeting_id, "user_id": s.voters[place], "present": True, "noted_at": AT, "noted_by_id": 1}
    return insert("attendances", **told)


# Entries
ALLOWED["an entry with five gates"] = lambda s: [
    *all_gates_but(s, s.cases["fresh"], None),
    registration(s.cases["fresh"]),
]
for _gate in GATES:
    FORGERIES[f"an entry without {_gate}"] = (
        FOREIGN,
        lambda s, g=_gate: [*all_gates_but(s, s.cases["fresh"], g), registration(s.cases["fresh"])],
    )
FORGERIES |= {
    "an entry on a rejected gate": (
        FOREIGN,
        lambda s: [
            *all_gates_but(s, s.cases["fresh"], "registration"),
            gate(s.cases["fresh"], "registration", "reject", deliberation_id=SITTING + 4),
            registration(s.cases["fresh"]),
        ],
    ),
    "an entry that says a rejected gate is enough": (
        "ck_registrations_ok",
        lambda s: [registration(s.cases["fresh"], ok=0)],
    ),
    "an entry that counts one gate twice": (
        "ck_registrations_g5",
        lambda s: [*all_gates_but(s, s.cases["fresh"], "registration"), registration(s.cases["fresh"], g5=GATES[0])],
    ),
    "an entry on the gates of an older round": (
        FOREIGN,
        lambda s: [
            *all_gates_but(s, s.cases["fresh"], None),
            *second_round(s.cases["fresh"]),
            registration(s.cases["fresh"], 2),
        ],
    ),
    "an entry for an older round": (
        "an entry belongs to the round of the case",
        lambda s: [
            *all_gates_but(s, s.cases["fresh"], None),
            *second_round(s.cases["fresh"]),
            registration(s.cases["fresh"], 1),
        ],
    ),
    "an entry changed": (
        "registrations is append-only",
        lambda s: [update("registrations", "1 = 1", project_number="TA-X-2")],
    ),
    "an entry deleted": ("registrations is append-only", lambda s: [delete("registrations", "1 = 1")]),
    "registered by a plain update": (
        "an entry in the library needs its registration",
        lambda s: [state(s, "risk", "registered")],
    ),
    "revoked though never registered": (
        "an entry in the library needs its registration",
        lambda s: [state(s, "risk", "revoked")],
    ),
    "a case born registered": (
        "a case begins as a draft|a case begins without an entry",
        lambda s: [
            insert(
                "cases",
                **row(
                    s,
                    "cases",
                    f"id = {s.cases['registered']}",
                    id=9001,
                    number="TL2026999999",
                    project_number="TA-X-9",
                ),
            )
        ],
    ),
    "a case written over as registered": (
        "a case begins as a draft|a case begins without an entry|an entry in the library",
        lambda s: over(s, "cases", "id", f"id = {s.cases['risk']}", state="registered"),
    ),
}

# Gates and counts
ALLOWED["a gate with enough votes"] = lambda s: open_vote(s, (5, 1, 0))
ALLOWED["a qualified majority that is met"] = lambda s: open_vote(s, (6, 2, 0), needs_num=2, needs_den=3)
ALLOWED["a gate rejected in a sitting"] = lambda s: open_vote(s, (0, 0, 0), "reject")
FORGERIES |= {
    "a gate of an older round": (
        "a gate is closed in the round of the case",
        lambda s: [*second_round(s.cases["fresh"]), gate(s.cases["fresh"], "acceptance")],
    ),
    "a gate of a round to come": (
        "a gate is closed in the round of the case|" + FOREIGN,
        lambda s: [gate(s.cases["fresh"], "acceptance", round_no=2)],
    ),
    "a gate without a quorum": (SHORT, lambda s: open_vote(s, (5, 0, 0))),
    "a gate with half of the members": (SHORT, lambda s: open_vote(s, (4, 4, 0))),
    "a gate by abstentions": (SHORT, lambda s: open_vote(s, (4, 0, 5))),
    "a gate with conditions and too few votes": (SHORT, lambda s: open_vote(s, (4, 4, 0), "pass_with_conditions")),
    "a tie of an even electorate": (
        SHORT,
        lambda s: [
            opening(s.cases["risk"], members=8),
            *(elector(v) for v in s.voters[:8]),
            *(ballot(v, "for" if n < 4 else "against") for n, v in enumerate(s.voters[:8])),
            gate(s.cases["risk"], "risk_review", deliberation_id=SITTING),
        ],
    ),
    "a qualified majority that is not met": (SHORT, lambda s: open_vote(s, (5, 3, 0), needs_num=2, needs_den=3)),
    "the least quorum not met": (
        SHORT,
        lambda s: [
            opening(s.cases["risk"], members=3, quorum_num=1),
            *(elector(v) for v in s.voters[:3]),
            *(ballot(v) for v in s.voters[:2]),
            gate(s.cases["risk"], "risk_review", deliberation_id=SITTING),
        ],
    ),
    "a gate on the votes of another question": (
        SHORT,
        lambda s: [
            *sitting(s, s.cases["risk"], "registration"),
            gate(s.cases["risk"], "risk_review", deliberation_id=SITTING),
        ],
    ),
    "a first gate on the votes of an amendment": (
        SHORT,
        lambda s: [
            *sitting(s, s.cases["risk"], "amendment"),
            gate(s.cases["risk"], "risk_review", deliberation_id=SITTING),
        ],
    ),
    "a gate on the votes of another case": (
        FOREIGN,
        lambda s: [
            *sitting(s, s.cases["fresh"]),
            gate(s.cases["risk"], "risk_review", deliberation_id=SITTING),
        ],
    ),
    "a gate on a sitting that was taken off the agenda": (
        SHORT,
        lambda s: [
            *sitting(s, s.cases["risk"]),
            insert("deliberation_ends", deliberation_id=SITTING, action="untable", ended_at=AT, ended_by_id=1),
            gate(s.cases["risk"], "risk_review", deliberation_id=SITTING),
        ],
    ),
    "a gate of the group without a sitting": (
        "ck_gate_decisions_decided_in_a_sitting",
        lambda s: [gate(s.cases["risk"], "risk_review")],
    ),
    "a rejection without a sitting": (
        "ck_gate_decisions_rejected_in_a_sitting",
        lambda s: [gate(s.cases["fresh"], "acceptance", "reject")],
    ),
    "a rejection that passed": (
        "ck_gate_decisions_passed_follows_result",
        lambda s: [
            *sitting(s, s.cases["risk"], votes=(0, 8, 0)),
            gate(s.cases["risk"], "risk_review", "reject", passed=1, deliberation_id=SITTING),
        ],
    ),
    "a pass that did not": (
        "ck_gate_decisions_passed_follows_result",
        lambda s: [gate(s.cases["fresh"], "acceptance", passed=0)],
    ),
    "a screening deemed passed": (
        "ck_gate_decisions_only_acceptance_is_deemed",
        lambda s: [gate(s.cases["screening"], "screening", "deemed")],
    ),
    "a gate changed": (
        "gate_decisions is append-only",
        lambda s: [update("gate_decisions", "1 = 1", facts_digest=OTHER_DIGEST)],
    ),
    "a gate deleted": ("gate_decisions is append-only", lambda s: [delete("gate_decisions", "1 = 1")]),
    "a gate closed twice": (
        "gate_decisions is append-only",
        lambda s: [gate(s.cases["screening"], "acceptance")],
    ),
}

# Gates carried into a new round
ALLOWED["a gate carried with the same digest"] = lambda s: [
    gate(s.cases["fresh"], "acceptance"),
    *second_round(s.cases["fresh"]),
    gate(s.cases["fresh"], "acceptance", "carried", round_no=2, carried_from=1),
]
FORGERIES |= {
    "a carried gate without its source": (
        "ck_gate_decisions_carried_names_its_source",
        lambda s: [
            *second_round(s.cases["fresh"]),
            gate(s.cases["fresh"], "acceptance", "carried", round_no=2),
        ],
    ),
    "a carried gate that was never closed": (
        FOREIGN,
        lambda s: [
            *second_round(s.cases["fresh"]),
            gate(s.cases["fresh"], "acceptance", "carried", round_no=2, carried_from=1),
        ],
    ),
    "a carried gate with another digest": (
        FOREIGN,
        lambda s: [
            gate(s.cases["fresh"], "acceptance"),
            *second_round(s.cases["fresh"]),
            gate(s.cases["fresh"], "acceptance", "carried", round_no=2, carried_from=1, facts_digest=OTHER_DIGEST),
        ],
    ),
    "a gate carried from itself": (
        "ck_gate_decisions_carried_from_an_earlier_round",
        lambda s: [gate(s.cases["fresh"], "acceptance", "carried", carried_from=1)],
    ),
    "a gate carried from another case": (
        FOREIGN,
        lambda s: [
            gate(s.cases["fresh"], "acceptance"),
            *second_round(s.cases["person"]),
            gate(s.cases["person"], "acceptance", "carried", round_no=2, carried_from=1),
        ],
    ),
}

# Sittings, electors, votes
ALLOWED["a vote in an open sitting"] = lambda s: [
    *sitting(s, s.cases["risk"], votes=(2, 0, 0)),
    ballot(s.voters[5]),
]
FORGERIES |= {
    "a vote of somebody who is no elector": (
        FOREIGN,
        lambda s: [*sitting(s, s.cases["risk"], votes=(2, 0, 0)), ballot(s.people["officer"])],
    ),
    "a second vote": (
        "votes is append-only",
        lambda s: [*sitting(s, s.cases["risk"], votes=(2, 0, 0)), ballot(s.voters[0], "against")],
    ),
    "a vote after the decision": (LATE, lambda s: [came(s, 8), ballot(s.voters[8], "against", decided(s))]),
    "a vote after the gate and before the end": (
        LATE,
        lambda s: [*open_vote(s, (6, 0, 0)), ballot(s.voters[8], "against")],
    ),
    "a vote after the agenda item was taken off": (
        LATE,
        lambda s: [
            *sitting(s, s.cases["risk"], votes=(0, 0, 0)),
            insert("deliberation_ends", deliberation_id=SITTING, action="untable", ended_at=AT, ended_by_id=1),
            ballot(s.voters[0]),
        ],
    ),
    "a vote before the electorate is complete": (
        LATE,
        lambda s: [opening(s.cases["risk"]), elector(s.voters[0]), ballot(s.voters[0])],
    ),
    "a vote in a sitting of an older round": (
        LATE,
        lambda s: [
            *sitting(s, s.cases["risk"], votes=(0, 0, 0)),
            *second_round(s.cases["risk"]),
            ballot(s.voters[0]),
        ],
    ),
    "a vote changed": ("votes is append-only", lambda s: [update("votes", "1 = 1", choice="against")]),
    "a vote deleted": ("votes is append-only", lambda s: [delete("votes", "1 = 1")]),
    "a vote written over": (
        LATE + "|votes is append-only",
        lambda s: over(s, "votes", "deliberation_id, user_id", choice="against"),
    ),
    "an elector whom nobody appointed": (
        SEATED,
        lambda s: [opening(s.cases["risk"]), elector(s.people["officer"])],
    ),
    "an elector added after the opening": (
        f"{FIXED}|{SEATED}",
        lambda s: [*sitting(s, s.cases["risk"], votes=(0, 0, 0)), elector(s.people["officer"])],
    ),
    "an elector taken away": ("electors is append-only", lambda s: [delete("electors", "1 = 1")]),
    "an exclusion taken back": (
        "excluded_members is append-only",
        lambda s: [
            opening(s.cases["risk"]),
            insert("excluded_members", deliberation_id=SITTING, user_id=s.voters[0], organisation_id=None),
            delete("excluded_members", "1 = 1"),
        ],
    ),
    "a sitting reopened": ("deliberation_ends is append-only", lambda s: [delete("deliberation_ends", "1 = 1")]),
    "a sitting of an older round": (
        "a sitting belongs to the round of the case",
        lambda s: [*second_round(s.cases["risk"]), opening(s.cases["risk"])],
    ),
    "a sitting of two": ("ck_deliberations_enough_members", lambda s: [opening(s.cases["risk"], members=2)]),
    "a majority below half": (
        "ck_deliberations_majority_in_range",
        lambda s: [opening(s.cases["risk"], needs_num=1, needs_den=3)],
    ),
    "a quorum of nobody": ("ck_deliberations_quorum_in_range", lambda s: [opening(s.cases["risk"], quorum_num=0)]),
}
for _figure, _low in {"members": 3, "quorum_num": 1, "quorum_min": 1, "needs_num": 1, "needs_den": 2}.items():
    FORGERIES[f"a sitting's {_figure} lowered"] = (
        "deliberations is append-only",
        lambda s, f=_figure, low=_low: [update("deliberations", "1 = 1", **{f: low})],
    )

# The own organisation (submitted 2 March, opened 2 March unless said otherwise)
for _party in ("applicant", "agent", "partner", "vvb"):
    FORGERIES[f"an elector of the {_party}"] = (NOT_OWN, lambda s, p=_party: bar(s, p))
FORGERIES |= {
    "a natural person who decides on the own case": (
        NOT_OWN,
        lambda s: [
            _seat(s, s.people["owner"]),
            opening(s.cases["person"]),
            elector(s.people["owner"]),
        ],
    ),
    "an elector who left on the day of submission": (NOT_OWN, lambda s: bar(s, "applicant", until="2026-03-02")),
    "an elector who joined on the day of opening": (NOT_OWN, lambda s: bar(s, "partner", since="2026-03-02")),
    "an elector who joined on the day of opening in Tai'an": (
        NOT_OWN,
        lambda s: bar(s, "partner", since="2026-03-05", opened_at="2026-03-04 17:00:00.000000"),
    ),
    "an elector who was in and out in between": (
        NOT_OWN,
        lambda s: bar(s, "vvb", "2026-03-10", "2026-03-11", opened_at="2026-03-20 01:00:00.000000"),
    ),
    "a vote of a member whose membership comes out later": (
        NOT_OWN,
        lambda s: [
            *sitting(s, s.cases["risk"], votes=(2, 0, 0)),
            membership(s.voters[5], s.orgs["applicant"]),
            ballot(s.voters[5]),
        ],
    ),
}
ALLOWED |= {
    "an elector of another organisation": lambda s: bar(s, "elsewhere"),
    "an elector who left before the submission": lambda s: bar(s, "applicant", until="2026-03-01"),
    "an elector who joined after the opening": lambda s: bar(s, "applicant", since="2026-03-03"),
    "an elector who joined the day after the opening in Tai'an": lambda s: bar(
        s, "partner", since="2026-03-05", opened_at="2026-03-04 15:00:00.000000"
    ),
}

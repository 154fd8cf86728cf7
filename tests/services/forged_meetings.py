"""Forged meetings, agendas, rolls, recusals, questions and votes: what the database must say, and the statements."""

from tests.services.forging import (
    AT,
    FOREIGN,
    SITTING,
    Forge,
    Stage,
    Step,
    ballot,
    decided,
    delete,
    elector,
    emptied,
    gate,
    insert,
    opening,
    over,
    update,
)

FORGERIES: dict[str, tuple[str, Forge]] = {}
ALLOWED: dict[str, Forge] = {}

MEETING = 9001
SHORT = "the count does not carry the decision"
TO_COME = "a case is tabled for a meeting still to be held"
STAYS = "a meeting that was held stays where it was"
VOTED = "who has voted no longer stands aside"
ASIDE = "who stands aside does not vote"
QUESTION = "votes are taken once the question is put"
ROOM = "who votes is in the room"
LAST = "who presides speaks last"
SESSION = "a question is put in a meeting in session"


def meeting(s: Stage, state: str = "in_session", **changed: object) -> list[Step]:
    """A meeting is planned first, and then in the state."""
    values = {"id": MEETING, "body_id": s.body, "number": "X-9001", "state": "planned", "version": 1}
    values |= {"held_on": "2026-03-02", "starts_at": "09:00", "place": "x", "planned_at": AT, "planned_by_id": 1}
    planned = insert("meetings", **(values | {"is_example": False} | changed))
    there = f"id = {changed.get('id', MEETING)}"
    return [planned] if state == "planned" else [planned, update("meetings", there, state=state)]


def item(sitting: int = SITTING, meeting_id: int = MEETING, no: int = 1) -> Step:
    return insert("agenda_items", deliberation_id=sitting, meeting_id=meeting_id, no=no)


def line(user: int, *, present: bool = True, meeting_id: int = MEETING) -> Step:
    values = {"meeting_id": meeting_id, "user_id": user, "present": present}
    return insert("attendances", **values, noted_at=AT, noted_by_id=1)


def call(s: Stage, who: int | None = None, *, sitting: int = SITTING, attending: int = 9, quorum: int = 6) -> Step:
    values = {"deliberation_id": sitting, "presided_by_id": who or s.voters[0], "entitled": 9}
    return insert("sitting_calls", **values, called_at=AT, attending=attending, quorum=quorum)


def recusal(user: int, sitting: int = SITTING, ground: str = "other_tie") -> Step:
    values = {"deliberation_id": sitting, "user_id": user, "ground": ground, "organisation_id": None}
    return insert("recusals", **values, words="", made_at=AT, made_by_id=user)


def proposal(user: int, **changed: object) -> Step:
    values = {"deliberation_id": SITTING, "user_id": user, "ground": "other_tie", "words": "x", "proposed_at": AT}
    return insert("recusal_proposals", **(values | {"proposed_by_id": 1} | changed))


def tabled(s: Stage, state: str = "in_session", here: int = 9) -> list[Step]:
    """A sitting of the nine on risk, on the agenda of a meeting, with so many in the room."""
    case = s.cases["risk"]
    seats = [elector(v, seat=n) for n, v in enumerate(s.voters, 1)]
    return [opening(case), *seats, *meeting(s), item(), *(line(v) for v in s.voters[:here]), *_moved(state)]


def _moved(state: str) -> list[Step]:
    return [] if state == "in_session" else [update("meetings", f"id = {MEETING}", state=state)]


def called(s: Stage, here: int = 9) -> list[Step]:
    return [*tabled(s, here=here), call(s)]


def ended() -> Step:
    return insert("deliberation_ends", deliberation_id=SITTING, action="adjourn", ended_at=AT, ended_by_id=1)


def counted(s: Stage, aside: int, votes: tuple[int, int], here: int = 9) -> list[Step]:
    """So many of the nine stand aside, so many vote for and against, and the gate is closed on the count."""
    voters = s.voters[: 9 - aside]
    choices = ["for"] * votes[0] + ["against"] * votes[1]
    order = [*voters[1:], voters[0]][: len(choices)]  # who presides speaks last
    return [
        *called(s, here),
        *(recusal(v) for v in s.voters[9 - aside :]),
        *(ballot(v, c) for v, c in zip(order, choices, strict=True)),
        gate(s.cases["risk"], "risk_review", deliberation_id=SITTING),
    ]


# The agenda
ALLOWED |= {
    "a case tabled for a meeting in session": lambda s: [opening(s.cases["risk"]), *meeting(s), item()],
    "a case tabled for a planned meeting": lambda s: [opening(s.cases["risk"]), *meeting(s, "planned"), item()],
}
for _state in ("held", "called_off"):
    FORGERIES[f"a case tabled for a meeting that is {_state}"] = (
        TO_COME,
        lambda s, state=_state: [opening(s.cases["risk"]), *meeting(s, state), item()],
    )
FORGERIES |= {
    "a case tabled for no meeting": (FOREIGN, lambda s: [opening(s.cases["risk"]), item(meeting_id=4711)]),
    "one place on the agenda for two": (
        "agenda_items.meeting_id, agenda_items.no|uq_agenda_items_meeting_id_no",
        lambda s: [opening(s.cases["risk"]), *meeting(s), item(), opening(s.cases["fresh"], id=9002), item(9002)],
    ),
    "a sitting moved to another meeting": (
        "agenda_items is append-only",
        lambda s: [*tabled(s), update("agenda_items", f"deliberation_id = {SITTING}", no=7)],
    ),
    "an item taken off without a trace": (
        "agenda_items is append-only",
        lambda s: [*tabled(s), delete("agenda_items", f"deliberation_id = {SITTING}")],
    ),
    "an elector seated only after the day of the meeting": (
        "an elector holds a seat in the group",
        lambda s: [
            insert("appointments", user_id=s.people["officer"], body_id=s.body, role="member", since="2026-03-20"),
            opening(s.cases["validation"], "validation"),
            *meeting(s, held_on="2026-03-19"),
            item(),
            elector(s.people["officer"]),
        ],
    ),
}
ALLOWED["an elector seated on the day of the meeting"] = lambda s: [
    insert("appointments", user_id=s.people["officer3"], body_id=s.body, role="member", since="2026-03-20"),
    opening(s.cases["risk"]),
    *meeting(s, held_on="2026-03-20"),
    item(),
    elector(s.people["officer3"]),
]

# Meetings
ALLOWED["a meeting moved to another day before it begins"] = lambda s: [
    *meeting(s, "planned"),
    update("meetings", f"id = {MEETING}", held_on="2026-03-09", place="y"),
]
FORGERIES |= {
    "a meeting in session moved to another day": (
        STAYS,
        lambda s: [*meeting(s), update("meetings", f"id = {MEETING}", held_on="2026-03-09")],
    ),
    "a meeting in session planned again": (
        STAYS,
        lambda s: [*meeting(s), update("meetings", f"id = {MEETING}", state="planned")],
    ),
    "a meeting called off held after all": (
        STAYS,
        lambda s: [*meeting(s, "called_off"), update("meetings", f"id = {MEETING}", state="in_session")],
    ),
    "a meeting under another number": (
        STAYS,
        lambda s: [*meeting(s, "planned"), update("meetings", f"id = {MEETING}", number="X-9002")],
    ),
    "a meeting deleted": ("meetings stay on record", lambda s: [*meeting(s), delete("meetings", f"id = {MEETING}")]),
    "a meeting in no state": ("ck_meetings_state_listed", lambda s: [*meeting(s, "adjourned")]),
}

# The roll
FORGERIES |= {
    "a line of the roll changed": (
        "attendances is append-only",
        lambda s: [*tabled(s), update("attendances", f"meeting_id = {MEETING}", present=False)],
    ),
    "a line of the roll deleted": (
        "attendances is append-only",
        lambda s: [*tabled(s), delete("attendances", f"meeting_id = {MEETING}")],
    ),
    "a line of the roll written over": (
        "attendances is append-only",
        lambda s: over(s, "attendances", "id", present=False),
    ),
}

# The question
ALLOWED["a question put in session"] = called
FORGERIES |= {
    "a question put without a quorum": (
        "ck_sitting_calls_quorate",
        lambda s: [*tabled(s), call(s, attending=5)],
    ),
    "a question put outside a meeting": (
        SESSION,
        lambda s: [opening(s.cases["risk"]), *(elector(v) for v in s.voters), call(s)],
    ),
    "a question put after it was adjourned": (SESSION, lambda s: [*tabled(s), ended(), call(s)]),
    "a question put twice": ("sitting_calls is append-only", lambda s: [*called(s), call(s, s.voters[1])]),
    "another one who put the question": (
        "sitting_calls is append-only",
        lambda s: [*called(s), update("sitting_calls", f"deliberation_id = {SITTING}", presided_by_id=s.voters[1])],
    ),
    "a question taken back": (
        "sitting_calls is append-only",
        lambda s: [*called(s), delete("sitting_calls", f"deliberation_id = {SITTING}")],
    ),
}
for _state in ("planned", "held", "called_off"):
    FORGERIES[f"a question put in a meeting that is {_state}"] = (
        SESSION,
        lambda s, state=_state: [
            opening(s.cases["risk"]),
            *(elector(v) for v in s.voters),
            *meeting(s, "planned"),
            item(),
            *([] if state == "planned" else [update("meetings", f"id = {MEETING}", state=state)]),
            call(s),
        ],
    )

# Votes in the room
ALLOWED |= {
    "a vote in the room once the question is put": lambda s: [*called(s), ballot(s.voters[3])],
    "who presides votes after everybody in the room": lambda s: [
        *called(s, here=6),
        *(ballot(v) for v in s.voters[1:6]),
        ballot(s.voters[0]),
    ],
    "who presides does not wait for a member who stands aside or has left": lambda s: [
        *called(s, here=6),
        recusal(s.voters[4]),
        line(s.voters[5], present=False),
        *(ballot(v) for v in s.voters[1:4]),
        ballot(s.voters[0]),
    ],
    "a vote of a member who came back": lambda s: [
        *called(s),
        line(s.voters[3], present=False),
        line(s.voters[3]),
        ballot(s.voters[3]),
    ],
}
FORGERIES |= {
    "a vote before the question is put": (QUESTION, lambda s: [*tabled(s), ballot(s.voters[3])]),
    "a vote from outside the room": (ROOM, lambda s: [*called(s, here=6), ballot(s.voters[8])]),
    "a vote of a member who has left": (
        ROOM,
        lambda s: [*called(s), line(s.voters[3], present=False), ballot(s.voters[3])],
    ),
    "a vote of somebody in the room of another meeting": (
        ROOM,
        lambda s: [
            *called(s, here=6),
            *meeting(s, id=9002, number="X-9002"),
            line(s.voters[8], meeting_id=9002),
            ballot(s.voters[8]),
        ],
    ),
    "who presides votes first": (LAST, lambda s: [*called(s), ballot(s.voters[0])]),
    "who presides votes before one member": (
        LAST,
        lambda s: [*called(s), *(ballot(v) for v in s.voters[1:8]), ballot(s.voters[0])],
    ),
    "who presides votes before one who came late": (
        LAST,
        lambda s: [*called(s, here=6), *(ballot(v) for v in s.voters[1:6]), line(s.voters[6]), ballot(s.voters[0])],
    ),
}

# Standing aside
ALLOWED |= {
    "a recusal before the vote": lambda s: [*called(s), recusal(s.voters[3])],
    "a recusal that is proposed and decided": lambda s: [
        *tabled(s),
        proposal(s.voters[3]),
        update(
            "recusal_proposals",
            f"deliberation_id = {SITTING}",
            upheld=True,
            reasons="x",
            decided_at=AT,
            decided_by_id=1,
        ),
        recusal(s.voters[3]),
    ],
}
FORGERIES |= {
    "a vote of a member who stands aside": (ASIDE, lambda s: [*called(s), recusal(s.voters[3]), ballot(s.voters[3])]),
    "a recusal after the vote": (VOTED, lambda s: [*called(s), ballot(s.voters[3]), recusal(s.voters[3])]),
    "a recusal in a decided sitting": (VOTED, lambda s: [recusal(s.voters[8], decided(s))]),
    "a recusal of somebody who is no elector": (FOREIGN, lambda s: [*called(s), recusal(s.people["officer"])]),
    "a recusal on no ground": ("ck_recusals_ground_listed", lambda s: [*called(s), recusal(s.voters[3], ground="x")]),
    "a recusal taken back": (
        "recusals is append-only",
        lambda s: [*called(s), recusal(s.voters[3]), delete("recusals", f"deliberation_id = {SITTING}")],
    ),
    "a recusal on another ground": (
        "recusals is append-only",
        lambda s: [
            *called(s),
            recusal(s.voters[3]),
            update("recusals", f"deliberation_id = {SITTING}", ground="applicant"),
        ],
    ),
    "a recusal proposed twice": (
        "recusal_proposals.deliberation_id, recusal_proposals.user_id|uq_recusal_proposals",
        lambda s: [*tabled(s), proposal(s.voters[3]), proposal(s.voters[3])],
    ),
    "a proposal decided at no instant": (
        "ck_recusal_proposals_decided_at_an_instant",
        lambda s: [*tabled(s), proposal(s.voters[3], upheld=True)],
    ),
    "a proposal on no ground": (
        "ck_recusal_proposals_ground_listed",
        lambda s: [*tabled(s), proposal(s.voters[3], ground="x")],
    ),
}

# The count: by those entitled, the group less whoever stands aside
ALLOWED |= {
    "a count of six by eight entitled": lambda s: counted(s, 1, (5, 1)),
    "a majority of eight that would be none of nine": lambda s: counted(s, 2, (4, 3)),
}
FORGERIES |= {
    "a count of five by eight entitled": (SHORT, lambda s: counted(s, 1, (5, 0))),
    "a tie of eight entitled": (SHORT, lambda s: counted(s, 1, (4, 4))),
    "a majority of those present but not of those entitled": (SHORT, lambda s: counted(s, 1, (4, 2))),
}

# Flawed votes
ALLOWED["a vote found flawed"] = lambda s: [_flawed(s)]
FORGERIES |= {
    "a flaw in a vote that was not cast": (
        FOREIGN,
        lambda s: [insert("flawed_votes", **_flaw(s, s.voters[8]))],
    ),
    "a flaw taken back": (
        "flawed_votes is append-only",
        lambda s: [_flawed(s), delete("flawed_votes", "1 = 1")],
    ),
    "a flaw of somebody else": (
        "flawed_votes is append-only",
        lambda s: [_flawed(s), update("flawed_votes", "1 = 1", user_id=s.voters[2])],
    ),
}


def _flaw(s: Stage, user: int) -> dict[str, object]:
    return {"deliberation_id": decided(s), "user_id": user, "found_at": AT, "found_by_id": 1}


def _flawed(s: Stage) -> Step:
    return insert("flawed_votes", **_flaw(s, s.voters[1]))


for _table in ("agenda_items", "attendances", "sitting_calls"):
    FORGERIES[f"all {_table} at once"] = (
        f"{_table} is append-only|{_table} is not emptied",
        lambda s, t=_table: emptied(s, t),
    )

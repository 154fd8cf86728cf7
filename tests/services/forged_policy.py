"""Forged changes of the policy and their replays: what the database must say, and the statements."""

from typing import Any

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
    insert,
    update,
)

FORGERIES: dict[str, tuple[str, Forge]] = {}
ALLOWED: dict[str, Forge] = {}

NUMBER, REPLAY = 9001, 9101
HISTORY = "c" * 64
STEPS, FROZEN = "a change is proposed, then decided once", "what was proposed stays as it is"
FORWARDS = "a change is confirmed for a later day, replayed as it stands"
LATER = "2026-03-03 01:00:00.000000"


def paper() -> Step:
    return insert("stored_files", sha256=OTHER_DIGEST, size=1, media_type="application/pdf", stored_at=AT)


def change(s: Stage, number: int = NUMBER, **changed: Any) -> Step:
    values = {"id": number, "body_id": s.body, "state": "draft", "version": 1, "subject": "legal_review_days"}
    said = {"effective_on": "2026-04-01", "content": "x", "content_digest": DIGEST, "reasons": "x"}
    more = {"document_number": "x", "document_title": "x", "sha256": OTHER_DIGEST, "filename": "x.pdf"}
    by = {"drafted_by_id": s.people["officer"], "drafted_at": AT, "is_example": False}
    return insert("policy_changes", **(values | said | more | by | changed))


def replayed(s: Stage, change_id: int = NUMBER, number: int = REPLAY, **changed: Any) -> Step:
    values = {
        "id": number,
        "change_id": change_id,
        "content_digest": DIGEST,
        "revision": "",
        "cases": 1,
        "result": "{}",
    }
    return insert("policy_replays", **(values | {"made_at": AT, "made_by_id": s.people["officer"]} | changed))


def step(change_id: int = NUMBER, **changed: Any) -> Step:
    return update("policy_changes", f"id = {change_id}", **changed)


def propose(s: Stage, change_id: int = NUMBER, **changed: Any) -> Step:
    values = {"state": "proposed", "number": f"规{change_id}", "proposed_by_id": s.people["officer"], "proposed_at": AT}
    return step(change_id, **(values | changed))


def decide(s: Stage, state: str, change_id: int = NUMBER, **changed: Any) -> Step:
    who = "officer" if state == "withdrawn" else "chair"
    return step(change_id, **({"state": state, "decided_by_id": s.people[who], "decided_at": LATER} | changed))


def confirm(s: Stage, change_id: int = NUMBER, **changed: Any) -> Step:
    history = {"history_no": 1, "history_digest": HISTORY}
    return decide(s, "confirmed", change_id, **(history | changed))


def waiting(s: Stage) -> list[Step]:
    """A proposal, replayed."""
    return [paper(), change(s), replayed(s), propose(s)]


def in_force(s: Stage) -> list[Step]:
    return [*waiting(s), confirm(s)]


def second(s: Stage, **changed: Any) -> list[Step]:
    """Another proposal, replayed against the policy with the first in force."""
    return [
        change(s, NUMBER + 1, **changed),
        replayed(s, NUMBER + 1, REPLAY + 1, revision=HISTORY),
        propose(s, NUMBER + 1),
    ]


ALLOWED |= {
    "a change that is drafted, replayed, proposed and confirmed": in_force,
    "a change that is refused": lambda s: [*waiting(s), decide(s, "refused")],
    "a change that is taken back": lambda s: [*waiting(s), decide(s, "withdrawn")],
    "a draft that is changed": lambda s: [paper(), change(s), step(content="y", reasons="")],
    "a draft that is thrown away with its replay": lambda s: [
        paper(),
        change(s),
        replayed(s),
        delete("policy_replays", f"id = {REPLAY}"),
        delete("policy_changes", f"id = {NUMBER}"),
    ],
    "a second change after the first": lambda s: [
        *in_force(s),
        *second(s, effective_on="2026-05-01"),
        confirm(s, NUMBER + 1, history_no=2, history_digest=DIGEST),
    ],
    "a change confirmed early in the morning of Tai'an for the next day": lambda s: [
        *waiting(s),
        confirm(s, decided_at="2026-03-30 16:30:00.000000"),
    ],
}


def run(s: Stage, number: int = REPLAY, **changed: Any) -> Step:
    values = {"id": number, "change_id": NUMBER, "content_digest": DIGEST, "cases": 1, "done": 0, "problem": ""}
    return insert("replay_runs", **(values | {"asked_at": AT, "asked_by_id": s.people["officer"]} | changed))


def ran(**changed: Any) -> Step:
    return update("replay_runs", f"id = {REPLAY}", **changed)


def running(s: Stage) -> list[Step]:
    return [paper(), change(s), run(s)]


ALLOWED |= {
    "a replay that runs to its end": lambda s: [*running(s), ran(beat_at=AT, done=1), ran(ended_at=AT)],
    "a replay asked for again after it was stopped": lambda s: [
        *running(s),
        ran(ended_at=AT, problem="stopped"),
        run(s, REPLAY + 1),
    ],
}
FORGERIES |= {
    "two replays of a change at once": (
        "replay_runs_open|UNIQUE constraint failed: replay_runs.change_id",
        lambda s: [*running(s), run(s, REPLAY + 1)],
    ),
    "a replay that begins half done": ("a replay begins at nothing", lambda s: [paper(), change(s), run(s, done=1)]),
    "a replay written over": ("a replay is not written over|UNIQUE|unique", lambda s: [*running(s), run(s)]),
    "a replay that goes on after its end": (
        "a replay stays as it ended",
        lambda s: [*running(s), ran(ended_at=AT), ran(ended_at=None)],
    ),
    "a replay turned to other words": (
        "a replay stays of what it was asked for",
        lambda s: [*running(s), ran(content_digest=HISTORY)],
    ),
    "a replay that runs with a problem": ("open_without_a_problem", lambda s: [*running(s), ran(problem="failed")]),
    "a replay ended for a reason nobody knows": (
        "problem_listed",
        lambda s: [*running(s), ran(ended_at=AT, problem="x")],
    ),
    "a replay done backwards": ("counted", lambda s: [*running(s), ran(done=-1)]),
    "a replay of no words": ("digest_whole", lambda s: [paper(), change(s), run(s, content_digest="x")]),
    "a replay of no change": (FOREIGN, lambda s: [run(s, change_id=9999)]),
    "runs of replays emptied": (
        "is not emptied|is kept",
        lambda s: [*running(s), propose(s), *emptied(s, "replay_runs")],
    ),
    "a change that is confirmed from the start": (
        "a change is drafted first",
        lambda s: [paper(), change(s, state="confirmed")],
    ),
    "a change confirmed without being proposed": (
        f"{STEPS}|confirmed for a later day|ck_policy_changes",
        lambda s: [paper(), change(s), replayed(s), confirm(s)],
    ),
    "a change decided twice": (STEPS, lambda s: [*waiting(s), decide(s, "refused"), decide(s, "withdrawn")]),
    "a confirmed change taken back": (STEPS, lambda s: [*in_force(s), decide(s, "withdrawn")]),
    "a confirmed change given other words": (
        f"{FROZEN}|{STEPS}",
        lambda s: [*in_force(s), step(content="y")],
    ),
    "a proposal given another content as it is confirmed": (
        FROZEN,
        lambda s: [*waiting(s), confirm(s, content="y")],
    ),
    "a proposal given another day as it is confirmed": (
        FROZEN,
        lambda s: [*waiting(s), confirm(s, effective_on="2026-05-01")],
    ),
    "a proposal put into another's mouth": (
        FROZEN,
        lambda s: [*waiting(s), confirm(s, proposed_by_id=s.people["officer2"])],
    ),
    "a proposal without a document": (
        "with_its_document",
        lambda s: [paper(), change(s, sha256=None, filename=None), propose(s)],
    ),
    "a proposal without reasons": ("with_its_document", lambda s: [paper(), change(s, reasons=""), propose(s)]),
    "a proposal without a number": (
        "numbered_once_proposed",
        lambda s: [paper(), change(s), propose(s, number=None)],
    ),
    "a proposal nobody made": ("proposed_by_a_person", lambda s: [paper(), change(s), propose(s, proposed_by_id=None)]),
    "a change confirmed by who proposed it": (
        "decided_by_another",
        lambda s: [*waiting(s), confirm(s, decided_by_id=s.people["officer"])],
    ),
    "a change refused by who proposed it": (
        "decided_by_another",
        lambda s: [*waiting(s), decide(s, "refused", decided_by_id=s.people["officer"])],
    ),
    "a proposal taken back by another": (
        "withdrawn_by_who_proposed",
        lambda s: [*waiting(s), decide(s, "withdrawn", decided_by_id=s.people["officer2"])],
    ),
    "a change confirmed by nobody": (
        "decided_by_a_person",
        lambda s: [*waiting(s), confirm(s, decided_by_id=None)],
    ),
    "a change that was never replayed": (FORWARDS, lambda s: [paper(), change(s), propose(s), confirm(s)]),
    "a change replayed with another content": (
        f"{FORWARDS}|a replay is of a change as it stands",
        lambda s: [paper(), change(s), replayed(s), step(content_digest=HISTORY), propose(s), confirm(s)],
    ),
    "a change replayed before another was confirmed": (
        FORWARDS,
        lambda s: [
            *in_force(s),
            change(s, NUMBER + 1, effective_on="2026-05-01"),
            replayed(s, NUMBER + 1, REPLAY + 1),
            propose(s, NUMBER + 1),
            confirm(s, NUMBER + 1, history_no=2, history_digest=DIGEST),
        ],
    ),
    "a change confirmed on its day": (
        FORWARDS,
        lambda s: [*waiting(s), confirm(s, decided_at="2026-03-31 16:30:00.000000")],
    ),
    "a change confirmed out of count": (FORWARDS, lambda s: [*waiting(s), confirm(s, history_no=2)]),
    "a change confirmed outside the history": (
        "counted_once_confirmed|confirmed for a later day",
        lambda s: [*waiting(s), confirm(s, history_no=None, history_digest=None)],
    ),
    "two values in force from one day": (
        "policy_changes_in_force|UNIQUE constraint failed: policy_changes.subject",
        lambda s: [*in_force(s), *second(s), confirm(s, NUMBER + 1, history_no=2, history_digest=DIGEST)],
    ),
    "a proposal deleted": (
        "a change that was proposed is kept",
        lambda s: [paper(), change(s), propose(s), delete("policy_changes", f"id = {NUMBER}")],
    ),
    "changes emptied": (
        "a change that was proposed is kept|is not emptied|is append-only",
        lambda s: [*waiting(s), *emptied(s, "policy_changes")],
    ),
    "a draft of nobody's body": (FOREIGN, lambda s: [paper(), change(s, body_id=9999)]),
    "a replay of another content": (
        "a replay is of a change as it stands",
        lambda s: [paper(), change(s), replayed(s, content_digest=HISTORY)],
    ),
    "a replay made after the decision": (
        "a replay is of a change as it stands",
        lambda s: [*in_force(s), replayed(s, number=REPLAY + 1)],
    ),
    "a replay changed": (
        "policy_replays is append-only",
        lambda s: [*waiting(s), update("policy_replays", f"id = {REPLAY}", result="{}")],
    ),
    "a replay of a proposal deleted": (
        "policy_replays is append-only",
        lambda s: [*waiting(s), delete("policy_replays", f"id = {REPLAY}")],
    ),
    "replays emptied": (
        "is append-only|is not emptied",
        lambda s: [*waiting(s), *emptied(s, "policy_replays")],
    ),
    "a notice of a record without its kind": (
        "record_whole",
        lambda s: [insert("notices", user_id=s.people["officer"], record_id=NUMBER, seq=1, action="x", made_at=AT)],
    ),
    "a notice of two things": (
        "of_one_subject",
        lambda s: [
            paper(),
            change(s),
            insert(
                "notices",
                user_id=s.people["officer"],
                case_id=s.cases["risk"],
                record_kind="policy",
                record_id=NUMBER,
                seq=1,
                action="x",
                made_at=AT,
            ),
        ],
    ),
}

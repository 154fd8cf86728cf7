"""Forged pages and confirmations of minutes, and minutes issued too early: what the database must say."""

from typing import Any

from tests.services.forging import (
    AT,
    DIGEST,
    FOREIGN,
    OTHER_DIGEST,
    SITTING,
    Forge,
    Stage,
    Step,
    delete,
    emptied,
    insert,
    last,
    link,
    opening,
    update,
)

MEETING = 9001
IN_CHAIN = "a page of the minutes stands in the chain with its digest"
ORDER = "pages are added one after another to the minutes of a meeting that was held"
WAS_THERE = "who was there confirms the minutes before they are issued"
ISSUE = "minutes are issued once who presided and the members have confirmed every page"
PAGES, SIGNED = "minutes_pages is append-only", "minutes_confirmations is append-only"
EMPTIED = "is append-only|is not emptied|violates foreign key|FOREIGN KEY"
HEAD, DEPUTY, FIRST, SECOND, THIRD = range(5)
"""Places among the voters: who presides, the deputy, and members."""
ABSENT = 8


def held(s: Stage, *, aside: int | None = None, lead: int = HEAD, there: int = 6) -> list[Step]:
    """A meeting of the nine with one item that was held; the first six were there."""
    values = {
        "id": MEETING,
        "body_id": s.body,
        "number": "X〔2026〕1号",
        "state": "planned",
        "version": 1,
        "held_on": "2026-03-02",
        "starts_at": "09:00",
        "place": "x",
        "planned_at": AT,
        "planned_by_id": s.people["secretary"],
        "is_example": False,
    }
    steps = [insert("meetings", **values), opening(s.cases["risk"])]
    for seat, user in enumerate(s.voters, 1):
        member = {"deliberation_id": SITTING, "user_id": user, "role": "member", "seat": seat, "presides": seat == 1}
        steps.append(insert("electors", **member))
    steps.append(insert("agenda_items", deliberation_id=SITTING, meeting_id=MEETING, no=1))
    for user in s.voters[:there]:
        came = {"meeting_id": MEETING, "user_id": user, "present": True, "noted_at": AT}
        steps.append(insert("attendances", **came, noted_by_id=s.people["secretary"]))
    if aside is not None:
        told = {"deliberation_id": SITTING, "user_id": s.voters[aside], "ground": "other_tie", "words": ""}
        steps.append(insert("recusals", **told, made_at=AT))
    steps.append(update("meetings", f"id = {MEETING}", state="in_session", presided_by_id=s.voters[HEAD]))
    if lead != HEAD:
        call = {"deliberation_id": SITTING, "called_at": AT, "presided_by_id": s.voters[lead]}
        steps.append(insert("sitting_calls", **call, entitled=8, attending=6, quorum=6))
    return [*steps, update("meetings", f"id = {MEETING}", state="held")]


def spoken(s: Stage, detail: str = f'{{"minutes_digest":"{DIGEST}"}}', **changed: Any) -> list[Step]:
    """An act on the meeting, as the next link."""
    values = {"subject_kind": "meeting", "subject_id": MEETING, "round_no": None, "detail": detail}
    return [link(s, **(values | changed)), update("audit_head", "id = 1", seq=last(s) + 1, hash=OTHER_DIGEST)]


def page(s: Stage, **changed: Any) -> Step:
    values = {"meeting_id": MEETING, "no": 1, "content": "{}", "digest": DIGEST, "members_needed": 2}
    return insert("minutes_pages", **(values | {"seq": last(s) + 1, "made_at": AT} | changed))


def drawn(s: Stage, **how: Any) -> list[Step]:
    """A meeting that was held, with the first page of its minutes."""
    return [*held(s, **how), *spoken(s), page(s)]


def signed(s: Stage, *places: int, no: int = 1) -> list[Step]:
    return [
        insert("minutes_confirmations", meeting_id=MEETING, page_no=no, user_id=s.voters[n], confirmed_at=AT)
        for n in places
    ]


def issue(s: Stage, *places: int, **how: Any) -> list[Step]:
    """The minutes issued after these have confirmed them."""
    return [*drawn(s, **how), *signed(s, *places), update("meetings", f"id = {MEETING}", state="minuted")]


def closed(s: Stage, *places: int, **how: Any) -> list[Step]:
    """The same after the account of who presided was closed."""
    *before, last_step = issue(s, *places, **how)
    return [*before, update("users", f"id = {s.voters[HEAD]}", active=False), last_step]


def paper(s: Stage, **changed: Any) -> Step:
    values = {
        "id": 9001,
        "case_id": None,
        "round_no": None,
        "meeting_id": MEETING,
        "kind": "minutes",
        "number": "X-1",
        "code": "A" * 12,
        "seq": last(s) + 1,
        "content": "{}",
        "digest": DIGEST,
        "issued_at": AT,
    }
    return insert("papers", **(values | changed))


def confirmed(s: Stage) -> list[Step]:
    return [*drawn(s), *signed(s, HEAD, FIRST)]


ALLOWED: dict[str, Forge] = {
    "minutes confirmed by who presided and two members": lambda s: issue(s, FIRST, HEAD, SECOND),
    "minutes of an item led by the deputy, confirmed by both who led": lambda s: issue(
        s, HEAD, DEPUTY, FIRST, SECOND, aside=HEAD, lead=DEPUTY
    ),
    "minutes of a meeting of two, confirmed by both": lambda s: issue(s, HEAD, DEPUTY, there=2),
    "minutes of a head without an account, confirmed by three others": lambda s: closed(s, DEPUTY, FIRST, SECOND),
    "minutes of a head whose account was closed after the confirmation": lambda s: closed(s, HEAD, FIRST, SECOND),
    "minutes of a head without an account, confirmed by both others": lambda s: closed(s, DEPUTY, FIRST, there=3),
    "minutes as a paper": lambda s: [*issue(s, HEAD, FIRST, SECOND), paper(s)],
    "issued minutes opened again for a correction": lambda s: [
        *issue(s, HEAD, FIRST, SECOND),
        update("meetings", f"id = {MEETING}", state="held"),
    ],
}
FORGERIES: dict[str, tuple[str, Forge]] = {
    # pages
    "a page of minutes no act speaks of": (IN_CHAIN, lambda s: [*held(s), *spoken(s, "{}"), page(s)]),
    "a page of minutes with another digest": (
        IN_CHAIN,
        lambda s: [*held(s), *spoken(s), page(s, digest=OTHER_DIGEST)],
    ),
    "a page of minutes whose digest would match anything": (
        IN_CHAIN,
        lambda s: [*held(s), *spoken(s), page(s, digest="%" * 64)],
    ),
    "a page of minutes under the link of a case": (
        IN_CHAIN,
        lambda s: [*held(s), *spoken(s, subject_kind="project", round_no=1), page(s)],
    ),
    "a page of minutes under the link of another meeting": (
        IN_CHAIN,
        lambda s: [*held(s), *spoken(s, subject_id=MEETING + 1), page(s)],
    ),
    "a second page of minutes without a first": (ORDER, lambda s: [*held(s), *spoken(s), page(s, no=2)]),
    "a page of minutes of a meeting in session": (ORDER, lambda s: [*held(s)[:-1], *spoken(s), page(s)]),
    "a page added to minutes that are issued": (
        ORDER + "|" + PAGES,
        lambda s: [*issue(s, HEAD, FIRST, SECOND), page(s, no=2)],
    ),
    "a page of minutes nobody need confirm": (
        "somebody_confirms",
        lambda s: [*held(s), *spoken(s), page(s, members_needed=0)],
    ),
    "a page of minutes with a digest cut short": (
        "digest_whole",
        lambda s: [*held(s), *spoken(s), page(s, digest=DIGEST[:60])],
    ),
    "a page of minutes changed": (PAGES, lambda s: [*drawn(s), update("minutes_pages", "1 = 1", content="[]")]),
    "a page of minutes asked to be confirmed by fewer": (
        PAGES,
        lambda s: [*drawn(s), update("minutes_pages", "1 = 1", members_needed=1)],
    ),
    "a page of minutes deleted": (PAGES, lambda s: [*drawn(s), delete("minutes_pages", "1 = 1")]),
    "the pages of minutes emptied": (EMPTIED, lambda s: [*drawn(s), *emptied(s, "minutes_pages")]),
    # confirmations
    "minutes confirmed by somebody who was not there": (WAS_THERE, lambda s: [*drawn(s), *signed(s, ABSENT)]),
    "minutes confirmed by the secretary": (
        WAS_THERE,
        lambda s: [
            *drawn(s),
            insert(
                "minutes_confirmations",
                meeting_id=MEETING,
                page_no=1,
                user_id=s.people["secretary"],
                confirmed_at=AT,
            ),
        ],
    ),
    "a page confirmed that there is not": (FOREIGN, lambda s: [*drawn(s), *signed(s, HEAD, no=2)]),
    "minutes confirmed twice by one": (
        SIGNED + "|pk_minutes_confirmations|UNIQUE",
        lambda s: [*drawn(s), *signed(s, FIRST, FIRST)],
    ),
    "minutes confirmed after they were issued": (
        WAS_THERE,
        lambda s: [*issue(s, HEAD, FIRST, SECOND), *signed(s, THIRD)],
    ),
    "a confirmation put back in time": (
        SIGNED,
        lambda s: [*confirmed(s), update("minutes_confirmations", "1 = 1", confirmed_at="2026-03-01 01:00:00")],
    ),
    "a confirmation taken away": (SIGNED, lambda s: [*confirmed(s), delete("minutes_confirmations", "1 = 1")]),
    # the issue
    "minutes issued without a page": (
        ISSUE,
        lambda s: [*held(s), update("meetings", f"id = {MEETING}", state="minuted")],
    ),
    "minutes issued that nobody confirmed": (ISSUE, issue),
    "minutes issued without who presided": (ISSUE, lambda s: issue(s, FIRST, SECOND, THIRD)),
    "minutes of a head without an account, issued with two": (ISSUE, lambda s: closed(s, DEPUTY, FIRST)),
    "minutes issued with one member": (ISSUE, lambda s: issue(s, HEAD, FIRST)),
    "minutes issued with a member who stood aside as the second": (
        ISSUE,
        lambda s: issue(s, HEAD, FIRST, SECOND, aside=SECOND),
    ),
    "minutes issued without who led the item": (
        ISSUE,
        lambda s: issue(s, HEAD, FIRST, SECOND, aside=HEAD, lead=DEPUTY),
    ),
    "minutes issued of a meeting in session": (
        ISSUE,
        lambda s: [*held(s)[:-1], update("meetings", f"id = {MEETING}", state="minuted")],
    ),
    "another person put in the place of who presided": (
        ISSUE,
        lambda s: [*drawn(s), update("meetings", f"id = {MEETING}", presided_by_id=s.voters[FIRST])],
    ),
    "a meeting that begins with its minutes issued": (
        "a meeting is planned first",
        lambda s: [insert("meetings", **_begun(s))],
    ),
    "minutes as a paper before they are issued": (
        "minutes are issued once they are confirmed",
        lambda s: [*drawn(s), paper(s)],
    ),
    "minutes as a paper of a case": (
        "of_a_case|of_a_meeting|a paper stands in the chain",
        lambda s: [*issue(s, HEAD, FIRST, SECOND), paper(s, case_id=s.cases["fresh"], round_no=1)],
    ),
    "a certificate of a meeting": (
        "of_a_case|of_a_meeting",
        lambda s: [*issue(s, HEAD, FIRST, SECOND), paper(s, kind="certificate")],
    ),
    "a notice of nothing": (
        "of_one_subject",
        lambda s: [insert("notices", user_id=s.voters[0], seq=1, action="x", made_at=AT)],
    ),
}


def _begun(s: Stage) -> dict[str, Any]:
    told = dict(held(s)[0][1])
    return told | {"state": "minuted"}

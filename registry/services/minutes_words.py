"""What minutes say: the records of a meeting set into the fixed words of `documents/texts`, item by item.

A page is frozen as plain values: `head`, `items` (each with its blocks), `tail`. The item stays a part of its own, so
that a reader who stood aside can be shown the rest. Blocks are those of the papers.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import force_locale

from registry import formats
from registry.clock import ZONE, day_of
from registry.models import Meeting
from registry.queries import meeting_record
from registry.queries.meeting_record import Discussed, Given, Overruled, Record, Seated, StoodAside
from registry.queries.minutes import Page, name_of
from registry.services.paper_words import LANGUAGE, Block, note, paragraph, said, texts
from workflows import deliberation
from workflows.minutes import Answered, Item
from workflows.roles import Role
from workflows.states import Choice, Question, RecusalGround

APPROVING = frozenset({"approve_risk", "register", "revoke"})
OF_A_MAJORITY = frozenset({Question.RISK_REVIEW, Question.REGISTRATION, Question.AMENDMENT})
"""Questions a majority in favour of which the chair may turn down (S13)."""
HEADS = frozenset({Role.CHAIR, Role.DEPUTY_CHAIR})
UNDECIDED = frozenset({"adjourn", "untable", "reseat"})


def words() -> Mapping[str, Any]:
    """The fixed words of minutes."""
    found: Mapping[str, Any] = texts()["minutes"]
    return found


def fill(name: str, /, **values: object) -> str:
    """A fixed sentence with its places filled."""
    return str(words()[name]).format(**values)


def heading(text: str) -> Block:
    """A heading of one's own words."""
    return {"is": "heading", "text": text}


def grid(columns: Mapping[str, int], rows: Sequence[Sequence[str]], lead: int = 0) -> Block:
    """A table: its columns by name with their shares of the width; `lead` is the cell a row is called by."""
    head = [words().get(f"column_{name}") or texts()["column"][name] for name in columns]
    return {
        "is": "table",
        "head": head,
        "widths": list(columns.values()),
        "right": [],
        "lead": lead,
        "rows": [list(row) for row in rows],
        "total": [],
    }


def title(meeting: Meeting) -> str:
    """What minutes are called."""
    return fill("title", organ=meeting.body.name)


# --- the first page ---


def minutes(record: Record) -> dict[str, Any]:
    """What the minutes of a meeting say."""
    with force_locale(LANGUAGE):
        return {
            "head": list(_head(record)),
            "items": [
                {"no": item.no, "title": _title(item), "blocks": list(_item(item, record))} for item in record.items
            ],
            "tail": [note(words()["generated"])],
        }


def _head(record: Record) -> Iterator[Block]:
    meeting, roll = record.meeting, record.roll
    opened, closed = meeting.opened_at, meeting.closed_at
    yield paragraph(
        fill(
            "said",
            day=formats.day(meeting.held_on),
            time=_hour(*map(int, meeting.starts_at.split(":"))),
            organ=meeting.body.name,
            place=meeting.place,
            meeting=meeting.number,
            presides=_presiding(meeting.presided_by_id, record),
            items=sum(i.action != "reseat" for i in record.items),
            seats=len(roll),
            came=sum(p.came for p in roll),
            opened=_when(opened, record),
            closed=_when(closed, record),
            secretary=record.secretary,
        )
    )
    came, away = [p for p in roll if p.came], [p for p in roll if not p.came]
    yield paragraph(fill("attended_by", names=_names(came, record)))
    yield paragraph(fill("absent", names=_names(away, record)) if away else words()["absent_none"])
    yield paragraph(words()["follows"])


def _names(people: Sequence[Seated], record: Record) -> str:
    """Names in the order of the seats, with the office of who leads, and when somebody came later or left."""
    return str(texts()["comma"]).join(_named(p, record) for p in people)


def _named(person: Seated, record: Record) -> str:
    office = [] if person.role is Role.MEMBER else [str(words()["role"][person.role.value])]
    more = [*office, *_moves(person, record)]
    return person.name + (str(words()["beside"]).format(more=str(words()["join"]).join(more)) if more else "")


def _presiding(user_id: int | None, record: Record) -> str:
    """Who presides, after the office held on the day."""
    office = next((words()["role"][p.role.value] for p in record.roll if p.user_id == user_id), "")
    return f"{office}{name_of(user_id)}" if user_id else ""


def _hour(hour: int, minute: int) -> str:
    """A time of day as minutes write it: 9时, 9时45分."""
    return fill("hour_minute" if minute else "hour", hour=hour, minute=minute)


def _when(at: datetime | None, record: Record) -> str:
    """The hour, with the day where it is not the day of the meeting."""
    if at is None:
        return ""
    here = at.astimezone(ZONE)
    hour = _hour(here.hour, here.minute)
    return hour if day_of(at) == record.meeting.held_on else formats.day(at) + hour


def _moves(person: Seated, record: Record) -> list[str]:
    """When a person came later, left and came back; nothing of who was there from the first roll on."""
    told: list[str] = []
    for nth, (present, at) in enumerate(person.moves):
        if present and not nth and at == record.first_roll:
            continue
        name = "left" if not present else "came_back" if nth else "came_late"
        told.append(fill(name, at=_when(at, record)))
    return told


# --- an item ---


def _title(item: Discussed) -> str:
    return fill("item", no=item.no, project=item.case.name)


def _item(item: Discussed, record: Record) -> Iterator[Block]:
    meeting = record.meeting
    question = str(words()["question_of"][item.question.value]).format(library=texts()["library"])
    yield paragraph(fill("question", question=question, case_number=item.case.number or ""))
    if item.presides_id != meeting.presided_by_id:
        yield paragraph(fill("item_presided", presides=_presiding(item.presides_id, record)))
    yield paragraph(_asides(item))
    for o in item.overruled:
        yield paragraph(_overruled(o))
    if item.action not in ("untable", "reseat"):
        yield paragraph(_numbers(item))
    if item.opinions:
        yield paragraph(words()["opinions"])
        rows = [
            [str(n), given.name, words()["role"][given.role.value], _choice(given), given.reasons]
            for n, given in enumerate(item.opinions, 1)
        ]
        yield grid({"order": 8, "name": 20, "role": 11, "choice": 9, "reasons": 52}, rows, lead=1)
        yield paragraph(_count(item))
    yield from _decision(item)


def _asides(item: Discussed) -> str:
    if not item.aside:
        return str(words()["aside_none"])
    return fill("aside", who=str(words()["aside_join"]).join(_aside(a) for a in item.aside))


def _aside(aside: StoodAside) -> str:
    return fill(
        "aside_one",
        name=aside.name,
        role=words()["role"][aside.role.value],
        ground=_ground(aside.ground, aside.organisation),
        how=words()["how"][aside.how],
    )


def _ground(ground: RecusalGround, organisation: str) -> str:
    named = str(words()["ground"]["named"]).format(name=organisation) if organisation else ""
    return str(words()["ground"][ground.value]).format(organisation=named)


def _overruled(of: Overruled) -> str:
    role, ground = words()["role"][of.role.value], _ground(of.ground, "")
    return fill("overruled", name=of.name, role=role, ground=ground, reasons=_stopped(of.reasons))


def _numbers(item: Discussed) -> str:
    count = item.count
    recused = fill("recused_some", n=count.recused) if count.recused else str(words()["recused_none"])
    told: dict[str, object] = {"seats": count.seats, "recused": recused, "members": count.members}
    needed = item.quorum if item.quorum is not None else deliberation.quorum_needed(count)
    here = item.attending if item.attending is not None else item.detail.get("attending")
    if here is None:
        return fill("numbers_plain", **told)
    share = _fraction(*count.quorum)
    if needed == count.quorum_min and needed > -(-count.members * count.quorum[0] // count.quorum[1]):
        share += fill("at_least", n=count.quorum_min)
    told |= {"share": share, "quorum": needed, "attending": here}
    return fill("numbers" if here >= needed else "numbers_short", **told)


def _fraction(num: int, den: int) -> str:
    digits = words()["digits"]
    return fill("fraction", num=digits.get(str(num), num), den=digits.get(str(den), den))


def _choice(given: Given) -> str:
    return str(words()["choice"][given.choice.value])


def _count(item: Discussed) -> str:
    count = item.count
    half = count.needs[0] * 2 == count.needs[1]
    share = words()["share_half"] if half else fill("share_other", share=_fraction(*count.needs))
    reached = "reached" if deliberation.has_majority(count) else "not_reached"
    return fill(
        "count",
        **{"for": count.cast_for, "against": count.cast_against, "abstained": count.abstained},
        share=share,
        needed=deliberation.votes_needed(count),
        reached=words()[reached],
    )


def _decision(item: Discussed) -> Iterator[Block]:
    approved = _approved(item)
    decision = _ended(item)
    yield paragraph(fill("decision", decision=decision))
    if item.conditions:
        yield paragraph(words()["conditions"])
        rows = [[str(c.no), c.words, c.evidence, formats.day(c.due_on)] for c in item.conditions]
        yield grid({"no": 9, "condition": 39, "evidence": 30, "due": 22}, rows, lead=1)
    if item.words:
        yield from _quoted("remarks" if approved else "reasons", item.words)
    if _overrides(item):
        yield paragraph(fill("overriding", presides=item.presides, decision=decision))
    if item.opinions and not _halted(item):
        yield from _dissent(item, approved=approved)


def _approved(item: Discussed) -> bool:
    if item.action == "decide_amendment":
        return bool(item.detail.get("approved"))
    suspended = item.action == "suspend" and item.question is Question.SUSPENSION
    return item.action in APPROVING or (suspended and not _halted(item))


def _halted(item: Discussed) -> bool:
    """An officer or the system suspended the case while the item was open: the group decided nothing."""
    return item.action == "suspend" and item.ended_by not in HEADS


def _overrides(item: Discussed) -> bool:
    """A majority was in favour, and who presides decided against (S13)."""
    decided = bool(item.action) and item.action not in UNDECIDED and not _halted(item)
    favour = item.question in OF_A_MAJORITY and deliberation.has_majority(item.count)
    return decided and favour and not _approved(item)


def _ended(item: Discussed) -> str:
    ways, name = words()["ended"], item.action
    if name == "approve_risk" and item.conditions:
        name = "approve_risk_conditional"
    if name == "decide_amendment" and not _approved(item):
        name = "decide_amendment_refused"
    if name == "suspend" and item.question is not Question.SUSPENSION:
        name = "postpone"  # asked something else, the group put the case off (S22)
    if _halted(item):
        name = "halted_by_the_clock" if item.ended_by == Role.SYSTEM else "halted"
    said_so = str(ways.get(name) or ways["other"])
    return said_so.format(library=texts()["library"], project_number=item.detail.get("project_number", ""))


def _dissent(item: Discussed, *, approved: bool) -> Iterator[Block]:
    """Opinions other than what was decided, word for word."""
    other = Choice.AGAINST if approved else Choice.FOR
    lines = [
        fill(
            "dissent_line",
            name=g.name,
            role=words()["role"][g.role.value],
            choice=_choice(g),
            reasons=g.reasons,
        )
        for g in item.opinions
        if g.choice is other
    ]
    if not lines:
        yield paragraph(words()["dissent_none"])
        return
    yield paragraph(fill("dissent", n=len(lines)))
    yield {"is": "list", "items": lines}


def _quoted(name: str, words_given: str) -> Iterator[Block]:
    """What somebody wrote, after the word that says what it is."""
    first, *rest = said(words_given)
    yield {**first, "text": f"{words()[name]}{_stopped(first['text'])}"}
    yield from rest


def _verbatim(name: str, words_given: str) -> Iterator[Block]:
    """The same sign for sign, without a full stop of ours."""
    first, *rest = said(words_given)
    yield {**first, "text": f"{words()[name]}{first['text']}"}
    yield from rest


def _stopped(words_given: str) -> str:
    """With a full stop, where the writer left it out; otherwise sign for sign."""
    plain = words_given.strip()
    return plain if plain[-1:] in tuple(words()["ends"]) else plain + str(texts()["stop"])


# --- a correction, and the whole as it is shown and issued ---


def correction(no: int, item: int | None, wrong: str, right: str, by: str, at: datetime) -> dict[str, Any]:
    """A page that says what is wrong and what is right; `no` counts corrections from one."""
    with force_locale(LANGUAGE):
        where = words()["correction_whole"] if item is None else fill("correction_item", no=item)
        blocks = [
            paragraph(fill("correction_said", day=formats.day(at), secretary=by, where=where)),
            *_verbatim("wrong", wrong),
            *_verbatim("right", right),
        ]
        tail = [paragraph(words()["correction_kept"])]
        return {"head": [], "items": [{"no": item, "title": "", "blocks": blocks}], "tail": tail, "correction": no}


def laid_out(
    pages: Sequence[Page], answered: Sequence[Answered], hidden: Mapping[int, str] | None = None
) -> list[Block]:
    """All pages as blocks, each with who confirmed it in answer for what; `hidden`: what a reader is told instead."""
    hidden, blocks = hidden or {}, []
    with force_locale(LANGUAGE):
        if len(pages) > 1:
            blocks.append(paragraph(fill("corrected_note", n=len(pages) - 1)))
        for page, by in zip(pages, answered, strict=True):
            if page.content.get("correction"):
                blocks.append({"is": "page", "text": fill("correction", n=page.content["correction"])})
            blocks += page.content["head"]
            for item in page.content["items"]:
                blocks += _shown(item, hidden.get(item["no"], ""))
            blocks += page.content["tail"]
            blocks += _signed(page, by)
    return blocks


def _shown(item: Mapping[str, Any], instead: str) -> list[Block]:
    title = fill("item_hidden", no=item["no"]) if instead else item["title"]
    led = [heading(title)] if item["title"] else []
    return [*led, *([{"is": "hidden", "text": instead}] if instead else item["blocks"])]


def _signed(page: Page, by: Answered) -> list[Block]:
    """Who confirmed a page, in which part, and when; with room to sign on paper."""
    n = page.content.get("correction")
    title = fill("correction", n=n) if n else words()["first_page"]
    if not page.confirmed:
        return [paragraph(fill("unconfirmed", page=title))]
    rows = [
        [name, _part(user_id, by), _scope(user_id, by.items), formats.instant(at), ""]
        for user_id, name, at in sorted(page.confirmed, key=lambda c: (c[0] != by.presided, c[2]))
    ]
    columns = {"name": 20, "part": 18, "scope": 15, "confirmed": 29, "signature": 18}
    instead = [
        note(fill("in_place", head=name_of(by.instead[user_id]), name=name))
        for user_id, name, _at in page.confirmed
        if user_id in by.instead
    ]
    return [paragraph(fill("confirmed", page=title)), grid(columns, rows), *instead]


def _part(user_id: int, by: Answered) -> str:
    if user_id in by.instead:
        return str(words()["presided_in_place"])
    if user_id == by.presided:
        return str(words()["presided"])
    led = [number for number, item in enumerate(by.items, 1) if item.head == user_id]
    return fill("presided_items", items=_list(led)) if led else str(words()["attended"])


def _scope(user_id: int, items: Sequence[Item]) -> str:
    left_out = [number for number, item in enumerate(items, 1) if user_id in item.aside]
    return fill("but_items", items=_list(left_out)) if left_out else str(words()["whole"])


def _list(numbers: Sequence[int]) -> str:
    return str(texts()["comma"]).join(map(str, numbers))


def read(meeting: Meeting) -> dict[str, Any]:
    """The minutes of a meeting as its records stand now."""
    return minutes(meeting_record.of(meeting))

"""A sitting in words: as its case shows it, as a line of the agenda, and as the room sees it."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from registry import formats, labels
from registry.extensions import db
from registry.models import ApprovalCondition, Case, GateDecision, User
from registry.permissions import visible
from registry.queries.applications import applicant_name, organisation_name
from registry.queries.called import Called
from registry.queries.sitting_shapes import AgendaLine, AsideView, CaseLine, Count, Room, Seat, Sitting, VoteView
from registry.queries.sittings import Aside, Member, Proposal, Sat
from workflows import deliberation
from workflows.states import Choice, GateResult, MeetingState

BEGUN = (MeetingState.IN_SESSION, MeetingState.HELD, MeetingState.MINUTED)


# --- the parts ---


def count(sitting: Sat) -> Count:
    """The numbers, and what they come to in a sentence."""
    facts = sitting.facts()
    quorum, needed = deliberation.quorum_needed(facts), deliberation.votes_needed(facts)
    begun = sitting.meeting_state in BEGUN and bool(sitting.here)
    here = len(sitting.here or ()) if begun else None
    numbers = {
        "seats": formats.number(facts.seats),
        "recused": formats.number(facts.recused),
        "quorum": formats.number(quorum),
        "here": formats.number(here or 0),
    }
    if here is not None and sitting.end is not None:
        says = _over(numbers, short=sitting.call is None and here < quorum)
    elif here is None:
        says = _("%(seats)s members in the group, %(recused)s standing aside, a quorum is %(quorum)s.", **numbers)
    elif here < quorum:
        says = _(
            "%(seats)s members in the group, %(recused)s standing aside, a quorum is %(quorum)s, %(here)s in the room: "
            "no vote can be taken.",
            **numbers,
        )
    else:
        says = _(
            "%(seats)s members in the group, %(recused)s standing aside, a quorum is %(quorum)s, %(here)s in the room: "
            "the vote can be taken.",
            **numbers,
        )
    return Count(
        seats=facts.seats,
        recused=facts.recused,
        members=facts.members,
        quorum=quorum,
        needed=needed,
        here=here,
        ready=None if here is None else here >= quorum,
        voted=facts.present,
        sentence=says,
        majority=_majority(facts.needs, facts.members, needed),
    )


def _over(numbers: Mapping[str, str], *, short: bool) -> str:
    """The numbers of a sitting that has ended."""
    if short:
        return _(
            "%(seats)s members in the group, %(recused)s standing aside, a quorum was %(quorum)s, "
            "%(here)s in the room: there was no quorum.",
            **numbers,
        )
    return _(
        "%(seats)s members in the group, %(recused)s standing aside, a quorum was %(quorum)s, %(here)s in the room.",
        **numbers,
    )


def _majority(needs: tuple[int, int], members: int, needed: int) -> str:
    share, numbers = needs[0] * 2 == needs[1], {"members": str(members), "needed": str(needed)}
    if share:
        return _("%(members)s are entitled to vote; an approval needs more than half of them: %(needed)s.", **numbers)
    return _(
        "%(members)s are entitled to vote; an approval needs %(num)s in %(den)s of them: %(needed)s.",
        num=str(needs[0]),
        den=str(needs[1]),
        **numbers,
    )


def _asides(sitting: Sat) -> tuple[AsideView, ...]:
    """Who stands aside, in which office, and why."""
    asides = sitting.asides
    if not asides:
        return ()
    called = Called(a.user_id for a in asides)
    return tuple(_aside(a, called(a.user_id, sitting.held_on or sitting.opened_at)) for a in asides)


def _ground(aside: Aside) -> str:
    ground = labels.label(aside.ground)
    if aside.organisation is None:
        return ground
    return _("%(ground)s: %(name)s", ground=ground, name=organisation_name(aside.organisation))


def _aside(aside: Aside, who: str) -> AsideView:
    if aside.by is None:
        how = _("found by the system")
    else:
        how = _("declared by the member") if aside.by == aside.user_id else _("decided by who presides")
    return AsideView(who, _ground(aside), how, aside.words)


def _proposal(proposal: Proposal) -> str:
    ground = labels.label(proposal.ground)
    if proposal.upheld is None:
        return _("Proposed that %(name)s stand aside (%(ground)s); not decided", name=proposal.name, ground=ground)
    return _("Proposed that %(name)s stand aside (%(ground)s); refused", name=proposal.name, ground=ground)


def _proposals(sitting: Sat) -> tuple[str, ...]:
    """What was proposed and did not become a recusal: open, or refused."""
    aside = {a.user_id for a in sitting.asides}
    return tuple(_proposal(p) for p in sitting.proposals if not p.upheld and p.user_id not in aside)


def _seats(sitting: Sat) -> tuple[Seat, ...]:
    over = sitting.end is not None
    return tuple(
        Seat(
            m.name,
            labels.label(m.role),
            m.user_id == sitting.presides,
            m.present,
            m.choice is not None,
            m.choice if over else None,
        )
        for m in sitting.speaking
    )


def _tally(sitting: Sat) -> tuple[tuple[Choice, int], ...]:
    return tuple((choice, sum(m.choice is choice for m in sitting.members)) for choice in Choice)


def _called(sitting: Sat) -> str:
    call = sitting.call
    if call is None:
        return ""
    return _(
        "The question was put at %(time)s: %(entitled)s entitled, %(attending)s in the room, a quorum is %(quorum)s.",
        time=formats.clock(call.called_at),
        entitled=formats.number(call.entitled),
        attending=formats.number(call.attending),
        quorum=formats.number(call.quorum),
    )


def _ended(sitting: Sat) -> str:
    """What ended a sitting; an adjournment says when a quorum was missing."""
    if sitting.end is None:
        return ""
    numbers = count(sitting)
    if sitting.end.action == "adjourn" and sitting.call is None and (numbers.here or 0) < numbers.quorum:
        return _("The question was adjourned for want of a quorum")
    return labels.happened(sitting.end.action)


# --- on the page of its case ---


def on_the_case(sitting: Sat, reader: User, inside: bool) -> Sitting:
    """A sitting as the people of its case see it; who spoke and how only the bureau's own people."""
    over = sitting.end is not None
    spoke = any(m.user_id == reader.id and m.choice for m in sitting.members)
    votes = sorted((m for m in sitting.members if m.choice), key=lambda m: (m.voted_at, m.user_id))
    return Sitting(
        question=labels.label(sitting.question),
        round_no=sitting.round_no,
        no=sitting.no,
        meeting_id=sitting.meeting_id if inside else None,
        meeting=_meeting(sitting),
        item=sitting.item,
        opened_at=sitting.opened_at,
        called=_called(sitting),
        ended_at=sitting.end.ended_at if sitting.end else None,
        ended_by=_ended(sitting),
        count=count(sitting),
        asides=_asides(sitting) if inside else (),
        proposals=_proposals(sitting) if inside else (),
        seats=_seats(sitting) if inside else (),
        # How others voted stays closed while it could still sway a vote.
        tally=_tally(sitting) if inside and sitting.call and (over or spoke) else (),
        votes=tuple(_vote(m) for m in votes) if inside and over else (),
    )


def _meeting(sitting: Sat) -> str:
    if sitting.meeting_id is None:
        return ""
    return _("%(number)s, %(day)s", number=sitting.meeting, day=formats.day(sitting.held_on))


def _vote(member: Member) -> VoteView:
    at = member.voted_at
    if member.choice is None or at is None:
        raise RuntimeError("no vote")
    return VoteView(member.name, labels.label(member.role), member.choice, member.reasons, at)


# --- on the agenda and in the room ---


def agenda(items: Sequence[Sat], reader: User) -> list[AgendaLine]:
    """The items of a meeting as a reader may see them."""
    cases = _open_to(reader, {s.case_id for s in items})
    results = _results([s.id for s in items])
    return [_line(s, reader, cases, results) for s in items]


def room(sitting: Sat, line: AgendaLine) -> Room:
    """One item as the room sees it, for a reader to whom its file is open."""
    absent = [
        (m.name, labels.label(m.role)) for m in sitting.speaking if not m.present and m.choice is None and sitting.here
    ]
    return Room(
        line=line,
        seats=_seats(sitting),
        absent=tuple(absent),
        called=_called(sitting),
        ended_at=sitting.end.ended_at if sitting.end else None,
    )


def _open_to(reader: User, cases: set[int]) -> dict[int, CaseLine]:
    """The cases among these whose file is open to the reader."""
    found = db.session.scalars(select(Case).where(Case.id.in_(cases), visible(reader))) if cases else ()
    return {c.id: CaseLine(c.id, c.number or "", c.name, applicant_name(c), c.area_mu) for c in found}


def _results(sittings: list[int]) -> dict[int, tuple[GateResult, int]]:
    """Sitting → the decision that rests on it, and how many conditions it has."""
    many = (
        select(func.count())
        .where(ApprovalCondition.case_id == GateDecision.case_id, ApprovalCondition.round_no == GateDecision.round_no)
        .scalar_subquery()
    )
    rows = select(GateDecision.deliberation_id, GateDecision.result, many).where(
        GateDecision.deliberation_id.in_(sittings)
    )
    return {sitting: (result, n) for sitting, result, n in db.session.execute(rows)} if sittings else {}


def _line(
    sitting: Sat, reader: User, cases: Mapping[int, CaseLine], results: Mapping[int, tuple[GateResult, int]]
) -> AgendaLine:
    state, kind = _state(sitting)
    mine = next((_ground(a) for a in sitting.asides if a.user_id == reader.id), "")
    bare = AgendaLine(
        sitting_id=sitting.id,
        no=sitting.item,
        case=None,
        mine=mine,
        question=labels.label(sitting.question),
        state=state,
        kind=kind,
        open=sitting.end is None,
        called=sitting.call is not None,
    )
    case = cases.get(sitting.case_id)
    if case is None or mine:
        return bare
    result, conditions = results.get(sitting.id, (None, 0))
    return AgendaLine(
        sitting_id=bare.sitting_id,
        no=bare.no,
        case=case,
        mine="",
        question=bare.question,
        state=state,
        kind=kind,
        open=bare.open,
        called=bare.called,
        count=count(sitting),
        asides=_asides(sitting),
        proposals=_proposals(sitting),
        tally=_tally(sitting) if sitting.end and sitting.call else (),
        result=result,
        conditions=conditions if result is GateResult.PASS_WITH_CONDITIONS else 0,
    )


def _state(sitting: Sat) -> tuple[str, str]:
    """Where an item stands in words, and the kind of its badge."""
    if sitting.end is not None:
        kind = {
            "adjourn": "near",
            "untable": "quiet",
            "reseat": "quiet",
            "reject": "stop",
            "revoke": "stop",
            "suspend": "near",
        }
        return _ended(sitting), kind.get(sitting.end.action, "ok")
    if sitting.call is None:
        return _("Not put to the vote yet"), "quiet"
    if sitting.to_speak:
        left = ngettext("%(num)s has yet to speak", "%(num)s have yet to speak", len(sitting.to_speak))
        return _("Being voted on: %(left)s", left=left), "near"
    return _("Everybody in the room has voted"), "near"

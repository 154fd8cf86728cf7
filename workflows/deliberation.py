"""Who decides in the leading group, who stands aside, who speaks last, and what the count comes to.

The base of every majority is the members entitled (应到 − 回避), not those present;
abstention is not in favour; a tie is no approval (house.md §2).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from workflows.facts import SittingFacts
from workflows.policy import Policy
from workflows.roles import VOTING, Role
from workflows.states import MeetingState, RecusalGround, Relation


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of the group: person, role, and whatever ties the person to others.

    `interests`: organisation → relation class as declared, the own work or that of a near relative; `had_part`: gave
    an opinion on this case or handled it earlier in another office; `flawed`: cast a vote in it that was found to be
    flawed; `stood_aside`: ground and organisation of an earlier sitting on it.
    """

    user_id: int
    role: Role
    organisations: frozenset[int] = frozenset()
    interests: Mapping[int, str] = field(default_factory=dict)
    had_part: bool = False
    flawed: bool = False
    stood_aside: tuple[RecusalGround, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """A member who stands aside, why, and the organisation that ties the person to the case."""

    seat: Seat
    ground: RecusalGround
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Electorate:
    """Who is entitled, who stands aside, and who presides."""

    electors: tuple[Seat, ...]
    excluded: tuple[Aside, ...]
    presides: int | None


GROUND_OF: Mapping[str, RecusalGround] = {
    Relation.OWN_EMPLOYER: RecusalGround.OWN_ORGANISATION,
    Relation.FORMER_EMPLOYER: RecusalGround.OTHER_TIE,
}
"""Relation class → ground; every other is a near relative's employer."""


def conflict(seat: Seat, parties: frozenset[int], persons: frozenset[int] = frozenset()) -> Aside | None:
    """What ties a member to a case, the nearest tie first; None where nothing does.

    `parties`: organisations of proponent, agent, partner and validation body; `persons`: a natural person who applies.
    """
    if seat.user_id in persons:
        return Aside(seat, RecusalGround.APPLICANT)
    if shared := seat.organisations & parties:
        return Aside(seat, RecusalGround.OWN_ORGANISATION, min(shared))
    if related := seat.interests.keys() & parties:
        organisation = min(related)
        ground = GROUND_OF.get(seat.interests[organisation], RecusalGround.RELATIVES_EMPLOYER)
        return Aside(seat, ground, organisation)
    if seat.flawed:
        return Aside(seat, RecusalGround.FLAWED_VOTE)
    if seat.had_part:
        return Aside(seat, RecusalGround.EARLIER_PART)
    return Aside(seat, *seat.stood_aside) if seat.stood_aside else None


def electorate(seats: Iterable[Seat], parties: frozenset[int], persons: frozenset[int] = frozenset()) -> Electorate:
    """The group less those who must stand aside; a deputy presides where the chair may not."""
    electors: list[Seat] = []
    excluded: list[Aside] = []
    for seat in seats:
        if seat.role not in VOTING:
            continue
        aside = conflict(seat, parties, persons)
        if aside:
            excluded.append(aside)
        else:
            electors.append(seat)
    return Electorate(tuple(electors), tuple(excluded), presiding((s.user_id, s.role) for s in electors))


def presiding(
    members: Iterable[tuple[int, Role]], attending: Collection[int] | None = None, *, called_by: int | None = None
) -> int | None:
    """Who presides of these members, in the order of their seats: the chair, else the first deputy who attends.

    Whoever put the question (`called_by`) goes on presiding until standing aside or leaving the room.
    """
    here = [(user_id, role) for user_id, role in members if attending is None or user_id in attending]
    if any(user_id == called_by for user_id, _role in here):
        return called_by
    for head in (Role.CHAIR, Role.DEPUTY_CHAIR):
        for user_id, role in here:
            if role is head:
                return user_id
    return None


def quorum_needed(sitting: SittingFacts) -> int:
    """Votes needed for a quorum: the share of the members entitled, rounded up, and at least the minimum."""
    num, den = sitting.quorum
    return max(-(-sitting.members * num // den), sitting.quorum_min)


def lacks_quorum(sitting: SittingFacts, meeting: MeetingState | None) -> bool:
    """The meeting is in session and fewer members entitled are in the room than may decide (S11)."""
    return meeting is MeetingState.IN_SESSION and (sitting.attending or 0) < quorum_needed(sitting)


def votes_needed(sitting: SittingFacts) -> int:
    """Votes in favour needed: more than half, or at least the qualified share, of the members entitled."""
    num, den = sitting.needs
    if num * 2 == den:
        return sitting.members // 2 + 1
    return -(-sitting.members * num // den)


def has_quorum(sitting: SittingFacts) -> bool:
    """Enough members have voted."""
    return sitting.present >= quorum_needed(sitting)


def has_majority(sitting: SittingFacts) -> bool:
    """Enough of the members entitled are in favour."""
    return sitting.cast_for >= votes_needed(sitting)


def cannot_carry(sitting: SittingFacts) -> bool:
    """Not even with every vote still to come would enough members be in favour."""
    return sitting.cast_for + sitting.members - sitting.present < votes_needed(sitting)


def cannot_end(sitting: SittingFacts) -> bool:
    """Nobody can decide any more: the room has emptied below a quorum, or no head is left to preside."""
    emptied = sitting.called and sitting.present + sitting.yet_to_speak < quorum_needed(sitting)
    return emptied or not sitting.has_head


def terms(policy: Policy, on: date, *, weighty: bool) -> dict[str, int]:
    """What a sitting opened on a day asks of its count; `weighty` where an M4 or M5 finding stands."""
    kind = "weighty_majority" if weighty else "majority"
    keys = {
        "quorum_num": "quorum_num",
        "quorum_den": "quorum_den",
        "quorum_min": "quorum_min",
        "needs_num": f"{kind}_num",
        "needs_den": f"{kind}_den",
    }
    return {name: int(policy.figure(key, on).value) for name, key in keys.items()}

"""Who decides in the leading group, how many must vote, and what the count comes to.

The base of every majority is the members entitled (应到 − 回避), not those present;
abstention is not in favour; a tie is no approval (house.md §2).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from workflows.facts import SittingFacts
from workflows.policy import Policy
from workflows.roles import VOTING, Role


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of the group: person, role, and the organisations the person belongs to."""

    user_id: int
    role: Role
    organisations: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Electorate:
    """Who is entitled, who is left out (person → organisation), and who presides."""

    electors: tuple[Seat, ...]
    excluded: tuple[tuple[Seat, int | None], ...]
    presides: int | None


def electorate(seats: Iterable[Seat], parties: frozenset[int], persons: frozenset[int] = frozenset()) -> Electorate:
    """The group less those who belong to a party of the case; the first deputy presides where the chair may not.

    `parties`: organisations of proponent, agent, partner and validation body; `persons`: a natural person who applies.
    """
    electors: list[Seat] = []
    excluded: list[tuple[Seat, int | None]] = []
    for seat in seats:
        if seat.role not in VOTING:
            continue
        shared = seat.organisations & parties
        if shared or seat.user_id in persons:
            excluded.append((seat, min(shared) if shared else None))
        else:
            electors.append(seat)
    for role in (Role.CHAIR, Role.DEPUTY_CHAIR):
        heads = [s.user_id for s in electors if s.role is role]
        if heads:
            return Electorate(tuple(electors), tuple(excluded), heads[0])
    return Electorate(tuple(electors), tuple(excluded), None)


def quorum_needed(sitting: SittingFacts) -> int:
    """Votes needed for a quorum: the share of the members entitled, rounded up, and at least the minimum."""
    num, den = sitting.quorum
    return max(-(-sitting.members * num // den), sitting.quorum_min)


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

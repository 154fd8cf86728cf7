"""Whose confirmation the minutes of a meeting still lack (S29).

Each item is answered for by whoever presided over it and by members who took part in it: nobody answers for an item
from which he or she stood aside, and cannot read. Where the account of whoever presided is closed, chair or deputy
of today who was there confirms in that place; where neither was, one more of the members.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the agenda: who presided over it, and who stood aside."""

    head: int
    aside: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Lacking:
    """Who of those who presided has not confirmed, and how many members are missing where most are."""

    heads: frozenset[int]
    members: int


@dataclass(frozen=True, slots=True)
class Seats:
    """Who was there and may stand in: chair and deputies, then members of today; and whose account is closed."""

    leaders: tuple[int, ...] = ()
    members: tuple[int, ...] = ()
    closed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Answered:
    """Who answers for a page: `instead` tells for whom of those who presided a stand-in does."""

    presided: int
    items: tuple[Item, ...]
    instead: Mapping[int, int]


def answered(presided: int, items: Sequence[Item], seats: Seats, confirmed: Collection[int]) -> Answered:
    """The heads of a page as they answer for it now; who confirmed it before the account was closed still does."""
    instead: dict[int, int] = {}

    def head(led: int, aside: frozenset[int]) -> int:
        found = _stand_in(aside, seats, confirmed) if led in seats.closed and led not in confirmed else None
        if found is None:
            return led
        instead[found] = led
        return found

    mine = tuple(replace(item, head=head(item.head, item.aside)) for item in items)
    return Answered(head(presided, frozenset()), mine, instead)


def _stand_in(aside: Collection[int], seats: Seats, confirmed: Collection[int]) -> int | None:
    """Of those who may, whoever has confirmed already, else the first."""
    for rank in (seats.leaders, seats.members):
        if fit := [user_id for user_id in rank if user_id not in aside]:
            return next((user_id for user_id in fit if user_id in confirmed), fit[0])
    return None


def heads_of(presided: int, items: Sequence[Item]) -> frozenset[int]:
    """Whoever presided: over the meeting, or over one of its items."""
    return frozenset({presided, *(i.head for i in items)})


def lacking(
    presided: int, items: Sequence[Item], there: Collection[int], confirmed: Collection[int], needed: int
) -> Lacking:
    """What a page lacks. Where fewer members took part than are asked for, all of them confirm."""
    members = max((_of_item(i, there, confirmed, needed) for i in items), default=0)
    return Lacking(heads_of(presided, items) - frozenset(confirmed), members)


def _of_item(item: Item, there: Collection[int], confirmed: Collection[int], needed: int) -> int:
    others = frozenset(there) - item.aside - {item.head}
    have = frozenset(confirmed) - item.aside - {item.head}
    return max(0, min(needed - len(have), len(others - have)))

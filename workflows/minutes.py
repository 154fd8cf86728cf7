"""Whose confirmation the minutes of a meeting still lack (S29).

Each item is answered for by whoever presided over it and by members who took part in it: nobody answers for an item
from which he or she stood aside, and cannot read.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


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

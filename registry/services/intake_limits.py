"""What a figure or a day from outside may be at all, before any rule reads it. One place, as data.

These bounds are no policy: a contract that promises ten times what grows anywhere must still be judged, and said
to be absurd by its clause. They only keep out what cannot be meant: a negative area, 10^30 yuan, the year 12.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MOST_BYTES = 200_000
"""Of a whole input."""
DEEPEST = 6
"""Levels of lists and groups within each other; the facts need three."""
MOST_ITEMS = 500
"""Entries of one list."""
MOST_FAULTS = 50
"""Faults that are named at once."""
LONGEST_WORDS = 300
"""Signs of a name or a number."""
LONGEST_TEXT = 150_000
"""Signs of the wording of a contract."""
MOST_PHRASES = 500
"""Phrases of the lexicon in the wording of a contract; each is read closely, and no real contract holds so many."""
LONGEST_FIGURE = 40
"""Digits and signs of a figure."""
TEXTS = frozenset({"text"})
"""Facts that are long texts."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most a figure may be, both counted in."""

    least: Decimal
    most: Decimal


def _from(least: str, most: str) -> Bounds:
    return Bounds(Decimal(least), Decimal(most))


FIGURES: Mapping[str, Bounds] = {
    # by the unit a name ends with
    "mu": _from("0.0001", "100000000"),
    "m2": _from("0.01", "100000000000"),
    "pct": _from("0", "100"),
    "yuan": _from("0", "10000000000000"),
    "yuan_per_t": _from("0", "1000000"),
    "t_per_mu_yr": _from("0", "10000"),
    "t": _from("-1000000000", "1000000000"),
    "years": _from("0", "1000"),
    "months": _from("0", "1200"),
    "mm": _from("0", "20000"),
    "m": _from("0", "200"),
    "cm": _from("0", "1000"),
    # by the name itself
    "canopy_closure": _from("0", "1"),
    "scattered_tree_closure": _from("0", "1"),
    "votes_for": _from("0", "10000000"),
    "votes_entitled": _from("0", "10000000"),
}
"""Bounds by name, or by the longest unit a name ends with; a test asks that every figure has some."""

ORDERS: Sequence[tuple[str, str]] = (
    ("start_on", "end_on"),
    ("crediting_start", "crediting_end"),
    ("claim_from", "claim_on"),
    ("votes_for", "votes_entitled"),
)
"""Pairs of facts of which the second cannot be the smaller."""

SHARES: Sequence[tuple[str, str]] = (("owner_share_pct", "partner_share_pct"),)
"""Shares of one whole, which cannot be more than 100 together."""


def bounds_of(name: str) -> Bounds | None:
    """The bounds of a figure; None where neither its name nor its unit has any."""
    parts = name.split("_")
    return next((FIGURES[ending] for n in range(len(parts)) if (ending := "_".join(parts[n:])) in FIGURES), None)

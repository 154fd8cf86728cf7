"""Expert panels as the independent model keeps them: who is next in order, who may sit, what the opinions come to.

Like the whole model it imports nothing of ours. The seed of every draw in the proofs is the same, so that the order is
known beforehand: whoever repeats it by hand gets the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

SEED = "0" * 64
LEAST = 5
WORKS_IN = ("methodology_screening", "amendment_review")
PLACES = {**{f"expert{n}": True for n in range(1, 8)}, "expert8": False, "expert9": False}
"""Experts, and whether they come from outside the district of the land."""

Tied = Callable[[str], bool]


def in_order(ids: Mapping[str, int]) -> list[str]:
    """The experts by the hash of seed and number, the smallest first."""
    return sorted(PLACES, key=lambda who: sha256(f"{SEED}:{ids[who]}".encode()).hexdigest())


@dataclass
class Panel:
    """One panel: the order it was drawn from, who was barred then, who sits, who has left, who said what."""

    round: int
    size: int
    ticket: bool
    order: Sequence[str]
    barred: frozenset[str]
    sitting: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    said: dict[str, str] = field(default_factory=dict)
    result: str | None = None

    def inside_at_most(self) -> int:
        return self.size - -(-2 * self.size // 3)

    def next_in_order(self) -> str | None:
        """The first who may sit and has not sat, as long as two thirds come from outside."""
        inside = sum(not PLACES[w] for w in self.sitting)
        for who in self.order:
            if who in self.barred or who in self.gone or who in self.sitting:
                continue
            if PLACES[who] or inside < self.inside_at_most():
                return who
        return None

    def fill(self) -> None:
        while len(self.sitting) < self.size and (who := self.next_in_order()):
            self.sitting.append(who)

    def leave(self, who: str, tied: Tied) -> None:
        """Somebody gives up the seat; the next who is not tied by now takes it."""
        self.sitting.remove(who)
        self.gone.add(who)
        while (follows := self.next_in_order()) is not None and tied(follows):
            self.gone.add(follows)
        if follows is not None:
            self.sitting.append(follows)

    def complete(self, tied: Tied) -> bool:
        """Full, nobody tied, every opinion in."""
        return len(self.sitting) == self.size == len(self.said) and not any(tied(w) for w in self.sitting)

    def carried(self) -> bool:
        """More than half of all seats; for a ticket two thirds."""
        favour = sum(advice != "not_accept" for advice in self.said.values())
        return 3 * favour >= 2 * self.size if self.ticket else 2 * favour > self.size

    def end(self, tied: Tied) -> None:
        self.result = "broken_off"
        if self.complete(tied):
            self.result = "accepted" if self.carried() else "not_accepted"


def can_be_drawn(size: int, order: Sequence[str], barred: frozenset[str]) -> bool:
    """Odd, five or more, and enough of the right kind."""
    if size % 2 == 0 or size < LEAST:
        return False
    trial = Panel(0, size, False, order, barred)
    trial.fill()
    return len(trial.sitting) == size

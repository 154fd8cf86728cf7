"""Expert panels (专家组): the draw, who replaces whoever refuses, and what the opinions come to.

Anybody can repeat a draw by hand from what is on record.

1. Each expert of the register has a number. Write the seed, a colon and the number (`9f2c…:17`); the SHA-256 of these
   characters, in hexadecimal, is the expert's key: `printf '%s' '9f2c…:17' | sha256sum`.
2. List all experts by their keys, the smallest first. That is the order of the draw. Whoever is barred stays in the
   list with the reason, and is passed over from here on.
3. From inside the applicant's area come at most as many as leave the share from outside (2/3 of five are four, so one).
4. For each field asked for, in the order of `ExpertField`: where nobody chosen knows it, the first of the list who
   does and who fits (3) is chosen, while seats are left.
5. The seats still free go to the first of the list who fit (3).
6. Whoever refuses a seat is replaced by the next of the same list who fits (3) and has not been seated: one who knows
   a field asked for that is now not covered comes first.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from workflows.policy import Policy
from workflows.states import Bar, ExpertField

SEED_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Terms:
    """What a panel must be: its size, the smallest size, the share from outside, the share that accepts."""

    size: int
    minimum: int
    outside: tuple[int, int]
    needs: tuple[int, int]

    @property
    def outside_needed(self) -> int:
        """Experts from outside the applicant's area: the share, rounded up."""
        num, den = self.outside
        return -(-self.size * num // den)

    @property
    def inside_at_most(self) -> int:
        """Experts from inside the area."""
        return self.size - self.outside_needed

    @property
    def sound(self) -> bool:
        """An odd number, and not below the smallest."""
        return self.size % 2 == 1 and self.size >= self.minimum


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expert of the register before a draw: fields, whether from outside the area, and what bars, if anything."""

    user_id: int
    fields: frozenset[ExpertField] = frozenset()
    outside: bool = True
    bar: Bar | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """The order of everybody, and the numbers of those seated, in that order."""

    order: tuple[Candidate, ...]
    chosen: tuple[int, ...]
    uncovered: tuple[ExpertField, ...]


class NotEnoughError(Exception):
    """Too few experts are left to make up a panel."""


def terms(policy: Policy, on: date, size: int, *, ticket: bool) -> Terms:
    """What a panel drawn on a day is held to; a ticket's panel needs a larger share (T07)."""
    kind = "ticket_panel" if ticket else "panel_accept"
    figure = {k: int(policy.figure(k, on).number) for k in ("panel_min", "panel_outside_num", "panel_outside_den")}
    needs = int(policy.figure(f"{kind}_num", on).number), int(policy.figure(f"{kind}_den", on).number)
    return Terms(size, figure["panel_min"], (figure["panel_outside_num"], figure["panel_outside_den"]), needs)


def key(seed: str, user_id: int) -> str:
    """The expert's key in a draw."""
    return sha256(f"{seed}:{user_id}".encode()).hexdigest()


def in_order(seed: str, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Everybody by key, the smallest first."""
    return tuple(sorted(candidates, key=lambda c: key(seed, c.user_id)))


def can_be_drawn(candidates: Iterable[Candidate], of: Terms) -> bool:
    """Enough experts are not barred, and enough of them come from outside, whatever the seed."""
    free = [c for c in candidates if c.bar is None]
    outside = sum(c.outside for c in free)
    return of.sound and outside + min(len(free) - outside, of.inside_at_most) >= of.size


def draw(seed: str, candidates: Iterable[Candidate], wanted: Collection[ExpertField], of: Terms) -> Draw:
    """Seat a panel. Raises NotEnoughError where none can be made up."""
    order = in_order(seed, candidates)
    if not can_be_drawn(order, of):
        raise NotEnoughError
    free = [c for c in order if c.bar is None]
    chosen: list[Candidate] = []
    for field in (f for f in ExpertField if f in wanted):
        if len(chosen) < of.size and not any(field in c.fields for c in chosen):
            chosen += [c for c in free if c not in chosen and field in c.fields and _fits(c, chosen, of)][:1]
    for candidate in free:
        if len(chosen) < of.size and candidate not in chosen and _fits(candidate, chosen, of):
            chosen.append(candidate)
    seated = {c.user_id for c in chosen}
    known = {f for c in chosen for f in c.fields}
    return Draw(
        order,
        tuple(c.user_id for c in order if c.user_id in seated),
        tuple(f for f in ExpertField if f in wanted and f not in known),
    )


def replacement(
    order: Sequence[Candidate],
    seated: Collection[int],
    passed: Collection[int],
    wanted: Collection[ExpertField],
    of: Terms,
) -> Candidate | None:
    """Who takes a free seat: `seated` sit now, `passed` have left or are barred by now; None where nobody fits."""
    sitting = [c for c in order if c.user_id in seated]
    known = {f for c in sitting for f in c.fields}
    missing = {f for f in wanted if f not in known}
    fit = [
        c
        for c in order
        if c.bar is None and c.user_id not in seated and c.user_id not in passed and _fits(c, sitting, of)
    ]
    return next((c for c in fit if c.fields & missing), fit[0] if fit else None)


def _fits(candidate: Candidate, chosen: Sequence[Candidate], of: Terms) -> bool:
    return candidate.outside or sum(not c.outside for c in chosen) < of.inside_at_most


def well_composed(seats: int, outside: int, of: Terms) -> bool:
    """Every seat is taken, the number is odd and large enough, and enough come from outside."""
    return of.sound and seats == of.size and outside >= of.outside_needed


def needed(of: Terms) -> int:
    """Opinions that must accept: more than half of all seats, or at least the larger share."""
    num, den = of.needs
    return of.size // 2 + 1 if num * 2 == den else -(-of.size * num // den)

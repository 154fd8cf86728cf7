"""What may be changed in a policy, and what the policy then is: new figures, and methods that begin, end or follow.

A change is a value with the day it acts from; `changed` gives the figures and methods with it, or says why it
contradicts what is there.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeAlias

from workflows.policy.values import Confidence, Decision, Figure, Method, MethodStatus, PolicyError

ONE_DAY = timedelta(days=1)
ALWAYS = date.min
WHOLE = frozenset({"", "persons", "WD", "days", "years"})
"""Units that are counted: half a working day, or half a member of a share, is none."""
HUNDRED = Decimal(100)
FROM_ONE = frozenset({"persons", "WD", "days"})
"""Units of which a rule needs at least one: a clock without a day would not run."""
MAJORITIES = ("majority_num", "weighty_majority_num", "panel_accept_num", "ticket_panel_num")
"""Nothing is carried by fewer than half of those entitled."""


@dataclass(frozen=True)
class FigureChange:
    """A figure has another value from a day on."""

    key: str
    value: Decimal | str
    since: date
    source_zh: str
    source_en: str
    decision: Decision | None = None

    @property
    def subject(self) -> str:
        """What it changes."""
        return self.key


@dataclass(frozen=True)
class MethodFollows:
    """A new version of a method comes into force on its `since`; what it replaces ends the day before."""

    method: Method
    replaces: str
    decision: Decision | None = None

    @property
    def subject(self) -> str:
        """What it changes."""
        return self.replaces

    @property
    def since(self) -> date:
        """The day from which it acts."""
        return self.method.since


@dataclass(frozen=True)
class MethodBegins:
    """A method that was a draft comes into force."""

    id: str
    since: date
    source_zh: str
    source_en: str
    decision: Decision | None = None

    @property
    def subject(self) -> str:
        """What it changes."""
        return self.id


@dataclass(frozen=True)
class MethodEnds:
    """From a day on no new project may rest on a method."""

    id: str
    since: date
    source_zh: str
    source_en: str
    decision: Decision | None = None

    @property
    def subject(self) -> str:
        """What it changes."""
        return self.id


MethodChange: TypeAlias = MethodFollows | MethodBegins | MethodEnds
Change: TypeAlias = FigureChange | MethodChange

Figures = Mapping[str, tuple[Figure, ...]]
Methods = Mapping[str, Method]
Places = Mapping[str, Figure]


def changed(
    figures: Figures, methods: Methods, clauses: Collection[str], changes: Iterable[Change], places: Places
) -> tuple[dict[str, tuple[Figure, ...]], dict[str, Method]]:
    """Figures and methods with the changes in force from their days; raises PolicyError on a contradiction.

    `places` are figures without a value yet, by key: a change may give them their first.
    """
    series, kept = dict(figures), dict(methods)
    days: set[date] = set()
    for change in changes:
        if isinstance(change, FigureChange):
            figure = _figure(change, series, places)
            series[change.key] = tuple(sorted((*series.get(change.key, ()), figure), key=lambda f: f.since))
            days.add(change.since)
        else:
            kept |= _methods(change, kept, clauses)
    for key in series:
        if key.endswith("_num"):
            _check_share(key, series, days)
    return series, kept


def as_if_always(
    figures: Figures, methods: Methods, changes: Iterable[Change], places: Places
) -> tuple[dict[str, tuple[Figure, ...]], dict[str, Method]]:
    """The same, as if what changes had never been otherwise: what a replay asks."""
    series, kept = dict(figures), dict(methods)
    for change in changes:
        match change:
            case FigureChange():
                series[change.key] = (replace(_figure(change, series, places), since=ALWAYS),)
            case MethodFollows():
                kept[change.replaces] = replace(kept[change.replaces], until=ALWAYS)
                kept[change.method.id] = replace(change.method, since=ALWAYS)
            case MethodBegins():
                kept[change.id] = replace(kept[change.id], status=MethodStatus.IN_FORCE, since=ALWAYS)
            case MethodEnds():
                kept[change.id] = replace(kept[change.id], until=ALWAYS)
    return series, kept


def _figure(change: FigureChange, series: Figures, places: Places) -> Figure:
    """The new value as a figure; title, unit and bounds are those of the one before, or of its place."""
    before = series.get(change.key, ())
    if not before and change.key not in places:
        raise PolicyError(f"there is no figure {change.key!r} to change")
    last = before[-1] if before else places[change.key]
    if any(figure.since == change.since for figure in before):
        raise PolicyError(f"figure {change.key!r} has a value from {change.since} already")
    if not (change.source_zh and change.source_en):
        raise PolicyError(f"figure {change.key!r} needs its source in both languages")
    _check_value(last, change.value)
    return replace(
        last,
        value=change.value,
        since=change.since,
        source_zh=change.source_zh,
        source_en=change.source_en,
        confidence=Confidence.SEEN,  # decided by a document on file
        decision=change.decision,
    )


def _check_value(figure: Figure, value: Decimal | str) -> None:
    if figure.unit == "date":
        if not isinstance(value, str):
            raise PolicyError(f"figure {figure.key!r} is a day: {value!r}")
        try:
            date.fromisoformat(value)
        except ValueError as error:
            raise PolicyError(f"figure {figure.key!r} is a day: {value!r}") from error
        return
    if not isinstance(value, Decimal) or not value.is_finite():
        raise PolicyError(f"figure {figure.key!r} is a number: {value!r}")
    if figure.unit in WHOLE and value != value.to_integral_value():
        raise PolicyError(f"figure {figure.key!r} is a whole number: {value}")
    least, most = bounds(figure)
    if value < least or (most is not None and value > most):
        raise PolicyError(f"figure {figure.key!r} cannot be {value}: from {least} to {'any' if most is None else most}")


def bounds(figure: Figure) -> tuple[Decimal, Decimal | None]:
    """The least and the most a change may make of a figure: its own bounds, else those of its unit."""
    least = Decimal(figure.unit in FROM_ONE) if figure.least is None else figure.least
    return least, HUNDRED if figure.most is None and figure.unit == "%" else figure.most


def _check_share(key: str, series: Figures, days: Iterable[date]) -> None:
    """A share is more than nothing and at most the whole on every day on which something changes."""
    for day in days:
        num, den = (_on(series[k], day) for k in (key, f"{key[:-4]}_den"))
        if num is not None and den is not None and not 0 < num <= den:
            raise PolicyError(f"the share {key[:-4]!r} would be {num}/{den} from {day}")
        if key in MAJORITIES and num is not None and den is not None and num * 2 < den:
            raise PolicyError(f"the share {key[:-4]!r} would be less than half from {day}")


def _on(series: tuple[Figure, ...], day: date) -> Decimal | None:
    return next((figure.number for figure in reversed(series) if figure.since <= day), None)


def _methods(change: MethodChange, methods: Methods, clauses: Collection[str]) -> dict[str, Method]:
    """The entries a change writes anew."""
    old = methods.get(change.subject)
    if old is None:
        raise PolicyError(f"there is no method {change.subject!r} to change")
    if isinstance(change, MethodBegins):
        if old.status is not MethodStatus.DRAFT:
            raise PolicyError(f"method {old.id} is no draft that could come into force")
        begun = replace(old, status=MethodStatus.IN_FORCE, since=change.since, until=None, decision=change.decision)
        return {old.id: replace(begun, source_zh=change.source_zh, source_en=change.source_en)}
    last_day = change.since - ONE_DAY
    if not old.in_force(last_day):
        raise PolicyError(f"method {old.id} is not in force on {last_day}")
    ended = replace(old, until=last_day, decision=change.decision)
    if isinstance(change, MethodEnds):
        return {old.id: ended}
    new = change.method
    if new.id in methods:
        raise PolicyError(f"there is a method {new.id!r} already")
    if new.status is not MethodStatus.IN_FORCE or (new.until is not None and new.until < new.since):
        raise PolicyError(f"method {new.id} would never be in force")
    unknown = [c for c in (*new.conditions, *new.ways) if c not in clauses]
    if unknown:
        raise PolicyError(f"method {new.id} asks the unknown clause {unknown[0]!r}")
    return {old.id: ended, new.id: replace(new, decision=change.decision)}

"""What a change of the rules says, what it would do and what stops it, in the reader's language."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from flask import g, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry import formats, labels
from registry.clock import today
from registry.models import PolicyChange, PolicyReplay
from registry.queries import cases as cases_of
from registry.queries import policy as ask
from registry.services import policy_changes
from registry.services import replay as replays
from registry.services.policy import current
from registry.views.case_words import Finding, lang
from registry.views.rules import MARKS, measured
from workflows.gates import stops
from workflows.policy import Change, Confidence, Decision, Figure, Method, MethodStatus, Policy
from workflows.policy.changes import FigureChange, MethodBegins, MethodEnds, MethodFollows
from workflows.policy_change import POLICY_CHANGE, judge
from workflows.roles import Role
from workflows.rules import Outcome
from workflows.states import ProjectState, Verdict

ONE_DAY = timedelta(days=1)
MOST_REASONS = 3
"""Reasons shown of what moves a case; each clause says its own on its page."""
STOP = frozenset({"refuse_change", "withdraw_change"})
MEANS: Mapping[str, LazyString] = {
    "propose_change": _l(
        "The change gets its number and goes to the chair. From then on it stays as it is; you can take it back."
    ),
    "confirm_change": _l(
        "The change becomes a part of the rules and holds from its day. Cases accepted before keep the rules of their "
        "day. It cannot be undone; another change can follow."
    ),
    "refuse_change": _l("The rules stay as they are. The proposal and your reasons are kept."),
    "withdraw_change": _l("The proposal is taken back and kept. To change the rule, propose it anew."),
}
BASE_SET: LazyString = _l("With the rules as they were first put in")


# Figures and methods ------------------------------------------------------------------------------------


def halves(key: str) -> tuple[str, ...]:
    """The keys that make one figure for a reader: a share has two."""
    return (key, f"{key[:-4]}_den") if key.endswith("_num") else (key,)


def value_on(key: str, policy: Policy, on: date) -> str:
    """A figure, or a share, with its unit as it stands on a day; "" before its first."""
    keys = halves(key)
    if any(k not in policy.figures or policy.figures[k][0].since > on for k in keys):
        return ""
    found = [policy.figure(k, on) for k in keys]
    if len(found) == 1:
        return measured(found[0])
    return "/".join(formats.number(f.number) for f in found)


def set_by(decision: Decision | None) -> str:
    """Who set a value: body, document and day; the files themselves where nobody decided since."""
    if decision is None:
        return str(BASE_SET)
    return _(
        "%(body)s, %(document)s, confirmed on %(day)s",
        body=decision.body(lang()),
        document=decision.document,
        day=formats.day(decision.on),
    )


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One value of a figure through time; `until`: the last day before the next value."""

    value: str
    since: date
    until: date | None
    source: str
    set_by: str
    mark: str
    coming: bool


def values(key: str, policy: Policy) -> list[ValueRow]:
    """Every value of a figure or share, the newest first."""
    days = sorted({f.since for k in halves(key) for f in policy.figures.get(k, ())})
    rows = []
    for day, following in zip_longest(days, days[1:]):
        figure = _set_on(key, policy, day)
        rows.append(
            ValueRow(
                value_on(key, policy, day),
                day,
                following - ONE_DAY if following else None,
                figure.source(lang()),
                set_by(figure.decision),
                str(MARKS.get(figure.confidence, "")),
                day > today(),
            )
        )
    return rows[::-1]


def _set_on(key: str, policy: Policy, day: date) -> Figure:
    """The half of a share, or the figure, that was set on a day."""
    found = [policy.figure(k, day) for k in halves(key) if policy.figures[k][0].since <= day]
    return max(found, key=lambda f: f.since)


def standing(method: Method) -> str:
    """Whether a new project may name a method, and from or to when."""
    if method.status is MethodStatus.DRAFT:
        return _("Draft, not in force")
    if method.status is MethodStatus.REPEALED:
        return _("Repealed")
    if method.since > today():
        return _("In force from %(day)s", day=formats.day(method.since))
    if method.until is None:
        return _("In force since %(day)s", day=formats.day(method.since))
    if method.until >= today():
        return _("In force to %(day)s", day=formats.day(method.until))
    return _("Ended with %(day)s", day=formats.day(method.until))


# A change -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """What changes: its name, what it is, what it will be."""

    title: str
    url: str
    before: str
    after: str


def lines(change: PolicyChange) -> list[Line]:
    """What a change says, one line a figure or method; nothing where it cannot be read."""
    policy, changes = current(), policy_changes.content_of(change) or ()
    return [_line(c, changes, policy) for c in changes if not c.subject.endswith("_den") or len(changes) == 1]


def _line(change: Change, together: Sequence[Change], policy: Policy) -> Line:
    match change:
        case FigureChange(key=key):
            known = policy.place(key)
            if known is None:
                return Line(key, "", "", str(change.value))
            day_before = change.since - ONE_DAY
            parts = [_written(c, policy) for c in together if isinstance(c, FigureChange)]
            after = parts[0] if len(parts) == 1 else "/".join(parts)
            url = url_for("policy.figure", key=key)
            return Line(known.title(lang()), url, value_on(key, policy, day_before), after)
        case MethodFollows():
            new = change.method
            return Line(
                _method_title(change.replaces, policy), _method_url(change), "", f"{new.code} {new.title(lang())}"
            )
        case MethodBegins():
            return Line(_method_title(change.id, policy), _method_url(change), _("Draft"), _("In force"))
        case MethodEnds():
            return Line(_method_title(change.id, policy), _method_url(change), _("In force"), _("Ended"))


def _written(change: FigureChange, policy: Policy) -> str:
    last = policy.place(change.key)
    unit = last.unit if last else ""
    return measured(Figure(change.key, change.value, unit, change.since, "", "", Confidence.SEEN))


def _method_title(method_id: str, policy: Policy) -> str:
    method = policy.methods.get(method_id)
    return f"{method.code} {method.title(lang())}" if method else method_id


def _method_url(change: Change) -> str:
    return url_for("policy.method", method_id=change.subject)


def headline(change: PolicyChange) -> str:
    """A change in one line."""
    said = lines(change)
    if not said:
        return change.subject
    first = said[0]
    if not first.before:
        return _("%(what)s: %(after)s", what=first.title, after=first.after)
    return _("%(what)s: %(before)s → %(after)s", what=first.title, before=first.before, after=first.after)


# What may be done ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Button:
    """An act on a change open to this person; `missing` are the titles of what still stops it."""

    action: str
    label: str
    url: str
    stop: bool
    missing: tuple[str, ...]


def buttons(change: PolicyChange, roles: frozenset[Role]) -> list[Button]:
    """What this person may try now, exactly as the table says."""
    known = policy_changes.facts(change, today(), g.user)
    found = []
    for row in POLICY_CHANGE.actions(change.state, roles):
        stopping = [o.clause for o in judge(row.gate, known, current()) if stops(o)]
        found.append(
            Button(
                row.name,
                labels.action_label(row.name),
                url_for("policy.act", change_id=change.id, action=row.name),
                row.name in STOP,
                tuple(current().clause(c).title(lang()) for c in stopping),
            )
        )
    return found


def stopping(outcomes: Sequence[Outcome]) -> list[Finding]:
    """The outcomes that stop an act on a change, in words."""
    return [_finding(o) for o in outcomes if stops(o)]


def _finding(outcome: Outcome) -> Finding:
    clause, tongue = current().clause(outcome.clause), lang()
    return Finding(
        severity=outcome.severity,
        verdict=outcome.verdict,
        clause=outcome.clause,
        title=clause.title(tongue),
        facts=(clause.sentence(outcome.verdict, tongue, outcome.facts, outcome.figures),),
        basis=clause.source(tongue),
        cure=clause.cure(tongue, outcome.facts, outcome.figures),
    )


# A replay -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Effect:
    """Clauses that would say another thing of a case, alike; `why` is what moves them."""

    number: str
    state: ProjectState
    clauses: tuple[tuple[str, str], ...]
    """(id, title)"""
    before: str
    after: str
    worse: bool
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One of the two questions of a replay: how many cases, and those the reader may see, by clause."""

    cases: int
    effects: tuple[Effect, ...]
    hidden: int
    more: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replay as the page shows it; `fresh`: it is of the rules as they are now."""

    cases: int
    at: Any
    by: str
    fresh: bool
    by_day: Part
    always: Part


def replay(row: PolicyReplay) -> Replayed:
    """A kept replay in words; cases the reader may not see are counted and not named."""
    told = json.loads(row.result)
    listed = {line["case"] for part in told.values() for line in part["listed"]}
    seen = cases_of.seen_of(g.user, listed)
    return Replayed(
        cases=row.cases,
        at=row.made_at,
        by=row.made_by.name,
        fresh=row.revision == ask.revision(),
        by_day=_part(told["by_day"], seen),
        always=_part(told["always"], seen),
    )


@dataclass(frozen=True, slots=True)
class Run:
    """How far a replay that was asked for is; `problem`: why it ended without an outcome, "" otherwise."""

    running: bool
    done: int
    cases: int
    problem: str

    @property
    def percent(self) -> int:
        """Of the cases there were when it was asked for; a hundred only at its end."""
        return min(99, self.done * 100 // self.cases) if self.cases else 0


ENDS: Mapping[str, LazyString] = {
    replays.CHANGED: _l(
        "The last replay came to no outcome: the change or the rules in force became others meanwhile."
    ),
    replays.STOPPED: _l("The last replay was stopped."),
    replays.FAILED: _l("The last replay came to no outcome by a fault of the system. The fault has been logged."),
}


def run(change: PolicyChange) -> Run | None:
    """The last replay that was asked for; None: none was."""
    row = ask.last_run(change)
    return row and Run(row.ended_at is None, row.done, row.cases, str(ENDS.get(row.problem, "")))


def _part(told: Mapping[str, Any], seen: set[int]) -> Part:
    listed = told["listed"]
    alike: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for line in listed:
        if line["case"] in seen:
            alike.setdefault((line["case"], line["before"], line["after"]), []).append(line)
    effects = tuple(map(_effect, alike.values()))
    return Part(
        told["cases"],
        effects,
        len({line["case"] for line in listed if line["case"] not in seen}),
        sum(told["clauses"].values()) - len(listed),
    )


def _effect(alike: Sequence[Mapping[str, Any]]) -> Effect:
    policy, tongue, first = current(), lang(), alike[0]
    moved = [_moved(k, a, b, policy) for line in alike for k, (a, b) in line["figures"].items()]
    said = [line[tongue] for line in alike]
    after = first["after"]
    return Effect(
        number=first["number"],
        state=ProjectState(first["state"]),
        clauses=tuple((line["clause"], policy.clause(line["clause"]).title(tongue)) for line in alike),
        before=_verdict(first["before"]),
        after=_verdict(after),
        worse=after not in (None, Verdict.PASS, Verdict.NOT_APPLICABLE),
        why=tuple(dict.fromkeys(filter(None, [*moved, *said])))[:MOST_REASONS],
    )


def _verdict(word: str | None) -> str:
    return labels.label(Verdict(word)) if word else _("not asked")


def _moved(key: str, before: str | None, after: str | None, policy: Policy) -> str:
    place = policy.place(key)
    title = place.title(lang()) if place else key
    return _("%(what)s: %(before)s → %(after)s", what=title, before=before or labels.DASH, after=after or labels.DASH)

"""The policy: clauses, dated figures, documents and methods, read from the TOML beside this file.

A `Policy` is an immutable value, asked by key and day. Nothing here keeps one: whoever needs a
policy is handed it, so that the same facts can be judged under another one.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self, TypeVar

from workflows.policy.changes import Change, as_if_always, changed
from workflows.policy.tables import Lexicon, Malpractice, Phrase, Reference
from workflows.policy.values import (
    BambooWork,
    Clause,
    Confidence,
    Decision,
    DocumentFact,
    DocumentRule,
    DocumentStage,
    Enforced,
    Figure,
    Language,
    Method,
    MethodStatus,
    PolicyError,
    day_in_words,
    fill,
    number_in_words,
    places,
    with_unit,
)
from workflows.policy.written import change_entry, change_of, entry_of, table_of, text_of
from workflows.states import Activity, Scheme, Severity

__all__ = [
    "BambooWork",
    "Change",
    "Clause",
    "Confidence",
    "Decision",
    "DocumentFact",
    "DocumentRule",
    "DocumentStage",
    "Enforced",
    "Figure",
    "Language",
    "Lexicon",
    "Malpractice",
    "Method",
    "MethodStatus",
    "NoValueYet",
    "Phrase",
    "Policy",
    "PolicyError",
    "Reference",
    "changes_in",
    "day_in_words",
    "fill",
    "number_in_words",
    "places",
    "text_of_changes",
    "with_unit",
]

T = TypeVar("T")

CLAUSE_ID = re.compile(r"[A-Z]\d{2}[a-z]?")
ALL_SCHEMES = "all"
ALL_CLASSES = "all"
REFERENCES = ("costs.toml", "forest_land.toml", "report.toml")
TABLES = ("parameters.toml", "documents.toml", "malpractices.toml", "lexicon.toml")

# What an enforced clause must name, so that a reader finds what holds people to it.
_NAMED_BY = {
    Enforced.TABLE: "action",
    Enforced.CLOCK: "clock",
    Enforced.DATABASE: "constraint",
    Enforced.MANUAL: "field",
}


class NoValueYet(KeyError):
    """A figure is asked for a day before its first value (依据待定)."""


@dataclass(frozen=True)
class Policy:
    """The policy as of one revision. Compare, hand on, replace; never change."""

    clauses: Mapping[str, Clause]
    figures: Mapping[str, tuple[Figure, ...]]
    document_rules: Mapping[str, DocumentRule]
    methods: Mapping[str, Method]
    malpractices: Mapping[str, Malpractice]
    references: Mapping[str, Reference]
    """Figures there is a place for, by key; `figures` holds those that have a value."""
    lexicon: Lexicon
    changes: tuple[Change, ...] = ()
    """What was changed since the files were written, in the order in which it was decided."""

    @classmethod
    @cache
    def base(cls) -> Self:
        """The policy of the TOML files, without amendments, read once; raises PolicyError on a bad entry."""
        return cls.read(Path(__file__).parent)

    @classmethod
    def read(cls, place: Path) -> Self:
        """The policy of the TOML files in a folder laid out like this one, or of one file that `written` gave."""
        if place.is_file():
            return cls.parse(place.read_text("utf-8"))
        letters = sorted((place / "clauses").glob("*.toml"))
        references = [_toml(place / name)["reference"] for name in REFERENCES]
        told: dict[str, Any] = {
            "clause": [entry for path in letters for entry in _letter(path, _toml(path)["clause"])],
            "reference": list(chain(*references)),
            "method": [_toml(path) for path in sorted((place / "methodologies").glob("*.toml"))],
        }
        for name in TABLES:
            told |= _toml(place / name)
        return cls._of(told)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The policy of a text that `written` gave: its files, and every change since; raises PolicyError."""
        return cls._of(tomllib.loads(text, parse_float=Decimal)).amended(changes_in(text))

    @classmethod
    def _of(cls, told: Mapping[str, Any]) -> Self:
        """The policy of its entries by kind, as a file holds them."""
        series: dict[str, list[Figure]] = {}
        known = [_valued(entry) for entry in told["reference"] if "value" in entry]
        for figure in map(_figure, (*told["figure"], *known)):
            series.setdefault(figure.key, []).append(figure)
        policy = cls(
            clauses=MappingProxyType(_by_id("id", map(_clause, told["clause"]))),
            figures=MappingProxyType({key: _in_time(values) for key, values in series.items()}),
            document_rules=MappingProxyType(_by_id("kind", map(_document, told["document"]))),
            methods=MappingProxyType(_by_id("id", map(_method, told["method"]))),
            malpractices=MappingProxyType(_by_id("id", (_made(Malpractice, e) for e in told["malpractice"]))),
            references=MappingProxyType(_by_id("key", map(_reference, told["reference"]))),
            lexicon=_lexicon(told),
        )
        policy._check_references()
        return policy

    def amended(self, changes: Iterable[Change]) -> Self:
        """The policy with changes in force from their days; raises PolicyError where one contradicts what is there."""
        made = tuple(changes)
        figures, methods = changed(self.figures, self.methods, self.clauses, made, self._places())
        return replace(
            self,
            figures=MappingProxyType(figures),
            methods=MappingProxyType(methods),
            changes=(*self.changes, *made),
        )

    def as_if_always(self, changes: Iterable[Change]) -> Self:
        """The policy as if what `changes` changes had never been otherwise; they must be such that `amended` takes."""
        figures, methods = as_if_always(self.figures, self.methods, changes, self._places())
        return replace(self, figures=MappingProxyType(figures), methods=MappingProxyType(methods))

    def _places(self) -> Mapping[str, Figure]:
        """What a first value of a reference would be a value of."""
        return {key: place.blank() for key, place in self.references.items()}

    def written(self, changes: Iterable[Change] = ()) -> str:
        """This policy, and changes since, as one TOML text that `parse` reads back; the same gives the same text."""
        parts = (
            ("clause", map(entry_of, self.clauses.values())),
            ("figure", map(entry_of, (figure for series in self.figures.values() for figure in series))),
            ("document", map(entry_of, self.document_rules.values())),
            ("method", map(entry_of, self.methods.values())),
            ("malpractice", map(entry_of, self.malpractices.values())),
            ("reference", map(entry_of, self.references.values())),
            ("phrase", map(entry_of, self.lexicon.phrases)),
        )
        texts = (text_of(kind, entries) for kind, entries in parts)
        last = table_of("grammar", self.lexicon.grammar), text_of_changes(changes)
        return "\n".join(filter(None, (*texts, *last)))

    def clause(self, clause_id: str) -> Clause:
        """The clause of that id; raises KeyError."""
        return _found(self.clauses, clause_id, "clause")

    def figure(self, key: str, on: date) -> Figure:
        """The latest value in force on that day; raises KeyError, NoValueYet before the first; both say which key."""
        series = _found(self.figures, key, "figure")
        for figure in reversed(series):
            if figure.since <= on:
                return figure
        raise NoValueYet(f"figure {key!r} has no value on {on.isoformat()}; the first is of {series[0].since}")

    def number(self, key: str, on: date) -> Decimal:
        """The figure's value as a number; raises KeyError, or TypeError where it is none."""
        return self.figure(key, on).number

    def reference(self, key: str, on: date) -> Figure | None:
        """The figure of that key where one is in force that day; None: its place is empty, or there is none."""
        return next((figure for figure in reversed(self.figures.get(key, ())) if figure.since <= on), None)

    def place(self, key: str) -> Figure | None:
        """The latest value of a figure, or of one without a value yet the place for it; None: no such figure."""
        if key in self.figures:
            return self.figures[key][-1]
        return self.references[key].blank() if key in self.references else None

    @property
    def empty(self) -> tuple[Reference, ...]:
        """Figures there is a place for, and no value yet (依据待定)."""
        return tuple(place for key, place in self.references.items() if key not in self.figures)

    def figures_of(self, clause_id: str, on: date) -> Mapping[str, Figure]:
        """The figures a clause rests on, as they stand that day; one without a value yet is left out."""
        keys = self.clause(clause_id).figures
        return MappingProxyType({key: figure for key in keys if (figure := self.reference(key, on)) is not None})

    def documents(self, scheme: Scheme) -> tuple[DocumentRule, ...]:
        """The papers of a scheme, required or welcome, in the order of the list."""
        return tuple(rule for rule in self.document_rules.values() if scheme in rule.schemes)

    def document(self, kind: str) -> DocumentRule:
        """The rule of one kind of paper; raises KeyError."""
        return _found(self.document_rules, kind, "document")

    def method(self, method_id: str) -> Method:
        """The method of that id; raises KeyError."""
        return _found(self.methods, method_id, "method")

    def methods_in_force(self, scheme: Scheme, on: date) -> tuple[Method, ...]:
        """What a new project of the scheme may name that day, also where it cannot be used here (`applicable`)."""
        return tuple(method for method in self.methods.values() if scheme in method.schemes and method.in_force(on))

    def _check_references(self) -> None:
        for clause in self.clauses.values():
            for key in clause.figures:
                if key not in self.figures:
                    raise PolicyError(f"clause {clause.id} rests on the unknown figure {key!r}")
            if clause.malpractice not in {None, ALL_CLASSES, *self.malpractices}:
                raise PolicyError(f"clause {clause.id} speaks to the unknown class {clause.malpractice!r}")
        for phrase in self.lexicon.phrases:
            if phrase.clause not in self.clauses:
                raise PolicyError(f"phrase {phrase.words!r} speaks to the unknown clause {phrase.clause!r}")
        for method in self.methods.values():
            for clause_id in (*method.conditions, *method.exemptions, *filter(None, [method.argued])):
                if clause_id not in self.clauses:
                    raise PolicyError(f"method {method.id} asks the unknown clause {clause_id!r}")
            if stray := sorted(set(method.final) - set(method.conditions)):
                raise PolicyError(f"method {method.id} calls final what it does not ask: {', '.join(stray)}")


def changes_in(text: str) -> tuple[Change, ...]:
    """The changes a text tells, in its order; raises PolicyError naming the one that cannot be read."""
    return tuple(map(_change, tomllib.loads(text, parse_float=Decimal).get("change", ())))


def text_of_changes(changes: Iterable[Change]) -> str:
    """Changes as `changes_in` reads them."""
    return text_of("change", map(change_entry, changes))


def _change(told: dict[str, Any]) -> Change:
    try:
        return change_of(told, _method)
    except PolicyError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise PolicyError(f"change of {told.get('key') or told.get('id')!r}: {error}") from error


def _found(entries: Mapping[str, T], key: str, what: str) -> T:
    try:
        return entries[key]
    except KeyError:
        raise KeyError(f"the policy has no {what} {key!r}") from None


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file, parse_float=Decimal)


def _letter(path: Path, entries: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        if not CLAUSE_ID.fullmatch(entry["id"]) or entry["id"][0] != path.stem:
            raise PolicyError(f"{path.name} holds a clause {entry['id']!r}")
        yield entry


def _by_id(attribute: str, entries: Iterable[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for entry in entries:
        key = getattr(entry, attribute)
        if key in found:
            raise PolicyError(f"{key!r} stands twice in the policy")
        found[key] = entry
    return found


def _in_time(series: Sequence[Figure]) -> tuple[Figure, ...]:
    days = [figure.since for figure in series]
    if len(set(days)) < len(days):
        raise PolicyError(f"figure {series[0].key!r} has two values from the same day")
    return tuple(sorted(series, key=lambda figure: figure.since))


def _clause(entry: dict[str, Any]) -> Clause:
    texts = ("question_zh", "question_en", "fails_zh", "fails_en", "unknown_zh", "unknown_en", "cure_zh", "cure_en")
    names = ("action", "clock", "constraint", "forgery", "field", "malpractice")
    clause = _made(
        Clause,
        entry,
        **dict.fromkeys(texts, ""),
        **dict.fromkeys(names),
        figures=(),
        confidence=Confidence,
        enforced=Enforced,
        severity=Severity,
    )
    named = _NAMED_BY.get(clause.enforced)
    if named and not getattr(clause, named):
        raise PolicyError(f"clause {clause.id} is enforced by {clause.enforced} and names no {named}")
    if clause.confidence is Confidence.UNSURE and clause.severity is not Severity.WARN:
        raise PolicyError(f"clause {clause.id} rests on an unsure fact and may only warn")
    return clause


def _figure(entry: dict[str, Any]) -> Figure:
    shape: dict[str, Any] = {"unit": "", "confidence": Confidence}
    told = {k: Decimal(v) if k in ("value", "least", "most") and isinstance(v, int) else v for k, v in entry.items()}
    if isinstance(value := told["value"], date):
        told |= {"value": value.isoformat(), "unit": "date"}
    return _made(Figure, told, **shape)


_DATED = ("value", "since", "source_zh", "source_en", "confidence")


def _valued(entry: dict[str, Any]) -> dict[str, Any]:
    """The figure in a reference that has a value."""
    return {key: entry[key] for key in ("key", "title_zh", "title_en", "unit", *_DATED) if key in entry}


def _reference(entry: dict[str, Any]) -> Reference:
    """The place alone; raises PolicyError where something is dated and there is no value."""
    dated = [key for key in _DATED if key in entry]
    if dated and "value" not in entry:
        raise PolicyError(f"reference {entry['key']!r} has {dated[0]} and no value")
    return _made(Reference, {key: value for key, value in entry.items() if key not in dated})


def _lexicon(table: Mapping[str, Any]) -> Lexicon:
    phrases = _by_id("words", (_made(Phrase, entry, alone=True) for entry in table["phrase"]))
    grammar = {name: tuple(words) for name, words in table["grammar"].items()}
    return Lexicon(tuple(phrases.values()), MappingProxyType(grammar))


def _document(entry: dict[str, Any]) -> DocumentRule:
    rule = _made(
        DocumentRule,
        {**entry, "schemes": _schemes(entry["schemes"])},
        required=False,
        required_if=None,
        per_parcel=False,
        stage=DocumentStage,
        confidence=Confidence,
    )
    if rule.required and rule.required_if:
        raise PolicyError(f"document {rule.kind} is required always and sometimes")
    return rule


def _method(entry: dict[str, Any]) -> Method:
    return _made(
        Method,
        {
            **entry,
            "schemes": _schemes(entry["schemes"]),
            "activities": frozenset(Activity(word) for word in entry["activities"]),
            "bamboo": BambooWork(entry["bamboo"]) if "bamboo" in entry else None,
        },
        until=None,
        conditions=(),
        final=(),
        exemptions=(),
        argued=None,
        note_zh="",
        note_en="",
        status=MethodStatus,
        confidence=Confidence,
    )


def _schemes(words: str | list[str]) -> frozenset[Scheme]:
    return frozenset(Scheme if words == ALL_SCHEMES else (Scheme(word) for word in words))


def _made(cls: type[T], entry: dict[str, Any], **shape: Any) -> T:
    """An entry as a value; `shape` holds the defaults, and the closed list of a field that has one.

    Raises PolicyError naming the entry when a key is missing or unknown, or a word is not on its list.
    """
    name = entry.get("id") or entry.get("key") or entry.get("kind") or entry.get("words")
    lists = {key: default for key, default in shape.items() if isinstance(default, type)}
    values = {key: default for key, default in shape.items() if key not in lists} | entry
    if values.get("required_if"):
        lists["required_if"] = DocumentFact
    try:
        for key, members in lists.items():
            values[key] = members(values[key])
        return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()})
    except (KeyError, TypeError, ValueError) as error:
        raise PolicyError(f"{cls.__name__} {name!r}: {error}") from error

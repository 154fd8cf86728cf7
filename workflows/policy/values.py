"""What a policy is made of: clauses, dated figures, document rules and methods. Plain immutable values."""

import re
import tomllib
from collections.abc import Collection, Mapping, Sized
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import Any

from workflows.states import Activity, Scheme, Severity, Verdict

_PART = re.compile(r"\[([^\[\]]*)\]")

# Words of the two languages, not policy: units, joints and the shape of a day.
_FORMATS: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "formats.toml").read_text("utf-8"))


class PolicyError(ValueError):
    """The policy's files contradict themselves; says which entry and why."""


class Language(StrEnum):
    """The two languages every text of the policy stands in."""

    ZH = "zh"
    EN = "en"


class Confidence(StrEnum):
    """How sure the stated source is; only the first two and a proposal may stop anybody."""

    SEEN = "seen"
    KNOWN = "known"
    UNSURE = "unsure"
    PROPOSED = "proposed"


class Enforced(StrEnum):
    """What holds people to a clause."""

    RULE = "rule"
    TABLE = "table"
    CLOCK = "clock"
    DATABASE = "database"
    MANUAL = "manual"


class MethodStatus(StrEnum):
    """现行, 废止, 征求意见."""

    IN_FORCE = "in_force"
    REPEALED = "repealed"
    DRAFT = "draft"


class BambooWork(StrEnum):
    """What a method that covers bamboo covers of it."""

    PLANTING = "planting"
    MANAGEMENT = "management"


class DocumentStage(StrEnum):
    """By which gate a document must be there: the acceptance of the application, or the validation."""

    APPLICATION = "application"
    VALIDATION = "validation"


class DocumentFact(StrEnum):
    """The facts that can make a document necessary; a closed list."""

    AGENT_FILES = "agent_files"
    HAS_CONTRACT = "has_contract"
    HOUSEHOLD_LAND = "household_land"
    COLLECTIVE_LAND = "collective_land"
    COLLECTIVE_LAND_WITH_PARTNER = "collective_land_with_partner"
    STATE_LAND = "state_land"
    NATURAL_PERSON = "natural_person"
    ORGANISATION = "organisation"


@dataclass(frozen=True)
class Decision:
    """Who set a value after the policy's files were written: the change, the body, its document, the day."""

    no: str
    body_zh: str
    body_en: str
    document: str
    on: date

    def body(self, lang: str) -> str:
        """Who decided."""
        return self.body_zh if language(lang) is Language.ZH else self.body_en


@dataclass(frozen=True)
class Figure:
    """A figure in force from `since`, with its source; `unit` is "" for a bare number, "date" for an ISO day.

    `least` and `most` bound the values a change may give it. `decision` None: the files set it.
    """

    key: str
    value: Decimal | str
    unit: str
    since: date
    source_zh: str
    source_en: str
    confidence: Confidence
    title_zh: str = ""
    title_en: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    decision: Decision | None = None

    @property
    def number(self) -> Decimal:
        """The value as a number; raises TypeError for a date or a word."""
        if isinstance(self.value, Decimal):
            return self.value
        raise TypeError(f"figure {self.key} is not a number: {self.value!r}")

    @property
    def day(self) -> date:
        """The value as a day; raises TypeError for anything else."""
        if isinstance(self.value, str) and self.unit == "date":
            return date.fromisoformat(self.value)
        raise TypeError(f"figure {self.key} is not a day: {self.value!r}")

    def title(self, lang: str) -> str:
        """What the figure measures."""
        return self.title_zh if language(lang) is Language.ZH else self.title_en

    def source(self, lang: str) -> str:
        """Where the figure comes from."""
        return self.source_zh if language(lang) is Language.ZH else self.source_en


@dataclass(frozen=True)
class Clause:
    """One clause: what it asks, where it comes from, what holds people to it, and its sentences.

    `question_*` is "" where no officer is asked. `figures` names the figures the clause rests on.
    """

    id: str
    title_zh: str
    title_en: str
    question_zh: str
    question_en: str
    source_zh: str
    source_en: str
    confidence: Confidence
    since: date
    enforced: Enforced
    severity: Severity
    action: str | None
    clock: str | None
    constraint: str | None
    forgery: str | None
    """The forged row that the tests of the database try against `constraint`."""
    field: str | None
    malpractice: str | None
    """Of a clause of the contract check: the class of plan 5(4) it speaks to, or "all"."""
    figures: tuple[str, ...]
    fails_zh: str
    fails_en: str
    unknown_zh: str
    unknown_en: str
    cure_zh: str
    cure_en: str

    def title(self, lang: str) -> str:
        """The clause's name, without its id."""
        return self.title_zh if language(lang) is Language.ZH else self.title_en

    def question(self, lang: str) -> str:
        """What the officers are asked; "" where nobody is asked."""
        return self.question_zh if language(lang) is Language.ZH else self.question_en

    def source(self, lang: str) -> str:
        """The law, rule or proposal the clause rests on."""
        return self.source_zh if language(lang) is Language.ZH else self.source_en

    def template(self, verdict: Verdict, lang: str) -> str:
        """The unfilled sentence of a verdict; "" for pass and not_applicable, which need none."""
        zh = language(lang) is Language.ZH
        match verdict:
            case Verdict.FAIL:
                return self.fails_zh if zh else self.fails_en
            case Verdict.UNKNOWN | Verdict.MANUAL:
                return self.unknown_zh if zh else self.unknown_en
            case _:
                return ""

    def sentence(
        self,
        verdict: Verdict,
        lang: str,
        facts: Mapping[str, object] | None = None,
        figures: Mapping[str, Figure] | None = None,
    ) -> str:
        """What the verdict says to a person, with its places filled.

        Raises LookupError naming the clause and the place when neither facts nor figures hold it. Where officers answer
        the clause, a part in brackets is left out instead.
        """
        return self._fill(self.template(verdict, lang), lang, facts, figures)

    def cure(
        self,
        lang: str,
        facts: Mapping[str, object] | None = None,
        figures: Mapping[str, Figure] | None = None,
    ) -> str:
        """What the applicant can do about it; raises like `sentence`."""
        return self._fill(self.cure_zh if language(lang) is Language.ZH else self.cure_en, lang, facts, figures)

    def _fill(
        self, text: str, lang: str, facts: Mapping[str, object] | None, figures: Mapping[str, Figure] | None
    ) -> str:
        values: dict[str, object] = {**(figures or {}), **(facts or {})}
        known = {name: value for name, value in values.items() if value is not None}
        # Officers answer a question without facts, so that what says which figure was missed may fall away.
        missing = sorted(places(_PART.sub("", text) if self.question_zh else text) - known.keys())
        if missing:
            raise LookupError(f"clause {self.id}: nothing to put in {', '.join(missing)}")
        return fill(text, lang, known)


@dataclass(frozen=True)
class DocumentRule:
    """One paper a scheme asks for. Neither `required` nor `required_if`: welcome, never missing."""

    kind: str
    title_zh: str
    title_en: str
    hint_zh: str
    hint_en: str
    schemes: frozenset[Scheme]
    required: bool
    required_if: DocumentFact | None
    per_parcel: bool
    stage: DocumentStage
    source_zh: str
    source_en: str
    confidence: Confidence

    def title(self, lang: str) -> str:
        """The paper's name."""
        return self.title_zh if language(lang) is Language.ZH else self.title_en

    def hint(self, lang: str) -> str:
        """What the paper should show, in a sentence."""
        return self.hint_zh if language(lang) is Language.ZH else self.hint_en

    def source(self, lang: str) -> str:
        """Who asks for it."""
        return self.source_zh if language(lang) is Language.ZH else self.source_en

    def needed(self, facts: Collection[str]) -> bool:
        """Whether the paper must be there, given the `DocumentFact`s that hold."""
        return self.required or (self.required_if is not None and self.required_if in facts)


@dataclass(frozen=True)
class Method:
    """A methodology and the clauses it asks: every one of `conditions`, and one of `exemptions` or `argued`.

    A method without conditions can never be screened as passed: nothing was asked.
    `applicable` is false where the method cannot be used in Tai'an, or by nobody any more.
    `final` are the conditions that nothing can cure once they are broken: what the land is, or was.
    """

    id: str
    code: str
    title_zh: str
    title_en: str
    schemes: frozenset[Scheme]
    activities: frozenset[Activity]
    bamboo: BambooWork | None
    """Which work on bamboo, where it covers only one; None: any, or none."""
    status: MethodStatus
    since: date
    until: date | None
    conditions: tuple[str, ...]
    final: tuple[str, ...]
    exemptions: tuple[str, ...]
    argued: str | None
    applicable: bool
    note_zh: str
    note_en: str
    source_zh: str
    source_en: str
    confidence: Confidence
    decision: Decision | None = None
    """Who set the method as it stands, where that was after the files were written."""

    def title(self, lang: str) -> str:
        """The method's name, without its code."""
        return self.title_zh if language(lang) is Language.ZH else self.title_en

    def note(self, lang: str) -> str:
        """What an applicant should know before choosing it."""
        return self.note_zh if language(lang) is Language.ZH else self.note_en

    def source(self, lang: str) -> str:
        """Who published it."""
        return self.source_zh if language(lang) is Language.ZH else self.source_en

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways to additionality, of which one is enough; none where the method asks for no argument."""
        return (*self.exemptions, *filter(None, [self.argued])) if self.exemptions else ()

    def in_force(self, on: date) -> bool:
        """Whether a new project may rest on it that day; `until` is the last day."""
        return self.status is MethodStatus.IN_FORCE and self.since <= on and (self.until is None or on <= self.until)


def language(lang: str) -> Language:
    """`zh`, `zh_Hans_CN`, `zh-CN` … are Chinese; everything else reads English."""
    return Language.ZH if lang.lower().startswith("zh") else Language.EN


def places(text: str) -> frozenset[str]:
    """The names of the places in a sentence."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def fill(text: str, lang: str, values: Mapping[str, object]) -> str:
    """A sentence with its places filled, each by the formatter its suffix names.

    `_mu`, `_m2`, `_ha`, `_t`, `_yuan`, `_yuan_per_t` …: a number with thousands commas and its unit, of several
    units the longest; `_pct`: a percentage; a day reads as a day; anything else plain (a list is joined,
    nothing in it reads "none").
    A part in [square brackets] is left out where a place in it holds nothing, or an empty list or text.
    """
    whole = _PART.sub(lambda part: part[1] if all(_says(values.get(n)) for n in places(part[1])) else "", text)
    return "".join(
        before + (_shown(name, values[name], language(lang)) if name else "")
        for before, name, _, _ in Formatter().parse(whole)
    )


def _says(value: object) -> bool:
    return value is not None and (not isinstance(value, Sized) or len(value) > 0)


def _shown(name: str, value: object, lang: Language) -> str:
    words = _FORMATS[lang]
    match value:
        case Figure():
            return _shown(name, value.day if value.unit == "date" else value.value, lang)
        case bool():
            return str(words["yes"] if value else words["no"])
        case StrEnum():
            return str(words["words"].get(type(value).__name__, {}).get(value, value))
        case date():
            return day_in_words(value, lang)
        case tuple() | list() | set() | frozenset():
            items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
            return str(words["joint"]).join(_shown("", item, lang) for item in items) or str(words["none"])
        case int() | Decimal():
            units = words["units"] | (words.get("one", {}) if value == 1 else {})
            return number_in_words(Decimal(value)) + _unit(name, units)
        case _:
            return str(value)


def with_unit(value: Decimal, unit: str, lang: str) -> str:
    """A number with a unit of the policy; one that no language names stands as it is written."""
    return number_in_words(value) + str(_FORMATS[language(lang)]["units"].get(unit, f"\u00a0{unit}" if unit else ""))


def _unit(name: str, units: Mapping[str, str]) -> str:
    """The unit of the longest suffix of a name that is one: yuan_per_t before t."""
    parts = name.split("_")
    return next((units[suffix] for n in range(1, len(parts)) if (suffix := "_".join(parts[n:])) in units), "")


def number_in_words(value: Decimal) -> str:
    """Thousands commas, no trailing zeros: 6,000 or 0.57."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day_in_words(value: date, lang: str) -> str:
    """2026年11月20日 or 20 November 2026."""
    words = _FORMATS[language(lang)]
    return str(words["day"]).format(year=value.year, month=words["months"][value.month - 1], day=value.day)

"""What the contract check is made of besides clauses and figures: classes, places for figures, words to look for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.policy.values import Confidence, Figure, Language, language


@dataclass(frozen=True)
class Malpractice:
    """A class of what plan 5(4) warns of, under which findings on a contract are grouped."""

    id: str
    title_zh: str
    title_en: str

    def title(self, lang: str) -> str:
        """The class in the plan's own words."""
        return self.title_zh if language(lang) is Language.ZH else self.title_en


@dataclass(frozen=True)
class Reference:
    """A figure there is a place for, whether or not anybody has published or decided it yet (依据待定)."""

    key: str
    title_zh: str
    title_en: str
    note_zh: str
    note_en: str
    unit: str = ""

    def blank(self) -> Figure:
        """A figure of this place that has no value yet, to give it one."""
        return Figure(
            key=self.key,
            value=Decimal(0),
            unit=self.unit,
            since=date.min,
            source_zh="",
            source_en="",
            confidence=Confidence.PROPOSED,
            title_zh=self.title_zh,
            title_en=self.title_en,
        )

    def title(self, lang: str) -> str:
        """What the figure would measure."""
        return self.title_zh if language(lang) is Language.ZH else self.title_en

    def note(self, lang: str) -> str:
        """Who has to supply it, or what is known instead."""
        return self.note_zh if language(lang) is Language.ZH else self.note_en


@dataclass(frozen=True)
class Phrase:
    """Words to look for in a contract, and the clause they speak to."""

    words: str
    clause: str
    alone: bool
    """The words by themselves fail the clause; otherwise they are one of the facts it weighs."""


@dataclass(frozen=True)
class Lexicon:
    """The phrases, and the small words that decide whether a phrase is meant."""

    phrases: tuple[Phrase, ...]
    grammar: Mapping[str, tuple[str, ...]]
    """Small words and patterns by name, as `lexicon.toml` lists them under [grammar]."""

    def __hash__(self) -> int:
        """A text need not be read twice with the same lexicon; cheap, for it is asked at every look-up."""
        return hash(len(self.phrases))

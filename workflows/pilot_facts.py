"""What is publicly known of the pilot's farm, as dated data with source and confidence (`policy/culai.toml`)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workflows.policy import Confidence, Language, PolicyError

FILE = Path(__file__).parent / "policy" / "culai.toml"
TEXTS = ("title", "value", "year", "source")
NEEDED = ("title", "source")


@dataclass(frozen=True, slots=True)
class PilotFact:
    """One fact in both languages; without a value nobody has published it, without a year its source names none."""

    key: str
    confidence: Confidence
    title_zh: str
    title_en: str
    source_zh: str
    source_en: str
    value_zh: str = ""
    value_en: str = ""
    year_zh: str = ""
    year_en: str = ""

    def text(self, part: str, lang: str) -> str:
        """Title, value, year or source in a language; "" where there is none."""
        return str(getattr(self, f"{part}_{'zh' if lang == Language.ZH else 'en'}"))


@cache
def pilot_facts() -> tuple[PilotFact, ...]:
    """Every fact, in the order of a page. Raises PolicyError where the file does not hold together."""
    return read(FILE.read_text(encoding="utf-8"))


def read(text: str) -> tuple[PilotFact, ...]:
    """The facts of a file: keys once, both languages or neither, what is known for sure with a value and a source."""
    found = []
    for entry in tomllib.loads(text)["fact"]:
        try:
            fact = PilotFact(**(entry | {"confidence": Confidence(entry["confidence"])}))
        except (TypeError, ValueError, KeyError) as wrong:
            raise PolicyError(f"culai.toml, {entry.get('key', '?')}: {wrong}") from None
        for part in TEXTS:
            here = [bool(fact.text(part, lang)) for lang in Language]
            if any(here) != all(here) or (part in NEEDED and not all(here)):
                raise PolicyError(f"culai.toml, {fact.key}: {part} in one language only, or missing")
        if not fact.value_zh and fact.confidence is not Confidence.UNSURE:
            raise PolicyError(f"culai.toml, {fact.key}: no value, but said to be {fact.confidence}")
        found.append(fact)
    if len({f.key for f in found}) != len(found):
        raise PolicyError("culai.toml: a key stands there twice")
    return tuple(found)

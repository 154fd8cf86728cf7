"""What a report may not claim: words that call the pilot a national one (domain.md §7.2)."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "policy" / "report.toml"


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    """(as it is written, as it is compared)."""
    written = tomllib.loads(FILE.read_text(encoding="utf-8"))["national"]
    return tuple((phrase, plain(phrase)) for phrase in written)


def plain(text: str) -> str:
    """Letters and figures alone, of one width and case: neither a space nor a quotation mark hides a word."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def national(text: str) -> tuple[str, ...]:
    """The words in a text that call the pilot a national one."""
    read = plain(text)
    return tuple(phrase for phrase, compared in _phrases() if compared in read)

"""Cells as people fill them: full-width signs, spaces inside codes, thousands commas, figures kept as text."""

import math
import re
import unicodedata
from typing import Any

NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
_HEAD = re.compile(r"^(.*?)[(\[]([^()\[\]]*)[)\]]$")


def words(value: Any) -> str:
    """A cell as one line of text: half-width digits and letters, no control signs, trimmed. 12.0 is "12"."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if value is None:
        return ""
    text = str(value)
    if text.isascii() and text.isprintable():
        return text.strip()
    text = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())


def code(value: Any) -> str:
    """A code: as `words`, without any space; leading zeros stay where the cell was text."""
    return "".join(words(value).split())


def number(value: Any) -> float:
    """A figure; raises ValueError for what is none (nan, "12亩", "1,23")."""
    if isinstance(value, bool):
        raise ValueError(value)
    if isinstance(value, int | float):
        found = float(value)
    else:
        text = code(value).replace("\u2212", "-")
        if not text or not NUMBER.fullmatch(text) or not any(c.isdigit() for c in text):
            raise ValueError(value)
        found = float(text.replace(",", ""))
    if not math.isfinite(found):
        raise ValueError(value)
    return found


def head(value: Any) -> tuple[str, str]:
    """A head without its unit, and the unit written in brackets behind it ("" without one)."""
    text = code(value).casefold()
    found = _HEAD.match(text)
    return (found[1], found[2]) if found and found[1] else (text, "")

"""Words of a contract that say what plan 5(4) warns of, found where they stand.

A phrase of the lexicon is found whatever spaces, line breaks, full-width signs or letter case it is written with.
It counts unless it is negated, quoted or declared void:

- *negated*: an odd number of negators stands before it with nothing but filler words between ("不得承诺保底",
  "并非零成本"); two cancel out ("不得不保证收益"). A negator holds for a list ("不承诺保底、稳赚").
- *quoted*: it stands within quotation marks or a book title, or after words like 所谓. It does count where the
  quotation is what the contract itself calls or promises something: a heading, a clause's title, a defined name
  ("以下简称“零成本”"), what is promised ("承诺“保底”"), or a whole clause put in quotation marks.
- *void*: words such as 无效 follow it at once.

Limits. It reads words, not sense: a promise in other words, with words in between ("保证甲方每年的收益"), or in a
picture is not found; a negator farther away ("本合同任何条款均不构成乙方对保底的承诺") is; one before words that
are no filler is not seen, and the phrase counts. "如不保证收益" is read as a plain negation. So a hit is a reason to
read the clause, and no hit is no proof of anything.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from workflows.policy import Lexicon, Phrase

QUOTES = {"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "〈": "〉", '"': '"', "＂": "＂"}
LONGEST_QUOTATION = 40
"""Signs from which on quotation marks hold a whole clause rather than a saying."""
LONGEST_TITLE = 8
"""Signs that may follow a quotation on the line of a heading."""
REACH = 200
"""Signs before a phrase in which its negation, or the opening of its quotation, is looked for."""
DEEPEST = 4
"""Quotations one in another; of more only the innermost are read."""
BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


class Aside(StrEnum):
    """Why a phrase that was found does not count."""

    NEGATED = "negated"
    QUOTED = "quoted"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase in a text: `text[start:end]`, the phrase as the lexicon writes it, the clause it speaks to."""

    start: int
    end: int
    words: str
    clause: str
    alone: bool
    aside: Aside | None = None


def hits(text: str, lexicon: Lexicon) -> tuple[Hit, ...]:
    """The phrases that count, in the order of the text; no two overlap."""
    return tuple(hit for hit in seen(text, lexicon) if hit.aside is None)


@lru_cache(maxsize=64)
def seen(text: str, lexicon: Lexicon) -> tuple[Hit, ...]:
    """Every phrase found, also one that does not count and why; of two that overlap, the longer."""
    signs = _signs(text)
    plain_text = "".join(sign for sign, _ in signs)
    reader = _Reader(text, lexicon)
    found = []
    for begin, finish, phrase in _longest(plain_text, lexicon):
        start, end = signs[begin][1], signs[finish - 1][1] + 1
        if plain(text[start:end]) == plain(phrase.words):  # not half of a sign that stands for several
            aside = reader.aside(start, end)
            found.append(Hit(start, end, phrase.words, phrase.clause, phrase.alone, aside))
    return tuple(found)


def plain(text: str) -> str:
    """A text as it is searched: full-width signs made plain, small letters, no spaces or invisible signs."""
    return "".join(sign for sign, _ in _signs(text))


def _signs(text: str) -> list[tuple[str, int]]:
    """Each sign that is searched, with the place in the text it comes from."""
    return [
        (sign, place)
        for place, written in enumerate(text)
        for sign in unicodedata.normalize("NFKC", written).casefold()
        if not sign.isspace() and unicodedata.category(sign) not in {"Cf", "Cc"}
    ]


def _longest(plain_text: str, lexicon: Lexicon) -> list[tuple[int, int, Phrase]]:
    every = [
        (match.start(), match.start() + len(word), phrase)
        for phrase in lexicon.phrases
        if (word := plain(phrase.words))
        for match in re.finditer(f"(?={re.escape(word)})", plain_text)
    ]
    taken: list[tuple[int, int, Phrase]] = []
    covered = bytearray(len(plain_text))
    for begin, finish, phrase in sorted(every, key=lambda f: (f[0] - f[1], f[0])):
        if not any(covered[begin:finish]):
            covered[begin:finish] = bytes([1]) * (finish - begin)
            taken.append((begin, finish, phrase))
    return sorted(taken, key=lambda f: f[0])


class _Reader:
    """Whether a phrase at a place of a text is meant, by the lexicon's grammar."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._quotations = sorted(_quotations(text))
        self._chain, self._token, self._ends = _before(lexicon)
        grammar = lexicon.grammar
        self._negators = frozenset(map(plain, grammar["negators"]))
        self._doubts = tuple(map(plain, grammar["doubts"]))
        self._calls = tuple(map(plain, (*grammar["asserts"], *grammar["names"])))
        self._titles = tuple(map(plain, grammar["titles"]))
        self._heading, self._void, self._list = (
            re.compile("|".join(grammar[name])) for name in ("headings", "annulled", "lists")
        )

    def aside(self, start: int, end: int) -> Aside | None:
        """Why the phrase does not count, or None."""
        quotation = self._around(start, end)
        opening, closing = quotation or (start, end)
        before = plain(_since_blank_line(self._text[:opening]))
        within = plain(self._text[opening + 1 : start]) if quotation else before
        if self._negated(before) or self._negated(within):
            return Aside.NEGATED
        after = plain(self._text[closing : closing + LONGEST_QUOTATION])
        if self._void.match(after):
            return Aside.VOID
        if before.endswith(self._doubts) or within.endswith(self._doubts):
            return Aside.QUOTED
        if quotation and not self._meant(opening, closing, before, after):
            return Aside.QUOTED
        return None

    def _around(self, start: int, end: int) -> tuple[int, int] | None:
        """The innermost quotation around a place that opens within reach."""
        near = self._quotations[
            bisect_left(self._quotations, (start - REACH, 0)) : bisect_left(self._quotations, (start, 0))
        ]
        return next((marks for marks in reversed(near) if end < marks[1]), None)

    def _negated(self, before: str) -> bool:
        if self._list.search(before.rpartition("。")[2]):
            return True
        chain = self._chain.search(self._ends.split(before)[-1])
        tokens = self._token.findall(chain[0]) if chain else ()
        return sum(token in self._negators for token in tokens) % 2 == 1

    def _meant(self, opening: int, closing: int, before: str, after: str) -> bool:
        """Whether the contract itself says what stands in quotation marks."""
        text = self._text
        if text[opening] in "《〈":
            return False
        if len(plain(text[opening + 1 : closing - 1])) > LONGEST_QUOTATION:
            return True
        line_begins = text.rfind("\n", 0, opening) + 1
        rest = plain(text[closing : closing + LONGEST_QUOTATION].partition("\n")[0])
        titled = len(rest) <= LONGEST_TITLE and not self._ends.search(rest)
        if titled and self._heading.fullmatch(plain(text[line_begins:opening])):
            return True
        return before.endswith(self._calls) or after.startswith(self._titles)


@cache
def _patterns(phrases: tuple[str, ...], small: tuple[str, ...], ends: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    tokens = "|".join(re.escape(t) for t in sorted({*phrases, *small}, key=lambda t: (-len(t), t)))
    # Possessive: a text made of small words must not cost more than its length.
    return re.compile(f"(?:{tokens})++$"), re.compile(tokens), re.compile("|".join(map(re.escape, ends)))


def _before(lexicon: Lexicon) -> tuple[re.Pattern[str], ...]:
    """What may stand between a negator and a phrase: small words, joints of a list, and the phrases it lists."""
    grammar = lexicon.grammar
    small = (*grammar["negators"], *grammar["fillers"], *grammar["joints"])
    return _patterns(
        tuple(plain(phrase.words) for phrase in lexicon.phrases),
        tuple(map(plain, small)),
        tuple(map(plain, grammar["ends"])),
    )


def _since_blank_line(text: str) -> str:
    """The end of a text, as far back as a paragraph, and no farther than a negator could reach."""
    return BLANK_LINE.split(text[-REACH:])[-1]


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    open_marks: list[tuple[str, int]] = []
    breaks = {match.start() for match in BLANK_LINE.finditer(text)}
    for place, sign in enumerate(text):
        if place in breaks:
            open_marks.clear()
        closes = next((n for n in range(len(open_marks) - 1, -1, -1) if QUOTES[open_marks[n][0]] == sign), None)
        if closes is not None:
            yield open_marks[closes][1], place + 1
            del open_marks[closes:]
        elif sign in QUOTES:
            open_marks = [*open_marks[1 - DEEPEST :], (sign, place)]

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
from collections import Counter
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
"""Signs before a phrase in which its negation is looked for."""
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
        if plain(text[start:end]) == _word(phrase.words):  # not half of a sign that stands for several
            aside = reader.aside(start, end)
            found.append(Hit(start, end, phrase.words, phrase.clause, phrase.alone, aside))
    return tuple(found)


def count(text: str, lexicon: Lexicon) -> int:
    """How many phrases stand in a text, meant or not: what it costs to read it closely."""
    return len(_longest(plain(text), lexicon))


def forget() -> None:
    """Keep none of the texts that were read; the clauses on one contract read it in turn."""
    seen.cache_clear()


def plain(text: str) -> str:
    """A text as it is searched: full-width signs made plain, small letters, no spaces or invisible signs."""
    return "".join(map(_searched, text))


@cache
def _word(words: str) -> str:
    """A word of the lexicon as it is searched for; kept, because every clause asks for all of them. Never a text."""
    return plain(words)


def _signs(text: str) -> list[tuple[str, int]]:
    """Each sign that is searched, with the place in the text it comes from."""
    return [(sign, place) for place, written in enumerate(text) for sign in _searched(written)]


@lru_cache(maxsize=20_000)
def _searched(written: str) -> str:
    """What one sign is searched as; "" for one that is overlooked."""
    signs = unicodedata.normalize("NFKC", written).casefold()
    return "".join(s for s in signs if not s.isspace() and unicodedata.category(s) not in {"Cf", "Cc"})


def _longest(plain_text: str, lexicon: Lexicon) -> list[tuple[int, int, Phrase]]:
    every = [
        (match.start(), match.start() + len(word), phrase)
        for phrase in lexicon.phrases
        if (word := _word(phrase.words))
        for match in re.finditer(f"(?={re.escape(word)})", plain_text)
    ]
    found, taken = [], bytearray(len(plain_text))
    for begin, finish, phrase in sorted(every, key=lambda f: (f[0] - f[1], f[0])):
        if not any(taken[begin:finish]):
            taken[begin:finish] = b"\1" * (finish - begin)
            found.append((begin, finish, phrase))
    return sorted(found, key=lambda f: f[0])


class _Reader:
    """Whether a phrase at a place of a text is meant, by the lexicon's grammar."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._innermost = _innermost(text)
        self._chain, self._token, self._ends = _before(lexicon)
        grammar = lexicon.grammar
        self._negators = frozenset(map(_word, grammar["negators"]))
        self._doubts = tuple(map(_word, grammar["doubts"]))
        self._calls = tuple(map(_word, (*grammar["asserts"], *grammar["names"])))
        self._titles = tuple(map(_word, grammar["titles"]))
        self._heading, self._void, self._list = (
            re.compile("|".join(grammar[name])) for name in ("headings", "annulled", "lists")
        )

    def aside(self, start: int, end: int) -> Aside | None:
        """Why the phrase does not count, or None."""
        # No phrase holds a quotation mark, so the quotation it begins in is the one it ends in.
        quotation = self._innermost[start]
        opening, closing = quotation or (start, end)
        before = plain(_since_blank_line(self._text[max(opening - REACH, 0) : opening]))
        within = plain(self._text[max(opening + 1, start - REACH) : start]) if quotation else before
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
        if closing - opening > REACH or len(plain(text[opening + 1 : closing - 1])) > LONGEST_QUOTATION:
            return True
        line_begins = text.rfind("\n", max(opening - REACH, 0), opening) + 1
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
        tuple(_word(phrase.words) for phrase in lexicon.phrases),
        tuple(map(_word, small)),
        tuple(map(_word, grammar["ends"])),
    )


def _since_blank_line(text: str) -> str:
    """The end of a text, as far back as a paragraph, and no farther than a negator could reach."""
    return BLANK_LINE.split(text[-REACH:])[-1]


def _innermost(text: str) -> list[tuple[int, int] | None]:
    """For each place of a text the innermost quotation it stands in, marks excluded; in one pass, however nested."""
    ends = dict(_quotations(text))
    places: list[tuple[int, int] | None] = []
    around: list[tuple[int, int]] = []
    for place in range(len(text)):
        if around and place == around[-1][1] - 1:
            around.pop()
        places.append(around[-1] if around else None)
        if place in ends:
            around.append((place, ends[place]))
    return places


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    open_marks: list[tuple[str, int]] = []
    waiting: Counter[str] = Counter()
    breaks = {match.start() for match in BLANK_LINE.finditer(text)}
    for place, sign in enumerate(text):
        if place in breaks:
            open_marks.clear()
            waiting.clear()
        if waiting[sign]:
            closed = ""
            while closed != sign:  # what was opened since and never closed is no quotation
                opened, begin = open_marks.pop()
                closed = QUOTES[opened]
                waiting[closed] -= 1
            yield begin, place + 1
        elif sign in QUOTES:
            open_marks.append((sign, place))
            waiting[QUOTES[sign]] += 1

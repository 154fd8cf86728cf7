"""The words of an input that cannot be read: what is wrong, and what to do about it."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

PROBLEMS: Mapping[str, tuple[LazyString, LazyString]] = {
    "no_file": (_l("There is no such file, or it cannot be read."), _l("Name a file, or - for standard input.")),
    "too_large": (_l("It is larger than %(detail)s kB."), _l("Leave out what no rule asks, or shorten the wording.")),
    "empty": (_l("It is empty."), _l("Fill in at least one fact.")),
    "not_utf8": (_l("It is not UTF-8 text (byte %(detail)s)."), _l("Save it as UTF-8 and try again.")),
    "not_json": (
        _l("It is not JSON (line %(detail)s, sign %(other)s)."),
        _l("Look for a missing comma, bracket or quotation mark there."),
    ),
    "too_deep": (
        _l("Lists and groups stand within each other more than %(detail)s deep."),
        _l("Compare it with the example."),
    ),
    "not_an_object": (_l("Here a group of facts in { } is needed."), _l("Compare it with the example.")),
    "twice": (_l("The same name stands here twice."), _l("Leave one of the two.")),
    "odd_sign": (_l("It holds a sign that no text holds."), _l("Type the text again, without invisible signs.")),
    "no_number": (
        _l("It is no number that can be reckoned with (NaN, Infinity, or too many digits)."),
        _l("Give a figure, or leave the fact out if it is not known."),
    ),
    "not_known": (_l("There is no fact of this name."), _l("See the names in the example or in the schema.")),
    "missing": (_l("It must be given here."), _l("Add it.")),
    "not_a_figure": (_l("It is no figure."), _l("Write digits only, with a point for decimals, for example 128.5")),
    "not_whole": (_l("It is no whole number."), _l("Write it without quotation marks and decimals, for example 12")),
    "not_yes_or_no": (_l("It is neither true nor false."), _l("Write true or false, without quotation marks.")),
    "not_a_day": (_l("It is no day."), _l("Write it like “2026-11-20”.")),
    "not_a_text": (_l("It is no text."), _l("Put it in quotation marks.")),
    "not_a_list": (_l("It is no list."), _l("Put it in [ ].")),
    "not_listed": (_l("It is not one of the words taken here."), _l("Use one of: %(detail)s")),
    "too_small": (_l("It is less than it can be."), _l("It must be %(detail)s or more.")),
    "too_big": (_l("It is more than it can be."), _l("It must be %(detail)s or less.")),
    "day_out_of_range": (_l("The day is too early or too late."), _l("It must lie between %(detail)s and %(other)s.")),
    "too_long": (_l("The text is too long."), _l("Use at most %(detail)s signs.")),
    "too_many": (_l("The list is too long."), _l("Use at most %(detail)s entries.")),
    "too_many_phrases": (
        _l("It repeats the words that are looked for more than %(detail)s times."),
        _l("Give the wording of the contract alone."),
    ),
    "wrong_order": (_l("It comes before, or is less than, %(other)s."), _l("Compare the two.")),
    "over_the_whole": (_l("Together with %(other)s it is more than 100 per cent."), _l("Compare the two.")),
}
"""Problem of an input → what is wrong, what to do."""

NEAR = _l("Did you mean %(detail)s?")
"""What to do about an unknown name that is like a known one."""


def problem(word: str, detail: str = "", other: str = "") -> tuple[str, str]:
    """What is wrong with a fact of an input, and what to do, in the reader's language."""
    why, cure = PROBLEMS[word]
    if word == "not_known" and detail:
        cure = NEAR
    return str(why) % {"detail": detail, "other": other}, str(cure) % {"detail": detail, "other": other}

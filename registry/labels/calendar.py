"""The words of the working calendar: why a notice is not kept, why a day counts or does not."""

from collections.abc import Mapping

from chinese_calendar.constants import Holiday
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from workflows.working_days import Day, Reason

PROBLEMS: Mapping[str, tuple[LazyString, LazyString]] = {
    "missing": (_l("There is no such file."), _l("Check the path.")),
    "not_a_file": (_l("This is a folder, not a file."), _l("Name the notice itself.")),
    "no_access": (_l("The file cannot be opened: %(value)s."), _l("Check who may read it.")),
    "empty": (_l("The file is empty."), _l("Download the notice again.")),
    "too_large": (_l("The file is larger than %(value)s MB."), _l("A notice of a year is a few kilobytes.")),
    "not_utf8": (_l("The file is not UTF-8 text (byte %(value)s)."), _l("Save it as UTF-8 and try again.")),
    "not_json": (
        _l("The file is not JSON (line %(value)s)."),
        _l("Take the file of the year from holiday-cn unchanged."),
    ),
    "not_a_notice": (
        _l("The file does not hold a year with its days."),
        _l("Take the file of the year from holiday-cn unchanged."),
    ),
    "no_year": (
        _l("The year is missing or out of range (%(value)s)."),
        _l("“year” is a number such as 2027."),
    ),
    "no_paper": (
        _l("The file names no notice of the State Council, so the year is not announced."),
        _l("“papers” holds the address of the notice. Wait until it is published."),
    ),
    "no_days": (_l("The file lists no days, or far too many."), _l("Take the file of the year unchanged.")),
    "not_a_day": (
        _l("Entry %(row)s: “%(value)s” is not a day."),
        _l("“date” is a day such as 2027-01-01."),
    ),
    "other_year": (
        _l("Entry %(row)s: %(value)s does not belong to the year of the notice."),
        _l("Only days of the year itself, and of the December before, may stand there."),
    ),
    "twice": (_l("Entry %(row)s: %(value)s stands further up in this file."), _l("Leave one of the two.")),
    "no_name": (
        _l("Entry %(row)s: the holiday of %(value)s has no name, or one longer than 40 characters."),
        _l("“name” says which holiday the day belongs to."),
    ),
    "not_yes_or_no": (
        _l("Entry %(row)s: “isOffDay” is neither true nor false (%(value)s)."),
        _l("true: a day off; false: a weekend day worked."),
    ),
    "weekday_worked": (
        _l("Entry %(row)s: %(value)s is a Monday to Friday and is worked anyway."),
        _l("Check the day: only weekend days are made working days."),
    ),
    "incomplete": (
        _l("%(value)s is not a day off in this file, so the file is not complete."),
        _l("Download the notice again."),
    ),
}
"""Problem of a notice → what is wrong, what to do."""

REASONS: Mapping[Reason, LazyString] = {
    Reason.WORKDAY: _l("working day"),
    Reason.MADE_UP: _l("worked instead (%(name)s)"),
    Reason.WEEKEND: _l("weekend"),
    Reason.HOLIDAY: _l("day off (%(name)s)"),
    Reason.START: _l("start day, not counted"),
    Reason.STOPPED: _l("the clock stands still"),
    Reason.DAY: _l("calendar day"),
    Reason.LAST: _l("last day"),
}


def problem(word: str, value: str = "", row: int = 0) -> tuple[str, str]:
    """What is wrong with a notice, and what to do, in the reader's language."""
    why, cure = PROBLEMS[word]
    return str(why) % {"value": value, "row": row}, str(cure)


def reason(day: Day) -> str:
    """Why a day is counted or skipped."""
    if not day.name and day.reason is Reason.HOLIDAY:
        return gettext("day off")
    if not day.name and day.reason is Reason.MADE_UP:
        return gettext("worked instead")
    return str(REASONS[day.reason]) % {"name": holiday(day.name)}


IMPORTED = frozenset({"added", "changed", "unchanged"})
"""What an import can come to."""


def imported(how: str, year: int, working_days: int) -> str:
    """What an import came to."""
    said = {
        "added": gettext("The notice of %(year)s is kept.", year=year),
        "changed": gettext("The notice of %(year)s is replaced by this one.", year=year),
        "unchanged": gettext("This notice of %(year)s was kept before; nothing changed.", year=year),
    }[how]
    return said + " " + gettext("Working days of the year: %(days)s.", days=working_days)


HOLIDAYS: Mapping[str, LazyString] = {
    day.chinese[:2]: words
    for day, words in (
        (Holiday.new_years_day, _l("New Year’s Day")),
        (Holiday.spring_festival, _l("Spring Festival")),
        (Holiday.tomb_sweeping_day, _l("Tomb-Sweeping Day")),
        (Holiday.labour_day, _l("Labour Day")),
        (Holiday.dragon_boat_festival, _l("Dragon Boat Festival")),
        (Holiday.mid_autumn_festival, _l("Mid-Autumn Festival")),
        (Holiday.national_day, _l("National Day")),
    )
}
"""The holidays of every year, by the first two signs of their name: notices give it with or without its last."""


def holiday(name: str) -> str:
    """A holiday in the reader's language; one of a single year keeps the name of its notice."""
    known = HOLIDAYS.get(name[:2])
    return name if known is None else str(known)

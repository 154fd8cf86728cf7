"""The days on which people work, as far as the State Council has announced them."""

from functools import cache

from chinese_calendar import constants

from workflows.working_days import Calendar, Special


@cache
def calendar() -> Calendar:
    """The calendar every period of the registry is counted by."""
    special = {day: Special(False, name) for day, name in constants.holidays.items()}
    special |= {day: Special(True, name) for day, name in constants.workdays.items()}
    return Calendar(special, frozenset(day.year for day in constants.holidays))

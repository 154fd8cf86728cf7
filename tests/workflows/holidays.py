"""The same notices as a calendar of the engine."""

from tests.notices import DAYS_OFF, DAYS_WORKED
from workflows.working_days import Calendar, Special

CALENDAR = Calendar(
    {day: Special(False) for day in DAYS_OFF} | {day: Special(True) for day in DAYS_WORKED},
    frozenset(range(2023, 2027)),
)

"""The working calendar as screens need it: office hours to count by, a year of days with their reasons."""

from datetime import date, datetime, timedelta
from typing import Any

from api.moments import ZONE
from domain.calendar import WorkCalendar
from domain.explain import describe_day

BACK, AHEAD = timedelta(days=60), timedelta(days=200)


def office_hours(calendar: WorkCalendar) -> dict[str, Any]:
    """Office hours around today, in order, wide enough for any limit that is still to come."""
    today = datetime.now(ZONE).date()
    first = today - BACK
    days = [first + timedelta(days=n) for n in range((BACK + AHEAD).days)]
    return {
        "version": calendar.version,
        "intervals": [interval for day in days for interval in calendar.intervals_of(day)],
    }


def year(calendar: WorkCalendar, number: int) -> dict[str, Any]:
    """Every day of a year: what it is and why."""
    first = date(number, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(number + 1, 1, 1) - first).days)]
    described = [(day, *describe_day(calendar.data, day)) for day in days]
    return {
        "year": number,
        "version": calendar.version,
        "provisional": calendar.provisional(datetime(number, 12, 31, tzinfo=ZONE)),
        "days": [
            {"day": day, "kind": kind, "reason": reason, "working": calendar.is_working_day(day)}
            for day, kind, reason in described
        ],
    }

"""Calendars that the tests of working time share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.calendar import CalendarData, WorkCalendar
from policies.calendars import shipped_calendar

OFFICE = [["08:30", "12:00"], ["14:30", "18:00"]]


def calendar(**data: Any) -> WorkCalendar:
    """A calendar as it is written in JSON."""
    return WorkCalendar(CalendarData.model_validate(data))


def office(**data: Any) -> WorkCalendar:
    """Monday to Friday with a lunch break, in China."""
    return calendar(weekly=OFFICE, **data)


def nine_to_five(timezone: str = "UTC", **data: Any) -> WorkCalendar:
    """Monday to Friday without a break."""
    return calendar(timezone=timezone, weekly=[["09:00", "17:00"]], **data)


def national() -> WorkCalendar:
    """The shipped national calendar with a lunch break."""
    return WorkCalendar(shipped_calendar("cn"))


def at(written: str, where: WorkCalendar) -> datetime:
    """A time with an offset, or by the clocks of the calendar."""
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else where.at_wall_clock(moment)

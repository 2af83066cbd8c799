"""The law a ticket runs under: one policy and one calendar, both by value."""

from dataclasses import dataclass

from domain.calendar import WorkCalendar
from domain.calendar_data import CalendarData
from domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Law:
    """A policy with the calendar its time is counted in."""

    policy: Policy
    calendar: WorkCalendar

    @classmethod
    def of(cls, policy: Policy, calendar: CalendarData) -> "Law":
        """The law of a policy and plain calendar data. CalendarError for a calendar without working time."""
        return cls(policy, WorkCalendar(calendar))

"""The law a ticket runs under: one policy and one calendar, both by value."""

from dataclasses import dataclass, replace

from domain.calendar import WorkCalendar
from domain.calendar_data import CalendarData
from domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Law:
    """A policy with the calendar its time is counted in.

    `rules_version` is the version of this code's rules that a ticket is decided by. Where a change of code
    would make a replay decide otherwise than it did, the old way stays for the versions before it.
    """

    policy: Policy
    calendar: WorkCalendar
    rules_version: int = 1

    @classmethod
    def of(cls, policy: Policy, calendar: CalendarData) -> "Law":
        """The law of a policy and plain calendar data. CalendarError for a calendar without working time."""
        return cls(policy, WorkCalendar(calendar))

    def counting_in(self, calendar: CalendarData) -> "Law":
        """The same law with another calendar."""
        return replace(self, calendar=WorkCalendar(calendar))

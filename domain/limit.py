"""How long somebody has: an amount and the unit it is counted in."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from domain.calendar import WorkCalendar


class LimitUnit(StrEnum):
    """What a limit is counted in. docs/decisions/0002-working-time.md settles each of them."""

    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    SAME_DAY = "same_day"


class Limit(BaseModel):
    """A span of time, in a policy one pair: `{working_days: 5}`, `{hours: 24}`, `{same_day: true}`.

    `same_day` ends at 24:00 of the anchor's day; an anchor on a day off or after the day's last closing ends
    at 24:00 of the next working day.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    unit: LimitUnit
    amount: float = 1

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "unit" in data:
            return data
        if len(data) != 1:
            raise ValueError("时限写成一对单位和数量，如 {working_days: 5}")
        ((unit, amount),) = data.items()
        if unit == LimitUnit.SAME_DAY:
            if amount is not True:
                raise ValueError("same_day 只能写 true")
            return {"unit": unit, "amount": 1}
        if isinstance(amount, bool) or not isinstance(amount, int | float) or amount < 0:
            raise ValueError(f"{unit} 须是不小于 0 的数")
        return {"unit": unit, "amount": amount}

    @model_validator(mode="after")
    def _whole_days(self) -> Self:
        if self.unit in (LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS) and self.amount != int(self.amount):
            raise ValueError(f"{self.unit} 须是整天数")
        return self

    @property
    def rough_minutes(self) -> float:
        """The span in minutes of clock time, roughly: enough to tell which of two is longer."""
        return self.amount * _ROUGH_MINUTES[self.unit]

    def after(self, start: datetime, calendar: WorkCalendar) -> datetime:
        """When the span ends that begins at `start`."""
        match self.unit:
            case LimitUnit.MINUTES:
                return start + timedelta(minutes=self.amount)
            case LimitUnit.HOURS:
                return start + timedelta(hours=self.amount)
            case LimitUnit.WORKING_HOURS:
                return calendar.add_working_time(start, self.amount * 3600)
            case LimitUnit.WORKING_DAYS:
                return calendar.add_working_days(start, int(self.amount))
            case LimitUnit.CALENDAR_DAYS:
                return calendar.add_calendar_days(start, int(self.amount))
            case LimitUnit.SAME_DAY:
                return calendar.end_of_day(_in_office(start, calendar))

    def before(self, due: datetime, calendar: WorkCalendar) -> datetime:
        """The last moment that is still this span ahead of `due`."""
        if self.amount == 0:
            return due
        match self.unit:
            case LimitUnit.MINUTES:
                return due - timedelta(minutes=self.amount)
            case LimitUnit.HOURS:
                return due - timedelta(hours=self.amount)
            case LimitUnit.WORKING_HOURS:
                return calendar.add_working_time(due, -self.amount * 3600)
            case LimitUnit.WORKING_DAYS:
                return calendar.add_working_days(due, -int(self.amount))
            case LimitUnit.CALENDAR_DAYS:
                return calendar.add_calendar_days(due, -int(self.amount))
            case LimitUnit.SAME_DAY:
                raise ValueError("same_day is no distance")

    def __str__(self) -> str:
        return self.unit.value if self.unit is LimitUnit.SAME_DAY else f"{self.amount:g} {self.unit.value}"


_ROUGH_MINUTES = {
    LimitUnit.MINUTES: 1,
    LimitUnit.HOURS: 60,
    LimitUnit.WORKING_HOURS: 60,
    LimitUnit.WORKING_DAYS: 1440,
    LimitUnit.CALENDAR_DAYS: 1440,
    LimitUnit.SAME_DAY: 1440,
}


def _in_office(start: datetime, calendar: WorkCalendar) -> datetime:
    """`start` itself while its day's business is not over, else the next opening."""
    opening = calendar.next_working_moment(start)
    same_day = calendar.end_of_day(opening) == calendar.end_of_day(start)
    return start if same_day else opening

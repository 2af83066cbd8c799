"""Working-time arithmetic: the one place where a legal time limit becomes an instant.

Basis: Civil Code arts. 200-204, see docs/decisions/0002-working-time.md. Every method takes aware
datetimes of any zone and answers in the calendar's own; naive datetimes are refused. Office hours
are half-open intervals, real elapsed time is what counts, fractions of a second are kept.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from domain.calendar_data import CalendarData
from domain.calendar_year import WorkingYear
from domain.calendar_zone import CalendarError, at_instant, instant, zone

__all__ = ["CalendarData", "CalendarError", "WorkCalendar"]

_SECOND: Final = 1_000_000
_ONE_DAY: Final = timedelta(days=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_HORIZON: Final = 100
"""Years that a search may cross; a limit further away is a mistake in the question."""
_REMEMBERED: Final = 10_000
"""Closings that a calendar keeps at hand."""


class WorkCalendar:
    """Immutable. Cheap to build: a year is worked out when it is first asked for, then kept."""

    __slots__ = ("_closes", "_data", "_years", "_zone")

    def __init__(self, data: CalendarData) -> None:
        """Raise CalendarError for a calendar without any working time."""
        if not data.has_working_time():
            raise CalendarError("日历没有任何工作时间")
        self._data = data
        self._zone = zone(data.timezone)
        self._years: dict[int, WorkingYear] = {}
        self._closes: dict[tuple[date, int], datetime] = {}

    @property
    def data(self) -> CalendarData:
        """What the calendar was built from."""
        return self._data

    @property
    def version(self) -> str:
        """The name of the arrangement behind the dates."""
        return self._data.version

    def local(self, at: datetime) -> datetime:
        """`at` as the clocks of the calendar's zone show it; a naive datetime is refused."""
        if at.tzinfo is None:
            raise CalendarError(f"时间须带时区：{at.isoformat()}")
        if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
            raise _out_of_range()
        return at if at.tzinfo is self._zone else at.astimezone(self._zone)

    def at_wall_clock(self, shown: datetime) -> datetime:
        """The instant at which the clocks of the calendar's zone show the naive `shown`.

        A time that comes twice is its first coming; one that the clocks skip is read with the offset
        before the change (02:30 becomes 03:30), as RFC 5545 has it.
        """
        if shown.tzinfo is not None:
            raise CalendarError(f"不应带时区：{shown.isoformat()}")
        return at_instant(instant(self.local(shown.replace(tzinfo=self._zone))), self._zone)

    def localised(self, at: datetime) -> datetime:
        """A moment as somebody wrote it: with an offset as it is, without one by the clocks of this zone."""
        return self.at_wall_clock(at) if at.tzinfo is None else self.local(at)

    def add_working_time(self, start: datetime, seconds: float) -> datetime:
        """The instant at which `seconds` of office time have passed since `start`.

        Outside office hours the count begins at the next opening. What is used up exactly at a
        closing is due at that closing. A negative amount goes back alike: outside office hours from
        the previous closing, and what is used up exactly at an opening stays there. Zero seconds
        are used up as soon as the count begins: `next_working_moment(start)`.
        """
        amount = round(seconds * _SECOND)
        since = instant(start)
        if amount == 0:
            return self.next_working_moment(start)
        year = self.local(start).year
        due = self._forward(since, year, amount) if amount > 0 else self._backward(since, year, -amount)
        return at_instant(due, self._zone)

    def working_time_between(self, start: datetime, end: datetime) -> float:
        """Seconds of office time from `start` to `end`, an int when whole; 0 when `end` is not later."""
        since, until = instant(start), instant(end)
        if until <= since:
            return 0
        first, last = self.local(start).year, self.local(end).year
        if last - first > _HORIZON:
            raise CalendarError(f"起止相距超过{_HORIZON}年")
        total = self._year(last).worked_before(until) - self._year(first).worked_before(since)
        total += sum(self._year(year).total for year in range(first, last))
        return total / _SECOND if total % _SECOND else total // _SECOND

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The close of business of the Nth working day after the day of `start`.

        That day is day 0 whatever the hour, working or not. A negative number counts back from it:
        the last moment for "N working days ahead". Zero is the close of the day itself or, when it
        is a day off, of the next working day.
        """
        return self._nth_close(self._day(start), days)

    def add_calendar_days(self, start: datetime, days: int) -> datetime:
        """The close of business of the day `days` after that of `start`, which is day 0.

        A last day that is a day off moves to the next working day; when counting back, to the
        previous one, so that "N days ahead" is never shortened.
        """
        if abs(days) > 366 * _HORIZON:
            raise CalendarError(f"期限超过{_HORIZON}年")
        last = self._day(start) + timedelta(days=days)
        if days < 0 and not self.is_working_day(last):
            return self._nth_close(last, -1)
        return self._nth_close(last, 0)

    def end_of_day(self, start: datetime) -> datetime:
        """24:00 of the calendar day of `start`, which is midnight of the next."""
        return at_instant(self._midnight(self._day(start) + _ONE_DAY), self._zone)

    def next_working_moment(self, at: datetime) -> datetime:
        """`at` itself within office hours, otherwise the next opening; a closing is outside."""
        moment = instant(at)
        first = self.local(at).year
        for year in self._search(first, first + _HORIZON):
            index = bisect_right(year.closes, moment)
            if index < len(year.closes):
                return at_instant(max(moment, year.opens[index]), self._zone)
        raise CalendarError(f"{_HORIZON}年内没有工作时间")

    def is_working_time(self, at: datetime) -> bool:
        """Whether the office is open at that instant: from the opening until just before the closing."""
        moment = instant(at)
        year = self._year(self.local(at).year)
        index = bisect_right(year.closes, moment)
        return index < len(year.closes) and year.opens[index] <= moment

    def is_working_day(self, day: date) -> bool:
        """Whether the office opens at all on that date of the calendar's zone."""
        return self._year(day.year).close_of(day.toordinal()) is not None

    def intervals_of(self, day: date) -> list[tuple[datetime, datetime]]:
        """The office hours of a date as real openings and closings; none on a day off."""
        year = self._year(day.year)
        first = bisect_left(year.opens, self._midnight(day))
        end = bisect_left(year.opens, self._midnight(day + _ONE_DAY))
        return [
            (at_instant(opens, self._zone), at_instant(closes, self._zone))
            for opens, closes in zip(year.opens[first:end], year.closes[first:end], strict=True)
        ]

    def close_of(self, day: date) -> datetime:
        """The close of business of a working day; raises CalendarError for a day off."""
        closing = self._year(day.year).close_of(day.toordinal())
        if closing is None:
            raise CalendarError(f"{day.isoformat()} 不是工作日")
        return at_instant(closing, self._zone)

    def provisional(self, at: datetime) -> bool:
        """Whether `at`, as a due time, lies outside the dates that notices have confirmed.

        24:00 of the last confirmed day still belongs to that day.
        """
        since, through = self._data.confirmed_from, self._data.confirmed_through
        day = (self.local(at) - _MICROSECOND).date()
        return (since is not None and day < since) or (through is not None and day > through)

    def slice(self, first: date, last: date) -> CalendarData:
        """The data that a ticket between two dates needs, see `CalendarData.slice`."""
        return self._data.slice(first, last)

    def _forward(self, since: int, start_year: int, amount: int) -> int:
        for year in self._search(start_year, start_year + _HORIZON):
            target = year.worked_before(since) + amount
            if target <= year.total:
                return year.when_done(target)
            amount = target - year.total
        raise CalendarError(f"期限在{_HORIZON}年内没有届满")

    def _backward(self, since: int, start_year: int, amount: int) -> int:
        for year in self._search(start_year, start_year - _HORIZON):
            target = year.worked_before(since) - amount
            if target >= 0:
                return year.when_begun(target)
            amount = -target
        raise CalendarError(f"期限向前超过{_HORIZON}年")

    def _nth_close(self, day: date, count: int) -> datetime:
        """`_close_of_nth_day` as the clocks show it; the few that tickets keep asking for are remembered."""
        key = (day, count)
        close = self._closes.get(key)
        if close is None:
            if len(self._closes) >= _REMEMBERED:
                self._closes.clear()
            close = self._closes[key] = at_instant(self._close_of_nth_day(day, count), self._zone)
        return close

    def _close_of_nth_day(self, day: date, count: int) -> int:
        """The closing of the `count`th working day after `day`; 0 is `day` or the first after it."""
        ordinal = day.toordinal()
        if count < 0:
            for year in self._search(day.year, day.year - _HORIZON):
                index = bisect_left(year.days, ordinal) + count
                if index >= 0:
                    return year.day_closes[index]
                count = index
            raise CalendarError(f"期限向前超过{_HORIZON}年")
        if count == 0:
            ordinal, count = ordinal - 1, 1
        for year in self._search(day.year, day.year + _HORIZON):
            index = bisect_right(year.days, ordinal) + count - 1
            if index < len(year.days):
                return year.day_closes[index]
            count = index + 1 - len(year.days)
        raise CalendarError(f"期限在{_HORIZON}年内没有届满")

    def _search(self, first: int, last: int) -> Iterator[WorkingYear]:
        step = 1 if last >= first else -1
        for number in range(first, last + step, step):
            yield self._year(number)

    def _year(self, number: int) -> WorkingYear:
        year = self._years.get(number)
        if year is None:
            if not _FIRST_YEAR <= number <= _LAST_YEAR:
                raise _out_of_range()
            year = self._years[number] = WorkingYear.of(self._data, number, self._zone)
        return year

    def _midnight(self, day: date) -> int:
        return instant(datetime(day.year, day.month, day.day, tzinfo=self._zone))

    def _day(self, at: datetime) -> date:
        return self.local(at).date()


def _out_of_range() -> CalendarError:
    return CalendarError(f"日期超出可计算的范围（{_FIRST_YEAR}—{_LAST_YEAR}年）")

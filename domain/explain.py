"""Why a working-time deadline falls where it does: what was counted, what was skipped and on what grounds.

Everything here is read off the calendar, apart from the arithmetic that gave the deadline, so that
an explanation which does not add up shows. Reasons are Chinese, for pages that citizens and units
read. Times are in the calendar's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from pydantic import BaseModel, ConfigDict

from domain.calendar import WorkCalendar
from domain.calendar_data import CalendarData

_ONE_DAY: Final = timedelta(days=1)
_INSTANT: Final = timedelta(microseconds=1)
_WEEKDAYS: Final = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


class DayKind(StrEnum):
    """What a date is to the calendar; `MAKE_UP` (补班) works although it would otherwise be off."""

    ORDINARY = "ordinary"
    MAKE_UP = "make_up"
    SPECIAL_HOURS = "special_hours"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    CLOSING = "closing"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CountedInterval(_Part):
    """Office hours of `day` that were counted, from `opens` to `closes`."""

    day: date
    opens: datetime
    closes: datetime
    seconds: float


class ExplainedDay(_Part):
    """A date and what the calendar makes of it. `number` is its place in the count; None: not counted."""

    day: date
    kind: DayKind
    reason: str
    number: int | None = None


class Explanation(_Part):
    """How a time limit was counted from `start` to `due`; `due` is the earlier one when counted back.

    A limit in office hours fills `intervals` and `seconds`, a limit in days fills `days`. `skipped`
    are the days in between that do not count, `make_up_days` those that count by arrangement only.
    `counted_from` is the opening at which the count of office hours begins.
    """

    start: datetime
    due: datetime
    counted_from: datetime
    intervals: tuple[CountedInterval, ...] = ()
    seconds: float = 0
    days: tuple[ExplainedDay, ...] = ()
    skipped: tuple[ExplainedDay, ...] = ()
    make_up_days: tuple[ExplainedDay, ...] = ()
    calendar_version: str
    provisional: bool

    def lines(self) -> list[str]:
        """The explanation as Chinese sentences, one a line, for a page or a terminal."""
        told = [f"起点：{_moment(self.start)}"]
        if self.counted_from != self.start:
            told.append(f"起算：{_moment(self.counted_from)}")
        for interval in self.intervals:
            closes = "24:00" if interval.closes.date() > interval.day else _clock(interval.closes)
            hours = f"{_clock(interval.opens)}—{closes}"
            told.append(f"计入：{_day(interval.day)} {hours}，{_duration(interval.seconds)}")
        if self.intervals:
            told.append(f"合计：{_duration(self.seconds)}")
        told += [f"第{day.number}日：{_day(day.day)}，{day.reason}" for day in self.days]
        told += [f"不计入：{run}" for run in _runs(self.skipped)]
        told.append(f"期限：{_moment(self.due)}{'（暂定）' if self.provisional else ''}")
        if self.calendar_version:
            told.append(f"工作日历：{self.calendar_version}")
        return told


def explain_working_time(calendar: WorkCalendar, start: datetime, due: datetime) -> Explanation:
    """Every interval of office hours between `start` and `due`, and every day between without any."""
    start, due = calendar.local(start), calendar.local(due)
    first, last = sorted((start, due), key=datetime.timestamp)
    days = [
        _explained(calendar.data, day) for day in _dates(first.date(), max(first.date(), _day_of_due(last)))
    ]
    intervals = tuple(_counted(calendar, (part.day for part in days), first, last))
    counted = {interval.day for interval in intervals}
    begins = start
    if intervals:
        begins = intervals[0].opens if start is first else intervals[-1].closes
    return Explanation(
        start=start,
        due=due,
        counted_from=begins,
        intervals=intervals,
        seconds=calendar.working_time_between(first, last),
        skipped=tuple(part for part in days if not calendar.is_working_day(part.day)),
        make_up_days=tuple(part for part in days if part.day in counted and part.kind is DayKind.MAKE_UP),
        calendar_version=calendar.version,
        provisional=calendar.provisional(first) or calendar.provisional(last),
    )


def explain_working_days(calendar: WorkCalendar, start: datetime, due: datetime) -> Explanation:
    """Every working day after the day of `start` up to that of `due`, and every day off between."""
    return _explain_days(calendar, start, due, calendar.is_working_day)


def explain_calendar_days(calendar: WorkCalendar, start: datetime, due: datetime, days: int) -> Explanation:
    """Every one of the `days` calendar days, and the days off over which the last one moved."""
    last = calendar.local(start).date() + timedelta(days=days)
    return _explain_days(calendar, start, due, last.__le__ if days < 0 else last.__ge__)


def describe_day(data: CalendarData, day: date) -> tuple[DayKind, str]:
    """What `day` is to the calendar, and the reason as it is printed."""
    named = data.days.get(day)
    off_by_itself = day in data.holidays or not data.pattern_on(day)
    if named is not None:
        if not data.hours_on(day):
            return DayKind.CLOSING, _named("停止办公", named.name)
        if off_by_itself:
            return DayKind.MAKE_UP, _named("补班", named.name)
        if named.hours is not None:
            return DayKind.SPECIAL_HOURS, _named("调整办公时间", named.name)
    elif day in data.holidays:
        return DayKind.HOLIDAY, _named("节假日", data.holidays[day])
    elif off_by_itself:
        return DayKind.WEEKEND, "休息日"
    return DayKind.ORDINARY, "工作日"


def _explain_days(
    calendar: WorkCalendar, start: datetime, due: datetime, counts: Callable[[date], bool]
) -> Explanation:
    start, due = calendar.local(start), calendar.local(due)
    days: list[ExplainedDay] = []
    skipped: list[ExplainedDay] = []
    for day in _dates(start.date(), _day_of_due(due))[1:]:
        part = _explained(calendar.data, day)
        if counts(day):
            days.append(part.model_copy(update={"number": len(days) + 1}))
        elif not calendar.is_working_day(day):
            skipped.append(part)
    return Explanation(
        start=start,
        due=due,
        counted_from=start,
        days=tuple(days),
        skipped=tuple(skipped),
        make_up_days=tuple(part for part in days if part.kind is DayKind.MAKE_UP),
        calendar_version=calendar.version,
        provisional=calendar.provisional(start) or calendar.provisional(due),
    )


def _counted(
    calendar: WorkCalendar, days: Iterable[date], first: datetime, last: datetime
) -> Iterable[CountedInterval]:
    for day in days:
        for opening, closing in calendar.intervals_of(day):
            opens = max(opening, first, key=datetime.timestamp)
            closes = min(closing, last, key=datetime.timestamp)
            if seconds := calendar.working_time_between(opens, closes):
                yield CountedInterval(day=day, opens=opens, closes=closes, seconds=seconds)


def _explained(data: CalendarData, day: date) -> ExplainedDay:
    kind, reason = describe_day(data, day)
    return ExplainedDay(day=day, kind=kind, reason=reason)


def _dates(first: date, last: date) -> list[date]:
    """The dates from `first` to `last`, both included, in either direction."""
    step = -_ONE_DAY if last < first else _ONE_DAY
    return [first + step * index for index in range(abs((last - first).days) + 1)]


def _day_of_due(due: datetime) -> date:
    """The date that a due time belongs to: 24:00 still belongs to the day that it ends."""
    return (due - _INSTANT).date()


def _runs(days: tuple[ExplainedDay, ...]) -> list[str]:
    """Neighbouring days with the same reason told in one sentence."""
    if not days:
        return []
    breaks = [
        index
        for index, (before, after) in enumerate(pairwise(days), start=1)
        if before.reason != after.reason or abs(after.day - before.day) != _ONE_DAY
    ]
    bounds = pairwise([0, *breaks, len(days)])
    return [_run(days[begin], days[end - 1]) for begin, end in bounds]


def _run(first: ExplainedDay, last: ExplainedDay) -> str:
    span = _day(first.day) if first == last else f"{_day(first.day)}至{_day(last.day)}"
    return f"{span}，{first.reason}"


def _named(reason: str, name: str) -> str:
    return f"{reason}（{name}）" if name else reason


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def _moment(at: datetime) -> str:
    if at.time() == at.min.time():
        return f"{_day(_day_of_due(at))} 24:00"
    return f"{_day(at.date())} {_clock(at)}"


def _clock(at: datetime) -> str:
    text = at.time().isoformat()
    return text.removesuffix(":00") if len(text) == len("00:00:00") else text


def _duration(seconds: float) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = ((hours, "小时"), (minutes, "分"), (left, "秒"))
    return "".join(f"{_number(amount)}{unit}" for amount, unit in parts if amount) or "0秒"


def _number(amount: float) -> str:
    return f"{amount:.6f}".rstrip("0").rstrip(".")

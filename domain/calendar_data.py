"""What a working-time calendar is made of: plain, serialisable data, without any arithmetic.

Clock times are kept as microseconds since local midnight and written "08:30", "24:00", "23:59:59.5".
Intervals are half-open: the opening belongs to the office hours, the closing does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)

from domain.calendar_zone import CalendarError, zone

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)

_SECOND: Final = 1_000_000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
DAY: Final = 24 * _HOUR
"""A day of 24 hours in microseconds, the unit of every clock time and instant of this package."""

_CLOCK_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH_DAY: Final = re.compile(r"\d{2}-\d{2}", re.ASCII)
_LEAP_YEAR: Final = "2000-"


class ClockTime(int):
    """Microseconds since local midnight, at most those of 24:00.

    A type of its own, because a bare number is none: an unquoted 14:30 in YAML arrives as 870.
    """


def parse_clock_time(value: object) -> ClockTime:
    """Read "HH:MM[:SS[.ffffff]]" up to "24:00"; a ClockTime passes unchanged, any other number is refused."""
    if isinstance(value, ClockTime):
        return value
    found = _CLOCK_TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'不是有效的钟点：{value!r}，应写作 "08:30"（带引号）')
    hours, minutes, seconds, fraction = found.groups(default="0")
    if int(minutes) > 59 or int(seconds) > 59:
        raise ValueError(f"不是有效的钟点：{value!r}")
    moment = (
        int(hours) * _HOUR + int(minutes) * _MINUTE + int(seconds) * _SECOND + int(fraction.ljust(6, "0"))
    )
    if moment > DAY:
        raise ValueError(f'不是有效的钟点：{value!r}，最晚为 "24:00"')
    return ClockTime(moment)


def parse_date(value: object) -> date:
    """Read "YYYY-MM-DD" and nothing looser (pydantic would take numbers for timestamps)."""
    if type(value) is date:
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise ValueError(f'不是有效的日期：{value!r}，应写作 "2026-05-01"')


def format_clock_time(moment: int) -> str:
    """Write microseconds since midnight as "HH:MM", with seconds and fractions only where there are any."""
    hours, rest = divmod(moment, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    seconds, micros = divmod(rest, _SECOND)
    text = f"{hours:02}:{minutes:02}"
    if seconds or micros:
        text += f":{seconds:02}"
    if micros:
        text += f".{micros:06}".rstrip("0")
    return text


def _opens_before_it_closes(interval: tuple[int, int]) -> tuple[int, int]:
    opens, closes = interval
    if closes <= opens:
        raise ValueError(
            f"时段的结束须晚于开始：{format_clock_time(opens)}—{format_clock_time(closes)}"
            "（跨夜班次须写成两段，前一段到 24:00）"
        )
    return interval


def _in_order(intervals: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    intervals = tuple(sorted(intervals))
    for earlier, later in pairwise(intervals):
        if later[0] < earlier[1]:
            raise ValueError(
                "同一天的时段不得重叠："
                f"{format_clock_time(earlier[0])}—{format_clock_time(earlier[1])} 与 "
                f"{format_clock_time(later[0])}—{format_clock_time(later[1])}"
            )
    return intervals


def _spread_over_monday_to_friday(value: object) -> object:
    return dict.fromkeys(WEEKDAYS[:5], value) if isinstance(value, list | tuple) else value


CalendarDate = Annotated[date, BeforeValidator(parse_date)]
WrittenClockTime = Annotated[
    ClockTime,
    PlainValidator(parse_clock_time),
    PlainSerializer(format_clock_time, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["08:30", "24:00"]}),
]
Interval = Annotated[tuple[WrittenClockTime, WrittenClockTime], AfterValidator(_opens_before_it_closes)]
Intervals = Annotated[tuple[Interval, ...], AfterValidator(_in_order)]
OfficeHours = Annotated[dict[Weekday, Intervals], BeforeValidator(_spread_over_monday_to_friday)]
"""Intervals by weekday. A bare list of intervals means Monday to Friday."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _month_day_or_date(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        raise ValueError(f'不是有效的日期：{value!r}，应写作 "05-01" 或 "2026-05-01"')
    try:
        parse_date(_LEAP_YEAR + value if _MONTH_DAY.fullmatch(value) else value)
    except ValueError:
        raise ValueError(f'不是有效的日期：{value!r}，应写作 "05-01" 或 "2026-05-01"') from None
    return value


SeasonEdge = Annotated[str, BeforeValidator(_month_day_or_date)]


class Season(_Data):
    """Office hours that hold from `starts` to `ends`, both days included.

    Edges are "05-01" (every year; the season may run over the new year) or "2026-05-01" (that year
    only). Both edges are of the same kind. Where seasons overlap, the one listed last holds.
    """

    name: str = ""
    starts: SeasonEdge
    ends: SeasonEdge
    hours: OfficeHours

    def model_post_init(self, _context: Any, /) -> None:
        if len(self.starts) != len(self.ends):
            raise ValueError('季节的起止日期须同为"月-日"或同带年份')
        if self.dated and self.ends < self.starts:
            raise ValueError(f"季节的结束早于开始：{self.starts}—{self.ends}")

    @property
    def dated(self) -> bool:
        """Whether the season belongs to one year only."""
        return len(self.starts) > len("05-01")

    def holds_on(self, day: date) -> bool:
        """Whether the season's office hours hold on `day`."""
        written = day.isoformat()[-len(self.starts) :]
        if self.starts <= self.ends:
            return self.starts <= written <= self.ends
        return written >= self.starts or written <= self.ends


class Day(_Data):
    """What holds on one date instead of holiday and weekly pattern.

    `hours` None makes it an ordinary working day (a make-up day, 补班): the hours of the first
    working weekday of the pattern in force. An empty `hours` closes the office.
    """

    name: str = ""
    hours: Intervals | None = None


def _named_dates(value: object) -> object:
    if isinstance(value, list | tuple | set | frozenset):
        return {parse_date(day): "" for day in value}
    return value


def _day_from_bare_intervals(value: object) -> object:
    return {"hours": value} if isinstance(value, list | tuple) else value


def _known_zone(name: str) -> str:
    zone(name)
    return name


class CalendarData(_Data):
    """A calendar by value. Precedence of a date: `days` over `holidays` over seasons over `weekly`.

    `holidays` may be given as a bare list of dates, an entry of `days` as a bare list of intervals.
    `version` names what the dates were taken from (the notices). Before `confirmed_from` and after
    `confirmed_through` no notice has fixed the dates and whatever is due there is provisional; None
    means that side is settled.
    """

    timezone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Shanghai"
    weekly: OfficeHours = Field(default_factory=dict)
    seasons: tuple[Season, ...] = ()
    holidays: Annotated[dict[CalendarDate, str], BeforeValidator(_named_dates)] = Field(default_factory=dict)
    days: dict[CalendarDate, Annotated[Day, BeforeValidator(_day_from_bare_intervals)]] = Field(
        default_factory=dict
    )
    version: str = ""
    confirmed_from: CalendarDate | None = None
    confirmed_through: CalendarDate | None = None

    def office_hours_on(self, day: date) -> Mapping[Weekday, tuple[tuple[int, int], ...]]:
        """The weekly pattern in force on `day`: of its season, or the general one."""
        for season in reversed(self.seasons):
            if season.holds_on(day):
                return season.hours
        return self.weekly

    def pattern_on(self, day: date) -> tuple[tuple[int, int], ...]:
        """The office hours of `day` by season and weekday alone, before holidays and named days."""
        return self.office_hours_on(day).get(WEEKDAYS[day.weekday()], ())

    def hours_on(self, day: date) -> tuple[tuple[int, int], ...]:
        """The office hours of `day`, everything considered; empty on a day off."""
        named = self.days.get(day)
        if named is not None:
            return self._make_up_hours(day) if named.hours is None else named.hours
        if day in self.holidays:
            return ()
        return self.pattern_on(day)

    def has_working_time(self) -> bool:
        """Whether the calendar opens at all, by pattern or on a named day."""
        patterns = (self.weekly, *(season.hours for season in self.seasons))
        return any(any(pattern.values()) for pattern in patterns) or any(
            self.hours_on(day) for day in self.days
        )

    def slice(self, first: date, last: date) -> CalendarData:
        """Only what the dates from `first` to `last` (both included) need, as a calendar of its own.

        Inside the range it answers alike. Outside it only the weekly pattern and yearly seasons are
        known, so the confirmed dates shrink to the range and what falls due elsewhere is provisional.
        """
        if last < first:
            raise CalendarError(f"日历区间的结束早于开始：{first}—{last}")
        return self.model_copy(
            update={
                "seasons": tuple(s for s in self.seasons if not s.dated or _overlaps(s, first, last)),
                "holidays": {day: name for day, name in self.holidays.items() if first <= day <= last},
                "days": {day: named for day, named in self.days.items() if first <= day <= last},
                "confirmed_from": max(first, self.confirmed_from or first),
                "confirmed_through": min(last, self.confirmed_through or last),
            }
        )

    def _make_up_hours(self, day: date) -> tuple[tuple[int, int], ...]:
        pattern = self.office_hours_on(day)
        return next((hours for weekday in WEEKDAYS if (hours := pattern.get(weekday))), ())


def _overlaps(season: Season, first: date, last: date) -> bool:
    return season.starts <= last.isoformat() and first.isoformat() <= season.ends

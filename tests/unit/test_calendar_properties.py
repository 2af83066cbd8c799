"""What holds for every calendar; agreement with two other ways to compute, minute by minute and workclock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import workclock
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from domain.calendar import CalendarData, WorkCalendar
from domain.calendar_data import WEEKDAYS

settings.register_profile("calendar", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calendar")

FIRST, LAST = date(2026, 2, 1), date(2026, 4, 30)
ONE_DAY, ONE_MINUTE = timedelta(days=1), timedelta(minutes=1)
# Clocks change on 2026-03-08 in New York, 03-29 in Berlin, 04-05 on Lord Howe Island (by half an hour).
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC")


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def hours(draw: st.DrawFn, edges: st.SearchStrategy[int]) -> list[list[str]]:
    """Up to three intervals of a day in order, some of them touching."""
    minutes = sorted(draw(st.lists(edges, min_size=0, max_size=4, unique=True)))
    kept = [pair for pair in pairwise(minutes) if draw(st.booleans())]
    return [[clock(opens), clock(closes)] for opens, closes in kept]


@st.composite
def calendars(
    draw: st.DrawFn,
    zones: tuple[str, ...] = ZONES,
    edges: st.SearchStrategy[int] = st.integers(0, 24 * 60),  # noqa: B008 - strategies are immutable
) -> WorkCalendar:
    """Random patterns with holidays, named days and a season, with some working time in every month."""
    dates = st.dates(FIRST, LAST)
    data: dict[str, Any] = {
        "timezone": draw(st.sampled_from(zones)),
        "weekly": {day: draw(hours(edges)) for day in WEEKDAYS},
        "holidays": draw(st.lists(dates.map(str), max_size=10, unique=True)),
        "days": draw(st.dictionaries(dates.map(str), hours(edges), max_size=5)),
    }
    if draw(st.booleans()):
        season = {"starts": "03-10", "ends": "04-15", "hours": {day: draw(hours(edges)) for day in WEEKDAYS}}
        data["seasons"] = [season]
    assume(any(data["weekly"].values()))
    return WorkCalendar(CalendarData.model_validate(data))


instants = st.datetimes(datetime(2026, 2, 10), datetime(2026, 4, 20), timezones=st.just(UTC))
amounts = st.integers(1, 60 * 3600)


@given(calendars(), instants, amounts)
def test_adding_and_measuring_are_inverse(where: WorkCalendar, start: datetime, seconds: int) -> None:
    assert where.working_time_between(start, where.add_working_time(start, seconds)) == seconds
    assert where.working_time_between(where.add_working_time(start, -seconds), start) == seconds


@given(calendars(), instants, amounts, amounts)
def test_adding_in_two_parts_equals_adding_once(
    where: WorkCalendar, start: datetime, some: int, more: int
) -> None:
    for sign in (1, -1):
        halfway = where.add_working_time(start, sign * some)
        assert where.add_working_time(halfway, sign * more) == where.add_working_time(
            start, sign * (some + more)
        )


@given(calendars(), instants, amounts)
def test_what_is_due_is_the_first_instant_with_that_much_time(
    where: WorkCalendar, start: datetime, seconds: int
) -> None:
    due = where.add_working_time(start, seconds).astimezone(UTC)
    assert where.working_time_between(start, due - timedelta(microseconds=1)) < seconds
    assert where.is_working_time(due - timedelta(microseconds=1))


@given(calendars(), instants, amounts)
def test_going_back_gives_the_last_instant_with_that_much_time(
    where: WorkCalendar, start: datetime, seconds: int
) -> None:
    begun = where.add_working_time(start, -seconds).astimezone(UTC)
    assert where.working_time_between(begun + timedelta(microseconds=1), start) < seconds
    assert where.is_working_time(begun)


@given(calendars(), instants, instants, instants)
def test_spans_add_up(where: WorkCalendar, one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted((one, two, three))
    parts = where.working_time_between(first, middle) + where.working_time_between(middle, last)
    assert round(parts - where.working_time_between(first, last), 6) == 0
    assert middle == first or where.working_time_between(middle, first) == 0


@given(calendars(), instants)
def test_the_next_working_moment_is_working_and_nothing_before_it_is(
    where: WorkCalendar, at: datetime
) -> None:
    following = where.next_working_moment(at)
    assert where.is_working_time(following)
    assert following >= at
    assert where.working_time_between(at, following) == 0


@given(calendars(), instants, st.integers(-30, 30))
def test_the_nth_working_day_is_a_working_day_at_its_close(
    where: WorkCalendar, start: datetime, days: int
) -> None:
    due = where.add_working_days(start, days)
    day = (due - timedelta(microseconds=1)).date()
    assert where.is_working_day(day)
    assert due == where.close_of(day)


@given(calendars(), instants, st.integers(1, 30))
def test_n_working_days_are_n_single_ones(where: WorkCalendar, start: datetime, days: int) -> None:
    anchor = where.local(start).date()
    counted = [day for day in days_after(anchor) if where.is_working_day(day)]
    assert where.add_working_days(start, days) == where.close_of(counted[days - 1])
    before = [day for day in days_before(anchor) if where.is_working_day(day)]
    assert where.add_working_days(start, -days) == where.close_of(before[days - 1])


def days_after(day: date) -> list[date]:
    return [day + ONE_DAY * index for index in range(1, 300)]


def days_before(day: date) -> list[date]:
    return [day - ONE_DAY * index for index in range(1, 300)]


@given(calendars(), instants, st.integers(-60, 60))
def test_calendar_days_end_on_the_working_day_nearest_to_the_last_one(
    where: WorkCalendar, start: datetime, days: int
) -> None:
    last = where.local(start).date() + ONE_DAY * days
    candidates = [last, *(days_before(last) if days < 0 else days_after(last))]
    nearest = next(day for day in candidates if where.is_working_day(day))
    assert where.add_calendar_days(start, days) == where.close_of(nearest)


@given(calendars(), st.dates(FIRST, LAST), st.dates(FIRST, LAST), instants, amounts, st.integers(1, 20))
def test_a_slice_is_the_whole_inside_its_range(
    where: WorkCalendar, one: date, two: date, start: datetime, seconds: int, days: int
) -> None:
    first, last = sorted((one, two))
    assume(first <= where.local(start).date() <= last)
    piece = WorkCalendar(where.slice(first, last))
    asks: list[Callable[[WorkCalendar], datetime]] = [
        lambda it: it.add_working_time(start, seconds),
        lambda it: it.add_working_time(start, -seconds),
        lambda it: it.add_working_days(start, days),
        lambda it: it.add_working_days(start, -days),
        lambda it: it.add_calendar_days(start, days),
        lambda it: it.next_working_moment(start),
    ]
    for ask in asks:
        due = ask(where)
        if first <= (due - timedelta(microseconds=1)).date() <= last:
            assert ask(piece) == due
            assert not piece.provisional(due)
        else:
            assert piece.provisional(ask(piece))


@given(calendars())
def test_a_calendar_survives_being_written_down(where: WorkCalendar) -> None:
    assert CalendarData.model_validate_json(where.data.model_dump_json()) == where.data


class MinuteByMinute:
    """The slow and obvious way: look at the wall clock once a minute."""

    def __init__(self, data: CalendarData) -> None:
        self._data = data
        self._zone = ZoneInfo(data.timezone)

    def working(self, at: datetime) -> bool:
        shown = at.astimezone(self._zone)
        moment = (shown.hour * 60 + shown.minute) * 60_000_000
        return any(opens <= moment < closes for opens, closes in self._hours(shown.date()))

    def add(self, at: datetime, minutes: int) -> datetime:
        while minutes:
            minutes -= self.working(at)
            at += ONE_MINUTE
        return at

    def back(self, at: datetime, minutes: int) -> datetime:
        while minutes:
            at -= ONE_MINUTE
            minutes -= self.working(at)
        return at

    def _hours(self, day: date) -> tuple[tuple[int, int], ...]:
        if day in self._data.days:
            return self._data.days[day].hours or ()
        if day in self._data.holidays:
            return ()
        pattern = self._data.weekly
        for season in self._data.seasons:
            if "03-10" <= day.isoformat()[5:] <= "04-15":
                pattern = season.hours
        return pattern.get(WEEKDAYS[day.weekday()], ())


# Off the small hours, in which clocks change and edges need a convention.
ORDINARY_EDGES = st.sampled_from([0, 24 * 60]) | st.integers(4 * 60, 23 * 60)
minutes_since = st.integers(0, 40 * 24 * 60).map(lambda n: datetime(2026, 2, 20, tzinfo=UTC) + n * ONE_MINUTE)


@settings(max_examples=60)
@given(calendars(edges=ORDINARY_EDGES), minutes_since, st.integers(1, 400))
def test_agrees_with_counting_minute_by_minute(where: WorkCalendar, start: datetime, minutes: int) -> None:
    slow = MinuteByMinute(where.data)
    assert where.is_working_time(start) == slow.working(start)
    week = start + timedelta(days=7)
    worked = where.working_time_between(start, week) / 60
    assert worked == sum(slow.working(start + ONE_MINUTE * n) for n in range(7 * 24 * 60))
    if worked >= minutes:
        assert where.add_working_time(start, minutes * 60) == slow.add(start, minutes)
        assert where.add_working_time(week, -minutes * 60) == slow.back(week, minutes)


def as_workclock(data: CalendarData) -> workclock.Schedule:
    """The same office hours for workclock; a day that is off in every way but its weekday is a holiday."""
    rules: list[Any] = [
        workclock.WorkDay(time(opens // 60, opens % 60), time(closes // 60 % 24, closes % 60), days=[index])
        for index, weekday in enumerate(WEEKDAYS)
        for opens, closes in in_minutes(data.weekly.get(weekday, ()))
    ]
    return workclock.Schedule([*rules, workclock.Holidays(data.holidays)], time_zone=data.timezone)


def in_minutes(intervals: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    return [(opens // 60_000_000, closes // 60_000_000) for opens, closes in intervals]


@given(calendars(), instants, amounts)
def test_agrees_with_workclock(where: WorkCalendar, start: datetime, seconds: int) -> None:
    plain = where.data.model_copy(update={"days": {}, "seasons": ()})
    mine, other = WorkCalendar(plain), as_workclock(plain)
    span = timedelta(seconds=seconds)
    assert mine.add_working_time(start, seconds) == other.add(start, span)
    assert mine.add_working_time(start, -seconds) == other.sub(start, span)
    later = start + 3 * span
    assert mine.working_time_between(start, later) == other.between(start, later).total_seconds()

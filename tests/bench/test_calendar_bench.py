"""Speed of deadline arithmetic: 50,000 a second over two years, and beside the workclock package."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from timeit import repeat

import pytest
import workclock
from pytest_benchmark.fixture import BenchmarkFixture

from domain.calendar import WorkCalendar
from policies.calendars import shipped_calendar

pytestmark = pytest.mark.bench

PER_SECOND = 50_000
ROUND = 2_000
_chance = random.Random(20260930)
STARTS = [
    datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=_chance.randrange(730 * 86_400))
    for _ in range(ROUND)
]
SECONDS = [_chance.randrange(60, 60 * 3600) for _ in range(ROUND)]
DAYS = [_chance.randrange(1, 31) for _ in range(ROUND)]


@pytest.fixture
def national() -> WorkCalendar:
    return WorkCalendar(shipped_calendar("cn"))


def add_times(calendar: WorkCalendar) -> None:
    for start, seconds in zip(STARTS, SECONDS, strict=True):
        calendar.add_working_time(start, seconds)


def add_days(calendar: WorkCalendar) -> None:
    for start, days in zip(STARTS, DAYS, strict=True):
        calendar.add_working_days(start, days)


def median(benchmark: BenchmarkFixture) -> float:
    assert benchmark.stats is not None
    return float(benchmark.stats["median"])


@pytest.mark.parametrize("work", [add_times, add_days])
def test_fifty_thousand_deadlines_a_second(
    benchmark: BenchmarkFixture, national: WorkCalendar, work: Callable[[WorkCalendar], None]
) -> None:
    benchmark(work, national)
    per_second = ROUND / median(benchmark)
    benchmark.extra_info["per_second"] = round(per_second)
    assert per_second >= PER_SECOND


def test_within_twice_the_time_of_workclock(national: WorkCalendar) -> None:
    """The same additions on the same days; workclock knows no make-up days, so plain holidays for both."""
    data = national.data.model_copy(update={"days": {}})
    ours = WorkCalendar(data)
    office = [workclock.WorkDay(time(8, 30), time(12)), workclock.WorkDay(time(14, 30), time(18))]
    theirs = workclock.Schedule([*office, workclock.Holidays(data.holidays)], time_zone=data.timezone)

    def add_theirs() -> None:
        for start, seconds in zip(STARTS, SECONDS, strict=True):
            theirs.add(start, seconds=seconds)

    assert [ours.add_working_time(*pair) for pair in zip(STARTS, SECONDS, strict=True)] == [
        theirs.add(start, seconds=seconds) for start, seconds in zip(STARTS, SECONDS, strict=True)
    ]
    mine = min(repeat(lambda: add_times(ours), number=1, repeat=10))
    other = min(repeat(add_theirs, number=1, repeat=10))
    each = [f"{seconds / ROUND * 1e6:.2f} µs" for seconds in (mine, other)]
    print(f"\nadd_working_time {each[0]}, workclock {each[1]}, {mine / other:.2f} times as long")
    assert mine <= 2 * other


def test_a_calendar_from_a_slice_answers_at_once(benchmark: BenchmarkFixture, national: WorkCalendar) -> None:
    """What each workflow run pays: built from its slice, then a first question."""
    start = datetime(2026, 4, 30, 8, 40, tzinfo=UTC)
    piece = national.slice(start.date(), start.date() + timedelta(days=180))
    benchmark(lambda: WorkCalendar(piece).add_working_days(start, 5))
    assert median(benchmark) < 0.005

"""Zones whose clocks change: office hours are read off the wall, real seconds are what counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.calendar import CalendarError, WorkCalendar
from tests.unit.calendars import at, calendar

HOUR = 3600
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def daily(timezone: str, *hours: list[str]) -> WorkCalendar:
    return calendar(timezone=timezone, weekly={day: list(hours) for day in EVERY_DAY})


def length_of(where: WorkCalendar, day: date) -> float:
    # Timestamps, for the difference of two times in one zone is that of their wall clocks.
    return sum(closes.timestamp() - opens.timestamp() for opens, closes in where.intervals_of(day))


# In New York clocks go from 02:00 to 03:00 on 2026-03-08 and from 02:00 back to 01:00 on 2026-11-01.
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


def test_a_24_hour_day_has_23_hours_in_spring_and_25_in_autumn() -> None:
    where = daily("America/New_York", ["00:00", "24:00"])
    assert length_of(where, SPRING) == 23 * HOUR
    assert length_of(where, AUTUMN) == 25 * HOUR
    assert where.add_working_time(at("2026-03-08T00:00", where), 24 * HOUR) == at("2026-03-09T01:00", where)
    assert where.add_working_time(at("2026-11-01T00:00", where), 24 * HOUR) == at("2026-11-01T23:00", where)


def test_a_night_shift_over_the_change_counts_real_hours() -> None:
    where = daily("America/New_York", ["00:00", "06:00"], ["22:00", "24:00"])
    assert where.add_working_time(at("2026-03-07T22:00", where), 4 * HOUR) == at("2026-03-08T03:00", where)
    assert where.add_working_time(at("2026-10-31T22:00", where), 4 * HOUR).isoformat() == (
        "2026-11-01T01:00:00-05:00"
    )
    night = at("2026-10-31T22:00", where), at("2026-11-01T06:00", where)
    assert where.working_time_between(*night) == 9 * HOUR


def test_day_shifts_do_not_notice_the_change() -> None:
    where = daily("America/New_York", ["09:00", "17:00"])
    start = at("2026-03-07T16:00", where)
    assert where.add_working_time(start, 2 * HOUR).isoformat() == "2026-03-08T10:00:00-04:00"
    assert where.add_working_days(start, 1).isoformat() == "2026-03-08T17:00:00-04:00"
    assert where.add_working_time(at("2026-11-01T10:00", where), -2 * HOUR).isoformat() == (
        "2026-10-31T16:00:00-04:00"
    )


def test_midnight_after_the_change_is_the_end_of_the_day() -> None:
    where = daily("America/New_York", ["09:00", "17:00"])
    assert where.end_of_day(at("2026-03-08T01:00", where)).isoformat() == "2026-03-09T00:00:00-04:00"


def test_an_opening_that_is_skipped_is_read_with_the_offset_before_the_change() -> None:
    where = daily("America/New_York", ["02:30", "10:00"])
    (opens, closes), *_ = where.intervals_of(SPRING)
    assert (opens.isoformat(), closes.isoformat()) == (
        "2026-03-08T03:30:00-04:00",
        "2026-03-08T10:00:00-04:00",
    )


def test_edges_that_come_twice_stand_for_their_first_coming() -> None:
    where = daily("America/New_York", ["00:00", "01:30"], ["01:30", "03:00"])
    assert [opens.isoformat() for opens, _ in where.intervals_of(AUTUMN)] == [
        "2026-11-01T00:00:00-04:00",
        "2026-11-01T01:30:00-04:00",
    ]
    assert length_of(where, AUTUMN) == 4 * HOUR


def test_office_hours_that_the_change_pushes_together_are_not_counted_twice() -> None:
    where = daily("America/New_York", ["02:00", "02:45"], ["03:00", "04:00"])
    assert length_of(where, SPRING) == HOUR  # 03:00-04:00 once
    assert where.working_time_between(at("2026-03-08T00:00", where), at("2026-03-09T00:00", where)) == HOUR


def test_office_hours_that_the_change_turns_around_do_not_take_place() -> None:
    where = daily("America/New_York", ["02:30", "03:00"], ["09:00", "10:00"])
    assert length_of(where, SPRING) == HOUR  # 02:30 is read as 03:30, after the closing at 03:00
    assert where.working_time_between(at("2026-03-08T00:00", where), at("2026-03-09T00:00", where)) == HOUR
    nights = calendar(timezone="America/New_York", weekly={"sun": [["02:15", "03:10"]]})
    assert not nights.is_working_day(SPRING)
    assert nights.is_working_day(SPRING + timedelta(days=7))


def test_office_hours_that_the_change_moves_past_each_other_are_counted_once() -> None:
    where = daily("America/New_York", ["02:15", "02:45"], ["03:00", "03:20"])  # 03:15-03:45, 03:00-03:20
    assert length_of(where, SPRING) == HOUR * 3 / 4
    assert where.next_working_moment(at("2026-03-08T02:00", where)) == at("2026-03-08T03:00", where)
    assert where.close_of(SPRING) == at("2026-03-08T03:45", where)


def test_a_change_at_midnight() -> None:
    """In Sao Paulo the clocks went from 24:00 to 01:00 at the end of 2018-11-03."""
    where = daily("America/Sao_Paulo", ["00:00", "24:00"])
    assert length_of(where, date(2018, 11, 3)) == 24 * HOUR
    assert length_of(where, date(2018, 11, 4)) == 23 * HOUR
    assert where.end_of_day(at("2018-11-03T12:00", where)).isoformat() == "2018-11-04T01:00:00-02:00"


def test_a_date_that_a_zone_left_out_has_no_office_hours() -> None:
    """Samoa went from the end of 2011-12-29 straight to 2011-12-31."""
    where = daily("Pacific/Apia", ["09:00", "17:00"])
    assert [where.is_working_day(date(2011, 12, day)) for day in (29, 30, 31)] == [True, False, True]
    assert where.add_working_days(at("2011-12-29T10:00", where), 1) == at("2011-12-31T17:00", where)
    start, end = at("2011-12-29T09:00", where), at("2011-12-31T17:00", where)
    assert where.working_time_between(start, end) == 16 * HOUR


def test_zones_with_odd_offsets() -> None:
    where = daily("Asia/Kathmandu", ["10:00", "17:00"])
    assert where.next_working_moment(datetime(2026, 3, 4, 0, 0, tzinfo=UTC)).isoformat() == (
        "2026-03-04T10:00:00+05:45"
    )


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("2026-03-08T02:30", "2026-03-08T03:30:00-04:00"),  # skipped
        ("2026-11-01T01:30", "2026-11-01T01:30:00-04:00"),  # the first of two
        ("2026-07-01T12:00", "2026-07-01T12:00:00-04:00"),
    ],
)
def test_a_wall_clock_time_becomes_an_instant(shown: str, meant: str) -> None:
    where = daily("America/New_York", ["09:00", "17:00"])
    assert where.at_wall_clock(datetime.fromisoformat(shown)).isoformat() == meant


def test_a_wall_clock_time_has_no_offset() -> None:
    with pytest.raises(CalendarError, match="不应带时区"):
        daily("UTC", ["09:00", "17:00"]).at_wall_clock(datetime(2026, 3, 4, tzinfo=UTC))

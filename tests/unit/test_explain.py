"""An explanation says every interval counted and every day skipped, with its reason, in Chinese."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.explain import (
    DayKind,
    Explanation,
    explain_calendar_days,
    explain_working_days,
    explain_working_time,
)
from tests.unit.calendars import OFFICE, at, calendar, national, office

HOUR = 3600


def told(explained: Explanation) -> str:
    return "\n".join(explained.lines())


def test_office_hours_over_a_holiday() -> None:
    where = national()
    start = at("2026-09-30T16:40", where)
    explained = explain_working_time(where, start, where.add_working_time(start, 3 * HOUR))
    assert [(part.opens, part.closes, part.seconds) for part in explained.intervals] == [
        (start, at("2026-09-30T18:00", where), 4800),
        (at("2026-10-08T08:30", where), at("2026-10-08T10:10", where), 6000),
    ]
    assert explained.seconds == 3 * HOUR
    assert [day.day.day for day in explained.skipped] == [1, 2, 3, 4, 5, 6, 7]
    assert {(day.kind, day.reason) for day in explained.skipped} == {(DayKind.HOLIDAY, "节假日（国庆节）")}
    assert not explained.provisional
    assert told(explained) == (
        "起点：2026年9月30日（星期三） 16:40\n"
        "计入：2026年9月30日（星期三） 16:40—18:00，1小时20分\n"
        "计入：2026年10月8日（星期四） 08:30—10:10，1小时40分\n"
        "合计：3小时\n"
        "不计入：2026年10月1日（星期四）至2026年10月7日（星期三），节假日（国庆节）\n"
        "期限：2026年10月8日（星期四） 10:10\n"
        "工作日历：国办发明电〔2023〕7号、国办发明电〔2024〕12号、国办发明电〔2025〕7号"
    )


def test_a_start_outside_office_hours_says_from_when_it_counts() -> None:
    where = office()
    start = at("2026-03-06T18:30:15", where)
    explained = explain_working_time(where, start, where.add_working_time(start, 30.5))
    assert explained.counted_from == at("2026-03-09T08:30", where)
    assert told(explained) == (
        "起点：2026年3月6日（星期五） 18:30:15\n"
        "起算：2026年3月9日（星期一） 08:30\n"
        "计入：2026年3月9日（星期一） 08:30—08:30:30.500000，30.5秒\n"
        "合计：30.5秒\n"
        "不计入：2026年3月7日（星期六）至2026年3月8日（星期日），休息日\n"
        "期限：2026年3月9日（星期一） 08:30:30.500000"
    )


def test_office_hours_counted_back() -> None:
    where = office()
    start = at("2026-03-09T07:00", where)
    explained = explain_working_time(where, start, where.add_working_time(start, -HOUR))
    assert explained.counted_from == at("2026-03-06T18:00", where)
    assert [(part.opens.hour, part.closes.hour) for part in explained.intervals] == [(17, 18)]
    assert [day.reason for day in explained.skipped] == ["休息日", "休息日"]


def test_working_days_are_numbered_and_make_up_days_named() -> None:
    where = national()
    start = at("2026-04-30T16:40", where)
    explained = explain_working_days(where, start, where.add_working_days(start, 5))
    assert [(day.number, day.day.isoformat()) for day in explained.days] == [
        (1, "2026-05-06"),
        (2, "2026-05-07"),
        (3, "2026-05-08"),
        (4, "2026-05-09"),
        (5, "2026-05-11"),
    ]
    assert [day.reason for day in explained.make_up_days] == ["补班（劳动节调休）"]
    assert "第4日：2026年5月9日（星期六），补班（劳动节调休）" in explained.lines()
    assert "不计入：2026年5月1日（星期五）至2026年5月5日（星期二），节假日（劳动节）" in explained.lines()
    assert "不计入：2026年5月10日（星期日），休息日" in explained.lines()


def test_working_days_counted_back() -> None:
    where = national()
    due = at("2026-05-11T18:00", where)
    explained = explain_working_days(where, due, where.add_working_days(due, -2))
    assert [day.day.isoformat() for day in explained.days] == ["2026-05-09", "2026-05-08"]
    assert [day.day.isoformat() for day in explained.skipped] == ["2026-05-10"]


def test_calendar_days_say_over_which_days_off_the_last_one_moved() -> None:
    where = national()
    start = at("2026-09-28T10:00", where)
    explained = explain_calendar_days(where, start, where.add_calendar_days(start, 4), 4)
    assert [day.day.day for day in explained.days] == [29, 30, 1, 2]
    assert [day.day.day for day in explained.skipped] == [3, 4, 5, 6, 7]
    assert explained.due == at("2026-10-08T18:00", where)


def test_a_make_up_day_within_office_hours_is_named() -> None:
    where = national()
    start = at("2026-05-08T17:00", where)
    explained = explain_working_time(where, start, where.add_working_time(start, 2 * HOUR))
    assert [day.day for day in explained.make_up_days] == [date(2026, 5, 9)]


def test_every_reason() -> None:
    where = office(
        holidays={"2026-03-02": "", "2026-03-09": "三月三"},
        days={
            "2026-03-03": [],
            "2026-03-04": {"name": "停电", "hours": []},
            "2026-03-05": [["09:00", "10:00"]],
            "2026-03-06": {"name": "补班"},
            "2026-03-07": {"name": "防汛", "hours": OFFICE},
        },
    )
    start = at("2026-03-01T10:00", where)
    explained = explain_working_days(where, start, where.add_working_days(start, 4))
    assert [(day.kind, day.reason) for day in explained.days] == [
        (DayKind.SPECIAL_HOURS, "调整办公时间"),
        (DayKind.ORDINARY, "工作日"),
        (DayKind.MAKE_UP, "补班（防汛）"),
        (DayKind.ORDINARY, "工作日"),
    ]
    assert [(day.kind, day.reason) for day in explained.skipped] == [
        (DayKind.HOLIDAY, "节假日"),
        (DayKind.CLOSING, "停止办公"),
        (DayKind.CLOSING, "停止办公（停电）"),
        (DayKind.WEEKEND, "休息日"),
        (DayKind.HOLIDAY, "节假日（三月三）"),
    ]


def test_what_is_provisional_is_marked() -> None:
    where = national()
    start = at("2026-12-31T10:00", where)
    explained = explain_working_days(where, start, where.add_working_days(start, 1))
    assert explained.provisional
    assert "期限：2027年1月4日（星期一） 18:00（暂定）" in explained.lines()


def test_midnight_is_told_as_the_end_of_the_day() -> None:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    where = calendar(weekly={day: [["00:00", "24:00"]] for day in days})
    start = at("2026-03-04T22:00", where)
    explained = explain_working_time(where, start, where.add_working_time(start, 2 * HOUR))
    assert "计入：2026年3月4日（星期三） 22:00—24:00，2小时" in explained.lines()
    assert "期限：2026年3月4日（星期三） 24:00" in explained.lines()
    assert len(explained.intervals) == 1


def test_a_night_of_two_clocks_is_counted_in_real_hours() -> None:
    where = calendar(timezone="America/New_York", weekly={"sun": [["00:00", "06:00"]]})
    start = at("2026-11-01T00:00", where)
    explained = explain_working_time(where, start, where.add_working_time(start, 2.5 * HOUR))
    assert explained.due.isoformat() == "2026-11-01T01:30:00-05:00"
    assert [part.seconds for part in explained.intervals] == [2.5 * HOUR]


@given(
    st.datetimes(datetime(2026, 1, 5), datetime(2026, 12, 1), timezones=st.just(UTC)),
    st.integers(-100 * HOUR, 100 * HOUR),
)
def test_an_explanation_adds_up(start: datetime, seconds: int) -> None:
    where = national()
    explained = explain_working_time(where, start, where.add_working_time(start, seconds))
    assert explained.seconds == abs(seconds)
    # Seconds are floats; a microsecond is the finest a moment can tell.
    assert sum(part.seconds for part in explained.intervals) == pytest.approx(abs(seconds), abs=1e-6)
    assert all(before.closes <= after.opens for before, after in pairwise(explained.intervals))
    assert not {part.day for part in explained.intervals} & {day.day for day in explained.skipped}


@given(st.datetimes(datetime(2026, 3, 1), datetime(2026, 10, 1), timezones=st.just(UTC)), st.integers(1, 40))
def test_days_explained_add_up(start: datetime, days: int) -> None:
    where = national()
    for count in (days, -days):
        due = where.add_working_days(start, count)
        explained = explain_working_days(where, start, due)
        assert [day.number for day in explained.days] == list(range(1, days + 1))
        span = abs((due.date() - where.local(start).date()).days)
        assert len(explained.days) + len(explained.skipped) == span
    moved = explain_calendar_days(where, start, where.add_calendar_days(start, days), days)
    assert len(moved.days) == days
    assert all(not where.is_working_day(day.day) for day in moved.skipped)

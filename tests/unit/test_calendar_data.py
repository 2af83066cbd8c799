"""Calendar data: how it is written, what is refused, seasons, slices."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.calendar import CalendarData, CalendarError, WorkCalendar
from domain.calendar_data import DAY, ClockTime, format_clock_time, parse_clock_time
from tests.unit.calendars import OFFICE, at, office

MINUTE = 60_000_000


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("00:00", 0),
        ("08:30", 510 * MINUTE),
        ("8:30", 510 * MINUTE),
        ("24:00", DAY),
        ("23:59:59", DAY - 1_000_000),
        ("23:59:59.5", DAY - 500_000),
        ("23:59:59.999999", DAY - 1),
    ],
)
def test_clock_times(written: str, moment: int) -> None:
    assert parse_clock_time(written) == moment


@pytest.mark.parametrize(
    "written",
    [
        "24:01",
        "25:00",
        "08:60",
        "08:30:60",
        "0830",
        "08",
        "",
        "08:30 ",
        "-1:00",
        "８:30",
        None,
        True,
        870,
        8.5,
        -1,
    ],
)
def test_what_is_no_clock_time_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="不是有效的钟点"):
        parse_clock_time(written)


def test_an_unquoted_time_in_yaml_is_refused_not_misread() -> None:
    with pytest.raises(ValidationError, match=r"不是有效的钟点：870，应写作 \"08:30\"（带引号）"):
        CalendarData.model_validate(yaml.safe_load("weekly: [[08:30, 12:00], [14:30, 18:00]]"))


def test_dates_unquoted_in_yaml_are_dates() -> None:
    written = """
        weekly: [["08:30", "12:00"]]
        holidays: {2026-05-01: 劳动节}
        days: {2026-05-09: {name: 劳动节调休}}
        seasons: [{starts: 2026-07-01, ends: 2026-08-31, hours: [["08:00", "12:00"]]}]
    """
    data = CalendarData.model_validate(yaml.safe_load(written))
    assert list(data.holidays) == [date(2026, 5, 1)]
    assert list(data.days) == [date(2026, 5, 9)]
    assert (data.seasons[0].starts, data.seasons[0].ends) == ("2026-07-01", "2026-08-31")


@given(st.integers(0, DAY).map(ClockTime))
def test_a_clock_time_reads_as_it_was_written(moment: int) -> None:
    assert parse_clock_time(format_clock_time(moment)) == moment


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"weekly": {"mon": [["10:00", "10:00"]]}}, "结束须晚于开始"),
        ({"weekly": {"mon": [["22:00", "06:00"]]}}, "跨夜班次须写成两段"),
        ({"weekly": {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}}, "不得重叠"),
        ({"weekly": {"monday": OFFICE}}, "mon"),
        ({"days": {"2026-05-09": [["09:00", "08:00"]]}}, "结束须晚于开始"),
        ({"days": {"2026-02-30": OFFICE}}, "不是有效的日期"),
        ({"holidays": ["20260501"]}, "不是有效的日期"),
        ({"holidays": [1]}, "不是有效的日期"),
        ({"holidays": [["2026-05-01"]]}, "不是有效的日期"),
        ({"timezone": "Mars/Olympus"}, "未知的时区"),
        ({"timezone": "../etc/passwd"}, "未知的时区"),
        ({"timezone": ""}, "未知的时区"),
        ({"timezone": "Asia"}, "未知的时区"),
        ({"opening": "09:00"}, "opening"),
        ({"seasons": [{"starts": "02-30", "ends": "05-01", "hours": OFFICE}]}, "不是有效的日期"),
        ({"seasons": [{"starts": "05-01", "ends": "2026-05-01", "hours": OFFICE}]}, "须同为"),
        ({"seasons": [{"starts": "2026-05-02", "ends": "2026-05-01", "hours": OFFICE}]}, "早于开始"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(data: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        CalendarData.model_validate(data)


def test_the_intervals_of_a_day_may_be_written_in_any_order() -> None:
    written = {"weekly": {"mon": [["22:00", "24:00"], ["00:00", "06:00"]]}}
    in_order = {"weekly": {"mon": [["00:00", "06:00"], ["22:00", "24:00"]]}}
    assert CalendarData.model_validate(written) == CalendarData.model_validate(in_order)
    where = WorkCalendar(CalendarData.model_validate(written))
    assert where.add_working_time(at("2026-03-02T05:00", where), 2 * 3600) == at("2026-03-02T23:00", where)


def test_touching_intervals_are_fine() -> None:
    where = office(days={"2026-03-07": [["08:00", "12:00"], ["12:00", "16:00"]]})
    start = at("2026-03-07T11:00", where)
    assert where.add_working_time(start, 2 * 3600) == at("2026-03-07T13:00", where)


SEASONAL = [
    {"name": "夏季", "starts": "05-01", "ends": "09-30", "hours": [["08:00", "12:00"], ["15:00", "18:30"]]},
    {"name": "冬季", "starts": "12-01", "ends": "02-28", "hours": [["09:00", "12:00"], ["14:00", "17:00"]]},
]


@pytest.mark.parametrize(
    ("day", "close"),
    [
        ("2026-04-30", "18:00"),
        ("2026-05-01", "18:30"),
        ("2026-09-30", "18:30"),
        ("2026-10-01", "18:00"),
        ("2026-11-30", "18:00"),
        ("2026-12-01", "17:00"),
        ("2026-12-31", "17:00"),
        ("2027-01-01", "17:00"),
        ("2028-02-28", "17:00"),
        ("2028-02-29", "18:00"),
    ],
)
def test_office_hours_by_season(day: str, close: str) -> None:
    where = office(seasons=SEASONAL)
    assert where.close_of(date.fromisoformat(day)) == at(f"{day}T{close}", where)


def test_a_limit_over_a_change_of_season() -> None:
    where = office(seasons=SEASONAL)
    assert where.add_working_time(at("2026-04-30T17:00", where), 2 * 3600) == at("2026-05-01T09:00", where)


def test_a_make_up_day_has_the_hours_of_its_season() -> None:
    where = office(seasons=SEASONAL, days={"2026-05-09": {"name": "劳动节调休"}})
    assert where.close_of(date(2026, 5, 9)) == at("2026-05-09T18:30", where)


def test_the_season_listed_last_holds() -> None:
    flood = {"name": "防汛", "starts": "2026-07-06", "ends": "2026-07-10", "hours": [["08:00", "20:00"]]}
    where = office(seasons=[*SEASONAL, flood])
    assert where.close_of(date(2026, 7, 6)) == at("2026-07-06T20:00", where)
    assert where.close_of(date(2026, 7, 13)) == at("2026-07-13T18:30", where)
    assert where.close_of(date(2027, 7, 6)) == at("2027-07-06T18:30", where)


def test_a_slice_holds_what_its_range_needs() -> None:
    flood = {"starts": "2026-07-06", "ends": "2026-07-10", "hours": OFFICE}
    whole = office(
        seasons=[*SEASONAL, flood],
        holidays={"2026-05-01": "劳动节", "2026-10-01": "国庆节"},
        days={"2026-05-09": {"name": "劳动节调休"}, "2026-10-10": {"name": "国庆节调休"}},
        version="通知",
        confirmed_from="2026-01-01",
        confirmed_through="2026-12-31",
    )
    piece = whole.slice(date(2026, 5, 1), date(2026, 5, 31))
    assert piece.holidays == {date(2026, 5, 1): "劳动节"}
    assert list(piece.days) == [date(2026, 5, 9)]
    assert [season.name for season in piece.seasons] == ["夏季", "冬季"]
    assert (piece.version, piece.weekly, piece.timezone) == ("通知", whole.data.weekly, "Asia/Shanghai")
    assert (piece.confirmed_from, piece.confirmed_through) == (date(2026, 5, 1), date(2026, 5, 31))


def test_a_slice_is_confirmed_no_further_than_the_whole() -> None:
    whole = office(confirmed_from="2026-01-01", confirmed_through="2026-12-31")
    piece = whole.slice(date(2025, 12, 1), date(2027, 1, 31))
    assert (piece.confirmed_from, piece.confirmed_through) == (date(2026, 1, 1), date(2026, 12, 31))


def test_past_a_slice_the_weekly_pattern_holds_provisionally() -> None:
    whole = office(holidays=["2026-10-01"])
    piece = WorkCalendar(whole.slice(date(2026, 5, 1), date(2026, 5, 31)))
    assert piece.is_working_day(date(2026, 10, 1))
    assert piece.provisional(piece.close_of(date(2026, 10, 1)))


def test_a_slice_backwards_is_refused() -> None:
    with pytest.raises(CalendarError, match="早于开始"):
        office().slice(date(2026, 5, 2), date(2026, 5, 1))

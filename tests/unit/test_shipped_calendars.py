"""The shipped national calendar against two packages that keep the same arrangements, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from domain.calendar import CalendarError, WorkCalendar
from domain.calendar_data import parse_clock_time
from policies.calendars import Arrangement, arrangements, merge, shipped_calendar
from tests.unit.calendars import OFFICE, at

CONFIRMED = (2024, 2025, 2026)


def days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", CONFIRMED)
def test_each_day_is_worked_as_chinesecalendar_says(year: int) -> None:
    ours = WorkCalendar(shipped_calendar("cn"))
    differing = [day for day in days_of(year) if ours.is_working_day(day) != chinese_calendar.is_workday(day)]
    assert differing == []


@pytest.mark.parametrize("year", CONFIRMED)
def test_each_day_is_worked_as_holidays_says(year: int) -> None:
    ours = WorkCalendar(shipped_calendar("cn"))
    theirs = holidays.country_holidays("CN", years=year)
    differing = [day for day in days_of(year) if ours.is_working_day(day) != theirs.is_working_day(day)]
    assert differing == []


@pytest.mark.parametrize("year", CONFIRMED)
def test_make_up_days_are_exactly_the_weekend_days_that_are_worked(year: int) -> None:
    (arrangement,) = (a for a in arrangements("cn") if a.year == year)
    worked = {day for day in days_of(year) if day.weekday() >= 5 and chinese_calendar.is_workday(day)}
    assert set(arrangement.working_days) == worked


@pytest.mark.parametrize(
    ("year", "number", "issued"),
    [
        (2024, "国办发明电〔2023〕7号", date(2023, 10, 25)),
        (2025, "国办发明电〔2024〕12号", date(2024, 11, 12)),
        (2026, "国办发明电〔2025〕7号", date(2025, 11, 4)),
    ],
)
def test_a_confirmed_year_names_its_notice(year: int, number: str, issued: date) -> None:
    (arrangement,) = (a for a in arrangements("cn") if a.year == year)
    assert arrangement.confirmed
    assert arrangement.notice.title == f"国务院办公厅关于{year}年部分节假日安排的通知"
    assert (arrangement.notice.number, arrangement.notice.issued) == (number, issued)
    assert number in shipped_calendar("cn").version


def test_the_year_without_a_notice_has_its_thirteen_statutory_days() -> None:
    """Lunar dates included; the days in lieu that `holidays` guesses at are left to the notice."""
    (arrangement,) = (a for a in arrangements("cn") if a.year == 2027)
    theirs = holidays.country_holidays("CN", years=2027, language="zh_CN")
    assert not arrangement.confirmed
    assert len(arrangement.holidays) == 13
    assert set(arrangement.holidays) == {day for day, name in theirs.items() if "补假" not in name}
    assert arrangement.working_days == {}


def test_what_is_due_in_the_year_without_a_notice_is_provisional() -> None:
    where = WorkCalendar(shipped_calendar("cn"))
    due = where.add_working_days(at("2026-12-31T10:00", where), 1)
    assert due == at("2027-01-04T18:00", where)
    assert where.provisional(due)
    assert all(where.provisional(where.close_of(day)) for day in days_of(2027) if where.is_working_day(day))
    assert not any(
        where.provisional(where.close_of(day))
        for year in CONFIRMED
        for day in days_of(year)
        if where.is_working_day(day)
    )


def test_office_hours_may_be_given() -> None:
    where = WorkCalendar(
        shipped_calendar("cn", {"mon": ((parse_clock_time("00:00"), parse_clock_time("01:00")),)})
    )
    assert where.close_of(date(2026, 3, 2)) == at("2026-03-02T01:00", where)
    assert where.close_of(date(2026, 5, 9)) == at("2026-05-09T01:00", where)
    assert not where.is_working_day(date(2026, 3, 3))


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(CalendarError, match="没有随附的日历：'xx'"):
        shipped_calendar("xx")


def arrangement(year: int, *, confirmed: bool = True) -> Arrangement:
    notice = {"title": "通知", "number": f"〔{year - 1}〕1号", "issued": f"{year - 1}-11-01"}
    return Arrangement.model_validate(
        {"year": year, "confirmed": confirmed, "notice": notice, "holidays": {f"{year}-01-01": "元旦"}}
    )


def test_years_are_merged_in_order() -> None:
    data = merge(
        [arrangement(2031, confirmed=False), arrangement(2030)],
        timezone="Asia/Shanghai",
        office_hours=OFFICE_HOURS,
    )
    assert data.holidays == {date(2030, 1, 1): "元旦", date(2031, 1, 1): "元旦"}
    assert (data.confirmed_from, data.confirmed_through) == (date(2030, 1, 1), date(2030, 12, 31))
    assert data.version == "〔2029〕1号"


OFFICE_HOURS = shipped_calendar("cn").weekly


@pytest.mark.parametrize(
    "years",
    [
        [],
        [arrangement(2030, confirmed=False)],
        [arrangement(2030), arrangement(2032)],
        [arrangement(2030, confirmed=False), arrangement(2031)],
    ],
)
def test_years_with_gaps_are_refused(years: list[Arrangement]) -> None:
    with pytest.raises(CalendarError):
        merge(years, timezone="Asia/Shanghai", office_hours=OFFICE_HOURS)


def test_a_date_cannot_be_both_off_and_worked() -> None:
    raw = arrangement(2030).model_dump(mode="json") | {"working_days": {"2030-01-01": "元旦调休"}}
    with pytest.raises(ValueError, match="同一天既放假又上班：2030-01-01"):
        Arrangement.model_validate(raw)


def test_the_shipped_hours_have_a_lunch_break() -> None:
    assert shipped_calendar("cn").model_dump(mode="json")["weekly"]["fri"] == OFFICE

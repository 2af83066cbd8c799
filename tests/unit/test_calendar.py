"""Working-time arithmetic worked by hand; the office opens 08:30-12:00 and 14:30-18:00 unless said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from domain.calendar import CalendarError, WorkCalendar
from domain.explain import explain_working_time
from tests.unit.calendars import at, calendar, national, nine_to_five, office

HOUR = 3600


def added(where: WorkCalendar, start: str, seconds: float) -> str:
    return where.add_working_time(at(start, where), seconds).replace(tzinfo=None).isoformat()


def days_added(where: WorkCalendar, start: str, days: int) -> str:
    return where.add_working_days(at(start, where), days).replace(tzinfo=None).isoformat()


@pytest.mark.rule("JC-11.1a")
@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-09-30T16:40:00", "2026-10-08T10:10:00"),  # over the National Day holiday
        ("2026-04-30T16:40:00", "2026-05-06T10:10:00"),  # over the Labour Day holiday
        ("2026-05-08T16:40:00", "2026-05-09T10:10:00"),  # into a make-up Saturday
        ("2026-05-09T16:40:00", "2026-05-11T10:10:00"),  # from a make-up Saturday over a plain Sunday
        ("2026-02-13T17:59:59", "2026-02-14T11:29:59"),  # into the make-up Saturday before Spring Festival
        ("2026-02-14T17:00:00", "2026-02-24T10:30:00"),  # over the whole Spring Festival
        ("2026-03-04T09:15:30", "2026-03-04T14:45:30"),  # over lunch, seconds kept
        ("2026-03-04T12:00:00", "2026-03-04T17:30:00"),  # start at the beginning of lunch
        ("2026-03-04T13:00:00", "2026-03-04T17:30:00"),  # start in the middle of lunch
        ("2026-03-04T15:00:00", "2026-03-04T18:00:00"),  # used up exactly at closing: due at closing
        ("2026-03-04T18:00:00", "2026-03-05T11:30:00"),  # start exactly at closing: from the next opening
        ("2026-03-04T23:00:00", "2026-03-05T11:30:00"),  # start at night
        ("2026-03-05T08:30:00", "2026-03-05T11:30:00"),  # start exactly at opening
        ("2026-03-07T10:00:00", "2026-03-09T11:30:00"),  # start on a Saturday
    ],
)
def test_three_working_hours(start: str, due: str) -> None:
    assert added(national(), start, 3 * HOUR) == due


def test_a_duration_that_ends_at_the_lunch_break_is_due_at_noon() -> None:
    assert added(office(), "2026-03-04T08:30", 3.5 * HOUR) == "2026-03-04T12:00:00"


def test_one_second_more_is_due_after_the_break() -> None:
    assert added(office(), "2026-03-04T08:30", 3.5 * HOUR + 1) == "2026-03-04T14:30:01"


def test_a_full_week_of_office_time_ends_on_friday() -> None:
    assert added(office(), "2026-03-02T08:30", 35 * HOUR) == "2026-03-06T18:00:00"


def test_fractions_of_a_second_are_kept() -> None:
    assert added(office(), "2026-03-04T11:59:59.250000", 1) == "2026-03-04T14:30:00.250000"
    assert added(office(), "2026-03-04T09:00:00", 0.125) == "2026-03-04T09:00:00.125000"


@pytest.mark.parametrize(
    ("start", "seconds", "due"),
    [
        ("2026-03-04T15:30:00", -2 * HOUR, "2026-03-04T11:00:00"),  # back over lunch
        ("2026-03-04T09:00:00", -HOUR, "2026-03-03T17:30:00"),  # back to the day before
        ("2026-03-04T09:30:00", -HOUR, "2026-03-04T08:30:00"),  # used up exactly at opening: stays there
        ("2026-03-04T08:30:00", -HOUR, "2026-03-03T17:00:00"),  # from the opening: from the closing before
        ("2026-03-04T20:00:00", -HOUR, "2026-03-04T17:00:00"),  # from the night
        ("2026-03-08T10:00:00", -HOUR, "2026-03-06T17:00:00"),  # from a Sunday
        ("2026-03-04T14:30:00", -3.5 * HOUR, "2026-03-04T08:30:00"),
        (
            "2026-01-05T08:30:00",
            -HOUR,
            "2025-12-31T17:00:00",
        ),  # into the year before (plain pattern: 01-01 off)
    ],
)
def test_a_negative_amount_goes_back(start: str, seconds: float, due: str) -> None:
    assert added(office(holidays=["2026-01-01", "2026-01-02"]), start, seconds) == due


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-03-04T09:00:00", "2026-03-04T09:00:00"),
        ("2026-03-04T12:30:00", "2026-03-04T14:30:00"),
        ("2026-03-04T18:00:00", "2026-03-05T08:30:00"),
        ("2026-03-07T09:00:00", "2026-03-09T08:30:00"),
    ],
)
def test_no_time_at_all_is_due_when_the_office_is_next_open(start: str, due: str) -> None:
    assert added(office(), start, 0) == due


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-09-30T16:40:00", "2026-10-08T10:10:00", 3 * HOUR),
        ("2026-05-08T18:00:00", "2026-05-11T08:30:00", 7 * HOUR),  # a make-up Saturday between
        ("2026-03-04T12:00:00", "2026-03-04T14:30:00", 0),  # lunch
        ("2026-03-04T11:00:00", "2026-03-04T15:00:00", 1.5 * HOUR),
        ("2026-03-04T11:59:59.250000", "2026-03-04T12:30:00", 0.75),
        ("2026-03-07T00:00:00", "2026-03-09T00:00:00", 0),  # a weekend
        ("2025-12-31T17:00:00", "2026-01-05T09:00:00", 8.5 * HOUR),  # over new year, Sunday 01-04 made up
        ("2026-03-04T10:00:00", "2026-03-04T10:00:00", 0),
        ("2026-03-05T10:00:00", "2026-03-04T10:00:00", 0),  # the end before the start
    ],
)
def test_working_time_between(start: str, end: str, seconds: float) -> None:
    where = national()
    assert where.working_time_between(at(start, where), at(end, where)) == seconds


def test_whole_seconds_are_an_int() -> None:
    where = office()
    span = where.working_time_between(at("2026-03-04T09:00", where), at("2026-03-04T10:00", where))
    assert isinstance(span, int)


@pytest.mark.rule("JC-11.1.1b")
@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-04-30T16:40:00", 5, "2026-05-11T18:00:00"),  # 05-06, 07, 08, 09 (make-up Saturday), 11
        ("2026-04-30T00:00:00", 1, "2026-05-06T18:00:00"),  # the anchor's day never counts
        ("2026-04-30T23:59:59", 1, "2026-05-06T18:00:00"),
        ("2026-09-30T16:40:00", 3, "2026-10-10T18:00:00"),  # the third is a make-up Saturday
        ("2026-10-03T09:00:00", 1, "2026-10-08T18:00:00"),  # from a holiday
        ("2026-05-09T09:00:00", 1, "2026-05-11T18:00:00"),  # from a make-up Saturday
        ("2025-12-31T09:00:00", 1, "2026-01-04T18:00:00"),  # make-up Sunday
        ("2026-05-11T09:00:00", -1, "2026-05-09T18:00:00"),  # one working day ahead
        ("2026-05-09T18:00:00", -1, "2026-05-08T18:00:00"),
        ("2026-05-04T09:00:00", -1, "2026-04-30T18:00:00"),  # back from a holiday
        ("2026-01-04T09:00:00", -1, "2025-12-31T18:00:00"),
        ("2026-03-04T20:00:00", 0, "2026-03-04T18:00:00"),
        ("2026-03-07T09:00:00", 0, "2026-03-09T18:00:00"),  # a day off moves on
    ],
)
def test_working_days(start: str, days: int, due: str) -> None:
    assert days_added(national(), start, days) == due


@pytest.mark.rule("JC-11.1.4a")
def test_one_working_day_ahead_of_the_due_time() -> None:
    where = national()
    due = where.add_working_days(at("2026-04-30T16:40", where), 5)
    assert where.add_working_days(due, -1) == at("2026-05-09T18:00", where)


@pytest.mark.rule("LS-2.2.2d")
@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-04T10:00:00", 7, "2026-03-11T18:00:00"),
        ("2026-03-04T10:00:00", 3, "2026-03-09T18:00:00"),  # a Saturday moves to Monday
        ("2026-07-03T10:00:00", 90, "2026-10-08T18:00:00"),  # 10-01 moves past the whole holiday
        ("2026-03-04T10:00:00", 0, "2026-03-04T18:00:00"),
        ("2026-03-11T10:00:00", -3, "2026-03-06T18:00:00"),  # counted back, a Sunday moves back
        ("2026-03-12T10:00:00", -2, "2026-03-10T18:00:00"),
    ],
)
def test_calendar_days(start: str, days: int, due: str) -> None:
    where = national()
    assert where.add_calendar_days(at(start, where), days) == at(due, where)


@pytest.mark.rule("LS-2.1")
def test_a_day_ends_at_midnight() -> None:
    where = office()
    assert where.end_of_day(at("2026-03-04T10:00", where)) == at("2026-03-05T00:00", where)
    assert where.end_of_day(at("2026-03-04T00:00", where)) == at("2026-03-05T00:00", where)


@pytest.mark.parametrize(
    ("moment", "following"),
    [
        ("2026-03-04T08:29:59", "2026-03-04T08:30:00"),
        ("2026-03-04T08:30:00", "2026-03-04T08:30:00"),
        ("2026-03-04T11:59:59.999999", "2026-03-04T11:59:59.999999"),
        ("2026-03-04T12:00:00", "2026-03-04T14:30:00"),
        ("2026-03-06T18:00:00", "2026-03-09T08:30:00"),
        ("2026-12-31T18:00:00", "2027-01-01T08:30:00"),
    ],
)
def test_the_next_working_moment(moment: str, following: str) -> None:
    where = office()
    assert where.next_working_moment(at(moment, where)) == at(following, where)


def test_office_hours_are_half_open() -> None:
    where = office()
    open_at = {clock: where.is_working_time(at(f"2026-03-04T{clock}", where)) for clock in CLOCKS}
    assert open_at == CLOCKS


CLOCKS = {
    "08:29:59": False,
    "08:30:00": True,
    "11:59:59.999999": True,
    "12:00:00": False,
    "14:30:00": True,
    "18:00:00": False,
}


def test_working_days_and_their_close() -> None:
    where = national()
    assert where.is_working_day(date(2026, 5, 9))
    assert not where.is_working_day(date(2026, 5, 10))
    assert not where.is_working_day(date(2026, 10, 1))
    assert where.close_of(date(2026, 5, 9)) == at("2026-05-09T18:00", where)
    with pytest.raises(CalendarError, match="2026-05-10 不是工作日"):
        where.close_of(date(2026, 5, 10))


def test_a_named_day_beats_a_holiday_which_beats_the_weekly_pattern() -> None:
    where = office(
        holidays=["2026-03-04", "2026-03-05"],
        days={"2026-03-05": [["09:00", "11:00"]], "2026-03-06": [], "2026-03-07": [["10:00", "10:30"]]},
    )
    worked = [where.intervals_of(date(2026, 3, day)) for day in (3, 4, 5, 6, 7)]
    assert [len(intervals) for intervals in worked] == [2, 0, 1, 0, 1]
    assert added(where, "2026-03-03T17:30", 2.5 * HOUR) == "2026-03-05T11:00:00"
    assert added(where, "2026-03-03T17:30", 3 * HOUR) == "2026-03-07T10:30:00"
    assert days_added(where, "2026-03-03T09:00", 1) == "2026-03-05T11:00:00"


def test_a_make_up_day_without_hours_works_like_the_first_working_weekday() -> None:
    where = calendar(
        weekly={"tue": [["09:00", "17:00"]], "fri": [["09:00", "12:00"]]},
        days={"2026-03-07": {"name": "补班"}},
    )
    assert where.close_of(date(2026, 3, 7)) == at("2026-03-07T17:00", where)


def test_a_day_off_in_the_middle_of_the_week_is_skipped() -> None:
    where = calendar(weekly={"mon": [["09:00", "17:00"]], "wed": [["09:00", "17:00"]]})
    assert added(where, "2026-03-02T16:00", 2 * HOUR) == "2026-03-04T10:00:00"
    assert days_added(where, "2026-03-02T16:00", 3) == "2026-03-11T17:00:00"


def round_the_clock(timezone: str = "Asia/Shanghai") -> WorkCalendar:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return calendar(timezone=timezone, weekly={day: [["00:00", "24:00"]] for day in days})


def test_round_the_clock_office_time_is_real_time() -> None:
    where = round_the_clock()
    assert added(where, "2026-03-04T15:20:07", 100 * HOUR) == "2026-03-08T19:20:07"
    assert added(where, "2026-03-04T15:20:07", -100 * HOUR) == "2026-02-28T11:20:07"
    assert added(where, "2026-03-04T00:00:00", 24 * HOUR) == "2026-03-05T00:00:00"
    assert added(where, "2026-03-04T00:00:00", 0) == "2026-03-04T00:00:00"
    assert days_added(where, "2026-03-04T12:00:00", 1) == "2026-03-06T00:00:00"
    assert where.is_working_time(at("2026-03-04T00:00:00", where))


def test_a_24_hour_shift_on_one_day_of_the_week() -> None:
    where = calendar(timezone="UTC", weekly={"mon": [["00:00", "24:00"]]})
    assert added(where, "2026-03-02T23:59:30", 60) == "2026-03-09T00:00:30"
    assert added(where, "2026-03-02T23:59:30", 30) == "2026-03-03T00:00:00"
    assert not where.is_working_time(at("2026-03-03T00:00:00", where))
    assert added(where, "2026-03-10T00:00:30", -60) == "2026-03-09T23:59:00"


def test_a_night_shift_is_two_intervals() -> None:
    where = calendar(
        weekly={
            "mon": [["22:00", "24:00"]],
            "tue": [["00:00", "06:00"], ["22:00", "24:00"]],
            "wed": [["00:00", "06:00"]],
        }
    )
    assert added(where, "2026-03-02T22:00", 4 * HOUR) == "2026-03-03T02:00:00"
    assert added(where, "2026-03-02T22:00", 8 * HOUR) == "2026-03-03T06:00:00"
    assert added(where, "2026-03-02T22:00", 9 * HOUR) == "2026-03-03T23:00:00"
    assert added(where, "2026-03-03T01:00", -2 * HOUR) == "2026-03-02T23:00:00"
    start, end = at("2026-03-02T20:00", where), at("2026-03-04T12:00", where)
    assert where.working_time_between(start, end) == 16 * HOUR


def test_a_start_given_with_another_offset_is_the_same_instant() -> None:
    where = national()
    abroad = datetime(2026, 9, 30, 8, 40, tzinfo=UTC)
    assert where.add_working_time(abroad, 3 * HOUR).isoformat() == "2026-10-08T10:10:00+08:00"
    late = datetime(2026, 9, 29, 20, 0, tzinfo=timezone(-timedelta(hours=5)))  # 09:00 on the 30th in China
    assert where.add_working_days(late, 1) == at("2026-10-08T18:00", where)


def test_an_answer_is_in_the_zone_of_the_calendar() -> None:
    where = nine_to_five("America/New_York")
    assert where.add_working_time(datetime(2026, 3, 4, 20, 0, tzinfo=UTC), HOUR).isoformat() == (
        "2026-03-04T16:00:00-05:00"
    )


@pytest.mark.parametrize(
    "ask",
    [
        lambda where, naive: where.add_working_time(naive, 60),
        lambda where, naive: where.add_working_time(naive, 0),
        lambda where, naive: where.working_time_between(naive, naive),
        lambda where, naive: where.add_working_days(naive, 1),
        lambda where, naive: where.add_calendar_days(naive, 1),
        lambda where, naive: where.end_of_day(naive),
        lambda where, naive: where.next_working_moment(naive),
        lambda where, naive: where.is_working_time(naive),
        lambda where, naive: where.provisional(naive),
        lambda where, naive: explain_working_time(where, naive, naive),
    ],
)
def test_a_naive_datetime_is_refused(ask: Callable[[WorkCalendar, datetime], object]) -> None:
    with pytest.raises(CalendarError, match="须带时区"):
        ask(national(), datetime(2026, 3, 4, 9, 0))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"weekly": {"mon": []}},
        {"days": {"2026-03-04": []}},
        {"days": {"2026-03-04": {"name": "补班"}}},
        {"seasons": [{"starts": "05-01", "ends": "09-30", "hours": {}}]},
    ],
)
def test_a_calendar_without_working_time_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(CalendarError, match="没有任何工作时间"):
        calendar(**data)


def test_a_calendar_that_opens_on_named_days_only_ends() -> None:
    where = calendar(days={"2026-03-04": [["09:00", "10:00"]], "2026-03-06": [["09:00", "10:00"]]})
    start = at("2026-03-04T09:30", where)
    assert where.add_working_time(start, 3600) == at("2026-03-06T09:30", where)
    asks: list[Callable[[], object]] = [
        lambda: where.add_working_time(start, 2 * HOUR),
        lambda: where.add_working_time(start, -2 * HOUR),
        lambda: where.add_working_days(start, 2),
        lambda: where.add_working_days(start, -1),
        lambda: where.next_working_moment(at("2026-03-07T09:30", where)),
    ]
    for ask in asks:
        with pytest.raises(CalendarError, match="100年"):
            ask()


@pytest.mark.parametrize("year", [1, 1899, 3000, 9999])
def test_a_date_out_of_range_is_refused(year: int) -> None:
    where = national()
    moment = datetime(year, 1, 1, 12, tzinfo=UTC)
    asks: list[Callable[[datetime], object]] = [
        where.next_working_moment,
        where.is_working_time,
        where.end_of_day,
        where.provisional,
    ]
    for ask in asks:
        with pytest.raises(CalendarError, match="超出可计算的范围"):
            ask(moment)
    with pytest.raises(CalendarError, match="超出可计算的范围"):
        where.is_working_day(date(year, 1, 1))


def test_a_limit_of_centuries_is_refused() -> None:
    where = national()
    start = at("2026-03-04T09:00", where)
    with pytest.raises(CalendarError, match="100年"):
        where.add_working_time(start, 1e12)
    with pytest.raises(CalendarError, match="100年"):
        where.add_calendar_days(start, 10**9)
    with pytest.raises(CalendarError, match="100年"):
        where.working_time_between(start, at("2226-03-04T09:00", where))


def test_what_is_due_past_the_confirmed_dates_is_provisional() -> None:
    where = national()
    assert not where.provisional(at("2026-12-31T18:00", where))
    assert not where.provisional(where.end_of_day(at("2026-12-31T18:00", where)))
    assert where.provisional(at("2027-01-01T00:00:01", where))
    assert where.provisional(at("2027-01-04T18:00", where))
    assert where.provisional(at("2023-12-29T18:00", where))
    assert not office().provisional(at("2099-01-04T18:00", where))

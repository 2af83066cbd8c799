"""The shipped working-time calendars: one file a country, one file a year.

A year's file is the arrangement of one notice: its days off and its make-up working days. A year
without a notice carries the statutory days alone and is not confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.calendar_data import CalendarData, Day, OfficeHours, Season
from domain.calendar_zone import CalendarError


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Notice(_Data):
    """The document that an arrangement comes from; `number` is what pages cite."""

    title: str
    number: str
    issued: date
    url: str | None = None


class Arrangement(_Data):
    """Days off and make-up working days of one year, by name.

    `confirmed` says whether the notice arranges this very year; otherwise the days are statutory
    ones, and neither days in lieu nor exchanged weekends are known yet.
    """

    year: int
    confirmed: bool
    notice: Notice
    holidays: dict[date, str]
    working_days: dict[date, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _no_date_is_both(self) -> Arrangement:
        both = self.holidays.keys() & self.working_days.keys()
        if both:
            raise ValueError(f"同一天既放假又上班：{min(both).isoformat()}")
        return self


class _Country(_Data):
    timezone: str
    office_hours: OfficeHours


def shipped_calendar(
    country: str = "cn", office_hours: OfficeHours | None = None, seasons: Sequence[Season] = ()
) -> CalendarData:
    """The shipped calendar of a country, every year merged; its own office hours unless others are given.

    Raises CalendarError for a country that none is shipped for.
    """
    general, arrangements = _read(country)
    return merge(
        arrangements,
        timezone=general.timezone,
        office_hours=general.office_hours if office_hours is None else office_hours,
        seasons=seasons,
    )


def merge(
    arrangements: Sequence[Arrangement],
    *,
    timezone: str,
    office_hours: OfficeHours,
    seasons: Sequence[Season] = (),
) -> CalendarData:
    """One calendar of consecutive years; confirmed up to the year before the first unconfirmed one."""
    by_year = sorted(arrangements, key=lambda arrangement: arrangement.year)
    confirmed = [arrangement for arrangement in by_year if arrangement.confirmed]
    if not confirmed or [a.year for a in by_year] != list(range(by_year[0].year, by_year[-1].year + 1)):
        raise CalendarError("节假日安排的年份须连续，且至少一年已由通知确定")
    if by_year[: len(confirmed)] != confirmed:
        raise CalendarError("未确定的年份之后不得有已确定的年份")
    return CalendarData(
        timezone=timezone,
        weekly=office_hours,
        seasons=tuple(seasons),
        holidays={day: name for year in by_year for day, name in year.holidays.items()},
        days={day: Day(name=name) for year in by_year for day, name in year.working_days.items()},
        version="、".join(arrangement.notice.number for arrangement in confirmed),
        confirmed_from=date(confirmed[0].year, 1, 1),
        confirmed_through=date(confirmed[-1].year, 12, 31),
    )


def arrangements(country: str = "cn") -> tuple[Arrangement, ...]:
    """The yearly arrangements shipped for a country, in order."""
    return _read(country)[1]


@cache
def _read(country: str) -> tuple[_Country, tuple[Arrangement, ...]]:
    files = {file.name: file for file in resources.files(__package__).iterdir()}
    general = files.get(f"{country}.json")
    if general is None:
        raise CalendarError(f"没有随附的日历：{country!r}")
    years = sorted(name for name in files if name.startswith(f"{country}-") and name.endswith(".json"))
    return (
        _Country.model_validate_json(general.read_bytes()),
        tuple(Arrangement.model_validate_json(files[name].read_bytes()) for name in years),
    )

"""Notices that change a shipped calendar: a year's arrangement, or days that a place closes or opens."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from domain.calendar_data import CalendarData, Day
from policies.calendars import Arrangement, Notice


class YearNotice(Arrangement):
    """The State Council's arrangement of one year; it replaces whatever was known of that year."""

    kind: Literal["year"] = "year"

    @model_validator(mode="after")
    def _is_confirmed(self) -> Self:
        if not self.confirmed:
            raise ValueError("只能导入已由通知确定的安排")
        return self


class LocalNotice(BaseModel):
    """Days on which a place closes although it would work, or works although it would be closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["local"]
    notice: Notice
    closed: dict[date, str] = Field(default_factory=dict)
    open: dict[date, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_something_once(self) -> Self:
        if not self.closed and not self.open:
            raise ValueError("通知没有写明任何一天")
        if both := self.closed.keys() & self.open.keys():
            raise ValueError(f"同一天既停办又办公：{min(both).isoformat()}")
        return self


CalendarNotice = Annotated[YearNotice | LocalNotice, Field(discriminator="kind")]
notice_adapter: TypeAdapter[YearNotice | LocalNotice] = TypeAdapter(CalendarNotice)


def revised(calendar: CalendarData, notice: YearNotice | LocalNotice) -> CalendarData:
    """The calendar after a notice. Its version names the notice, so that every moved deadline can cite it."""
    changed = _arranged(calendar, notice) if isinstance(notice, YearNotice) else _local(calendar, notice)
    names = [name for name in (calendar.version, notice.notice.number) if name]
    return changed.model_copy(update={"version": "、".join(dict.fromkeys(names))})


def _arranged(calendar: CalendarData, notice: YearNotice) -> CalendarData:
    kept_holidays = {day: name for day, name in calendar.holidays.items() if day.year != notice.year}
    kept_days = {day: named for day, named in calendar.days.items() if day.year != notice.year}
    through = calendar.confirmed_through
    follows_on = through is not None and notice.year <= through.year + 1
    last = date(notice.year, 12, 31)
    return calendar.model_copy(
        update={
            "holidays": {**kept_holidays, **notice.holidays},
            "days": {**kept_days, **{day: Day(name=name) for day, name in notice.working_days.items()}},
            "confirmed_through": max(through, last) if through and follows_on else through,
        }
    )


def _local(calendar: CalendarData, notice: LocalNotice) -> CalendarData:
    closed = {day: Day(name=name, hours=()) for day, name in notice.closed.items()}
    opened = {day: Day(name=name) for day, name in notice.open.items()}
    return calendar.model_copy(update={"days": {**calendar.days, **closed, **opened}})

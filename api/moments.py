"""Instants as the API writes them: ISO 8601 with the offset of the offices it serves."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, PlainSerializer

ZONE = ZoneInfo("Asia/Shanghai")
"""All of China keeps this time; a law's own calendar names it too."""


def shown(at: datetime) -> str:
    """The instant in the offices' zone."""
    return at.astimezone(ZONE).isoformat()


def written_out(value: Any) -> Any:
    """Refuses a number where a moment is wanted: nobody means seconds since 1970. ValueError."""
    if value is None or (isinstance(value, str) and "-" in value) or isinstance(value, datetime):
        return value
    raise ValueError("不是有效的日期和时间，应写作 2026-09-30T16:40:00+08:00")


def within_reach(at: datetime) -> datetime:
    """The moment, with the offices' offset where it has none.

    ValueError for one that nobody means, and whose instant cannot be told in every zone.
    """
    if at.year not in _REACHED:
        raise ValueError("日期超出可以查询的范围")
    return at if at.tzinfo is not None else at.replace(tzinfo=ZONE)


_REACHED = range(1900, 3000)

Moment = Annotated[datetime, PlainSerializer(shown, return_type=str)]

AskedMoment = Annotated[datetime, BeforeValidator(written_out), AfterValidator(within_reach)]
"""A moment in a question. Without an offset it is meant by the offices' clocks."""

AskedInstant = Annotated[AwareDatetime, AfterValidator(within_reach)]
"""One that has to say its offset."""

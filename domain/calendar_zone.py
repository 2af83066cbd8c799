"""Wall clock and instant: the only place that knows time zones.

Instants are whole microseconds since 1970-01-01T00:00Z, so that sums of durations are exact.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = _EPOCH.toordinal()
_MICROSECOND: Final = timedelta(microseconds=1)
_SECOND: Final = 1_000_000
_DAY: Final = 86_400 * _SECOND


class CalendarError(ValueError):
    """A calendar that cannot answer, or a question that no calendar can; the message is Chinese."""


@cache
def zone(name: str) -> tzinfo:
    """The IANA zone `name`; raises CalendarError for an unknown one."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise CalendarError(f"未知的时区：{name!r}") from None


def instant(at: datetime) -> int:
    """The instant of an aware datetime; a naive one is refused."""
    if at.tzinfo is None:
        raise CalendarError(f"时间须带时区：{at.isoformat()}")
    return (at - _EPOCH) // _MICROSECOND


def at_instant(moment: int, where: tzinfo) -> datetime:
    """The datetime of an instant as the clocks of `where` show it."""
    seconds, micros = divmod(moment, _SECOND)
    shown = datetime.fromtimestamp(seconds, where)
    return shown.replace(microsecond=micros) if micros else shown


def intervals_of_day(
    ordinal: int, hours: tuple[tuple[int, int], ...], where: tzinfo
) -> list[tuple[int, int]]:
    """The office hours of a local day (microseconds since midnight) as intervals between instants.

    On a day without a clock change this is one subtraction. On a day with one the real time between
    the edges counts: 00:00 to 24:00 is 23 or 25 hours. A clock time that is skipped is read with the
    offset before the change (02:30 becomes 03:30), one that comes twice stands for its first coming,
    as RFC 5545 has it. Office hours on a day that a zone leaves out altogether do not take place, nor
    does an interval that so would close before it opens (01:30 to 02:00 where 01:00 to 02:00 is skipped).
    """
    midnight = (ordinal - _EPOCH_DAY) * _DAY
    offset = _offset_at_midnight(ordinal, where)
    if offset == _offset_at_midnight(ordinal + 1, where):
        midnight -= offset
        return [(midnight + opens, midnight + closes) for opens, closes in hours]
    edges = ((_edge(midnight + opens, where), _edge(midnight + closes, where)) for opens, closes in hours)
    return [
        (opens, closes)
        for opens, closes in edges
        if opens < closes and at_instant(opens, where).toordinal() == ordinal
    ]


@lru_cache(maxsize=4096)
def _offset_at_midnight(ordinal: int, where: tzinfo) -> int:
    midnight = datetime.combine(date.fromordinal(ordinal), time.min, where)
    return _micros(midnight.utcoffset())


def _edge(wall: int, where: tzinfo) -> int:
    """The instant of a wall-clock moment given in microseconds since 1970-01-01T00:00 local."""
    shown = (_EPOCH + timedelta(microseconds=wall)).replace(tzinfo=where)
    return wall - _micros(shown.utcoffset())


def _micros(offset: timedelta | None) -> int:
    return 0 if offset is None else offset // _MICROSECOND

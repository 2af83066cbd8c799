"""Wall clock and instant: the only place that knows time zones.

Instants are whole microseconds since 1970-01-01T00:00Z, so that sums of durations are exact.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
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
    day: date, hours: tuple[tuple[int, int], ...], where: tzinfo
) -> list[tuple[int, int]]:
    """The office hours of a local day (microseconds since midnight) as intervals between instants.

    On a day without a clock change this is one subtraction. On a day with one, the real time between
    the edges counts: 00:00 to 24:00 is 23 or 25 hours. An edge that the clocks skip stands for the
    moment of the change, an edge that they show twice for its first showing, so that office hours
    never overlap and neighbouring ones still touch.
    """
    midnight = (day.toordinal() - _EPOCH_DAY) * _DAY
    offset = _offset(day, where)
    if offset == _offset(day + timedelta(days=1), where):
        midnight -= offset
        return [(midnight + opens, midnight + closes) for opens, closes in hours]
    edges = ((_edge(midnight + opens, where), _edge(midnight + closes, where)) for opens, closes in hours)
    return [(opens, closes) for opens, closes in edges if opens < closes]


def _offset(day: date, where: tzinfo) -> int:
    """The UTC offset that holds just before or at the day's midnight, in microseconds."""
    return _micros(datetime.combine(day, time.min, where).utcoffset())


def _edge(wall: int, where: tzinfo) -> int:
    """The instant at which the clocks of `where` first show `wall` or, if they skip it, something later."""
    shown = (_EPOCH + timedelta(microseconds=wall)).replace(tzinfo=where)
    first = wall - _micros(shown.utcoffset())
    second = wall - _micros(shown.replace(fold=1).utcoffset())
    return _change_between(second, first, where) if second < first else first


def _change_between(before: int, after: int, where: tzinfo) -> int:
    """The instant, after `before` and at the latest `after`, at which the offset of `where` changes."""
    old = _offset_at(before, where)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_at(middle, where) == old:
            before = middle
        else:
            after = middle
    return after


def _offset_at(moment: int, where: tzinfo) -> int:
    return _micros(at_instant(moment, where).utcoffset())


def _micros(offset: timedelta | None) -> int:
    return 0 if offset is None else offset // _MICROSECOND

"""Office hours in words: weekdays with the same hours together."""

from collections.abc import Mapping
from itertools import groupby
from typing import Final

from domain.calendar_data import WEEKDAYS, Weekday, format_clock_time

_WORDS: Final = dict(zip(WEEKDAYS, "一二三四五六日", strict=True))


def weekly(hours: Mapping[Weekday, tuple[tuple[int, int], ...]]) -> str:
    """周一至周五08:30—12:00、14:30—18:00；周六09:00—12:00. Days without hours are left out."""
    runs = groupby((day for day in WEEKDAYS), key=lambda day: hours.get(day, ()))
    return "；".join(f"{_days(list(days))}{_times(times)}" for times, days in runs if times)


def _days(days: list[Weekday]) -> str:
    first, last = _WORDS[days[0]], _WORDS[days[-1]]
    return f"周{first}" if first == last else f"周{first}至周{last}"


def _times(intervals: tuple[tuple[int, int], ...]) -> str:
    return "、".join(f"{format_clock_time(opens)}—{format_clock_time(closes)}" for opens, closes in intervals)

"""One year of a calendar as sorted instants, so that a question is answered by bisection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, tzinfo
from itertools import accumulate, islice
from operator import gt, sub

from domain.calendar_data import CalendarData
from domain.calendar_zone import intervals_of_day


@dataclass(frozen=True, slots=True)
class WorkingYear:
    """The office hours of one local year. Instants and durations in microseconds.

    `worked[i]` is the working time of the year before interval i, so the last entry is the total.
    """

    opens: list[int]
    closes: list[int]
    worked: list[int]
    total: int
    days: list[int]
    """The ordinals of the working days."""
    day_closes: list[int]
    """The close of business of each of `days`."""

    @classmethod
    def of(cls, data: CalendarData, number: int, where: tzinfo) -> WorkingYear:
        """Work out year `number` of a calendar in the zone `where`."""
        opens: list[int] = []
        closes: list[int] = []
        days: list[int] = []
        day_closes: list[int] = []
        for ordinal in range(date(number, 1, 1).toordinal(), date(number + 1, 1, 1).toordinal()):
            hours = data.hours_on(date.fromordinal(ordinal))
            if not hours:
                continue
            intervals = intervals_of_day(ordinal, hours, where)
            if intervals:
                opens += [opening for opening, _ in intervals]
                closes += [closing for _, closing in intervals]
                days.append(ordinal)
                day_closes.append(max(closing for _, closing in intervals))
        if any(map(gt, closes, islice(opens, 1, None))):
            opens, closes = _without_overlaps(opens, closes)
        worked = list(accumulate(map(sub, closes, opens), initial=0))
        return cls(opens, closes, worked, worked[-1], days, day_closes)

    def worked_before(self, moment: int) -> int:
        """The working time of the year up to `moment`."""
        index = bisect_right(self.opens, moment) - 1
        if index < 0:
            return 0
        return self.worked[index] + min(moment, self.closes[index]) - self.opens[index]

    def when_done(self, amount: int) -> int:
        """The first instant at which `amount` has been worked (a closing rather than the next opening).

        `amount` is more than 0 and at most `total`.
        """
        index = bisect_left(self.worked, amount) - 1
        return self.opens[index] + amount - self.worked[index]

    def when_begun(self, amount: int) -> int:
        """The last instant at which `amount` has been worked (an opening rather than the closing before).

        `amount` is at least 0 and less than `total`.
        """
        index = bisect_right(self.worked, amount) - 1
        return self.opens[index] + amount - self.worked[index]

    def close_of(self, ordinal: int) -> int | None:
        """The close of business of a date given as ordinal; None on a day off."""
        index = bisect_left(self.days, ordinal)
        if index < len(self.days) and self.days[index] == ordinal:
            return self.day_closes[index]
        return None


def _without_overlaps(opens: list[int], closes: list[int]) -> tuple[list[int], list[int]]:
    """Intervals that a clock change pushed into or past each other, in order, none counted twice."""
    kept: list[tuple[int, int]] = []
    reached = min(opens)
    for opening, closing in sorted(zip(opens, closes, strict=True)):
        if closing > reached:
            kept.append((max(opening, reached), closing))
            reached = closing
    return [opening for opening, _ in kept], [closing for _, closing in kept]

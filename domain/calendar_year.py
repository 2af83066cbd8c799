"""One year of a calendar as sorted instants, so that a question is answered by bisection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, tzinfo
from itertools import accumulate

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
            day = date.fromordinal(ordinal)
            hours = data.hours_on(day)
            if not hours:
                continue
            for opening, closing in intervals_of_day(day, hours, where):
                opens.append(opening)
                closes.append(closing)
                if not days or days[-1] != ordinal:
                    days.append(ordinal)
                    day_closes.append(closing)
                day_closes[-1] = closing
        lengths = (closing - opening for opening, closing in zip(opens, closes, strict=True))
        worked = list(accumulate(lengths, initial=0))
        return cls(opens, closes, worked, worked[-1], days, day_closes)

    def worked_before(self, moment: int) -> int:
        """The working time of the year up to `moment`."""
        index = bisect_right(self.opens, moment) - 1
        if index < 0:
            return 0
        return self.worked[index] + min(moment, self.closes[index]) - self.opens[index]

    def when_done(self, amount: int) -> int:
        """The first instant at which `amount` (more than 0, at most `total`) has been worked: a closing at the edge."""
        index = bisect_left(self.worked, amount) - 1
        return self.opens[index] + amount - self.worked[index]

    def when_begun(self, amount: int) -> int:
        """The last instant at which `amount` (less than `total`) has been worked: an opening at the edge."""
        index = bisect_right(self.worked, amount) - 1
        return self.opens[index] + amount - self.worked[index]

    def close_of(self, ordinal: int) -> int | None:
        """The close of business of a date given as ordinal; None on a day off."""
        index = bisect_left(self.days, ordinal)
        if index < len(self.days) and self.days[index] == ordinal:
            return self.day_closes[index]
        return None

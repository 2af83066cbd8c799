"""What a policy's rules made of many past tickets, counted."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from domain import facts
from domain.facts import Fact
from domain.vocabulary import ClockName

COUNTED = (
    ClockName.DISPATCH,
    ClockName.SIGN,
    ClockName.TARGET,
    ClockName.ANSWER,
    ClockName.HANDLE,
    ClockName.UPSTREAM,
)
"""The clocks that a past ticket's instants can meet or miss; rights, reviews and explanations are not."""


@dataclass(slots=True)
class Tally:
    """Counts under one policy: each clock's verdicts, the lamps, what was not taken in."""

    verdicts: dict[ClockName, Counter[str]] = field(default_factory=lambda: {c: Counter() for c in COUNTED})
    lamps: dict[ClockName, Counter[str]] = field(default_factory=lambda: {c: Counter() for c in COUNTED})
    supervisions: int = 0
    taken: int = 0
    not_taken: Counter[str] = field(default_factory=Counter)

    def take(self, made: list[Fact]) -> frozenset[ClockName]:
        """Count one ticket's facts; the clocks it breached."""
        started: set[ClockName] = set()
        met: set[ClockName] = set()
        breached: set[ClockName] = set()
        for fact in made:
            if isinstance(fact, facts.SupervisionOpened):
                self.supervisions += 1
                continue
            clock: ClockName | None = getattr(fact, "clock", None)
            if clock not in COUNTED or clock is None:
                continue
            if isinstance(fact, facts.ClockStarted):
                started.add(clock)
            elif isinstance(fact, facts.ClockMet):
                met.add(clock)
            elif isinstance(fact, facts.ClockBreached):
                breached.add(clock)
            elif isinstance(fact, facts.BreachWithdrawn):
                breached.discard(clock)
            elif isinstance(fact, facts.ClockEnded) and clock not in breached:
                started.discard(clock)
            elif isinstance(fact, facts.LampLit):
                self.lamps[clock][fact.lamp.value] += 1
        for clock in started:
            verdict = "breached" if clock in breached else "on_time" if clock in met else "running"
            self.verdicts[clock][verdict] += 1
        self.taken += 1
        return frozenset(breached)

    def to_json(self) -> dict[str, Any]:
        """The counts as plain values; clocks that never ran are left out."""
        clocks = {
            clock.value: {
                **{verdict: self.verdicts[clock][verdict] for verdict in ("on_time", "breached", "running")},
                "lamps": {lamp: self.lamps[clock][lamp] for lamp in ("warning", "yellow", "red")},
            }
            for clock in COUNTED
            if self.verdicts[clock]
        }
        return {
            "taken": self.taken,
            "not_taken": dict(sorted(self.not_taken.items())),
            "clocks": clocks,
            "supervisions": self.supervisions,
        }

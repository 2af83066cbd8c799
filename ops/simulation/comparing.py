"""Two policies over the same past tickets."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.law import Law
from domain.rejected import Rejected
from domain.vocabulary import ClockName
from ops.simulation.past import PastTicket
from ops.simulation.replaying import replayed
from ops.simulation.tally import Tally


@dataclass(slots=True)
class Comparison:
    """What each policy made of the tickets, and how their handling limits would have gone side by side.

    `handling` counts only tickets that both policies take: breached under both, under neither, or under one.
    """

    tickets: int
    until: datetime
    policies: tuple[str, str]
    tallies: tuple[Tally, Tally] = field(default_factory=lambda: (Tally(), Tally()))
    handling: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """The comparison as plain values."""
        first, second = self.policies
        return {
            "tickets": self.tickets,
            "until": self.until.isoformat(),
            "policies": {
                name: tally.to_json() for name, tally in zip(self.policies, self.tallies, strict=True)
            },
            "handling": {
                "late_under_neither": self.handling["neither"],
                "late_under_both": self.handling["both"],
                f"late_only_under_{first}": self.handling["first"],
                f"late_only_under_{second}": self.handling["second"],
            },
        }


def compare(
    laws: tuple[Law, Law],
    past: Sequence[PastTicket],
    until: datetime | None = None,
    advance: Callable[[], object] = lambda: None,
) -> Comparison:
    """Run every ticket under both laws. Open tickets are followed up to `until`.

    Without `until` that is the latest instant that any of the tickets knows. `advance` is called after each.
    """
    local = laws[0].calendar.localised
    end = until or max(local(ticket.last) for ticket in past)
    comparison = Comparison(tickets=len(past), until=end, policies=_names(laws))
    for ticket in past:
        first, second = (
            _late(law, tally, ticket, end) for law, tally in zip(laws, comparison.tallies, strict=True)
        )
        if first is not None and second is not None:
            comparison.handling[_WORDS[first, second]] += 1
        advance()
    return comparison


def _names(laws: tuple[Law, Law]) -> tuple[str, str]:
    """The policies' ids; two versions of one policy are told apart by a number."""
    first, second = (law.policy.id for law in laws)
    return (f"{first}-1", f"{second}-2") if first == second else (first, second)


_WORDS = {
    (False, False): "neither",
    (True, True): "both",
    (True, False): "first",
    (False, True): "second",
}


def _late(law: Law, tally: Tally, ticket: PastTicket, until: datetime) -> bool | None:
    """Whether the handling limit would have been breached, None where the policy does not take the ticket."""
    try:
        breached = tally.take(replayed(law, ticket, until))
    except Rejected as refusal:
        tally.not_taken[refusal.code] += 1
        return None
    return ClockName.HANDLE in breached

"""Which of a unit's words a citizen is shown: the result of a reply, once it has passed every review.

A unit answers twice: it tells the citizen and reports to the hotline. What it reports is the office's until
the last level has passed it; from then on it is the answer that was given.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from domain.vocabulary import UnitStage

_REPLIES: Final = frozenset({"reply", "complete_plan"})
_REVIEWS: Final = frozenset({"first_review", "final_review"})
_GONE: Final = frozenset({UnitStage.RETURNED, UnitStage.RECALLED})
SHOWN: Final = "text"
"""The one field of such a reply that citizens see; materials, handlers and grounds are not for them."""


def replies_told(facts: Iterable[tuple[int, Mapping[str, Any]]]) -> frozenset[int]:
    """The numbers of the facts, of a ticket's own in order, whose reply has passed every review."""
    waiting: dict[str, int] = {}
    told = set()
    for seq, fact in facts:
        unit = fact.get("unit", "")
        do = fact["do"] if fact["fact"] == "done" else None
        to = fact["to"] if fact["fact"] == "unit_moved" else None
        if do in _REPLIES:
            waiting[unit] = seq
        elif to in _GONE or (do in _REVIEWS and not fact["details"]["approve"]):
            waiting.pop(unit, None)
        elif to == UnitStage.DONE and unit in waiting:
            told.add(waiting.pop(unit))
    return frozenset(told)

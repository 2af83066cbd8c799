"""The lines a scenario prints: facts of all its workflows in time order, and what was refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.facts import Fact, to_json
from domain.law import Law
from domain.rejected import Rejected

Line = dict[str, Any]
UNPRINTED = frozenset({"texts", "command_id", "by"})


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with its place: instant, workflow, position in that workflow."""

    at: datetime
    stream: str
    position: float
    line: Line

    @property
    def order(self) -> tuple[datetime, str, float]:
        """Sorting key."""
        return self.at, self.stream, self.position


def fact_line(fact: Fact, law: Law) -> Line:
    """A fact as it is printed: no texts, moments in the calendar's zone."""
    written = {key: _ordered(value) for key, value in to_json(fact).items() if key not in UNPRINTED}
    return {**written, "at": law.calendar.local(fact.at).isoformat()}


def _ordered(value: Any) -> Any:
    """What is within a field, its own fields by name: a database gives them back in an order of its own."""
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, list | tuple) else value


def refused_line(at: datetime, do: str, refusal: Rejected) -> Line:
    """A refusal as it is printed."""
    return {
        "at": at.isoformat(),
        "fact": "refused",
        "do": do,
        "code": refusal.code,
        "basis": list(refusal.basis),
        "message": refusal.message_zh,
    }


def in_order(placed: Iterable[Placed]) -> list[Line]:
    """The lines of all workflows, by instant, then workflow, then position."""
    return [p.line for p in sorted(placed, key=lambda p: p.order)]


def matches(expected: Mapping[str, Any], line: Mapping[str, Any]) -> bool:
    """Whether a printed line has every field of an expected one, with the same value."""
    return all(key in line and line[key] == value for key, value in expected.items())

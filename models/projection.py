"""From a ticket's view and facts to the rows of its projection: the same for a record and for a rebuild."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.fact_effects import CallerMark, Numbered, caller_marks, precedents

Row = dict[str, Any]

_TICKET = (
    "next_due",
    "upstream_due",
    "received_at",
    "registered_at",
    "dispatched_at",
    "closed_at",
    "ended_at",
)
_ASSIGNMENT = ("dispatched_at", "signed_at", "replied_at", "ended_at")
_CLOCK = ("anchor", "started_at", "due_at", "silent_since", "breached_at", "met_at", "ended_at")


@dataclass(frozen=True)
class Projection:
    """The rows that some facts touch, as the tables want them."""

    ticket: Row
    assignments: list[Row]
    clocks: list[Row]
    precedents: list[Row]
    caller_marks: list[CallerMark]


def project(view: Mapping[str, Any], law_id: str, facts: Iterable[Numbered]) -> Projection:
    """The rows that numbered facts touch; `view` is what domain.view.view made of these facts."""
    numbered = list(facts)
    about = view["ticket"]
    of_this = {"ticket_no": about["no"]}
    return Projection(
        ticket={**_read(about, _TICKET), "law_id": law_id},
        assignments=[{**of_this, **_read(row, _ASSIGNMENT)} for row in view["assignments"]],
        clocks=[{**of_this, **_read(row, _CLOCK)} for row in view["clocks"]],
        precedents=precedents(about, numbered),
        caller_marks=list(caller_marks(numbered)),
    )


def _read(row: Mapping[str, Any], instants: Iterable[str]) -> Row:
    read = {name: datetime.fromisoformat(row[name]) for name in instants if row[name] is not None}
    return {**row, **read}

"""What facts say about rows beside the ticket's own: its callers, precedents, and supervisions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.commands import TicketFields

Numbered = tuple[int, Mapping[str, Any]]
"""A fact as JSON with its number."""

_ANSWERS = frozenset({"answer", "answer_citizen", "reply"})
_RATINGS = ("reached", "handling", "intake", "solved", "reasonable")


@dataclass(frozen=True)
class CallerMark:
    """A change of one caller's row, or of all of the ticket's that joined by then."""

    at: datetime
    caller: UUID | None
    changes: Mapping[str, Any]


def caller_marks(facts: Iterable[Numbered]) -> Iterator[CallerMark]:
    """Answers, callbacks, ratings and withdrawals of callers."""
    for _, fact in facts:
        at = datetime.fromisoformat(fact["at"])
        if fact["fact"] == "callback_settled":
            ratings = {name: fact[name] for name in _RATINGS if name in fact}
            caller = _uuid(fact["caller"])
            if caller is not None:
                yield CallerMark(at, caller, {"called_back_at": at, "ratings": ratings})
        elif fact["fact"] == "done":
            details = fact.get("details", {})
            caller = _uuid(details.get("caller"))
            if fact["do"] == "withdraw" and caller is not None:
                yield CallerMark(at, caller, {"withdrawn_at": at})
            elif fact["do"] in _ANSWERS and (fact["do"] != "reply" or details.get("contacted_at")):
                yield CallerMark(at, None, {"answered_at": at})


def joined_callers(facts: Iterable[Numbered]) -> list[UUID]:
    """The callers that a merge brought to this ticket."""
    named = [
        _uuid(caller) for _, fact in facts if fact["fact"] == "callers_joined" for caller in fact["callers"]
    ]
    return [caller for caller in named if caller is not None]


def precedents(ticket: Mapping[str, Any], facts: Iterable[Numbered]) -> list[dict[str, Any]]:
    """Rows for what a panel decided about who handles such a matter."""
    return [
        {
            "ticket_no": ticket["no"],
            "seq": seq,
            "jurisdiction": ticket["jurisdiction"],
            "area": ticket["area"],
            "category": ticket["category"],
            "unit": fact.get("unit") or fact["details"]["unit"],
            "decided_at": datetime.fromisoformat(fact["at"]),
        }
        for seq, fact in facts
        if fact["fact"] == "done"
        and fact["do"] == "panel_decision"
        and (fact.get("unit") or fact.get("details", {}).get("unit"))
    ]


def opened_supervisions(facts: Iterable[Numbered]) -> list[Mapping[str, Any]]:
    """The facts that opened a supervision."""
    return [fact for _, fact in facts if fact["fact"] == "supervision_opened"]


def about(ticket: Mapping[str, Any]) -> dict[str, Any]:
    """What a ticket is about, from its row.

    The fields of registration that a supervision's limits look at.
    """
    return {name: ticket[name] for name in TicketFields.model_fields if ticket.get(name) is not None}


def supervision_row(
    no: str, ticket_no: str | None, jurisdiction: str, begun: Mapping[str, Any]
) -> dict[str, Any]:
    """A supervision's first row, from the fact that opened or began it."""
    due = begun.get("due")
    return {
        "no": no,
        "seq": 0,
        "ticket_no": ticket_no,
        "jurisdiction": jurisdiction,
        "unit": begun["unit"],
        "cause": begun["cause"],
        "form": begun.get("form"),
        "level": begun["level"],
        "status": "open",
        "opened_at": datetime.fromisoformat(begun["at"]),
        "due_at": datetime.fromisoformat(due) if due else None,
        "provisional": False,
        "lamp": None,
        "breached_at": None,
        "answered_at": None,
        "closed_at": None,
    }


def supervision_changes(facts: Iterable[Numbered]) -> dict[str, Any]:
    """The columns of a supervision that its facts change, as they stand after the last one."""
    changes: dict[str, Any] = {}
    for seq, fact in facts:
        changes["seq"] = seq
        at = datetime.fromisoformat(fact["at"])
        match fact["fact"]:
            case "clock_started" | "clock_moved":
                changes |= {
                    "due_at": datetime.fromisoformat(fact["due"]),
                    "provisional": fact["provisional"],
                }
            case "lamp":
                changes["lamp"] = fact["lamp"]
            case "clock_breached":
                changes["breached_at"] = at
            case "breach_withdrawn":
                changes["breached_at"] = None
            case "done" if fact["do"] == "answer_supervision":
                changes |= {"answered_at": at, "status": "answered"}
            case "supervision_raised":
                changes["level"] = fact["level"]
            case "supervision_closed":
                changes |= {"closed_at": at, "status": "closed"}
    return changes


def _uuid(written: str | None) -> UUID | None:
    """The id of a stored caller; a scenario's callers have other names and no row."""
    try:
        return UUID(written) if written else None
    except ValueError:
        return None

"""Which tickets an actor may know of, and which words on them they may read: one place for both.

Whoever may not know of a ticket gets the same answer as for one that does not exist.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, true

from api.identity import UNIT_ROLES
from domain.commands import Actor
from domain.vocabulary import Role
from models.tables import Assignment, Caller, Supervision, Ticket

_SAID_TO_THE_LEAD = frozenset({"submit_to_lead", "supplement"})
_SAID_TO_THE_CITIZEN = frozenset({"answer", "answer_citizen", "refuse", "supplement", "appeal", "rate"})


def visible_tickets(actor: Actor) -> ColumnElement[bool]:
    """The condition on `ticket` that an actor's tickets meet."""
    if actor.role in UNIT_ROLES:
        return exists().where(
            Assignment.ticket_no == Ticket.no,
            (Assignment.unit == actor.unit) | (Assignment.subordinate == actor.unit),
        )
    if actor.role is Role.CITIZEN:
        caller = _uuid(actor.id)
        if caller is None:
            return false()
        return exists().where(Caller.ticket_no == Ticket.no, Caller.id == caller)
    return true()


def visible_supervisions(actor: Actor) -> ColumnElement[bool]:
    """The condition on `supervision` that an actor's supervisions meet."""
    if actor.role in UNIT_ROLES:
        return Supervision.unit == actor.unit
    return false() if actor.role is Role.CITIZEN else true()


def may_read_words(actor: Actor, fact: Mapping[str, Any]) -> bool:
    """Whether an actor who sees the ticket may read what people wrote in one of its facts."""
    if fact["fact"] == "registered":
        return True
    do = fact.get("do", "")
    if actor.role in UNIT_ROLES:
        return fact.get("unit") in (None, actor.unit) or do in _SAID_TO_THE_LEAD
    if actor.role is Role.CITIZEN:
        return do in _SAID_TO_THE_CITIZEN
    return True


def _uuid(written: str | None) -> UUID | None:
    try:
        return UUID(written) if written else None
    except ValueError:
        return None

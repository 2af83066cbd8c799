"""What a new calendar does to open tickets: which there are, the calendar each gets, and what would move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.casework import decide, settle
from domain.commands import Actor, Envelope, ReviseCalendar
from domain.facts import ClockMoved, from_json
from domain.law import Law
from domain.ticket import evolve, fold
from domain.vocabulary import Role
from models import facts_store
from models.calendar_notices import ImportedNotice, applied
from models.contracts.law import LawByValue
from models.facts_store import TICKET
from models.laws import StoredLaw
from models.tables import Ticket


@dataclass(frozen=True)
class OpenTicket:
    """A ticket whose deadlines may move."""

    no: str
    law_id: str
    received_at: datetime


@dataclass(frozen=True)
class Move:
    """A deadline that would fall elsewhere."""

    no: str
    unit: str
    clock: str
    was: datetime
    due: datetime
    provisional: bool


async def open_tickets(conn: AsyncConnection, after: str, limit: int) -> Sequence[OpenTicket]:
    """The next page of tickets without an end, in the order of their numbers."""
    rows = await conn.execute(
        select(Ticket.no, Ticket.law_id, Ticket.received_at)
        .where(Ticket.ended_at.is_(None), Ticket.no > after)
        .order_by(Ticket.no)
        .limit(limit)
    )
    return [OpenTicket(*row) for row in rows]


def calendar_for(ticket: OpenTicket, law: StoredLaw, notices: Sequence[ImportedNotice]) -> dict[str, Any]:
    """The slice of the revised calendar that this ticket can need, as its command carries it."""
    revised = applied(law.calendar, notices)
    return LawByValue.of(law.id, law.policy, revised, ticket.received_at.date()).calendar


def order_of(calendar: dict[str, Any], at: datetime, command_id: str) -> Envelope:
    """The command that moves a ticket to a calendar."""
    return Envelope(
        command=ReviseCalendar(calendar=calendar),
        actor=Actor(role=Role.SYSTEM),
        received_at=at,
        id=command_id,
    )


async def moves(
    conn: AsyncConnection, ticket: OpenTicket, law: Law, calendar: dict[str, Any], now: datetime
) -> list[Move]:
    """What the calendar would move in a ticket; nothing is changed."""
    stored = await facts_store.load(conn, TICKET, ticket.no)
    if not stored:
        return []
    state = fold(from_json(row.data) for row in stored)
    at = max(now, state.last_command_at or now)
    for fact in settle(law, state, at):
        state = evolve(state, fact)
    if state.ended:
        return []
    made = decide(law, state, order_of(calendar, at, "preview"), law.calendar.local(at))
    return [
        Move(ticket.no, fact.unit, fact.clock.value, fact.was, fact.due, fact.provisional)
        for fact in made
        if isinstance(fact, ClockMoved)
    ]

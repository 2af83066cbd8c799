"""What a new calendar does to open tickets and supervisions: which there are, and what would move in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain import supervision as supervising
from domain.calendar_data import CalendarData
from domain.casework import decide, settle
from domain.commands import Actor, Envelope, ReviseCalendar
from domain.facts import ClockMoved, Fact, from_json
from domain.law import Law
from domain.ticket import evolve, fold
from domain.vocabulary import Role
from models import facts_store
from models.calendar_notices import ImportedNotice, applied
from models.contracts.law import LawByValue
from models.facts_store import SUPERVISION, TICKET
from models.laws import StoredLaw
from models.recording import START_SUPERVISION
from models.tables import Outbox, Supervision, Ticket


@dataclass(frozen=True)
class OpenCase:
    """A ticket or supervision whose deadlines may move: its law, and when its time began."""

    no: str
    law_id: str
    since: datetime


@dataclass(frozen=True)
class Move:
    """A deadline that would fall elsewhere."""

    no: str
    unit: str
    clock: str
    was: datetime
    due: datetime
    provisional: bool


async def open_tickets(conn: AsyncConnection, after: str, limit: int) -> Sequence[OpenCase]:
    """The next page of tickets without an end, in the order of their numbers."""
    rows = await conn.execute(
        select(Ticket.no, Ticket.law_id, Ticket.received_at)
        .where(Ticket.ended_at.is_(None), Ticket.no > after)
        .order_by(Ticket.no)
        .limit(limit)
    )
    return [OpenCase(*row) for row in rows]


async def open_supervisions(conn: AsyncConnection, after: str, limit: int) -> Sequence[OpenCase]:
    """The next page of supervisions that were not struck off, in the order of their numbers.

    Their law is the one their facts were made under; for one whose workflow has not begun yet, the one it
    waits to begin under.
    """
    begun = SUPERVISION.table.alias("begun")
    law_id = func.coalesce(begun.c.law_id, Outbox.payload["law_id"].astext)
    rows = await conn.execute(
        select(Supervision.no, law_id, Supervision.opened_at)
        .outerjoin(begun, (begun.c.no == Supervision.no) & (begun.c.seq == 1))
        .outerjoin(Outbox, (Outbox.kind == START_SUPERVISION) & (Outbox.subject == Supervision.no))
        .where(Supervision.closed_at.is_(None), Supervision.no > after)
        .order_by(Supervision.no)
        .limit(limit)
    )
    return [OpenCase(*row) for row in rows]


async def calendar_of(conn: AsyncConnection, ticket_no: str) -> CalendarData | None:
    """The calendar that a ticket was last moved to, None for one that runs by its law's own."""
    facts = TICKET.table
    said = await conn.scalar(
        select(facts.c.data)
        .where(TICKET.of(ticket_no), facts.c.fact == "done", facts.c.data["do"].astext == "revise_calendar")
        .order_by(facts.c.seq.desc())
        .limit(1)
    )
    return None if said is None else CalendarData.model_validate(said["details"]["calendar"])


def calendar_for(case: OpenCase, law: StoredLaw, notices: Sequence[ImportedNotice]) -> dict[str, Any]:
    """The slice of the revised calendar that this case can need, as its command carries it."""
    revised = applied(law.calendar, notices)
    return LawByValue.of(law.id, law.policy, revised, case.since.date()).calendar


def order_of(calendar: dict[str, Any], at: datetime, command_id: str) -> Envelope:
    """The command that moves a ticket or supervision to a calendar."""
    return Envelope(
        command=ReviseCalendar(calendar=calendar),
        actor=Actor(role=Role.SYSTEM),
        received_at=at,
        id=command_id,
    )


async def moves(
    conn: AsyncConnection, ticket: OpenCase, law: Law, calendar: dict[str, Any], now: datetime
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
    return _moved(ticket.no, decide(law, state, order_of(calendar, at, "preview"), law.calendar.local(at)))


async def supervision_moves(
    conn: AsyncConnection, opened: OpenCase, law: Law, calendar: dict[str, Any], now: datetime
) -> list[Move]:
    """What the calendar would move in a supervision; nothing is changed."""
    stored = await facts_store.load(conn, SUPERVISION, opened.no)
    if not stored:
        return []
    state = supervising.fold(from_json(row.data) for row in stored)
    at = max(now, state.last_command_at or now)
    for fact in supervising.settle(law, state, at):
        state = supervising.evolve(state, fact)
    if state.ended:
        return []
    order = order_of(calendar, at, "preview")
    return _moved(opened.no, supervising.decide(law, state, order, law.calendar.local(at)))


def _moved(no: str, made: Iterable[Fact]) -> list[Move]:
    return [
        Move(no, fact.unit, fact.clock.value, fact.was, fact.due, fact.provisional)
        for fact in made
        if isinstance(fact, ClockMoved)
    ]

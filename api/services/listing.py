"""Lists of tickets: filtered, most urgent first, paged by the place of the last row and not by counting."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from api.problems import Problem
from api.services.scope import visible_tickets
from domain.commands import Actor
from models.tables import Assignment, Ticket

_NEVER = "infinity"


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; several values of one filter are alternatives."""

    status: Sequence[str] = ()
    unit: Sequence[str] = ()
    lamp: Sequence[str] = ()
    type: Sequence[str] = ()
    level: Sequence[str] = ()
    source: Sequence[str] = ()
    area: Sequence[str] = ()
    urgency: Sequence[str] = ()
    number: str | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None
    open_only: bool = False


@dataclass(frozen=True)
class Page:
    """Rows of one page, and where the next one begins; None after the last."""

    rows: Sequence[Any] = field(repr=False)
    next_cursor: str | None


_COLUMNS = (
    Ticket.no,
    Ticket.jurisdiction,
    Ticket.status,
    Ticket.stage,
    Ticket.type,
    Ticket.urgency,
    Ticket.level,
    Ticket.source,
    Ticket.category,
    Ticket.area,
    Ticket.lead_unit,
    Ticket.lamp,
    Ticket.next_due,
    Ticket.next_due_clock,
    Ticket.provisional,
    Ticket.upstream_no,
    Ticket.received_at,
    Ticket.dispatched_at,
    Ticket.closed_at,
    Ticket.ended_at,
    Ticket.counters,
)
_PLACE = (Ticket.lamp_rank, Ticket.due_order, Ticket.no)


async def tickets(
    conn: AsyncConnection, actor: Actor, filters: Filters, cursor: str | None, limit: int
) -> Page:
    """One page of the tickets an actor may know of. 422 for a cursor that no page gave."""
    query = _filtered(select(*_COLUMNS, Ticket.lamp_rank), filters).where(visible_tickets(actor))
    if cursor is not None:
        query = query.where(_after(cursor))
    rows = (await conn.execute(query.order_by(*_PLACE).limit(limit + 1))).all()
    return Page(rows[:limit], _cursor(rows[limit - 1]) if len(rows) > limit else None)


def _filtered(query: Select[Any], filters: Filters) -> Select[Any]:
    for column in (
        Ticket.status,
        Ticket.lamp,
        Ticket.type,
        Ticket.level,
        Ticket.source,
        Ticket.area,
        Ticket.urgency,
    ):
        wanted: Sequence[str] = getattr(filters, column.key)
        if wanted:
            query = query.where(column.in_(wanted))
    if filters.unit:
        has_it = select(Assignment.unit).where(
            Assignment.ticket_no == Ticket.no, Assignment.unit.in_(filters.unit)
        )
        query = query.where(has_it.exists())
    if filters.number is not None:
        query = query.where(
            or_(Ticket.no.startswith(filters.number, autoescape=True), Ticket.upstream_no == filters.number)
        )
    if filters.due_before is not None:
        query = query.where(Ticket.next_due < filters.due_before)
    if filters.due_after is not None:
        query = query.where(Ticket.next_due >= filters.due_after)
    return query.where(Ticket.ended_at.is_(None)) if filters.open_only else query


def _after(cursor: str) -> ColumnElement[bool]:
    rank, due, no = _read(cursor)
    if due is not None:
        return tuple_(*_PLACE) > tuple_(rank, due, no)
    # Tickets that owe nothing stand last among those of their lamp, in the order of their numbers.
    return or_(
        Ticket.lamp_rank > rank,
        and_(Ticket.lamp_rank == rank, Ticket.next_due.is_(None), Ticket.no > no),
    )


def _cursor(row: Any) -> str:
    place = [row.lamp_rank, row.next_due.isoformat() if row.next_due else _NEVER, row.no]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[int, datetime | None, str]:
    try:
        rank, due, no = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not (type(rank) is int and 0 <= rank <= 9 and isinstance(no, str) and no.isascii()):
            raise ValueError
        return rank, None if due == _NEVER else _aware(datetime.fromisoformat(due)), no.replace("\x00", "")
    except (ValueError, TypeError, binascii.Error):
        raise Problem(422, "bad_cursor", "翻页标记无效。请从第一页重新查起。") from None


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError
    return at

"""Who calls, as far as the number tells."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from api.services.listing import COLUMNS
from api.services.parts import Parts
from api.services.reading import masked_name
from api.services.scope import visible_tickets
from api.services.titles import demands
from domain.commands import Actor
from models import callers
from models.tables import Ticket

SHOWN = 10


@dataclass(frozen=True)
class Known:
    """A caller's masked name, and their tickets, open ones first."""

    name: str | None = field(repr=False)
    tickets: list[dict[str, Any]] = field(repr=False)


async def by_phone(parts: Parts, actor: Actor, phone: str) -> Known:
    """What is known of this number; nothing for one that never called."""
    async with parts.engine.connect() as conn:
        numbers = await callers.tickets_of_phone(conn, parts.ring, phone)
        query = (
            select(*COLUMNS)
            .where(Ticket.no.in_(numbers), visible_tickets(actor))
            .order_by(Ticket.ended_at.is_not(None), Ticket.received_at.desc())
            .limit(SHOWN)
        )
        rows = (await conn.execute(query)).all()
        said = await demands(conn, parts, [row.no for row in rows])
        people = await callers.read_ticket(conn, parts.ring, rows[0].no) if rows else []
    lines = [{**row._mapping, "title": said[row.no].title if row.no in said else None} for row in rows]
    return Known(next((masked_name(one.name) for one in people if one.name), None), lines)

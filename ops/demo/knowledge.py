"""What the demonstration's units have written for whoever answers the phone."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.vocabulary import Role, TicketType
from models import knowledge
from models.knowledge import Words
from ops.demo.lives import Demand

_HOLDS = timedelta(days=365)
_BEFORE = timedelta(days=30)
"""How long ago the entries were written."""


async def write_knowledge(
    conn: AsyncConnection,
    demands: Sequence[Demand],
    office: str,
    people: Mapping[tuple[str, str], str],
    now: datetime,
) -> int:
    """An entry for each question that is asked, by the unit that answers it; how many there are.

    All are published but the last two: one waits for the office, the other was sent back.
    """
    asked = [one for one in demands if one.type is TicketType.CONSULTATION]
    written = now - _BEFORE
    granted_by = people.get((office, Role.OFFICE))
    for left, demand in zip(range(len(asked), 0, -1), asked, strict=True):
        author = people.get((demand.unit, Role.KNOWLEDGE_EDITOR))
        version = await knowledge.write(conn, demand.unit, _words(demand, written.date()), author, written)
        await knowledge.submit(conn, await _found(conn, version), written)
        if left > 2:
            await knowledge.decide(conn, await _found(conn, version), True, None, granted_by, written)
        elif left == 2:
            why = "请补充办理地点和电话。"
            await knowledge.decide(conn, await _found(conn, version), False, why, granted_by, now)
    return len(asked)


async def _found(conn: AsyncConnection, version: UUID) -> Any:
    row = await knowledge.find(conn, version)
    assert row is not None, "it was written in this transaction"
    return row


def _words(demand: Demand, since: date) -> Words:
    return Words(
        title=demand.title,
        body=demand.reply,
        category=demand.category,
        valid_from=since,
        valid_until=since + _HOLDS,
    )

"""Who is still to be called back, with the attempts that were made and those that remain."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.services.listing import COLUMNS
from api.services.parts import Parts
from api.services.reading import masked_name
from api.services.scope import visible_tickets
from api.services.titles import demands
from domain.commands import Actor
from domain.vocabulary import Status
from models import callers
from models.callers import ReadCaller
from models.phones import masked_phone
from models.tables import Caller, Ticket, TicketFact

_WAITING = (Status.CALLBACK.value, Status.CLOSED.value)
"""Where callbacks are made: before closing, or after it, as the policy says."""


@dataclass(frozen=True)
class Attempts:
    """How often a caller was called in vain or reached since the work was last done, and when last."""

    made: int = 0
    last_at: datetime | None = None


async def waiting(
    parts: Parts, actor: Actor, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of tickets with callers to be called back, in the order of their numbers, and where to go on."""
    async with parts.engine.connect() as conn:
        query = (
            select(*COLUMNS, Ticket.law_id)
            .where(*_has_somebody_to_call(actor))
            .order_by(Ticket.no)
            .limit(limit + 1)
        )
        if after is not None:
            query = query.where(Ticket.no > after)
        rows = (await conn.execute(query)).all()
        numbers = [row.no for row in rows[:limit]]
        said = await demands(conn, parts, numbers)
        attempts = await _attempts(conn, numbers)
        waits = set(
            await conn.scalars(select(Caller.id).where(Caller.ticket_no.in_(numbers), _to_be_called()))
        )
        shown = []
        for row in rows[:limit]:
            _, law = await parts.laws.get(conn, row.law_id)
            people = await callers.read_ticket(conn, parts.ring, row.no)
            shown.append(
                {
                    "ticket": {**row._mapping, "title": said[row.no].title if row.no in said else None},
                    "callers": [_caller(one, attempts) for one in people if one.id in waits],
                    "attempts_allowed": law.policy.callback.attempts,
                }
            )
    return shown, numbers[-1] if len(rows) > limit else None


async def how_many_wait(conn: AsyncConnection, actor: Actor) -> int:
    """The length of the whole list."""
    return await conn.scalar(select(func.count()).where(*_has_somebody_to_call(actor))) or 0


def _has_somebody_to_call(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Ticket.status.in_(_WAITING),
        Ticket.ended_at.is_(None),
        visible_tickets(actor),
        exists().where(Caller.ticket_no == Ticket.no, _to_be_called()),
    )


def _to_be_called() -> ColumnElement[bool]:
    """The condition on `caller`: not called back since the last redo, and still to be called."""
    row = TicketFact
    redone_at = (
        select(func.max(row.at))
        .where(row.ticket_no == Caller.ticket_no, row.fact == "done", row.data["do"].as_string() == "redo")
        .scalar_subquery()
    )
    waits = or_(Caller.called_back_at.is_(None), Caller.called_back_at < redone_at)
    return waits & Caller.withdrawn_at.is_(None) & Caller.erased_at.is_(None)


def _caller(one: ReadCaller, attempts: Mapping[str, Attempts]) -> dict[str, Any]:
    made = attempts.get(str(one.id), Attempts())
    return {
        "id": str(one.id),
        "name": masked_name(one.name) if one.name else None,
        "phone": masked_phone(one.phone) if one.phone else None,
        "attempts": made.made,
        "last_attempt_at": made.last_at,
    }


async def _attempts(conn: AsyncConnection, numbers: Collection[str]) -> Mapping[str, Attempts]:
    """By caller. A redo begins the count anew, as it does in the core."""
    row = TicketFact
    do = row.data["do"].as_string()
    query = (
        select(
            row.ticket_no, row.at, do.label("do"), row.data["details"]["caller"].as_string().label("caller")
        )
        .where(row.ticket_no.in_(numbers), row.fact == "done", do.in_(("callback", "redo")))
        .order_by(row.ticket_no, row.seq)
    )
    return _counted((await conn.execute(query)).all())


def _counted(rows: Sequence[Any]) -> Mapping[str, Attempts]:
    found: dict[tuple[str, str], Attempts] = {}
    for row in rows:
        if row.do == "redo":
            found = {key: one for key, one in found.items() if key[0] != row.ticket_no}
        elif row.caller is not None:
            key = (row.ticket_no, row.caller)
            found[key] = Attempts(found.get(key, Attempts()).made + 1, row.at)
    return {caller: one for (_, caller), one in found.items()}

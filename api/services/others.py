"""Supervisions, units and messages, as they are listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Text, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from api.problems import not_found
from api.services.parts import Parts
from api.services.reading import entries
from api.services.scope import visible_supervisions, visible_tickets
from api.services.titles import demands
from domain.commands import Actor
from domain.supervision import allowed, higher
from domain.vocabulary import SupervisionLevel
from models import facts_store
from models.facts_store import SUPERVISION
from models.recording import START_SUPERVISION
from models.tables import Notification, Outbox, OutboxMessage, Person, Supervision, Ticket, Unit


async def supervisions(
    conn: AsyncConnection, actor: Actor, unit: Sequence[str], status: Sequence[str], after: str, limit: int
) -> Sequence[Any]:
    """Supervisions an actor may know of, in the order of their numbers, those after `after`."""
    query = select(*Supervision.__table__.c).where(visible_supervisions(actor), Supervision.no > after)
    if unit:
        query = query.where(Supervision.unit.in_(unit))
    if status:
        query = query.where(Supervision.status.in_(status))
    return (await conn.execute(query.order_by(Supervision.no).limit(limit))).all()


async def matters(
    conn: AsyncConnection, parts: Parts, actor: Actor, rows: Sequence[Any]
) -> dict[str, str | None]:
    """What supervisions are about, by number: the ticket's title, or the topic where there is no ticket.

    A ticket that the actor may not know of keeps its title.
    """
    numbers = {row.no: row.ticket_no or row.no for row in rows}
    of_tickets = [row.ticket_no for row in rows if row.ticket_no]
    known = select(Ticket.no).where(Ticket.no.in_(of_tickets), visible_tickets(actor))
    seen = [*await conn.scalars(known), *(row.no for row in rows if not row.ticket_no)]
    said = await demands(conn, parts, seen)
    return {no: said[about].title for no, about in numbers.items() if about in said}


@dataclass(frozen=True)
class SupervisionFound:
    """One supervision: how it stands, what happened in it, what it is about, what may be said to it."""

    row: Any
    title: str | None = field(repr=False)
    timeline: Sequence[Mapping[str, Any]] = field(repr=False)
    allowed: Sequence[str]
    higher_levels: Sequence[SupervisionLevel]


async def supervision(parts: Parts, actor: Actor, no: str) -> SupervisionFound:
    """One supervision. Raises Problem 404."""
    async with parts.engine.connect() as conn:
        row = (
            await conn.execute(
                select(*Supervision.__table__.c).where(Supervision.no == no, visible_supervisions(actor))
            )
        ).one_or_none()
        if row is None:
            raise not_found("件督办")
        stored = await facts_store.load(conn, SUPERVISION, no)
        about = await matters(conn, parts, actor, [row])
        timeline = await entries(conn, parts, actor, stored, office="热线办")
        levels: Sequence[SupervisionLevel] = ()
        may: Sequence[str] = ()
        if row.status != "closed":
            # Commands are taken, and wait, before its workflow has stored the first fact.
            begins_by = select(Outbox.payload["law_id"].astext)
            of_this = begins_by.where(Outbox.kind == START_SUPERVISION, Outbox.subject == no)
            _, law = await parts.laws.get(conn, (await conn.execute(of_this)).scalar_one())
            levels = higher(law.policy, SupervisionLevel(row.level))
            may = allowed(row.unit, levels, actor)
    return SupervisionFound(row, about.get(no), timeline, may, levels)


async def units(conn: AsyncConnection) -> Sequence[Any]:
    """Every unit in use, with the number of people named for it."""
    parent, superior = aliased(Unit), aliased(Unit)
    people = (
        select(func.count()).where(Person.unit_id == Unit.id, Person.active).scalar_subquery().label("people")
    )
    query = (
        select(
            Unit.name,
            Unit.kind,
            Unit.territory,
            parent.name.label("parent"),
            superior.name.label("supervised_by"),
            people,
        )
        .outerjoin(parent, parent.id == Unit.parent_id)
        .outerjoin(superior, superior.id == Unit.supervised_by_id)
        .where(Unit.active)
        .order_by(Unit.name)
    )
    return (await conn.execute(query)).all()


async def messages(
    conn: AsyncConnection, actor: Actor, ticket_no: str | None, after: Any, limit: int
) -> Sequence[Any]:
    """Notices an actor may know of, with what the embedded gateway made of them; numbers are masked there."""
    row = Notification
    query = (
        select(
            row.id,
            row.ticket_no,
            row.notice,
            row.role,
            row.unit,
            row.channel,
            row.template,
            row.state,
            row.queued_at,
            row.settled_at,
            row.last_error,
            OutboxMessage.number,
            OutboxMessage.body,
        )
        .outerjoin(OutboxMessage, OutboxMessage.key == cast(row.id, Text))
        .where(~exists().where(Ticket.no == row.ticket_no, ~visible_tickets(actor)))
        .order_by(row.id.desc())
        .limit(limit)
    )
    if ticket_no is not None:
        query = query.where(row.ticket_no == ticket_no)
    if after is not None:
        query = query.where(row.id < after)
    return (await conn.execute(query)).all()

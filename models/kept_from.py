"""Whom a ticket is kept from: the persons it names, the people of the unit it is about and of those below."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.tables import Person, Recusal, Ticket, Unit
from models.unit_tree import with_those_below


async def may_know(conn: AsyncConnection, ticket_no: str) -> ColumnElement[bool]:
    """The condition on `person` that whoever may be told of a ticket meets."""
    named = exists().where(Recusal.ticket_no == ticket_no, Recusal.person_id == Person.id)
    subject: str | None = await conn.scalar(select(Ticket.subject_unit).where(Ticket.no == ticket_no))
    if subject is None:
        return ~named
    # Under a name of its own: whoever asks may have joined the unit already.
    own = aliased(Unit)
    theirs = exists().where(own.id == Person.unit_id, own.name.in_(with_those_below(subject)))
    return and_(~named, ~theirs)


async def is_kept_from_some(conn: AsyncConnection, ticket_no: str, unit: str) -> bool:
    """Whether somebody of a unit may not know of a ticket, so that it is not told where all of them read."""
    query = (
        select(Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Unit.name == unit, Person.active, ~await may_know(conn, ticket_no))
    )
    return await conn.scalar(query.limit(1)) is not None


async def is_kept_from(conn: AsyncConnection, ticket_no: str, person: str) -> bool:
    """Whether this person may not know of a ticket. False for callers, roles, and people unknown."""
    query = select(Person.id).where(Person.id == person, ~await may_know(conn, ticket_no))
    return await conn.scalar(query) is not None


async def tickets_kept_from_some(conn: AsyncConnection, numbers: Collection[str]) -> set[str]:
    """Which of these tickets name somebody, or are about a unit."""
    if not numbers:
        return set()
    named = select(Recusal.ticket_no).where(Recusal.ticket_no.in_(numbers))
    about = select(Ticket.no).where(Ticket.no.in_(numbers), Ticket.subject_unit.is_not(None))
    return set(await conn.scalars(named.union(about)))

"""Letting go of people: everything that names them is emptied for good, and a record says that it was.

What stays is the legal record without them: facts with ids, codes and digests, whose chain still holds.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from models import attachments, audit, callers, texts
from models.audit import Line
from models.tables import (
    Attachment,
    Caller,
    Erasure,
    ExportRequest,
    InboxMessage,
    Supervision,
    Ticket,
    TicketText,
)

Why = Literal["request", "retention", "mistake", "order"]
WORDS: Final[dict[Why, str]] = {
    "request": "应本人要求",
    "retention": "保存期限届满",
    "mistake": "误登",
    "order": "有权机关要求",
}


@dataclass(frozen=True)
class Emptied:
    """What one ticket was emptied of. `files` are to be deleted from the store once this is committed."""

    ticket_no: str
    callers: int
    texts: int
    messages: int
    files: tuple[UUID, ...]


async def erase_ticket(conn: AsyncConnection, no: str, *, at: datetime, by: str, why: Why) -> Emptied:
    """Empties a ticket of everybody behind it now and of every word, and writes the record of it."""
    people = (await conn.scalars(select(Caller.id).where(Caller.ticket_no == no))).all()
    number = await callers.erase(conn, people, at)
    words = await texts.erase(conn, await _texts(conn, no), at=at, by=by, reason=WORDS[why])
    files = await attachments.erase(conn, no, at)
    messages = await _messages(conn, no, at)
    emptied = Emptied(no, number, words, messages, tuple(files))
    if number or words or files or messages:
        await _record(conn, emptied, people=[str(one) for one in people], at=at, by=by, why=why)
    return emptied


async def _texts(conn: AsyncConnection, no: str) -> list[UUID]:
    supervisions = select(Supervision.no).where(Supervision.ticket_no == no)
    query = select(TicketText.id).where(
        or_(TicketText.ticket_no == no, TicketText.ticket_no.in_(supervisions)),
        TicketText.erased_at.is_(None),
    )
    return list(await conn.scalars(query))


async def _messages(conn: AsyncConnection, no: str, at: datetime) -> int:
    """What people sent us by SMS about the ticket."""
    row = InboxMessage
    done = await conn.execute(
        update(row)
        .where(row.ticket_no == no, row.erased_at.is_(None))
        .values(number=None, words=None, number_index=b"", erased_at=at)
    )
    return done.rowcount


async def _record(
    conn: AsyncConnection, emptied: Emptied, *, people: list[str], at: datetime, by: str, why: Why
) -> None:
    counts = {
        "callers": emptied.callers,
        "texts": emptied.texts,
        "messages": emptied.messages,
        "files": len(emptied.files),
    }
    await conn.execute(
        insert(Erasure).values(
            id=uuid7(), at=at, by=by, why=why, ticket_no=emptied.ticket_no, callers=people, emptied=counts
        )
    )
    line = Line(at, "erase", why, {"id": by}, None, ticket_no=emptied.ticket_no, details=counts)
    await audit.write(conn, line)


async def tickets_of(conn: AsyncConnection, indexes: list[bytes]) -> list[tuple[str, bool]]:
    """The tickets that somebody with one of these numbers is behind, and whether each has ended."""
    query = (
        select(Ticket.no, Ticket.ended_at.is_not(None))
        .where(exists().where(Caller.ticket_no == Ticket.no, Caller.phone_index.in_(indexes)))
        .order_by(Ticket.no)
    )
    return [(no, ended) for no, ended in await conn.execute(query)]


async def has_others(conn: AsyncConnection, no: str, indexes: list[bytes]) -> bool:
    """Whether a ticket has callers besides those with these numbers, whose words it holds too."""
    other: ColumnElement[bool] = or_(Caller.phone_index.is_(None), Caller.phone_index.not_in(indexes))
    query = select(Caller.id).where(Caller.ticket_no == no, Caller.erased_at.is_(None), other).limit(1)
    return await conn.scalar(query) is not None


async def erase_callers(
    conn: AsyncConnection, no: str, indexes: list[bytes], *, at: datetime, by: str, why: Why
) -> Emptied:
    """Empties only these callers of a ticket that others are behind too, and writes the record of it."""
    row = Caller
    people = (
        await conn.scalars(select(row.id).where(row.ticket_no == no, row.phone_index.in_(indexes)))
    ).all()
    emptied = Emptied(no, await callers.erase(conn, people, at), 0, 0, ())
    await _record(conn, emptied, people=[str(one) for one in people], at=at, by=by, why=why)
    return emptied


INBOX: Final = "inbox"
"""Stands where other records of erasure have the number of their ticket."""


async def erase_messages_from(
    conn: AsyncConnection, indexes: list[bytes], *, at: datetime, by: str, why: Why
) -> Emptied:
    """Empties what these numbers sent us by SMS, unless somebody who is still known has one of them."""
    known = exists().where(Caller.phone_index == InboxMessage.number_index)
    return await _empty_inbox(
        conn, and_(InboxMessage.number_index.in_(indexes), ~known), at=at, by=by, why=why
    )


async def erase_messages_before(
    conn: AsyncConnection, before: datetime, *, at: datetime, by: str, why: Why
) -> Emptied:
    """Empties SMS that came before an instant and belong to no ticket that would take them along."""
    kept_by_ticket = exists().where(Ticket.no == InboxMessage.ticket_no)
    return await _empty_inbox(
        conn, and_(InboxMessage.received_at < before, ~kept_by_ticket), at=at, by=by, why=why
    )


async def _empty_inbox(
    conn: AsyncConnection, which: ColumnElement[bool], *, at: datetime, by: str, why: Why
) -> Emptied:
    done = await conn.execute(
        update(InboxMessage)
        .where(which, InboxMessage.erased_at.is_(None))
        .values(number=None, words=None, number_index=b"", erased_at=at)
    )
    emptied = Emptied(INBOX, 0, 0, done.rowcount, ())
    if emptied.messages:
        await _record(conn, emptied, people=[], at=at, by=by, why=why)
    return emptied


async def erase_reasons_before(conn: AsyncConnection, before: datetime) -> None:
    """Empties what was written along with requests for exports before an instant."""
    await conn.execute(
        update(ExportRequest).where(ExportRequest.requested_at < before).values(reason=None, opinion=None)
    )


async def ended_before(conn: AsyncConnection, before: datetime, limit: int) -> list[str]:
    """Tickets that ended before an instant and still hold somebody, or somebody's words; oldest first."""
    holds_people = exists().where(Caller.ticket_no == Ticket.no, Caller.erased_at.is_(None))
    holds_words = exists().where(TicketText.ticket_no == Ticket.no, TicketText.erased_at.is_(None))
    holds_files = exists().where(Attachment.ticket_no == Ticket.no, Attachment.erased_at.is_(None))
    query = (
        select(Ticket.no)
        .where(Ticket.ended_at < before, or_(holds_people, holds_words, holds_files))
        .order_by(Ticket.ended_at, Ticket.no)
        .limit(limit)
    )
    return list(await conn.scalars(query))


async def has_ended(conn: AsyncConnection, no: str) -> bool | None:
    """Whether a ticket has ended; None for one that is not there."""
    ended: Any = (await conn.execute(select(Ticket.ended_at).where(Ticket.no == no))).one_or_none()
    return None if ended is None else ended.ended_at is not None

"""The people behind a ticket: stored encrypted and apart from it, one or many, moved along by a merge."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from models import forgotten_numbers
from models.phones import normal_phone
from models.sealed_columns import RowSeal, open_column
from models.tables import Caller, CitizenLink
from ops.keyring import KeyRing


@dataclass(frozen=True)
class NewCaller:
    """What a caller gave of themselves; nothing of it shows when it is printed."""

    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ReadCaller:
    """A caller as those may see them who may; after erasure nothing is left but the id and the dates."""

    id: UUID
    ticket_no: str
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    address: str | None = field(repr=False)
    joined_at: datetime
    answered_at: datetime | None
    called_back_at: datetime | None
    withdrawn_at: datetime | None
    erased_at: datetime | None
    ratings: dict[str, Any]
    first_ticket_no: str


async def store(
    conn: AsyncConnection,
    ring: KeyRing,
    ticket_no: str,
    callers: Sequence[NewCaller],
    joined_at: datetime,
) -> list[UUID]:
    """Writes callers, encrypted, in the caller's transaction; their new ids in the same order."""
    rows = [_row(ring, ticket_no, caller, joined_at) for caller in callers]
    if rows:
        await conn.execute(insert(Caller), rows)
    return [row["id"] for row in rows]


async def read_ticket(conn: AsyncConnection, ring: KeyRing, ticket_no: str) -> list[ReadCaller]:
    """The callers of a ticket, in the order they joined."""
    rows = await conn.execute(
        select(Caller.__table__).where(Caller.ticket_no == ticket_no).order_by(Caller.joined_at, Caller.id)
    )
    return [_opened(ring, row) for row in rows]


async def first_of(conn: AsyncConnection, ring: KeyRing, ticket_nos: Sequence[str]) -> dict[str, ReadCaller]:
    """The first caller of each of these tickets, by its number."""
    rows = await conn.execute(
        select(Caller.__table__)
        .where(Caller.ticket_no.in_(ticket_nos))
        .order_by(Caller.joined_at.desc(), Caller.id.desc())
    )
    return {row.ticket_no: _opened(ring, row) for row in rows}


async def read(conn: AsyncConnection, ring: KeyRing, caller_id: UUID) -> ReadCaller | None:
    """One caller, or None."""
    row = (await conn.execute(select(Caller.__table__).where(Caller.id == caller_id))).one_or_none()
    return None if row is None else _opened(ring, row)


async def tickets_of_phone(conn: AsyncConnection, ring: KeyRing, phone: str) -> list[str]:
    """Numbers of the tickets that somebody with this phone is behind, newest first."""
    number = normal_phone(phone)
    if number is None:
        return []
    rows = await conn.scalars(
        select(Caller.ticket_no)
        .where(Caller.phone_index == ring.blind_index(number))
        .order_by(Caller.joined_at.desc(), Caller.id.desc())
    )
    return list(dict.fromkeys(rows))


async def move(conn: AsyncConnection, callers: Iterable[UUID], into: str) -> None:
    """Puts callers behind another ticket (a merge); where they came in first stays on record."""
    moved = list(callers)
    if moved:
        await conn.execute(update(Caller).where(Caller.id.in_(moved)).values(ticket_no=into))


async def erase(conn: AsyncConnection, callers: Iterable[UUID], at: datetime) -> int:
    """Empties everything that names these people, for good; how many there were to empty."""
    ids = list(callers)
    known = select(Caller.phone_index).where(Caller.id.in_(ids), Caller.phone_index.is_not(None))
    indexes = [index for index in await conn.scalars(known) if index is not None]
    done = await conn.execute(
        update(Caller)
        .where(Caller.id.in_(ids), Caller.erased_at.is_(None))
        .values(name=None, phone=None, address=None, phone_index=None, erased_at=at)
    )
    await forgotten_numbers.forget(conn, ids, indexes, at)
    await conn.execute(delete(CitizenLink).where(CitizenLink.caller_id.in_(ids)))
    return done.rowcount


def _row(ring: KeyRing, ticket_no: str, caller: NewCaller, joined_at: datetime) -> dict[str, Any]:
    caller_id = uuid7()
    row_seal = RowSeal(ring, "caller", caller_id)
    number = None if caller.phone is None else normal_phone(caller.phone)
    return {
        "id": caller_id,
        "ticket_no": ticket_no,
        "first_ticket_no": ticket_no,
        "key_id": row_seal.key_id,
        "name": row_seal.close("name", caller.name),
        # What is no number is kept as it was written: somebody may still make sense of it.
        "phone": row_seal.close("phone", number or caller.phone),
        "address": row_seal.close("address", caller.address),
        "phone_index": None if number is None else ring.blind_index(number),
        "joined_at": joined_at,
    }


def _opened(ring: KeyRing, row: Any) -> ReadCaller:
    def words(column: str) -> str | None:
        ciphertext = getattr(row, column)
        return (
            None
            if ciphertext is None
            else open_column(ring, "caller", row.id, column, row.key_id, ciphertext)
        )

    return ReadCaller(
        row.id,
        row.ticket_no,
        words("name"),
        words("phone"),
        words("address"),
        row.joined_at,
        row.answered_at,
        row.called_back_at,
        row.withdrawn_at,
        row.erased_at,
        row.ratings,
        row.first_ticket_no,
    )

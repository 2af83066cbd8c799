"""Checking the legal record.

Every chain, every text that facts refer to, every ticket that should have facts.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models import texts
from models.chain import COLUMNS, ChainedFact, verify
from models.facts_store import SUPERVISION, TICKET, Aggregate
from models.json_rows import table_of
from models.tables import Supervision, Ticket, TicketFact
from models.texts import Reference
from ops.keyring import KeyRing

_PAGE = 200
"""Tickets read at a time."""


@dataclass(frozen=True)
class Kind:
    """One kind of aggregate: where its facts are, and the rows that say how each stands."""

    facts: Aggregate
    rows: Table


TICKETS = Kind(TICKET, table_of(Ticket))
SUPERVISIONS = Kind(SUPERVISION, table_of(Supervision))


@dataclass(frozen=True)
class Fault:
    """Something in the record that is not as it was written. `seq` is the fact's number."""

    no: str
    seq: int
    what: str

    def __str__(self) -> str:
        return f"{self.no} fact {self.seq}: {self.what}"


@dataclass(frozen=True)
class Checked:
    """One ticket or supervision that was looked at."""

    no: str
    facts: int
    faults: tuple[Fault, ...]


async def count(conn: AsyncConnection) -> int:
    """How many tickets have facts or should have; for a progress bar."""
    rows = await conn.scalar(select(func.count()).select_from(Ticket).where(Ticket.seq > 0))
    return rows or 0


async def check_tickets(
    engine: AsyncEngine, ring: KeyRing, only: str | None = None
) -> AsyncIterator[Checked]:
    """Every ticket, in the order of numbers, or one."""
    async for checked in _check(engine, ring, TICKETS, only):
        yield checked


async def check_supervisions(engine: AsyncEngine, ring: KeyRing) -> AsyncIterator[Checked]:
    """Every supervision, in the order of numbers."""
    async for checked in _check(engine, ring, SUPERVISIONS, None):
        yield checked


async def pages(engine: AsyncEngine, kind: Kind) -> AsyncIterator[list[str]]:
    """The numbers that have facts, or a row that says they should, a page at a time."""
    after = ""
    while True:
        async with engine.connect() as conn:
            numbers = await _page(conn, kind, after)
        if not numbers:
            return
        yield numbers
        after = numbers[-1]


async def is_known(conn: AsyncConnection, no: str) -> bool:
    """Whether there are facts of a ticket with this number, or at least its row."""
    recorded = select(TicketFact.seq).where(TicketFact.ticket_no == no).limit(1)
    standing = select(Ticket.seq).where(Ticket.no == no)
    return await conn.scalar(recorded) is not None or await conn.scalar(standing) is not None


async def _check(engine: AsyncEngine, ring: KeyRing, kind: Kind, only: str | None) -> AsyncIterator[Checked]:
    if only is not None:
        for checked in await _check_page(engine, ring, kind, [only]):
            yield checked
        return
    async for numbers in pages(engine, kind):
        for checked in await _check_page(engine, ring, kind, numbers):
            yield checked


async def _check_page(engine: AsyncEngine, ring: KeyRing, kind: Kind, numbers: list[str]) -> list[Checked]:
    # One snapshot: a record that commits in between must not look like a missing fact.
    async with engine.connect() as plain:
        conn = await plain.execution_options(isolation_level="REPEATABLE READ")
        chains = await _chains(conn, kind.facts, numbers)
        last = await _last_seqs(conn, kind, numbers)
        wrong = await _texts(conn, ring, (row for rows in chains.values() for row in rows))
    return [_checked(no, chains.get(no, []), last.get(no), wrong) for no in numbers]


def _checked(no: str, rows: list[ChainedFact], last: int | None, wrong: Mapping[str, str]) -> Checked:
    broken = verify(no, rows, last)
    faults = [] if broken is None else [Fault(no, broken.seq, broken.reason)]
    for row in rows:
        faults += [Fault(no, row.seq, wrong[named]) for named in _references(row.data) if named in wrong]
    return Checked(no, len(rows), tuple(faults))


async def _page(conn: AsyncConnection, kind: Kind, after: str) -> list[str]:
    number, row = kind.facts.table.c[kind.facts.number], kind.rows.c
    recorded = select(number).distinct().where(number > after).order_by(number).limit(_PAGE)
    standing = select(row.no).where(row.seq > 0, row.no > after).order_by(row.no).limit(_PAGE)
    return sorted({*await conn.scalars(recorded), *await conn.scalars(standing)})[:_PAGE]


async def _chains(
    conn: AsyncConnection, aggregate: Aggregate, numbers: list[str]
) -> dict[str, list[ChainedFact]]:
    columns = aggregate.table.c
    number = columns[aggregate.number]
    query = (
        select(number, *(columns[name] for name in COLUMNS))
        .where(number.in_(numbers))
        .order_by(number, columns.seq)
    )
    rows = (await conn.execute(query)).all()
    return {
        no: [ChainedFact(*row[1:]) for row in group] for no, group in groupby(rows, key=lambda row: row[0])
    }


async def _last_seqs(conn: AsyncConnection, kind: Kind, numbers: list[str]) -> dict[str, int]:
    row = kind.rows.c
    rows = await conn.execute(select(row.no, row.seq).where(row.no.in_(numbers)))
    return {no: last for no, last in rows if last}


async def _texts(conn: AsyncConnection, ring: KeyRing, rows: Iterable[ChainedFact]) -> dict[str, str]:
    """What is wrong with the texts that facts refer to, by reference."""
    named = {
        text: found for row in rows for text in _references(row.data) if (found := Reference.parse(text))
    }
    wrong = await texts.faults(conn, ring, named.values())
    return {text: wrong[reference] for text, reference in named.items() if reference in wrong}


def _references(data: Mapping[str, Any]) -> Iterator[str]:
    yield from data.get("texts", {}).values()

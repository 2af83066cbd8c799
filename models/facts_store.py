"""Appending facts and reading them back, for tickets and supervisions alike. Postgres wins.

An append that finds rows at its place returns these and writes nothing: the caller adopts them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.chain import COLUMNS, ChainedFact, chained, first_prev_hash, new_facts
from models.tables import SupervisionFact, TicketFact


@dataclass(frozen=True)
class Aggregate:
    """Where one kind of aggregate keeps its facts."""

    table: Table
    number: str

    def of(self, no: str) -> ColumnElement[bool]:
        """The condition that picks one aggregate's rows."""
        return self.table.c[self.number] == no


def _table(mapped: type[TicketFact] | type[SupervisionFact]) -> Table:
    table = mapped.__table__
    assert isinstance(table, Table)
    return table


TICKET = Aggregate(_table(TicketFact), "ticket_no")
SUPERVISION = Aggregate(_table(SupervisionFact), "no")


def _loading(aggregate: Aggregate) -> Select[Any]:
    columns = aggregate.table.c
    chosen = [columns[name] for name in COLUMNS]
    since = columns.seq >= bindparam("from_seq")
    return select(*chosen).where(columns[aggregate.number] == bindparam("of"), since).order_by(columns.seq)


_LOADING = {aggregate.number: _loading(aggregate) for aggregate in (TICKET, SUPERVISION)}
"""Each record asks this, so it is put together once."""


class FactsMissing(Exception):
    """The database holds fewer facts than the caller has seen: it was restored from an older copy."""


@dataclass(frozen=True)
class Place:
    """What stands where facts are to be appended: the hash to follow, and rows that are there already."""

    prev_hash: bytes
    taken: Sequence[ChainedFact]


async def place(conn: AsyncConnection, aggregate: Aggregate, no: str, first_seq: int) -> Place:
    """Looks where facts from `first_seq` (1 is the first) on would stand. Raises FactsMissing."""
    rows = await load(conn, aggregate, no, from_seq=first_seq - 1)
    if first_seq == 1:
        return Place(first_prev_hash(no), rows)
    if not rows or rows[0].seq != first_seq - 1:
        raise FactsMissing(f"{no} has no fact {first_seq - 1}; is the database an older copy?")
    return Place(rows[0].hash, rows[1:])


async def load(
    conn: AsyncConnection, aggregate: Aggregate, no: str, *, from_seq: int = 1
) -> list[ChainedFact]:
    """The stored facts of one aggregate, in order."""
    found = await conn.execute(_LOADING[aggregate.number], {"of": no, "from_seq": from_seq})
    return [ChainedFact(*row) for row in found]


def rows_to_insert(aggregate: Aggregate, no: str, facts: Sequence[ChainedFact]) -> list[dict[str, Any]]:
    """The facts as rows of their table."""
    return [{aggregate.number: no, **{name: getattr(fact, name) for name in COLUMNS}} for fact in facts]


async def append(
    conn: AsyncConnection,
    aggregate: Aggregate,
    no: str,
    first_seq: int,
    facts: Sequence[Mapping[str, Any]],
    *,
    law_id: str,
    actor: Mapping[str, Any] | None = None,
    command_id: str | None = None,
    recorded_at: datetime | None = None,
) -> list[ChainedFact]:
    """Stores facts from `first_seq` on, in the caller's transaction; returns what is stored there.

    That is something else than was given when others were first. Raises FactsMissing, ValueError for what
    cannot be written, and IntegrityError when somebody else appends at this very moment: then try again.
    """
    found = await place(conn, aggregate, no, first_seq)
    if found.taken:
        return list(found.taken)
    said = new_facts(
        no,
        first_seq,
        facts,
        law_id=law_id,
        actor=actor,
        command_id=command_id,
        recorded_at=recorded_at or datetime.now(UTC),
    )
    fresh = chained(found.prev_hash, said)
    if fresh:
        await conn.execute(aggregate.table.insert(), rows_to_insert(aggregate, no, fresh))
    return fresh

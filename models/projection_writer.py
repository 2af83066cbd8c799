"""Writing projections: rows put in place of what stands there, and touched only where they differ."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, delete, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fact_effects import CallerMark
from models.tables import Assignment, Base, Caller, Clock, Precedent, Ticket


def table_of(mapped: type[Base]) -> Table:
    """The table of a mapped class, for Core statements."""
    table = mapped.__table__
    assert isinstance(table, Table)
    return table


async def put(conn: AsyncConnection, mapped: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows, or brings those with the same key up to date; an equal row is not written again."""
    if not rows:
        return
    table = table_of(mapped)
    keys = [column.name for column in table.primary_key]
    rest = [name for name in rows[0] if name not in keys]
    statement = insert(table)
    old = tuple_(*(table.c[name] for name in rest))
    new = tuple_(*(statement.excluded[name] for name in rest))
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=keys,
            set_={name: statement.excluded[name] for name in rest},
            where=old.is_distinct_from(new),
        ),
        list(rows),
    )


async def put_ticket(conn: AsyncConnection, row: Mapping[str, Any]) -> None:
    """Brings a ticket's row up to date, unless it stands at a later fact.

    The law it was opened under stays.
    """
    table = table_of(Ticket)
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in row if name not in ("no", "law_id")}
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["no"], set_=changed, where=table.c.seq < statement.excluded.seq
        ),
        [dict(row)],
    )


async def put_assignments(conn: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Brings the assignments of a ticket up to date; one that is there never goes away."""
    await put(conn, Assignment, rows)


async def put_clocks(conn: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Brings clock rows up to date."""
    await put(conn, Clock, rows)


async def put_precedents(conn: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keeps what panels decided."""
    await put(conn, Precedent, rows)


async def mark_callers(conn: AsyncConnection, ticket_no: str, marks: Iterable[CallerMark]) -> None:
    """Writes what happened to callers, in order; a first answer stays the first."""
    for mark in marks:
        statement = update(Caller).values(**mark.changes)
        if mark.caller is not None:
            statement = statement.where(Caller.id == mark.caller)
        else:
            statement = statement.where(
                Caller.ticket_no == ticket_no, Caller.answered_at.is_(None), Caller.joined_at <= mark.at
            )
        await conn.execute(statement)


async def drop_beyond(
    conn: AsyncConnection, mapped: type[Base], ticket_no: str, keep: Sequence[Mapping[str, Any]]
) -> None:
    """Deletes a ticket's rows that no fact accounts for; only a rebuild finds any."""
    table = table_of(mapped)
    keys = [column for column in table.primary_key if column.name != "ticket_no"]
    statement = delete(table).where(table.c.ticket_no == ticket_no)
    if keep:
        statement = statement.where(
            tuple_(*keys).not_in([tuple(row[key.name] for key in keys) for row in keep])
        )
    await conn.execute(statement)

"""Writing facts and projections in one statement: each table's rows travel as one JSON value.

A record writes to six tables. Six statements would take six times the round trips and most of the time
of a command, so there is one, put together from the tables' own columns when the module is loaded.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, TextClause, delete, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fact_effects import CallerMark
from models.json_rows import as_json, insertion, table_of, written
from models.projection import Projection
from models.tables import Assignment, Caller, Clock, Outbox, Precedent, Ticket, TicketFact

_FACT, _TICKET, _OUTBOX = table_of(TicketFact), table_of(Ticket), table_of(Outbox)
_ROWS = tuple(table_of(mapped) for mapped in (Assignment, Clock, Precedent))


def _upsert(
    table: Table, *, keep: Sequence[str] = (), only_if: str = "TRUE", unless: Mapping[str, str] | None = None
) -> str:
    """`unless`: columns that stay as they are where a condition holds."""
    keys = [column.name for column in table.primary_key]
    changed = [name for name in written(table) if name not in (*keys, *keep)]
    values = {name: f'excluded."{name}"' for name in changed}
    for name, condition in (unless or {}).items():
        values[name] = f'CASE WHEN {condition} THEN {table.name}."{name}" ELSE {values[name]} END'
    columns = ", ".join(f'"{name}" = {value}' for name, value in values.items())
    return f"{insertion(table)} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {columns} WHERE {only_if}"


def _together(parts: Mapping[str, str], last: str) -> TextClause:
    return text(
        "WITH " + ", ".join(f"{name}_written AS ({part})" for name, part in parts.items()) + " " + last
    )


# Two tickets that are given one upstream number at the same moment: the second keeps what it had. Its facts
# say what was said; a row that could never be written would hold the ticket up for ever.
_ONE_EACH = {
    "upstream_no": "EXISTS (SELECT FROM ticket other WHERE other.jurisdiction = excluded.jurisdiction"
    " AND other.upstream_no = excluded.upstream_no AND other.no <> excluded.no)"
}
_UPSERTS = {table.name: _upsert(table) for table in _ROWS}

_RECORD = _together(
    {
        _FACT.name: insertion(_FACT),
        **_UPSERTS,
        _OUTBOX.name: insertion(_OUTBOX, ("kind", "subject", "payload")) + " ON CONFLICT DO NOTHING",
    },
    # The law a ticket was opened under stays, and a late record never takes the row back.
    _upsert(_TICKET, keep=["law_id"], only_if="ticket.seq < excluded.seq", unless=_ONE_EACH),
)

_REBUILD = _together(_UPSERTS, _upsert(_TICKET, unless=_ONE_EACH))


async def write_record(
    conn: AsyncConnection,
    ticket_no: str,
    facts: Iterable[Mapping[str, Any]],
    rows: Projection,
    outbox: Iterable[Mapping[str, Any]],
) -> None:
    """Stores new facts, the rows they touch and what must follow.

    IntegrityError when facts are there already.
    """
    new = {_FACT.name: as_json(facts), _OUTBOX.name: as_json(outbox)}
    await conn.execute(_RECORD, {**new, **_projected(rows)})
    await mark_callers(conn, ticket_no, rows.caller_marks)


async def write_rebuilt(conn: AsyncConnection, rows: Projection) -> None:
    """Puts a ticket's whole projection in place of what stands there."""
    ticket_no = rows.ticket["no"]
    for table, kept in zip(_ROWS, (rows.assignments, rows.clocks, rows.precedents), strict=True):
        await _drop_others(conn, table, ticket_no, kept)
    await conn.execute(_REBUILD, _projected(rows))
    await mark_callers(conn, ticket_no, rows.caller_marks)


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


async def _drop_others(
    conn: AsyncConnection, table: Table, ticket_no: str, keep: Sequence[Mapping[str, Any]]
) -> None:
    keys = [column for column in table.primary_key if column.name != "ticket_no"]
    statement = delete(table).where(table.c.ticket_no == ticket_no)
    if keep:
        statement = statement.where(
            tuple_(*keys).not_in([tuple(row[key.name] for key in keys) for row in keep])
        )
    await conn.execute(statement)


def _projected(rows: Projection) -> dict[str, str]:
    return {
        _TICKET.name: as_json([rows.ticket]),
        "assignment": as_json(rows.assignments),
        "clock": as_json(rows.clocks),
        "precedent": as_json(rows.precedents),
    }

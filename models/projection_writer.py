"""Writing facts and projections in one statement: each table's rows travel as one JSON value.

A record writes to six tables. Six statements would take six times the round trips and most of the time
of a command, so there is one, put together from the tables' own columns when the module is loaded.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    Integer,
    LargeBinary,
    String,
    Table,
    TextClause,
    bindparam,
    delete,
    text,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.announcing import CHANNEL
from models.chain import NewFact, first_prev_hash
from models.fact_effects import CallerMark
from models.json_rows import as_json, insertion, table_of, written
from models.projection import Projection
from models.tables import Assignment, Caller, Clock, Outbox, Precedent, Ticket, TicketFact
from ops.direct import Direct

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


def _together(parts: Mapping[str, str], last: str, *, after: str = "") -> TextClause:
    return text(
        f"WITH {after}"
        + ", ".join(f"{name}_written AS ({part})" for name, part in parts.items())
        + " "
        + last
    )


# Two tickets that are given one upstream number at the same moment: the second keeps what it had. Its facts
# say what was said; a row that could never be written would hold the ticket up for ever.
_ONE_EACH = {
    "upstream_no": "EXISTS (SELECT FROM ticket other WHERE other.jurisdiction = excluded.jurisdiction"
    " AND other.upstream_no = excluded.upstream_no AND other.no <> excluded.no)"
}
_UPSERTS = {table.name: _upsert(table) for table in _ROWS}

# The hash of each fact stands on the one before it (models/chain.py), the first on the last that is stored.
# To ask for that one first would cost a round trip. Where it is missing, its column refuses the row.
_CHAINED = f"""
    RECURSIVE chained(place, prev_hash, hash) AS (
        SELECT 1, before.hash, sha256(before.hash || (:canonical)[1])
        FROM (SELECT coalesce(
            :first_prev_hash, (SELECT hash FROM {_FACT.name} WHERE ticket_no = :no AND seq = :first_seq - 1)
        )) AS before(hash)
        UNION ALL
        SELECT place + 1, hash, sha256(hash || (:canonical)[place + 1])
        FROM chained WHERE place < cardinality(:canonical)
    ),
"""
_SAID = [name for name in written(_FACT) if name not in ("ticket_no", "prev_hash", "hash")]
_FACTS = f"""
    INSERT INTO {_FACT.name} (ticket_no, {", ".join(_SAID)}, prev_hash, hash)
    SELECT :no, {", ".join(f"said.{name}" for name in _SAID)}, chained.prev_hash, chained.hash
    FROM jsonb_populate_recordset(NULL::{_FACT.name}, CAST(:{_FACT.name} AS jsonb)) AS said
    JOIN chained ON said.seq = :first_seq + chained.place - 1
"""

_RECORD = Direct(
    _together(
        {
            _FACT.name: _FACTS,
            **_UPSERTS,
            _OUTBOX.name: insertion(_OUTBOX, ("kind", "subject", "payload")) + " ON CONFLICT DO NOTHING",
        },
        # The law a ticket was opened under stays, and a late record never takes the row back.
        _upsert(_TICKET, keep=["law_id"], only_if="ticket.seq < excluded.seq", unless=_ONE_EACH)
        + f" RETURNING CASE WHEN :announcement IS NOT NULL THEN pg_notify('{CHANNEL}', :announcement) END",
        after=_CHAINED,
    ).bindparams(
        bindparam("no", type_=String),
        bindparam("first_seq", type_=Integer),
        bindparam("first_prev_hash", type_=LargeBinary),
        bindparam("canonical", type_=ARRAY(LargeBinary)),
        bindparam("announcement", type_=String),
    )
)

_REBUILD = _together(_UPSERTS, _upsert(_TICKET, unless=_ONE_EACH))


async def write_record(
    conn: AsyncConnection,
    ticket_no: str,
    facts: Sequence[NewFact],
    rows: Projection,
    outbox: Iterable[Mapping[str, Any]],
    announcement: str | None,
) -> None:
    """Stores new facts, one at least, the rows they touch and what must follow; the commit announces them.

    IntegrityError when facts are there already, or the one that they follow is not (`is_out_of_place`).
    """
    first_seq = facts[0].seq
    new = {
        _FACT.name: as_json([{name: getattr(fact, name) for name in _SAID} for fact in facts]),
        _OUTBOX.name: as_json(outbox),
        "no": ticket_no,
        "first_seq": first_seq,
        "first_prev_hash": first_prev_hash(ticket_no) if first_seq == 1 else None,
        "canonical": [fact.canonical for fact in facts],
        "announcement": announcement,
    }
    await _RECORD.rows(conn, {**new, **_projected(rows)})
    await mark_callers(conn, ticket_no, rows.caller_marks)


def is_out_of_place(error: IntegrityError) -> bool:
    """Whether facts were refused for what stands at their place or before it."""
    told = str(error.orig)
    return f"pk_{_FACT.name}" in told or '"prev_hash"' in told


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

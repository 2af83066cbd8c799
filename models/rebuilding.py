"""Making projections again from facts, and telling where they differ from what stands there."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts import from_json
from domain.view import view
from models import facts_store
from models.chain import ChainedFact
from models.fact_effects import supervision_changes, supervision_row
from models.facts_store import SUPERVISION, TICKET
from models.json_rows import table_of
from models.projection import Projection, project
from models.projection_writer import write_rebuilt
from models.tables import Assignment, Base, Caller, Clock, Law, Precedent, Supervision, Ticket


async def rebuild_ticket(conn: AsyncConnection, no: str, *, write: bool) -> list[str]:
    """Compares a ticket's projection with its facts, and with `write` puts it right.

    In the caller's transaction. Returns what differs, one entry a row: its table, its key and the columns,
    never their values. Empty for a ticket without facts. Raises ValueError for facts that do not begin with a
    registration.
    """
    # Whoever records waits here until the projection is made from all facts there are.
    await conn.execute(select(Ticket.no).where(Ticket.no == no).with_for_update())
    facts = await facts_store.load(conn, TICKET, no)
    if not facts:
        return []
    rows = _projection(facts)
    different = await _differences(conn, no, rows)
    if different and write:
        await write_rebuilt(conn, rows)
    return different


async def rebuild_supervision(conn: AsyncConnection, no: str, *, write: bool) -> list[str]:
    """The same for a supervision."""
    table = table_of(Supervision)
    standing = await _rows(conn, select(table).where(table.c.no == no).with_for_update())
    facts = await facts_store.load(conn, SUPERVISION, no)
    if not facts:
        return []
    begun = facts[0].data
    jurisdiction = await conn.scalar(select(Law.policy["id"].astext).where(Law.id == facts[0].law_id))
    expected = {
        **supervision_row(no, begun.get("subject"), str(jurisdiction), begun),
        **supervision_changes((fact.seq, fact.data) for fact in facts),
    }
    different = _compare("supervision", (no,), expected, next(iter(standing), None))
    if different and write:
        await conn.execute(insert(table).values(expected).on_conflict_do_nothing())
        await conn.execute(update(table).where(table.c.no == no).values(expected))
    return different


def _projection(facts: list[ChainedFact]) -> Projection:
    made = view(None, [from_json(fact.data) for fact in facts])
    return project(made, facts[0].law_id, [(fact.seq, fact.data) for fact in facts])


async def _differences(conn: AsyncConnection, no: str, rows: Projection) -> list[str]:
    different: list[str] = []
    tables: Iterable[tuple[type[Base], list[dict[str, Any]]]] = (
        (Ticket, [rows.ticket]),
        (Assignment, rows.assignments),
        (Clock, rows.clocks),
        (Precedent, rows.precedents),
    )
    for mapped, expected in tables:
        table = table_of(mapped)
        keys = [column.name for column in table.primary_key]
        number = table.c["no" if mapped is Ticket else "ticket_no"]
        found = await _rows(conn, select(table).where(number == no))
        standing = {tuple(row[key] for key in keys): row for row in found}
        for row in expected:
            key = tuple(row[name] for name in keys)
            different += _compare(table.name, key, row, standing.pop(key, None))
        different += [f"{table.name} {_named(key)}: no fact accounts for it" for key in standing]
    return different + await _caller_differences(conn, rows)


async def _caller_differences(conn: AsyncConnection, rows: Projection) -> list[str]:
    expected: dict[Any, dict[str, Any]] = {}
    for mark in rows.caller_marks:
        if mark.caller is not None:
            expected.setdefault(mark.caller, {}).update(mark.changes)
    if not expected:
        return []
    table = table_of(Caller)
    found = await _rows(conn, select(table).where(table.c.id.in_(list(expected))))
    standing = {row["id"]: row for row in found}
    return [
        entry
        for caller, changes in expected.items()
        # A caller whom nobody stored, as a scenario's, has no row that could differ.
        if caller in standing
        for entry in _compare("caller", (str(caller),), changes, standing[caller])
    ]


async def _rows(conn: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await conn.execute(query)).mappings()]


def _compare(
    table: str, key: tuple[Any, ...], expected: Mapping[str, Any], standing: Mapping[str, Any] | None
) -> list[str]:
    if standing is None:
        return [f"{table} {_named(key)}: missing"]
    columns = [name for name, value in expected.items() if standing[name] != value]
    return [f"{table} {_named(key)}: {', '.join(columns)}"] if columns else []


def _named(key: tuple[Any, ...]) -> str:
    return "/".join(map(str, key))

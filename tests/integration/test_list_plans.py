"""How Postgres goes about the lists of the console: by indexes, whoever asks, sorting a few rows at most."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from api.services import listing
from api.services.listing import Filters, Owed, Span
from domain.commands import Actor
from domain.vocabulary import Role
from models.tables import Ticket
from ops.database import create_engine
from tests.many_tickets import write_many

COUNT: Final = 20_000
FEW: Final = 1_500
"""Rows that may be sorted for one page: what a desk holds, not what a year leaves behind."""
A_PAGE_OR_SO: Final = {"unit", "recusal"}
"""Tables that Postgres reads whole because they are no larger than a page or two."""

_UNIT: Final = "单位1"
_A_DAY: Final = Span(
    datetime.now(UTC) - timedelta(days=200),
    datetime.now(UTC) - timedelta(days=199),
)

ACTORS: Final = {
    "office": Actor(role=Role.OFFICE, id="o-1"),
    "agent": Actor(role=Role.AGENT, id="a-1"),
    "leader": Actor(role=Role.LEADER, id="l-1"),
    "reviewer above": Actor(role=Role.UPPER_LEVEL, id="u-1"),
    "auditor": Actor(role=Role.AUDITOR, id="r-1"),
    "largest unit": Actor(role=Role.UNIT, unit=_UNIT, id="p-1"),
    "small unit": Actor(role=Role.UNIT_LEADER, unit="单位58", id="p-2"),
    "unit with one below": Actor(role=Role.UNIT_PRINCIPAL, unit="单位9", id="p-3"),
}

DESKS: Final = {
    "all": Filters(),
    "still open": Filters(open_only=True),
    "to dispatch": Filters(status=["registered"]),
    "to review": Filters(status=["reviewing"]),
    "returns asked": Filters(asked="return", open_only=True),
    "extensions asked": Filters(asked="extension", open_only=True),
    "to review first": Filters(asked="first_review", open_only=True),
    "to review at last": Filters(asked="final_review", open_only=True),
    "lit": Filters(lamp=["red", "yellow", "warning"], open_only=True),
    "at units": Filters(status=["dispatched", "handling", "planned"]),
    "before a leader": Filters(status=["awaiting_instruction"]),
    "to call back": Filters(status=["callback"]),
    "closed": Filters(status=["closed"]),
    "dissatisfied": Filters(status=["callback", "closed"], rating=["dissatisfied", "very_dissatisfied"]),
    "to sign": Filters(unit=[_UNIT], unit_stage=["waiting"], open_only=True),
    "in hand": Filters(unit=[_UNIT], unit_stage=["signed"], open_only=True),
    "to approve": Filters(unit=[_UNIT], unit_stage=["approving"], open_only=True),
    "replied": Filters(unit=[_UNIT], unit_stage=["replied"], open_only=True),
    "planned": Filters(unit=[_UNIT], status=["planned"]),
    "of a type": Filters(type=["complaint"]),
    "urgent": Filters(urgency=["urgent"], open_only=True),
    "of a source": Filters(source=["phone"]),
    "of a level": Filters(level=["county"]),
    "of an area": Filters(area=["镇3"]),
    "of a category": Filters(category="城乡建设"),
    "of a number": Filters(number="2026000000099"),
    "due": Filters(due_before=datetime.now(UTC), open_only=True),
    "received on a day": Filters(received=_A_DAY),
    "dispatched on a day": Filters(dispatched=_A_DAY),
    "closed on a day": Filters(closed=_A_DAY),
    "overdue on a day": Filters(owed=Owed("handle", "overdue", _A_DAY)),
    "satisfied on a day": Filters(rating=["satisfied"], closed=_A_DAY),
}
"""What the desks of the console, the figures of its dashboard and the filters of its lists ask for."""


@pytest.fixture
async def filled(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    """A database with many tickets, written by the first test that asks."""
    engine = create_engine(postgres_url)
    async with engine.connect() as conn:
        written = await conn.scalar(select(func.count()).select_from(Ticket))
    if not written:
        await write_many(engine, COUNT)
    yield engine
    await engine.dispose()


@pytest.mark.parametrize("name", ACTORS)
async def test_every_list_goes_by_indexes_and_sorts_few_rows(filled: AsyncEngine, name: str) -> None:
    faults = []
    for desk, filters in DESKS.items():
        plan = await _explained(filled, listing.asked_for_page(ACTORS[name], filters, None, 50))
        faults += [f"{desk}: {fault}" for fault in _faults(plan)]
    assert faults == []


async def test_the_second_page_is_read_from_where_the_first_ended(filled: AsyncEngine) -> None:
    for actor in ACTORS.values():
        async with filled.connect() as conn:
            first = await listing.tickets(conn, actor, Filters(), None, 50)
            assert first.next_cursor is not None
            second = await listing.tickets(conn, actor, Filters(), first.next_cursor, 50)
        numbers = [row.no for row in (*first.rows, *second.rows)]
        assert len(numbers) == len(set(numbers)) == 100
        plan = await _explained(filled, listing.asked_for_page(actor, Filters(), first.next_cursor, 50))
        assert _faults(plan) == []


async def test_what_is_to_be_dispatched_is_paged_by_its_index_where_nothing_is_due(
    filled: AsyncEngine,
) -> None:
    waiting, cursor, urgencies = DESKS["to dispatch"], None, []
    while True:
        plan = await _explained(filled, listing.asked_for_page(ACTORS["office"], waiting, cursor, 20))
        assert (_faults(plan), _sorts(plan)) == ([], False)
        async with filled.connect() as conn:
            page = await listing.tickets(conn, ACTORS["office"], waiting, cursor, 20)
        urgencies += [row.urgency for row in page.rows]
        if (cursor := page.next_cursor) is None:
            break
    assert len(urgencies) > 20
    ranks = ["emergency", "urgent", "normal"]
    assert urgencies == sorted(urgencies, key=ranks.index)
    assert set(urgencies) >= {"urgent", "normal"}


async def test_taking_the_next_reads_no_more_than_its_desk(filled: AsyncEngine) -> None:
    for desk in ("to dispatch", "to review", "lit"):
        plan = await _explained(filled, listing.asked_for_page(ACTORS["office"], DESKS[desk], None, 1))
        assert _faults(plan) == [], desk


async def _explained(engine: AsyncEngine, query: Select[Any]) -> Mapping[str, Any]:
    """The plan of a query, with what it did."""
    sql = query.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True})
    async with engine.connect() as conn:
        told = await conn.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
        said = told.scalar_one()
    plan: Mapping[str, Any] = (json.loads(said) if isinstance(said, str) else said)[0]["Plan"]
    return plan


def _faults(plan: Mapping[str, Any]) -> list[str]:
    """What in a plan would grow with the years."""
    faults = []
    for node in _nodes(plan):
        table = node.get("Relation Name")
        if node["Node Type"] == "Seq Scan" and table not in A_PAGE_OR_SO:
            faults.append(f"reads all of {table}")
        if "Sort" in node["Node Type"]:
            sorted_rows = sum(one["Actual Rows"] * one["Actual Loops"] for one in node["Plans"])
            if sorted_rows > FEW:
                faults.append(f"sorts {sorted_rows:.0f} rows")
    return faults


def _sorts(plan: Mapping[str, Any]) -> bool:
    return any("Sort" in node["Node Type"] for node in _nodes(plan))


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)

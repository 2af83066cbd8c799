"""The fact tables: append-only by trigger, appended once, whole by their chain."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from models.chain import ChainedFact, verify
from models.facts_store import SUPERVISION, TICKET, Aggregate, FactsMissing, append, load
from ops.database import create_engine
from tests.waiting import PATIENCE


@pytest.fixture
async def engine(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_engine(postgres_url)
    yield made
    await made.dispose()


def fact(unit: str, **rest: Any) -> dict[str, Any]:
    return {"at": "2026-04-30T16:40:00+08:00", "fact": "done", "unit": unit, **rest}


Store = Callable[..., Awaitable[list[ChainedFact]]]


@pytest.fixture
def store(engine: AsyncEngine) -> Store:
    async def do(no: str, first: int, *facts: dict[str, Any], of: Aggregate = TICKET) -> list[ChainedFact]:
        async with engine.begin() as conn:
            return await append(
                conn, of, no, first, facts, law_id="law-1", actor={"role": "unit"}, command_id="c1"
            )

    return do


async def read(engine: AsyncEngine, no: str, of: Aggregate = TICKET) -> list[ChainedFact]:
    async with engine.connect() as conn:
        return await load(conn, of, no)


@pytest.mark.parametrize("aggregate", [TICKET, SUPERVISION])
async def test_what_was_appended_is_read_back_as_it_was(
    engine: AsyncEngine, store: Store, aggregate: Aggregate
) -> None:
    words = fact("水务局 𠮷䶮 🚰", due="2026-05-06T10:10:00+08:00", n=3, ratio=0.5, basis=["JC-11.1a"])
    first = await store("F1", 1, words, fact("城关镇"), of=aggregate)
    second = await store("F1", 3, fact("住建局"), of=aggregate)
    assert await read(engine, "F1", aggregate) == first + second
    assert verify("F1", first + second, last_seq=3) is None


async def test_appending_at_a_taken_place_returns_what_is_there(engine: AsyncEngine, store: Store) -> None:
    stored = await store("F2", 1, fact("水务局"), fact("城关镇"))
    assert await store("F2", 1, fact("住建局")) == stored
    assert await store("F2", 2, fact("住建局"), fact("住建局"), fact("住建局")) == stored[1:]
    assert await read(engine, "F2") == stored


async def test_facts_after_a_gap_are_refused(engine: AsyncEngine, store: Store) -> None:
    with pytest.raises(FactsMissing, match="F3 has no fact 4"):
        await store("F3", 5, fact("水务局"))
    assert await read(engine, "F3") == []


async def test_of_two_appends_at_one_moment_one_stands(engine: AsyncEngine, store: Store) -> None:
    async with engine.begin() as first:
        mine = await append(first, TICKET, "F4", 1, [fact("水务局")], law_id="law-1")
        second: asyncio.Future[list[ChainedFact]] = asyncio.ensure_future(store("F4", 1, fact("城关镇")))
        await _until_somebody_waits(engine)
    with pytest.raises(IntegrityError):
        await second
    assert await read(engine, "F4") == mine


async def _until_somebody_waits(engine: AsyncEngine) -> None:
    query = text("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock')")
    async with asyncio.timeout(PATIENCE), engine.connect() as conn:
        while not await conn.scalar(query):
            await conn.rollback()


@pytest.mark.rule("HY-19.8", "JC-19.3")
@pytest.mark.parametrize("table", ["ticket_fact", "supervision_fact"])
@pytest.mark.parametrize("change", ["UPDATE {} SET data = '{{}}'", "DELETE FROM {}", "TRUNCATE {}"])
async def test_the_database_refuses_to_change_facts(engine: AsyncEngine, table: str, change: str) -> None:
    with pytest.raises(DBAPIError, match=f"{table} is append-only"):
        async with engine.begin() as conn:
            await conn.execute(text(change.format(table)))


async def test_a_row_changed_past_the_trigger_is_named(engine: AsyncEngine, store: Store) -> None:
    await store("F5", 1, *(fact("水务局", n=n) for n in range(4)))
    async with engine.begin() as conn:
        await conn.execute(text("SET LOCAL session_replication_role = replica"))
        await conn.execute(
            text("UPDATE ticket_fact SET data = data || '{\"n\": 9}' WHERE ticket_no = 'F5' AND seq = 3")
        )
    found = verify("F5", await read(engine, "F5"))
    assert found is not None
    assert (found.seq, found.reason) == (3, "changed")


async def test_instants_keep_microseconds_and_zone(engine: AsyncEngine) -> None:
    recorded = datetime(2026, 4, 30, 8, 40, 0, 123456, tzinfo=UTC)
    async with engine.begin() as conn:
        await append(conn, TICKET, "F6", 1, [fact("水务局")], law_id="law-1", recorded_at=recorded)
    [row] = await read(engine, "F6")
    assert row.recorded_at == recorded
    assert row.at.isoformat() == "2026-04-30T08:40:00+00:00"
    assert row.data["at"] == "2026-04-30T16:40:00+08:00"

"""A command is answered the moment it is on record; what is not heard of is answered by its workflow."""

import asyncio
import os
import signal
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from fastapi import BackgroundTasks
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.delivery import Answered, Settled
from activities.hearing import Hearing
from activities.reaching import EngineAway
from api.services import commanding
from api.services.parts import Parts, assemble
from domain.commands import Actor, Dispatch, Sign
from domain.vocabulary import Role
from models import recording
from models.announcing import CHANNEL
from models.contracts.casework import CommandResult
from models.contracts.record import RecordRequest, RecordResult
from models.received_commands import ACCEPTED, STORED
from models.tables import Command, TicketFact
from tests.hotline import Hotline
from tests.waiting import eventually

OFFICE = Actor(role=Role.OFFICE, id="office-1")
WATER = "水务局"
RESULT = CommandResult(accepted_at=datetime(2026, 1, 5, 9, tzinfo=UTC), seq=7, status="handling", facts=[])


async def _listeners(engine: AsyncEngine) -> list[int]:
    async with engine.connect() as conn:
        found = await conn.scalars(
            text(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE :listen"
            ),
            {"listen": f"LISTEN%{CHANNEL}%"},
        )
        return list(found)


async def _announce(engine: AsyncEngine, command_id: str) -> None:
    async with engine.begin() as conn:
        await conn.execute(select(func.pg_notify(CHANNEL, f"{command_id} {RESULT.model_dump_json()}")))


async def _state(engine: AsyncEngine, command_id: str) -> str | None:
    async with engine.connect() as conn:
        state: str | None = await conn.scalar(select(Command.state).where(Command.id == command_id))
        return state


async def _commands(engine: AsyncEngine, no: str) -> list[str]:
    async with engine.connect() as conn:
        return list(await conn.scalars(select(Command.do).where(Command.ticket_no == no)))


async def _dispatch(parts: Parts, no: str, later: BackgroundTasks) -> commanding.Answer:
    order = Dispatch(do="dispatch", lead=WATER)
    return await commanding.to_ticket(parts, OFFICE, no, order, uuid4().hex, later=later)


async def test_who_waits_hears_of_their_own_command_only(engine: AsyncEngine) -> None:
    hearing = Hearing(engine)
    async with hearing.listening():
        await eventually(lambda: _listeners(engine))
        with hearing.of("mine") as mine, hearing.of("other") as other:
            await _announce(engine, "nobody's")
            await _announce(engine, "mine")
            assert await mine == RESULT
            assert not other.done()
        assert other.cancelled()


async def test_a_connection_that_was_cut_is_made_anew(engine: AsyncEngine) -> None:
    hearing = Hearing(engine)
    async with hearing.listening():
        (first,) = await eventually(lambda: _listeners(engine))
        async with engine.connect() as conn:
            await conn.execute(select(func.pg_terminate_backend(first)))
        await eventually(lambda: _listeners(engine), lambda seen: seen and seen != [first])
        with hearing.of("mine") as mine:
            await _announce(engine, "mine")
            assert await mine == RESULT
    assert await eventually(lambda: _listeners(engine), lambda seen: not seen) == []


async def test_a_connection_that_died_without_a_word_is_made_anew(engine: AsyncEngine) -> None:
    hearing = Hearing(engine, look=0.5)
    async with hearing.listening():
        (first,) = await eventually(lambda: _listeners(engine))
        os.kill(first, signal.SIGSTOP)
        try:
            await eventually(lambda: _listeners(engine), lambda seen: set(seen) - {first})
            with hearing.of("mine") as mine:
                await _announce(engine, "mine")
                assert await mine == RESULT
        finally:
            os.kill(first, signal.SIGCONT)


async def test_a_command_is_answered_when_it_is_on_record_and_noted_when_its_workflow_has_said_so(
    hotline: Hotline, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go, put_on_record = asyncio.Event(), recording.record

    async def held_after_the_commit(on: AsyncEngine, request: RecordRequest) -> RecordResult:
        done = await put_on_record(on, request)
        await let_go.wait()
        return done

    here, no, later = hotline.parts, await hotline.ticket(), BackgroundTasks()
    await eventually(lambda: _listeners(engine))
    monkeypatch.setattr(recording, "record", held_after_the_commit)
    answer = await _dispatch(here, no, later)
    assert answer.accepted
    assert await _state(engine, answer.command_id) == STORED
    another_process = assemble(here.settings, engine, here.client, here.ring)
    for parts in (here, another_process):
        assert await commanding.find(parts, OFFICE, answer.command_id) == answer
    let_go.set()
    await later()
    assert await _state(engine, answer.command_id) == ACCEPTED
    assert await commanding.find(here, OFFICE, answer.command_id) == answer
    async with engine.connect() as conn:
        own = select(TicketFact.seq, TicketFact.data).where(TicketFact.command_id == answer.command_id)
        rows = (await conn.execute(own.order_by(TicketFact.seq))).all()
    assert list(answer.facts) == [row.data for row in rows]
    assert answer.seq == rows[-1].seq


async def test_what_was_answered_and_never_reached_history_is_brought_again_before_the_next_command(
    hotline: Hotline, engine: AsyncEngine
) -> None:
    parts, no, later = hotline.parts, await hotline.ticket(), BackgroundTasks()
    dispatched = await _dispatch(parts, no, later)
    # As if Temporal had been lost before it wrote of it.
    lost: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()
    parts.delivery.answered[dispatched.command_id] = Answered(no, lost)
    unit, sign = Actor(role=Role.UNIT, unit=WATER, id="shuiwu-a"), Sign(do="sign", unit=WATER)
    signing = asyncio.create_task(commanding.to_ticket(parts, unit, no, sign, "s-1", later=later))
    await eventually(lambda: _commands(engine, no), lambda seen: "sign" in seen)
    lost.set_exception(EngineAway("lost"))
    assert (await signing).accepted
    assert await _state(engine, dispatched.command_id) == ACCEPTED
    await later()


async def test_a_command_that_is_not_announced_is_answered_by_its_workflow(
    hotline: Hotline, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(request: RecordRequest) -> None: ...

    monkeypatch.setattr(recording, "announcement", silent)
    no, later = await hotline.ticket(), BackgroundTasks()
    answer = await _dispatch(hotline.parts, no, later)
    await later()
    assert answer.accepted
    assert await _state(engine, answer.command_id) == ACCEPTED

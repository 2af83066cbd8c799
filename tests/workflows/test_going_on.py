"""A ticket goes on: in a new run when its history is long, and from Postgres alone when Temporal lost it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from domain.facts import to_json
from models import search_attributes
from models.contracts.casework import CommandResult
from models.tables import Outbox
from ops.embedded_temporal import DISPATCH_SETTINGS, EmbeddedTemporal
from ops.keyring import KeyRing
from ops.ports import free_port
from ops.settings import Settings
from ops.supervise import Supervisor
from ops.temporal_client import connect
from tests.waiting import eventually
from tests.workflows.histories import kinds
from tests.workflows.office import Office, live, names
from worker import build_worker

_LONG = 25
"""Events after which this server calls a history long."""


@pytest.fixture(scope="module")
def impatient_server(open_dir: Path) -> Iterator[EmbeddedTemporal]:
    """A server that soon wants a new run."""
    server = EmbeddedTemporal(
        port=free_port(),
        log=open_dir / "impatient.log",
        dynamic_config=(*DISPATCH_SETTINGS, f"limit.historyCount.suggestContinueAsNew={_LONG}"),
    )
    with Supervisor(print) as supervisor:
        supervisor.start(server.service())
        yield server


@pytest.fixture
async def impatient(
    settings: Settings, impatient_server: EmbeddedTemporal, engine: AsyncEngine, ring: KeyRing
) -> AsyncIterator[Office]:
    """An office on that server."""
    there = settings.model_copy(update={"temporal_address": impatient_server.address})
    client: Client = await connect(there, ring=ring)
    await search_attributes.register(client)
    async with build_worker(client, there, engine, ring):
        yield Office(client, engine, ring, there.task_queue)


async def test_a_long_history_goes_on_in_a_new_run_without_losing_or_repeating_anything(
    impatient: Office,
) -> None:
    ticket = await impatient.open()
    await live(impatient, ticket)
    state = await impatient.ticket(ticket.no)
    assert state.status == "closed"
    handle = impatient.client.get_workflow_handle(ticket.handle.id)
    assert (await handle.describe()).run_id != ticket.handle.first_execution_run_id
    assert names(await impatient.facts(ticket.no)).count("registered") == 1
    history = await handle.fetch_history()
    assert len(history.events) < 2 * _LONG
    async with impatient.engine.connect() as conn:
        query = select(Outbox.subject).where(Outbox.payload["ticket_no"].astext == ticket.no)
        subjects = list(await conn.scalars(query))
    assert len(subjects) == len(set(subjects))


async def test_a_command_of_an_earlier_run_is_not_done_again(impatient: Office) -> None:
    ticket = await impatient.open()
    envelope = await impatient.envelope(ticket, "dispatch", lead="水务局")
    await impatient.client.get_workflow_handle(ticket.handle.id).execute_update(
        "dispatch", envelope, id=envelope.id
    )
    await impatient.say(ticket, "sign", unit="水务局")
    handle = impatient.client.get_workflow_handle(ticket.handle.id)
    for _ in range(_LONG // 6):
        await impatient.say(ticket, "contact", unit="水务局", told="正在处理")
    await eventually(handle.describe, lambda seen: seen.run_id != ticket.handle.first_execution_run_id)
    before = await impatient.facts(ticket.no)
    again: CommandResult = await handle.execute_update(
        "dispatch", envelope, id=envelope.id, result_type=CommandResult
    )
    assert again.facts[0]["do"] == "dispatch"
    assert await impatient.facts(ticket.no) == before


@pytest.mark.parametrize("is_told", [True, False], ids=["told what is stored", "told nothing"])
async def test_a_ticket_that_temporal_lost_starts_again_from_what_postgres_has(
    office: Office, is_told: bool
) -> None:
    ticket = await office.open()
    await office.say(ticket, "dispatch", lead="水务局")
    await office.say(ticket, "sign", unit="水务局")
    before = await office.facts(ticket.no)
    recorded = tuple(to_json(fact) for fact in before) if is_told else ()
    await ticket.handle.terminate("the server's disk is gone")
    again = await office.start(ticket.begun.model_copy(update={"recorded": recorded}))
    result = await office.say(again, "contact", unit="水务局", told="正在处理")
    assert result.status == "handling"
    assert (await office.facts(ticket.no))[: len(before)] == before
    assert "TIMER_STARTED" in kinds(await again.handle.fetch_history())

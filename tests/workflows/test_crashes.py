"""Kill -9 at the worst moments, and what stands afterwards. Postgres wins."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from domain.commands import Envelope
from models import chain, facts_store, search_attributes
from models.contracts.casework import CommandResult, Refused
from ops.embedded_temporal import EmbeddedTemporal
from ops.keyring import KeyRing
from ops.ports import free_port
from ops.process import spawn, stop
from ops.settings import Settings
from ops.temporal_client import connect
from tests.waiting import PATIENCE, eventually
from tests.workflows.histories import kinds
from tests.workflows.office import Office, OpenTicket, names, now
from worker import build_worker

ROOT = Path(__file__).parents[2]


class Server:
    """A Temporal server that can be killed and started again on its file."""

    def __init__(self, folder: Path) -> None:
        self.embedded = EmbeddedTemporal(
            port=free_port(), log=folder / "temporal.log", database=folder / "temporal.db"
        )
        self.start()

    def start(self) -> None:
        self.service = self.embedded.service()
        self.process = spawn(self.service)
        while not self.service.is_ready(self.process):
            assert self.process.poll() is None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        stop(self.process, self.service)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def settings(settings: Settings, server: Server) -> Settings:
    return settings.model_copy(update={"temporal_address": server.embedded.address})


@pytest.fixture
async def client(settings: Settings, ring: KeyRing) -> Client:
    client = await connect(settings, ring=ring)
    await search_attributes.register(client)
    return client


@pytest.fixture
async def quiet(client: Client, settings: Settings, engine: AsyncEngine, ring: KeyRing) -> Office:
    """An office without a worker of its own."""
    return Office(client, engine, ring, settings.task_queue)


@contextmanager
def process(settings: Settings, *args: str, stderr: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A program of ours with these settings, killed at the end if it still runs."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "JIESU_DATA_DIR": str(settings.data_dir),
        "JIESU_DATABASE_URL": settings.database_target(),
        "JIESU_TEMPORAL_ADDRESS": settings.temporal_target,
        "JIESU_TEMPORAL_NAMESPACE": settings.temporal_namespace,
        "JIESU_TASK_QUEUE": settings.task_queue,
        "JIESU_GRACEFUL_SHUTDOWN_SECONDS": "5",
    }
    running = subprocess.Popen([sys.executable, *args], env=environment, cwd=settings.data_dir, stderr=stderr)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


async def whole(office: Office, ticket: OpenTicket) -> bool:
    """Whether the ticket's chain of facts holds."""
    async with office.engine.connect() as conn:
        rows = await facts_store.load(conn, facts_store.TICKET, ticket.no)
    return chain.verify(ticket.no, rows) is None


@contextmanager
def stalling_worker(settings: Settings, folder: Path, fact: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that stops between record and history when a fact of that name is stored."""
    program = str(Path(__file__).parent / "stalling_worker.py")
    with process(settings, program, str(folder), fact) as running:
        yield running


async def stalled(folder: Path) -> bool:
    """Whether it has stopped there."""
    return await asyncio.to_thread((folder / "stalled").exists)


COMMAND = "the-dispatch"


async def stalled_in_dispatch(quiet: Office, settings: Settings, folder: Path) -> OpenTicket:
    """A ticket whose dispatch is recorded while its history knows nothing of it; the worker is dead."""
    with stalling_worker(settings, folder, "assigned") as worker:
        ticket = await quiet.open()
        await eventually(lambda: recorded_in_history(ticket), lambda number: number == 1)
        sent = asyncio.create_task(quiet.say(ticket, "dispatch", lead="水务局", command_id=COMMAND))
        await eventually(lambda: stalled(folder), bool)
        worker.kill()
        sent.cancel()
        await asyncio.wait([sent])
    assert "assigned" in names(await quiet.facts(ticket.no))
    assert await recorded_in_history(ticket) == 1
    return ticket


async def recorded_in_history(ticket: OpenTicket) -> int:
    """How many records the ticket's history knows of."""
    return kinds(await ticket.handle.fetch_history()).count("MARKER_RECORDED")


@pytest.mark.parametrize("what_dies", ["worker", "worker and server"])
async def test_what_was_recorded_stands_though_history_never_heard_of_it(
    quiet: Office, settings: Settings, server: Server, tmp_path: Path, what_dies: str
) -> None:
    ticket = await stalled_in_dispatch(quiet, settings, tmp_path)
    if "server" in what_dies:
        server.kill()
        server.start()
    recorded = await quiet.facts(ticket.no)
    async with build_worker(quiet.client, settings, quiet.engine, quiet.ring):
        envelope = await quiet.envelope(ticket, "dispatch", lead="水务局", command_id=COMMAND)
        result: CommandResult = await patiently(
            ticket.handle, "dispatch", envelope.model_copy(update={"received_at": recorded[-1].at})
        )
        assert [fact["fact"] for fact in result.facts] == names(recorded)[-len(result.facts) :]
        assert await quiet.facts(ticket.no) == recorded
        assert (await quiet.say(ticket, "sign", unit="水务局")).status == "handling"
    assert await whole(quiet, ticket)


async def test_another_command_does_not_build_on_what_history_does_not_know(
    quiet: Office, settings: Settings, server: Server, tmp_path: Path
) -> None:
    ticket = await stalled_in_dispatch(quiet, settings, tmp_path)
    server.kill()
    server.start()
    recorded = await quiet.facts(ticket.no)
    async with build_worker(quiet.client, settings, quiet.engine, quiet.ring):
        with pytest.raises(WorkflowUpdateFailedError) as failure:
            await quiet.say(ticket, "dispatch", lead="城关镇")
        assert isinstance(failure.value.cause, ApplicationError)
        assert Refused.model_validate(failure.value.cause.details[0]).code == "wrong_status"
        assert await quiet.facts(ticket.no) == recorded
        assert (await quiet.say(ticket, "sign", unit="水务局")).status == "handling"


async def test_an_alarm_that_was_recorded_rings_once(
    quiet: Office, settings: Settings, server: Server, tmp_path: Path
) -> None:
    with stalling_worker(settings, tmp_path, "clock_breached") as worker:
        ticket = await quiet.open(upstream_due=now() + timedelta(seconds=6), upstream_no="PL-1")
        await eventually(lambda: stalled(tmp_path), bool)
        worker.kill()
    server.kill()
    server.start()
    recorded = names(await quiet.facts(ticket.no))
    assert recorded.count("clock_breached") == 1
    async with build_worker(quiet.client, settings, quiet.engine, quiet.ring):
        dispatch = await quiet.envelope(ticket, "dispatch", lead="水务局")
        await patiently(ticket.handle, "dispatch", dispatch)
        assert names(await quiet.facts(ticket.no))[: len(recorded)] == recorded
        assert names(await quiet.facts(ticket.no)).count("clock_breached") == 1
    assert await whole(quiet, ticket)


async def test_a_worker_that_is_asked_to_stop_finishes_what_it_began(
    quiet: Office, settings: Settings, tmp_path: Path
) -> None:
    with process(settings, "-m", "worker") as worker:
        tickets = [await quiet.open() for _ in range(8)]
        await eventually(lambda: quiet.facts(tickets[-1].no), bool)
        dispatches = [
            asyncio.create_task(
                patiently(ticket.handle, "dispatch", await quiet.envelope(ticket, "dispatch", lead="水务局"))
            )
            for ticket in tickets
        ]
        await asyncio.wait(dispatches, return_when=asyncio.FIRST_COMPLETED)
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(worker.wait, PATIENCE) == 0
    async with build_worker(quiet.client, settings, quiet.engine, quiet.ring):
        for ticket, dispatch in zip(tickets, dispatches, strict=True):
            assert (await dispatch).status == "dispatched"
            assert names(await quiet.facts(ticket.no)).count("assigned") == 1


async def test_a_worker_says_in_one_line_why_it_cannot_start(settings: Settings) -> None:
    nowhere = settings.model_copy(update={"temporal_address": f"127.0.0.1:{free_port()}"})
    with process(nowhere, "-m", "worker", stderr=subprocess.PIPE) as worker:
        _, said = await asyncio.to_thread(worker.communicate, timeout=PATIENCE)
    assert worker.returncode == 2
    assert said.decode().count("\n") == 1
    assert "Temporal" in said.decode()


async def patiently(handle: WorkflowHandle[Any, Any], do: str, envelope: Envelope) -> CommandResult:
    """Send an Update until somebody answers: the server still waits for the worker that is dead."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                result: CommandResult = await handle.execute_update(
                    do, envelope, id=envelope.id, result_type=CommandResult
                )
            except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError):
                continue
            return result

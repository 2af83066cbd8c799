"""The real Temporal server is stopped under a running hotline: nobody waits for it twice."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    StartWorkflowUpdateInput,
    WorkflowUpdateHandle,
)

from models import search_attributes
from ops.database import create_engine
from ops.embedded_temporal import EmbeddedTemporal
from ops.ports import free_port
from ops.process import spawn, stop
from ops.settings import Settings
from ops.temporal_client import connect, key_ring
from tests.hotline import Hotline, found_units, number_apart, working
from tests.waiting import eventually

WATER = "水务局"


class Attempts(Interceptor):
    """Counts the commands that are sent to Temporal, answered or not."""

    def __init__(self) -> None:
        self.made = 0

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """Stands before whatever sends."""
        return _Counted(self, next)


class _Counted(OutboundInterceptor):
    def __init__(self, attempts: Attempts, next: OutboundInterceptor) -> None:
        super().__init__(next)
        self._attempts = attempts

    async def start_workflow_update(self, input: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:
        self._attempts.made += 1
        return await super().start_workflow_update(input)


class Server:
    """A Temporal server with its database in a file, to be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.embedded = EmbeddedTemporal(
            port=free_port(), log=folder / "temporal.log", database=folder / "temporal.db"
        )
        self.start()

    def start(self) -> None:
        self.service = self.embedded.service()
        self.process = spawn(self.service)
        while not self.service.is_ready(self.process):
            assert self.process.poll() is None, "the server ended"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    stop(server.process, server.service)


async def test_once_temporal_is_known_to_be_away_commands_are_stored_at_once(
    server: Server, tmp_path: Path, own_postgres_url: str
) -> None:
    settings = Settings(
        data_dir=tmp_path,
        database_url=own_postgres_url,
        temporal_address=server.embedded.address,
        temporal_namespace=server.embedded.namespace,
        graceful_shutdown_seconds=2,
        allow_lapsed_policy=True,
    )
    ring = key_ring(settings)
    await search_attributes.register(
        await Client.connect(server.embedded.address, namespace=server.embedded.namespace)
    )
    engine = create_engine(settings.database_target())
    await number_apart(engine)
    await found_units(engine, ring, WATER)
    attempts = Attempts()
    connected = (await connect(settings, ring=ring)).config()
    connected["interceptors"] = [*connected["interceptors"], attempts]
    client = Client(**connected)
    async with working(settings, engine, client, ring) as hotline:
        numbers = [await hotline.ticket() for _ in range(6)]
        for no in numbers:
            await hotline.done(no, "supplement", text="又停水了")
        await asyncio.to_thread(server.kill)
        before = attempts.made
        await _stored(hotline, numbers[0])
        assert attempts.made > before, "the first one finds out that the server is gone"
        before = attempts.made
        for no in numbers[1:]:
            await _stored(hotline, no)
        assert attempts.made == before, "what comes after is not sent to a server known to be gone"
        await asyncio.to_thread(server.start)

        async def again() -> int:
            return (
                await hotline.post(numbers[0], "urge", key="u-1", unit=WATER, text="请尽快签收")
            ).status_code

        assert await eventually(again, lambda status: status == 200) == 200
    await engine.dispose()


async def _stored(hotline: Hotline, no: str) -> None:
    answer = await hotline.post(no, "dispatch", lead=WATER)
    assert (answer.status_code, answer.json()["state"]) == (202, "stored")

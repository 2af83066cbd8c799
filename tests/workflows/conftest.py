"""A running worker on the real servers, and tickets to send commands to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from ops.database import create_engine
from ops.embedded_temporal import EmbeddedTemporal
from ops.keyring import KeyRing
from ops.settings import Settings
from ops.temporal_client import connect, key_ring
from tests.workflows.office import Office
from worker import build_worker


@pytest.fixture
def settings(tmp_path: Path, temporal_server: EmbeddedTemporal, postgres_url: str) -> Settings:
    """Settings of an office of its own: nobody else works on its task queue."""
    return Settings(
        data_dir=tmp_path,
        database_url=postgres_url,
        temporal_address=temporal_server.address,
        temporal_namespace=temporal_server.namespace,
        task_queue=tmp_path.name,
        graceful_shutdown_seconds=2,
        workflow_sandbox=True,
    )


@pytest.fixture
def ring(settings: Settings) -> KeyRing:
    return key_ring(settings)


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(settings.database_target())
    yield engine
    await engine.dispose()


@pytest.fixture
async def client(settings: Settings, ring: KeyRing) -> Client:
    return await connect(settings, ring=ring)


@pytest.fixture
async def office(
    client: Client, settings: Settings, engine: AsyncEngine, ring: KeyRing
) -> AsyncIterator[Office]:
    """An office whose worker runs."""
    async with build_worker(client, settings, engine, ring):
        yield Office(client, engine, ring, settings.task_queue)

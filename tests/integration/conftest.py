"""An installation for a test: a database, a task queue and an HTTP service of its own, on shared servers."""

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
from tests.hotline import Hotline, found_units, number_apart, working


@pytest.fixture
def settings(tmp_path: Path, temporal_server: EmbeddedTemporal, own_postgres_url: str) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=own_postgres_url,
        temporal_address=temporal_server.address,
        temporal_namespace=temporal_server.namespace,
        task_queue=tmp_path.name,
        graceful_shutdown_seconds=2,
        allow_lapsed_policy=True,
    )


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    made = create_engine(settings.database_target())
    yield made
    await made.dispose()


@pytest.fixture
def ring(settings: Settings) -> KeyRing:
    return key_ring(settings)


@pytest.fixture
async def client(settings: Settings, ring: KeyRing) -> Client:
    return await connect(settings, ring=ring)


@pytest.fixture
async def hotline(
    settings: Settings, engine: AsyncEngine, client: Client, ring: KeyRing
) -> AsyncIterator[Hotline]:
    """A hotline at work over a county of two units."""
    await number_apart(engine)
    await found_units(engine, ring, "水务局", "城关镇")
    async with working(settings, engine, client, ring) as made:
        yield made

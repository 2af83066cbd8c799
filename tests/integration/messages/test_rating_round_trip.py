"""From the end of a ticket to the rating that its caller sends back, on the real engines."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from activities.gateways import pushed
from models import uplinks
from ops.embedded_temporal import EmbeddedTemporal
from ops.keyring import KeyRing
from ops.settings import Settings
from ops.temporal_client import connect
from tests.hotline import Hotline, found_units, number_apart, working
from tests.integration.messages.standins import reply

WATER = "水务局"


@pytest.fixture
def settings(
    tmp_path: Path, temporal_server: EmbeddedTemporal, postgres_url: str, key_file: Path, ring: KeyRing
) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=postgres_url,
        payload_key_file=key_file,
        temporal_address=temporal_server.address,
        temporal_namespace=temporal_server.namespace,
        task_queue=tmp_path.name,
        graceful_shutdown_seconds=2,
        allow_lapsed_policy=True,
    )


@pytest.fixture
async def client(settings: Settings, ring: KeyRing) -> Client:
    return await connect(settings, ring=ring)


@pytest.fixture
async def hotline(
    settings: Settings, engine: AsyncEngine, client: Client, ring: KeyRing
) -> AsyncIterator[Hotline]:
    await number_apart(engine)
    await found_units(engine, ring, WATER)
    async with working(settings, engine, client, ring) as made:
        yield made


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(200):
        if await condition():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("waited in vain")


async def test_a_reply_of_one_figure_is_the_callers_rating(
    hotline: Hotline, engine: AsyncEngine, ring: KeyRing
) -> None:
    no = await hotline.ticket(callers=[{"name": "王芳", "phone": "13800138000"}])
    await hotline.done(no, "dispatch", lead=WATER)
    await hotline.done(no, "sign", unit=WATER)
    at = datetime.now(UTC).isoformat()
    await hotline.done(no, "reply", unit=WATER, outcome="resolved", text="已更换滤网", contacted_at=at)
    await hotline.done(no, "first_review", approve=True)
    await hotline.done(no, "final_review", "upper_level", approve=True)

    async def asked() -> bool:
        async with engine.connect() as conn:
            return bool(await conn.scalar(text("SELECT count(*) FROM survey")))

    await eventually(asked)
    (said,) = pushed.uplinks("aliyun", str([reply("13800138000", "2", 7)]).replace("'", '"').encode())
    async with engine.begin() as conn:
        assert await uplinks.take(conn, ring, said) == "rating"
    await hotline.parts.delivery.deliver_to(no)
    (caller,) = (await hotline.read(f"/tickets/{no}"))["callers"]
    assert caller["ratings"]["handling"] == "satisfied"
    async with engine.connect() as conn:
        assert await conn.scalar(text("SELECT state FROM command WHERE \"do\" = 'rate'")) == "accepted"

"""Whom each regulation wants a unit to have named: without them it gets the ticket, and is marked."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from models.sealed_columns import RowSeal
from models.tables import Person, Unit
from ops.database import create_engine
from ops.embedded_temporal import EmbeddedTemporal
from ops.keyring import KeyRing
from ops.settings import Settings
from ops.temporal_client import connect, key_ring
from tests.hotline import Hotline, found_units, number_apart, working

UNIT = "市城管局"


@pytest.fixture
def settings(tmp_path: Path, temporal_server: EmbeddedTemporal, new_database: Callable[[], str]) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=new_database(),
        temporal_address=temporal_server.address,
        temporal_namespace=temporal_server.namespace,
        task_queue=tmp_path.name,
        graceful_shutdown_seconds=2,
        allow_lapsed_policy=True,
    )


@pytest.fixture
def ring(settings: Settings) -> KeyRing:
    return key_ring(settings)


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    made = create_engine(settings.database_target())
    await number_apart(made)
    yield made
    await made.dispose()


@pytest.fixture
async def hotline(settings: Settings, engine: AsyncEngine, ring: KeyRing) -> AsyncIterator[Hotline]:
    async with working(settings, engine, await connect(settings, ring=ring), ring) as made:
        yield made


async def staff(engine: AsyncEngine, ring: KeyRing, *roles: str) -> None:
    """Names these people in the unit, one for each role, and nobody else."""
    async with engine.begin() as conn:
        unit_id = await conn.scalar(select(Unit.id).where(Unit.name == UNIT))
        await conn.execute(delete(Person).where(Person.unit_id == unit_id))
        for number, role in enumerate(roles):
            seal = RowSeal(ring, "person", f"p-{number}")
            await conn.execute(
                insert(Person).values(
                    id=f"p-{number}",
                    unit_id=unit_id,
                    roles=[role],
                    key_id=seal.key_id,
                    name=seal.close_text("name", "李明"),
                    phone=seal.close("phone", "13900139000"),
                )
            )


@pytest.mark.parametrize(
    ("policy", "source", "named"),
    [
        pytest.param(
            "heyuan",
            "phone",
            ("unit_leader", "handler", "knowledge_editor"),
            marks=[pytest.mark.rule("HY-4.1b"), pytest.mark.rule("HY-25b")],
        ),
        pytest.param(
            "jingchuan",
            "city_platform",
            ("unit_leader", "handler", "handler"),
            marks=[pytest.mark.rule("JC-4"), pytest.mark.rule("JC-7.0")],
        ),
        pytest.param(
            "laishan",
            "city_platform",
            ("unit_principal", "unit_leader", "handler"),
            marks=pytest.mark.rule("LS-4.1a"),
        ),
        pytest.param("taian", "phone", ("unit_leader", "handler"), marks=pytest.mark.rule("TA-5.1b")),
        pytest.param("henan", "phone", ("handler",), marks=pytest.mark.rule("HN-4.1")),
    ],
)
async def test_a_unit_without_the_people_a_regulation_wants_gets_the_ticket_and_is_marked(
    hotline: Hotline, engine: AsyncEngine, ring: KeyRing, policy: str, source: str, named: tuple[str, ...]
) -> None:
    await found_units(engine, ring, UNIT)
    for missing in range(len(named)):
        await staff(engine, ring, *named[:missing], *named[missing + 1 :])
        assert await lacking_when_dispatched(hotline, policy, source) == [named[missing]]
    await staff(engine, ring, *named)
    assert await lacking_when_dispatched(hotline, policy, source) == []


async def lacking_when_dispatched(hotline: Hotline, policy: str, source: str) -> list[str]:
    no = await hotline.ticket(policy=policy, source=source)
    told = await hotline.done(no, "dispatch", lead=UNIT)
    assert told["status"] == "dispatched"
    (assignment,) = (await hotline.read(f"/tickets/{no}"))["assignments"]
    lacking: list[str] = assignment["lacking"]
    return lacking

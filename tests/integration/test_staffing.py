"""Whom each regulation wants a unit to have named: without them it gets the ticket, and is marked."""

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from models.sealed_columns import RowSeal
from models.tables import Person, Unit
from ops.keyring import KeyRing
from tests.hotline import Hotline, found_units

UNIT = "市城管局"


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

"""Every role at every door: whoever the rules do not name is turned away, whoever they name is let in.

The operations come from the description of the interface, so that a new one is asked for too.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from api.permissions import PUBLIC, RULES
from models.held_roles import OF_A_UNIT, HeldRole
from models.tables import TicketFact
from ops.commands.openapi import description
from ops.embedded_temporal import EmbeddedTemporal
from ops.settings import Settings
from ops.temporal_client import connect, key_ring
from tests.hotline import Hotline, found_units, headers, number_apart, working
from tests.schema_examples import example

WATER = "水务局"
NOBODYS = "20991231999999"
_ENDLESS = frozenset({"follow_changes"})
"""Streams: whoever is let in is not answered to the end."""


@dataclass(frozen=True)
class Door:
    """One operation: how it is asked for."""

    operation: str
    method: str
    path: str
    body: Mapping[str, Any] | None


def doors() -> list[Door]:
    """Every operation that asks for an identity."""
    document = description()
    schemas = document["components"]["schemas"]
    found = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] in PUBLIC:
                continue
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            body = example(schema, schemas) if schema is not None else None
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and parameter["name"] != "no":
                    written = str(example(parameter["schema"], schemas))
                    path = path.replace(f"{{{parameter['name']}}}", written)
            found.append(Door(operation["operationId"], method.upper(), path, body))
    return found


DOORS = doors()


@pytest.fixture(scope="module")
def settings(
    tmp_path_factory: pytest.TempPathFactory,
    temporal_server: EmbeddedTemporal,
    postgres_url: str,
) -> Settings:
    folder: Path = tmp_path_factory.mktemp("matrix")
    return Settings(
        data_dir=folder,
        database_url=postgres_url,
        temporal_address=temporal_server.address,
        temporal_namespace=temporal_server.namespace,
        task_queue=folder.name,
        graceful_shutdown_seconds=2,
        allow_lapsed_policy=True,
    )


@pytest.fixture
async def hotline(settings: Settings, engine: AsyncEngine) -> AsyncIterator[Hotline]:
    ring = key_ring(settings)
    await number_apart(engine)
    async with engine.connect() as conn:
        is_fresh = await conn.scalar(select(func.count()).select_from(TicketFact)) == 0
    if is_fresh:
        await found_units(engine, ring, WATER)
    async with working(settings, engine, await connect(settings, ring=ring), ring) as made:
        yield made


async def knock(hotline: Hotline, door: Door, held: HeldRole, no: str) -> httpx2.Response:
    """Asks for an operation on a ticket in a role."""
    unit = WATER if held in OF_A_UNIT else None
    return await hotline.http.request(
        door.method,
        door.path.replace("{no}", no),
        json=door.body,
        headers=headers(held, unit, f"{held}-1".replace("_", "-")),
    )


def is_refused(answer: httpx2.Response) -> bool:
    """Whether an answer turns the role away."""
    return answer.status_code == 403 and answer.json()["code"] == "wrong_role"


@pytest.mark.parametrize("held", HeldRole)
async def test_a_role_is_turned_away_where_no_rule_names_it(hotline: Hotline, held: HeldRole) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    async with hotline.parts.engine.connect() as conn:
        before = await conn.scalar(select(func.count()).where(TicketFact.ticket_no == no))
    let_in = []
    for door in DOORS:
        if held in RULES[door.operation].roles:
            continue
        answer = await knock(hotline, door, held, no)
        # A caller's or a contractor's scope may hide what the role could not do either.
        if not (is_refused(answer) or answer.status_code == 404):
            let_in.append((door.operation, answer.status_code, answer.text[:200]))
    assert let_in == []
    async with hotline.parts.engine.connect() as conn:
        after = await conn.scalar(select(func.count()).where(TicketFact.ticket_no == no))
    assert after == before


@pytest.mark.parametrize("held", HeldRole)
async def test_a_role_is_let_in_where_a_rule_names_it(hotline: Hotline, held: HeldRole) -> None:
    turned_away = []
    for door in DOORS:
        if held not in RULES[door.operation].roles or door.operation in _ENDLESS:
            continue
        answer = await knock(hotline, door, held, NOBODYS)
        if answer.status_code == 401 or is_refused(answer) or answer.status_code >= 500:
            turned_away.append((door.operation, answer.status_code, answer.text[:200]))
    allowed_by_policy = {"register"} if held is HeldRole.CONTRACTOR_AGENT else set()
    assert [one for one in turned_away if one[0] not in allowed_by_policy] == []


async def test_without_an_identity_every_door_is_shut(hotline: Hotline) -> None:
    answers = [
        await hotline.http.request(door.method, door.path.replace("{no}", NOBODYS), json=door.body)
        for door in DOORS
    ]
    assert {answer.status_code for answer in answers} == {401}

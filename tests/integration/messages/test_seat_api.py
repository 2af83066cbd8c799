"""Calls, replies and duty over HTTP, by who may."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.vocabulary import Channel, Recipient
from models import uplinks
from models.tables import Assignment
from models.uplinks import Uplink
from ops.embedded_temporal import EmbeddedTemporal
from ops.keyring import KeyRing
from ops.settings import Settings
from ops.temporal_client import connect
from tests.hotline import Hotline, headers, number_apart, serving
from tests.integration.messages.conftest import People
from tests.integration.messages.ledger import Desk, notice

WATER = "水务局"


@pytest.fixture
async def hotline(
    tmp_path: Path,
    temporal_server: EmbeddedTemporal,
    postgres_url: str,
    key_file: Path,
    engine: AsyncEngine,
    ring: KeyRing,
    people: People,
) -> AsyncIterator[Hotline]:
    await people(
        WATER,
        {"id": "sw-a", "roles": ["handler"], "post": "A", "phone": "+8613800000001"},
        {"id": "sw-n1", "roles": []},
    )
    settings = Settings(
        data_dir=tmp_path,
        database_url=postgres_url,
        payload_key_file=key_file,
        temporal_address=temporal_server.address,
        temporal_namespace=temporal_server.namespace,
        allow_lapsed_policy=True,
    )
    await number_apart(engine)
    async with serving(settings, engine, await connect(settings, ring=ring), ring) as made:
        yield made


async def ask(
    hotline: Hotline, method: str, path: str, role: str, unit: str | None = None, **sent: Any
) -> Any:
    """Asks as somebody; the answer."""
    key = {"Idempotency-Key": sent.pop("key", uuid4().hex)}
    who = headers(role, unit, f"{role}-1")
    return await hotline.http.request(method, f"/api/v1{path}", headers={**who, **key}, **sent)


async def call_of(hotline: Hotline, engine: AsyncEngine, ring: KeyRing) -> Any:
    await Desk.of(engine, ring).send("T1", notice("red", "T1", via=[Channel.PHONE]))
    (call,) = (await ask(hotline, "GET", "/calls", "agent")).json()
    return call


async def test_a_seat_takes_a_call_and_proves_it_once(
    hotline: Hotline, engine: AsyncEngine, ring: KeyRing
) -> None:
    call = await call_of(hotline, engine, ring)
    assert call["words"] == "红牌：工单T1水务局办理时限5月11日18:00，请立即处置。"
    assert "number" not in call
    taken = (await ask(hotline, "POST", f"/calls/{call['id']}/take", "agent")).json()
    assert (taken["number"], taken["taken_by"]) == ("+8613800000001", "agent-1")
    proof = {"outcome": "reached", "seconds": 31, "evidence": "rec-1"}
    path = f"/calls/{call['id']}/attempts"
    for _ in range(2):
        told = await ask(hotline, "POST", path, "agent", json=proof, key="once")
        assert told.json() == {"state": "reached"}
    again = await ask(hotline, "POST", path, "agent", json=proof)
    assert (again.status_code, again.json()["code"]) == (409, "call_closed")
    assert (await ask(hotline, "GET", "/calls", "agent")).json() == []


@pytest.mark.parametrize("role", ["contractor_agent", "handler", "leader", "auditor", "citizen", "upstream"])
async def test_only_the_offices_own_staff_sees_calls_and_replies(hotline: Hotline, role: str) -> None:
    unit = WATER if role == "handler" else None
    for path in ("/calls", "/replies"):
        assert (await ask(hotline, "GET", path, role, unit)).status_code == 403


async def test_a_reply_is_read_with_its_number_masked_and_handled_once(
    hotline: Hotline, engine: AsyncEngine, ring: KeyRing
) -> None:
    async with engine.begin() as conn:
        await uplinks.take(conn, ring, Uplink("aliyun", "13900000001", "还是漏水", "1"))
    (reply,) = (await ask(hotline, "GET", "/replies", "office")).json()
    assert (reply["number"], reply["words"], reply["why"]) == ("139****0001", "还是漏水", "words")
    path = f"/replies/{reply['id']}/handle"
    assert (await ask(hotline, "POST", path, "office", json={"ticket_no": "T1"})).status_code == 204
    assert (await ask(hotline, "POST", path, "office", json={})).status_code == 404
    assert (await ask(hotline, "GET", "/replies", "office")).json() == []


def shift(person: str = "sw-n1", hours: int = 8) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "person_id": person,
        "starts_at": (now - timedelta(hours=1)).isoformat(),
        "ends_at": (now + timedelta(hours=hours)).isoformat(),
    }


async def test_a_unit_leader_keeps_the_roster_of_the_own_unit_only(hotline: Hotline) -> None:
    body = {"unit": WATER, "shifts": [shift()]}
    assert (await ask(hotline, "PUT", "/duty", "unit_leader", "气象局", json=body)).status_code == 403
    assert (await ask(hotline, "PUT", "/duty", "handler", WATER, json=body)).status_code == 403
    assert (await ask(hotline, "PUT", "/duty", "unit_leader", WATER, json=body)).status_code == 204
    (kept,) = (await ask(hotline, "GET", "/duty", "handler", WATER, params={"unit": WATER})).json()
    assert (kept["person_id"], kept["line"]) == ("sw-n1", 1)
    assert (await ask(hotline, "DELETE", f"/duty/{kept['id']}", "unit_leader", "气象局")).status_code == 404
    assert (await ask(hotline, "DELETE", f"/duty/{kept['id']}", "office")).status_code == 204
    assert (await ask(hotline, "GET", "/duty", "office", params={"unit": WATER})).json() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"person_id": "nobody"}, "not_in_directory"),
        ({"ends_at": "2020-01-01T00:00:00+08:00"}, "shift_order"),
        ({"ends_at": "2030-01-01T00:00:00"}, "malformed"),
        ({"line": 0}, "malformed"),
    ],
)
async def test_a_roster_that_is_wrong_is_refused(
    hotline: Hotline, changed: dict[str, Any], code: str
) -> None:
    body = {"unit": WATER, "shifts": [{**shift(), **changed}]}
    answer = await ask(hotline, "PUT", "/duty", "office", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.rule("JC-11.1.2a")
async def test_an_emergency_is_acknowledged_by_its_unit_and_by_no_other(
    hotline: Hotline, engine: AsyncEngine, ring: KeyRing
) -> None:
    no = await hotline.ticket(urgency="emergency")
    async with engine.begin() as conn:
        await conn.execute(
            insert(Assignment).values(
                ticket_no=no, unit=WATER, role="lead", stage="waiting", dispatched_at=datetime.now(UTC)
            )
        )
    await ask(hotline, "PUT", "/duty", "office", json={"unit": WATER, "shifts": [shift()]})
    told = notice("emergency", no, key="night", roles=[Recipient.HANDLER])
    assert await Desk.of(engine, ring).send(no, told)
    path = f"/tickets/{no}/acknowledge_emergency"
    assert (await ask(hotline, "POST", path, "handler", "气象局")).status_code == 404
    assert (await ask(hotline, "POST", path, "handler", WATER)).json() == {"acknowledged": 1}
    assert (await ask(hotline, "POST", path, "handler", WATER)).json() == {"acknowledged": 0}

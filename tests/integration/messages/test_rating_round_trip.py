"""From the end of a ticket to the rating that its caller sends back, on the real engines."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.gateways import pushed
from activities.gateways.aliyun import AliyunGateway
from models import uplinks
from ops.keyring import KeyRing
from ops.settings import Settings
from tests.hotline import Hotline
from tests.integration.messages.ledger import Desk, notice
from tests.integration.messages.standins import Aliyun, reply
from tests.waiting import eventually

WATER = "水务局"


@pytest.fixture
def settings(settings: Settings, postgres_url: str, key_file: Path, ring: KeyRing) -> Settings:
    """The installation's settings, with the database and the keys of the tests of messages."""
    return settings.model_copy(update={"database_url": postgres_url, "payload_key_file": key_file})


async def answer(hotline: Hotline, no: str) -> None:
    """Brings a ticket to where its caller is asked."""
    await hotline.done(no, "dispatch", lead=WATER)
    await hotline.done(no, "sign", unit=WATER)
    at = datetime.now(UTC).isoformat()
    await hotline.done(no, "reply", unit=WATER, outcome="resolved", text="已更换滤网", contacted_at=at)
    await hotline.done(no, "first_review", approve=True)
    await hotline.done(no, "final_review", "upper_level", approve=True)


async def test_a_reply_of_one_figure_is_the_callers_rating(
    hotline: Hotline, engine: AsyncEngine, ring: KeyRing
) -> None:
    no = await hotline.ticket(callers=[{"name": "王芳", "phone": "13800138000"}])
    await answer(hotline, no)

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


async def test_the_link_in_a_message_opens_the_callers_ticket_and_takes_the_rating(
    hotline: Hotline, engine: AsyncEngine, ring: KeyRing, aliyun: Aliyun, through_aliyun: AliyunGateway
) -> None:
    no = await hotline.ticket(callers=[{"name": "王芳", "phone": "13800138000"}])
    await answer(hotline, no)
    desk = Desk.of(engine, ring, through_aliyun, site="https://12345.example")
    asking = notice("citizen_answered", no, key="linked")
    assert await desk.send(no, asking)
    (taken,) = aliyun.taken
    said = json.loads(taken.words)
    page = f"/citizen/t/{said.pop('token')}"
    assert said == {"ticket": no}
    (row,) = await desk.all("SELECT params, parts FROM notification WHERE notice = 'linked'")
    assert row == ({"ticket": no}, 2), "kept nowhere in the clear, and counted in parts"
    assert page not in str(await desk.all("SELECT * FROM citizen_link"))

    shown = await hotline.http.get(page)
    assert shown.status_code == 200
    assert no in shown.text
    (key,) = set(re.findall(r'name="key" value="([0-9a-f-]{36})"', shown.text))
    rated = await hotline.http.post(f"{page}/rate", data={"handling": "satisfied", "key": key})
    assert rated.status_code == 303
    (caller,) = (await hotline.read(f"/tickets/{no}"))["callers"]
    assert caller["ratings"]["handling"] == "satisfied"

    async with engine.begin() as conn:
        await conn.execute(text("UPDATE citizen_link SET expires_at = now() - interval '1 second'"))
    assert (await hotline.http.get(page)).status_code == 404
    assert (await hotline.http.get(f"/citizen/t/{'A' * 12}")).status_code == 404


async def test_the_outbox_shows_no_link_that_opens_a_ticket(
    hotline: Hotline, engine: AsyncEngine, ring: KeyRing
) -> None:
    no = await hotline.ticket(callers=[{"name": "王芳", "phone": "13800138000"}])
    desk = Desk.of(engine, ring, site="https://12345.example")
    assert await desk.send(no, notice("citizen_accepted", no, key="linked"))
    own = "SELECT id::text FROM notification WHERE notice = 'linked'"
    ((body,),) = await desk.all(f"SELECT body FROM outbox_message WHERE key = ({own})")
    assert body.endswith("进度：https://12345.example/citizen/t/…")

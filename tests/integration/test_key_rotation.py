"""A new key while the system runs: everything stored moves to it, nobody is kept waiting, nothing is lost."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from models import sealed_tables, uplinks
from models.attachments import key_of, store_of
from models.tables import Base
from models.uplinks import Uplink
from ops.commands import keys
from ops.keyring import KeyFile
from ops.settings import Settings
from tests.hotline import Hotline, headers

WATER = "水务局"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


async def used(engine: AsyncEngine) -> set[str]:
    """The keys that rows are sealed with."""
    async with engine.connect() as conn:
        return {key for _, key in await sealed_tables.keys_in_use(conn)}


async def test_everything_moves_to_the_new_key_while_people_work(
    hotline: Hotline, engine: AsyncEngine, settings: Settings
) -> None:
    before = [await hotline.ticket() for _ in range(5)]
    said = {**headers("agent"), "Content-Type": "application/octet-stream"}
    path = f"/api/v1/tickets/{before[0]}/attachments?name=a.jpg"
    file = (await hotline.http.post(path, content=JPEG, headers=said)).json()["id"]
    async with engine.begin() as conn:
        sms = Uplink("aliyun", "13600136000", "我叫王芳")
        assert await uplinks.take(conn, hotline.parts.ring, sms) == "open"
    office = headers("office", actor="office-1")
    asked = {"format": "csv", "reason": "月度汇总"}
    assert (await hotline.http.post("/api/v1/exports", json=asked, headers=office)).status_code == 201
    assert await used(engine) == {"k1"}
    rotated, *during = await asyncio.gather(
        keys._rotate(settings, "sm4-gcm"), *(hotline.ticket() for _ in range(5))
    )
    assert rotated is None
    assert KeyFile(settings.key_file)().active == "k2"
    await sealed_tables.reseal(engine, hotline.parts.ring)
    assert await used(engine) == {"k2"}
    (stored,) = (settings.data_dir / "attachments").iterdir()
    assert key_of(stored.read_bytes()) == "k2"
    assert (await hotline.get(f"/tickets/{before[0]}/attachments/{file}")).content == JPEG
    for no in (*before, *during):
        shown = await hotline.read(f"/tickets/{no}")
        assert (shown["title"], shown["callers"][0]["phone"]) == ("自来水浑浊", "138****8000")
    async with engine.connect() as conn:
        (message,) = await uplinks.waiting(conn, hotline.parts.ring)
    assert (message.number, message.words) == ("+8613600136000", "我叫王芳")
    (export,) = (await hotline.http.get("/api/v1/exports", headers=office)).json()
    assert export["reason"] == "月度汇总"
    # What lies at Temporal under the old key goes on.
    await hotline.done(before[1], "dispatch", lead=WATER)
    assert store_of(settings)


async def test_a_rotation_that_was_cut_off_is_ended_by_the_next(
    hotline: Hotline, engine: AsyncEngine, settings: Settings
) -> None:
    no = await hotline.ticket()
    file = KeyFile(settings.key_file)
    file.replace(file().rotated())
    after = await hotline.ticket()
    assert await used(engine) == {"k1", "k2"}
    await keys._rotate(settings, None)
    assert await used(engine) == {"k3"}
    for one in (no, after):
        assert (await hotline.read(f"/tickets/{one}"))["title"] == "自来水浑浊"


def test_whatever_a_table_declares_encrypted_moves_along() -> None:
    declared = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.c
        if column.info.get("sealed")
    }
    moved = {(table.name, name) for table, names in sealed_tables.SEALED.items() for name in names}
    assert moved == declared
    assert {("inbox_message", "number"), ("inbox_message", "words"), ("account", "totp")} <= moved

"""Letting go of people: everything that names them goes, on record, and the legal record stays whole."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import LargeBinary, Table, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from models import audit, citizen_links, erasing, uplinks, verification
from models.attachments import store_of
from models.sealed_tables import SEALED
from models.tables import Attachment, Base, Caller, CitizenLink, Erasure, InboxMessage, Ticket, TicketText
from models.uplinks import Uplink
from ops.commands import erase, retention
from ops.errors import OperationFailed
from ops.settings import Settings
from tests.hotline import Hotline, headers
from tests.integration.messages.ledger import Desk, notice

WATER = "水务局"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
PHONE = "13800138000"


async def lived(hotline: Hotline, *, ended: bool = True, **fields: object) -> str:
    """A ticket with words and files of several people, which ended or not."""
    no = await hotline.ticket(**fields)
    await hotline.done(no, "dispatch", lead=WATER)
    await hotline.done(no, "progress", unit=WATER, text="已到王芳家查看")
    said = {**headers("agent", actor="agent-1"), "Content-Type": "application/octet-stream"}
    path = f"/api/v1/tickets/{no}/attachments?name=王芳家.jpg"
    assert (await hotline.http.post(path, content=JPEG, headers=said)).status_code == 201
    if ended:
        await hotline.done(no, "withdraw", "agent", reason="王芳说不用了")
    return no


async def held(engine: AsyncEngine, no: str) -> dict[str, int]:
    """What a ticket still holds."""
    async with engine.connect() as conn:
        found = {
            "callers": (await conn.scalars(select(Caller.name).where(Caller.ticket_no == no))).all(),
            "numbers": (await conn.scalars(select(Caller.phone_index).where(Caller.ticket_no == no))).all(),
            "texts": (
                await conn.scalars(select(TicketText.ciphertext).where(TicketText.ticket_no == no))
            ).all(),
            "files": (await conn.scalars(select(Attachment.name).where(Attachment.ticket_no == no))).all(),
        }
    return {name: sum(value is not None for value in values) for name, values in found.items()}


async def test_an_erased_ticket_holds_nobody_and_no_word_and_is_whole(
    hotline: Hotline, engine: AsyncEngine, settings: Settings
) -> None:
    no = await lived(hotline)
    now, token = datetime.now(UTC), "A" * citizen_links.SHORT
    async with engine.begin() as conn:
        (person,) = await conn.scalars(select(Caller.id).where(Caller.ticket_no == no))
        await citizen_links.keep(conn, token, person, now + timedelta(days=1))
    files = list((settings.data_dir / "attachments").iterdir())
    assert len(files) == 1
    assert all((await held(engine, no)).values())
    assert await erase._erase(settings, no, None, "hotline-chief", "request", False) == []
    assert await held(engine, no) == {"callers": 0, "numbers": 0, "texts": 0, "files": 0}
    assert not files[0].exists()
    shown = await hotline.read(f"/tickets/{no}")
    assert (shown["title"], shown["text"], shown["callers"][0]["name"]) == (None, None, None)
    timeline = await hotline.read(f"/tickets/{no}/timeline")
    told = [one for entry in timeline for one in entry["texts"].values()]
    assert told
    assert {one["erased_reason"] for one in told} == {"应本人要求"}
    ring = hotline.parts.ring
    async with engine.connect() as conn:
        assert await conn.scalar(select(CitizenLink.digest)) is None, "the link of the erased is gone too"
    checked = [one async for one in verification.check_tickets(engine, ring, no)]
    assert [one.faults for one in checked] == [()]


async def test_an_erasure_is_on_record_and_the_record_stays(
    hotline: Hotline, engine: AsyncEngine, settings: Settings
) -> None:
    no = await lived(hotline)
    await erase._erase(settings, no, None, "hotline-chief", "order", False)
    async with engine.connect() as conn:
        (record,) = (await conn.execute(select(Erasure.__table__).where(Erasure.ticket_no == no))).all()
    assert (record.by, record.why, record.emptied["callers"], record.emptied["files"]) == (
        "hotline-chief",
        "order",
        1,
        1,
    )
    lines = [row.data async for row in audit.lines(engine) if row.operation == "erase"]
    assert [(line["ticket_no"], line["actor"]["id"]) for line in lines] == [(no, "hotline-chief")]
    with pytest.raises(DBAPIError, match="append-only"):
        async with engine.begin() as conn:
            await conn.execute(text("DELETE FROM erasure"))
    await erase._erase(settings, no, None, "hotline-chief", "order", False)
    async with engine.connect() as conn:
        assert len((await conn.execute(select(Erasure.__table__))).all()) == 1


async def test_whoever_has_a_number_is_erased_wherever_they_called(
    hotline: Hotline, engine: AsyncEngine, settings: Settings
) -> None:
    alone = await lived(hotline)
    other = {"name": "李四", "phone": "13700137000"}
    shared = await lived(hotline, ended=False, callers=[{"name": "王芳", "phone": PHONE}, other])
    strangers = await lived(hotline, callers=[other])
    assert await erase._erase(settings, None, PHONE, "hotline-chief", "request", True) == []
    assert (await held(engine, alone))["texts"] == 0
    left = await held(engine, shared)
    assert (left["callers"], left["texts"] > 0) == (1, True)
    assert (await held(engine, strangers))["callers"] == 1


async def test_an_open_ticket_is_left_unless_told_otherwise(
    hotline: Hotline, engine: AsyncEngine, settings: Settings
) -> None:
    no = await hotline.ticket()
    assert await erase._erase(settings, no, None, "hotline-chief", "mistake", False) == [no]
    assert (await held(engine, no))["callers"] == 1
    assert await erase._erase(settings, no, None, "hotline-chief", "mistake", True) == []
    assert (await held(engine, no))["callers"] == 0


async def test_what_is_past_its_time_is_erased_and_nothing_else(
    hotline: Hotline, engine: AsyncEngine, settings: Settings
) -> None:
    old, young = await lived(hotline), await lived(hotline)
    async with engine.begin() as conn:
        past = datetime.now(UTC) - timedelta(days=settings.retention_days, hours=1)
        await conn.execute(update(Ticket).where(Ticket.no == old).values(ended_at=past))
    assert await retention._list(settings) == 1
    assert (await held(engine, old))["callers"] == 1
    assert await retention._apply(settings) == 1
    assert (await held(engine, old)) == {"callers": 0, "numbers": 0, "texts": 0, "files": 0}
    assert (await held(engine, young))["callers"] == 1
    assert await retention._list(settings) == 0


async def test_an_sms_of_somebody_who_never_called_is_let_go_too(
    hotline: Hotline, engine: AsyncEngine, settings: Settings
) -> None:
    ring, stranger, other = hotline.parts.ring, "13600136000", "13500135000"
    async with engine.begin() as conn:
        for number, said in ((stranger, "我叫王芳"), (other, "我叫李四")):
            assert await uplinks.take(conn, ring, Uplink("aliyun", number, said)) == "open"
    assert await erase._erase(settings, None, stranger, "hotline-chief", "request", False) == []
    with pytest.raises(OperationFailed, match="nobody with this number"):
        await erase._erase(settings, None, stranger, "hotline-chief", "request", False)

    async def kept() -> list[str | None]:
        async with engine.connect() as conn:
            return [one.words for one in await uplinks.waiting(conn, ring)]

    assert sorted(await kept(), key=str) == [None, "我叫李四"]
    past = datetime.now(UTC) - timedelta(days=settings.retention_days, hours=1)
    async with engine.begin() as conn:
        await conn.execute(update(InboxMessage).values(received_at=past))
    await retention._apply(settings)
    assert await kept() == [None, None]
    async with engine.connect() as conn:
        records = (await conn.execute(select(Erasure.ticket_no, Erasure.why, Erasure.emptied))).all()
    assert [(one.ticket_no, one.why, one.emptied["messages"]) for one in records] == [
        ("inbox", "request", 1),
        ("inbox", "retention", 1),
    ]


async def test_what_went_out_keeps_no_digit_of_the_number(
    hotline: Hotline, engine: AsyncEngine, settings: Settings
) -> None:
    no = await hotline.ticket(callers=[{"name": "王芳", "phone": PHONE}])
    desk = Desk.of(engine, hotline.parts.ring)
    assert await desk.send(no, notice("citizen_accepted", no, key="own"))
    kept = "SELECT count(*) FROM outbox_message WHERE number LIKE '%8000'"
    assert await desk.all(kept) != [(0,)]
    await erase._erase(settings, no, None, "hotline-chief", "request", True)
    assert await desk.all(kept) == [(0,)]


async def test_a_file_that_a_crash_left_behind_goes_next_time(
    hotline: Hotline, engine: AsyncEngine, settings: Settings
) -> None:
    no = await lived(hotline)
    async with engine.begin() as conn:
        await erasing.erase_ticket(conn, no, at=datetime.now(UTC), by="x", why="request")
    (file,) = (settings.data_dir / "attachments").iterdir()
    await retention._apply(settings)
    assert not file.exists()
    async with engine.connect() as conn:
        gone = await conn.scalar(select(Attachment.id))
    assert gone is not None
    with pytest.raises(FileNotFoundError):
        await store_of(settings).get(gone)


def test_every_column_that_is_encrypted_is_known() -> None:
    named = {"digest", "hash", "prev_hash", "event", "subject"}
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        assert isinstance(table, Table)
        sealed = {
            column.name
            for column in table.c
            if isinstance(column.type, LargeBinary)
            and column.name not in named
            and not column.name.endswith(("_index", "_digest"))
        }
        assert sealed == set(SEALED.get(table, ())), table.name
        assert not sealed or {"id", "key_id"} <= set(table.c.keys()), table.name

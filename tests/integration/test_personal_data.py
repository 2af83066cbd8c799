"""What people wrote and who they are: readable with the key, by nobody else, and gone once erased."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from uuid_utils.compat import uuid7

from domain.commands import AnswerSupervision, Progress, Reply, RequestReturn, Sign
from models import callers, texts
from models.callers import NewCaller
from models.tables import Base
from models.texts import Reference, seal
from ops.database import create_engine
from ops.keyring import Algorithm, KeyRing, KeyRingError, Keys, ring_from_text

RING = ring_from_text(Keys.generate().to_json())
NOW = datetime(2026, 5, 6, 1, 0, tzinfo=UTC)
WORDS = "住在𠮷野家隔壁的䶮先生说水管爆了 🚰\u200d"


@pytest.fixture
async def engine(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_engine(postgres_url)
    yield made
    await made.dispose()


@pytest.fixture
async def conn(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as made:
        yield made


async def fault(conn: AsyncConnection, ring: KeyRing, reference: Reference) -> str | None:
    return (await texts.faults(conn, ring, [reference])).get(reference)


def test_every_text_of_a_command_is_replaced_and_nothing_else() -> None:
    command = RequestReturn(unit="水务局", reason=WORDS, basis="三定方案", materials=["甲.pdf", "乙.pdf"])
    sealed, new = seal(RING, command)
    assert [(one.field, one.words) for one in new] == [
        ("basis", "三定方案"),
        ("materials.0", "甲.pdf"),
        ("materials.1", "乙.pdf"),
        ("reason", WORDS),
    ]
    assert sealed.unit == "水务局"
    assert sealed.materials == [str(new[1].reference), str(new[2].reference)]
    written = sealed.model_dump_json()
    assert not any(one.words in written or one.words in repr(one) for one in new)


def test_a_field_that_was_not_given_is_not_given_in_the_internal_form() -> None:
    sealed, new = seal(RING, RequestReturn(unit="水务局", reason=WORDS))
    assert set(sealed.model_dump(exclude_unset=True)) == {"unit", "reason"}
    assert len(new) == 1
    assert seal(RING, Sign(unit="水务局")) == (Sign(unit="水务局"), [])


def test_what_is_no_text_in_a_mixed_field_stays() -> None:
    plain, none = seal(RING, AnswerSupervision(unit="水务局", written_explanation=True))
    assert (plain.written_explanation, none) == (True, [])
    sealed, [new] = seal(RING, AnswerSupervision(unit="水务局", written_explanation="情况说明"))
    assert sealed.written_explanation == str(new.reference)


def test_words_that_look_like_a_reference_are_words() -> None:
    forged = f"text:{uuid7()}:{'0' * 64}"
    sealed, [new] = seal(RING, Progress(unit="水务局", text=forged))
    assert new.words == forged
    assert sealed.text == str(new.reference) != forged


_ID = "01a20073-7d07-75fc-98ac-d600c6aae39d"


@pytest.mark.parametrize("written", ["", "text", "text:1:2", f"text:{_ID}:ABC", f" text:{_ID}:{'0' * 64}"])
def test_other_strings_are_no_references(written: str) -> None:
    assert Reference.parse(written) is None


async def test_texts_are_read_back_to_the_character(conn: AsyncConnection) -> None:
    _, new = seal(RING, Reply(unit="水务局", text=WORDS, materials=["照片 𠮷.jpg"]))
    await texts.store(conn, RING, "P1", new, NOW)
    found = await texts.read(conn, RING, [one.reference.id for one in new])
    assert {one.field: one.words for one in found.values()} == {"text": WORDS, "materials.0": "照片 𠮷.jpg"}
    assert [one.words for one in await texts.read_ticket(conn, RING, "P1")] == ["照片 𠮷.jpg", WORDS]


async def test_texts_of_before_a_rotation_are_read(conn: AsyncConnection) -> None:
    keys = Keys.generate()
    _, [new] = seal(ring_from_text(keys.to_json()), Progress(unit="水务局", text=WORDS))
    await texts.store(conn, ring_from_text(keys.to_json()), "P2", [new], NOW)
    rotated = ring_from_text(keys.rotated(Algorithm.SM4_GCM).to_json())
    assert (await texts.read_ticket(conn, rotated, "P2"))[0].words == WORDS
    assert await fault(conn, rotated, new.reference) is None


async def test_a_text_put_in_another_row_does_not_open(conn: AsyncConnection) -> None:
    _, new = seal(RING, Reply(unit="水务局", text="甲", basis="乙"))
    await texts.store(conn, RING, "P3", new, NOW)
    await conn.execute(
        text(
            "UPDATE ticket_text SET ciphertext = other.ciphertext FROM ticket_text other"
            " WHERE ticket_text.ticket_no = 'P3' AND other.ticket_no = 'P3' AND other.id <> ticket_text.id"
        )
    )
    with pytest.raises(KeyRingError):
        await texts.read_ticket(conn, RING, "P3")
    assert "altered or moved" in (await fault(conn, RING, new[0].reference) or "")


async def test_a_reference_proves_its_words(conn: AsyncConnection) -> None:
    _, [new] = seal(RING, Progress(unit="水务局", text=WORDS))
    assert "missing" in (await fault(conn, RING, new.reference) or "")
    await texts.store(conn, RING, "P4", [new], NOW)
    assert await fault(conn, RING, new.reference) is None
    assert "changed" in (await fault(conn, RING, replace(new.reference, digest="0" * 64)) or "")


async def test_an_erased_text_is_gone_and_whole(conn: AsyncConnection) -> None:
    _, [new] = seal(RING, Progress(unit="水务局", text=WORDS))
    await texts.store(conn, RING, "P5", [new], NOW)
    assert await texts.erase(conn, [new.reference.id], at=NOW, by="office-1", reason="retention") == 1
    assert await texts.erase(conn, [new.reference.id], at=NOW, by="office-1", reason="again") == 0
    [found] = await texts.read_ticket(conn, RING, "P5")
    assert (found.words, found.erased_by, found.erased_reason) == (None, "office-1", "retention")
    assert await fault(conn, RING, new.reference) is None


async def test_callers_keep_to_themselves_and_are_found_by_phone(conn: AsyncConnection) -> None:
    people = [
        NewCaller("䶮二", "138 0013 8000", "𠮷祥路 1 号"),
        NewCaller(None, "0933-3321234"),
        NewCaller("无号"),
    ]
    ids = await callers.store(conn, RING, "P6", people, NOW)
    found = await callers.read_ticket(conn, RING, "P6")
    assert [one.id for one in found] == ids
    assert (found[0].name, found[0].phone, found[0].address) == ("䶮二", "+8613800138000", "𠮷祥路 1 号")
    assert "䶮" not in repr(found) + repr(people)
    assert await callers.tickets_of_phone(conn, RING, "+86 13800138000") == ["P6"]
    assert await callers.tickets_of_phone(conn, RING, "13900000000") == []
    assert await callers.tickets_of_phone(conn, RING, "no number") == []


async def test_what_is_no_number_is_kept_as_written(conn: AsyncConnection) -> None:
    await callers.store(conn, RING, "P7", [NewCaller(phone="找村委会转")], NOW)
    [found] = await callers.read_ticket(conn, RING, "P7")
    assert found.phone == "找村委会转"


async def test_a_merge_takes_callers_along_and_erasure_leaves_no_name(conn: AsyncConnection) -> None:
    [one, two] = await callers.store(conn, RING, "P8", [NewCaller("甲", "13800138001"), NewCaller("乙")], NOW)
    await callers.move(conn, [one], "P9")
    assert [found.id for found in await callers.read_ticket(conn, RING, "P8")] == [two]
    [moved] = await callers.read_ticket(conn, RING, "P9")
    assert moved.name == "甲"
    assert await callers.erase(conn, [one], NOW) == 1
    gone = await callers.read(conn, RING, one)
    assert gone is not None
    assert (gone.name, gone.phone, gone.erased_at) == (None, None, NOW)
    assert await callers.tickets_of_phone(conn, RING, "13800138001") == []


async def test_no_planted_marker_is_readable_in_any_table(engine: AsyncEngine) -> None:
    marker, phone = "PLANTED张三丰", "13912345678"
    _, new = seal(RING, Reply(unit="水务局", text=marker, number_used=phone))
    async with engine.begin() as conn:
        await texts.store(conn, RING, "P10", new, NOW)
        await callers.store(conn, RING, "P10", [NewCaller(marker, phone, marker)], NOW)
    async with engine.connect() as conn:
        for table in Base.metadata.sorted_tables:
            rows = "\n".join(await conn.scalars(text(f'SELECT t::text FROM "{table.name}" t')))
            for planted in (marker, phone, marker.encode().hex(), phone.encode().hex()):
                assert planted not in rows, table.name


def test_a_text_id_tells_when_it_was_made() -> None:
    _, [new] = seal(RING, Progress(unit="水务局", text="x"))
    assert isinstance(new.reference.id, UUID)
    assert new.reference.id.version == 7

"""Files along with tickets: looked into, kept encrypted, given to those whose they are."""

import io
import zipfile
from collections.abc import AsyncIterator

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models import attachments, file_kinds
from models.file_kinds import MAX_SIZE
from ops.settings import Settings
from tests.hotline import Hotline, headers

WATER, TOWN = "水务局", "城关镇"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x00" * 64 + b"\xff\xd9"
MARKER = "甲乙丙丁戊".encode()


async def upload(
    hotline: Hotline,
    no: str,
    content: bytes = JPEG,
    name: str = "现场.jpg",
    role: str = "agent",
    unit: str | None = None,
) -> httpx2.Response:
    """Uploads a file."""
    said = {**headers(role, unit, f"{role}-1"), "Content-Type": "application/octet-stream"}
    path = f"/api/v1/tickets/{no}/attachments"
    return await hotline.http.post(path, params={"name": name}, content=content, headers=said)


def document(*entries: tuple[str, bytes], main: str = "word/document.xml") -> bytes:
    """A document of an office program."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in (("[Content_Types].xml", b"<Types/>"), (main, b"<w/>"), *entries):
            packed.writestr(name, content)
    return written.getvalue()


async def test_a_file_comes_back_as_it_was_and_no_browser_opens_it(hotline: Hotline) -> None:
    no = await hotline.ticket()
    taken = await upload(hotline, no)
    assert taken.status_code == 201, taken.text
    told = taken.json()
    assert (told["name"], told["media_type"], told["size"]) == ("现场.jpg", "image/jpeg", len(JPEG))
    given = await hotline.get(f"/tickets/{no}/attachments/{told['id']}")
    assert given.content == JPEG
    assert given.headers["content-disposition"].startswith("attachment;")
    assert given.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in given.headers["content-security-policy"]


async def test_neither_store_nor_database_shows_what_a_file_holds(
    hotline: Hotline, settings: Settings, engine: AsyncEngine
) -> None:
    no = await hotline.ticket()
    taken = await upload(hotline, no, JPEG[:-2] + MARKER + JPEG[-2:], "王芳的房子.jpg")
    (stored,) = (settings.data_dir / "attachments").iterdir()
    assert stored.name == taken.json()["id"]
    assert MARKER not in stored.read_bytes()
    assert stored.parent.stat().st_mode & 0o077 == 0
    async with engine.connect() as conn:
        (row,) = await attachments.of_ticket(conn, no)
    assert "王芳".encode() not in row.name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("图.jpg", b"<script>alert(1)</script>"),
        ("图.jpg", b"#!/bin/sh\nrm -rf /\n"),
        ("图.png", JPEG),
        ("图.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("页.html", b"<html></html>"),
        ("程序.exe", b"MZ\x90\x00"),
        ("程序.pdf", b"MZ\x90\x00" + b"\x00" * 100),
        ("无名", JPEG),
        ("图\u202egpj.exe.jpg", JPEG),
        ("包.docx", document(main="xl/workbook.xml")),
        ("宏.docx", document(("word/vbaProject.bin", b"\x00"))),
        ("套.docx", document(("inner.zip", document()))),
        ("坏.docx", document()[:-30]),
    ],
)
async def test_what_is_no_picture_document_or_recording_is_refused(
    hotline: Hotline, name: str, content: bytes
) -> None:
    no = await hotline.ticket()
    answer = await upload(hotline, no, content, name)
    assert (answer.status_code, answer.json()["code"]) == (422, "file_refused"), answer.text
    listed = await hotline.read(f"/tickets/{no}/attachments")
    assert listed == []


async def test_a_small_file_that_becomes_huge_is_refused(hotline: Hotline) -> None:
    no = await hotline.ticket()
    bomb = document(*((f"word/media/{n}.png", b"\x00" * 60_000_000) for n in range(4)))
    assert len(bomb) < 1_000_000
    answer = await upload(hotline, no, bomb, "表.docx")
    assert (answer.status_code, answer.json()["code"]) == (422, "file_refused")
    assert "过大" in answer.json()["detail"]


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(file_kinds.Refused):
        file_kinds.media_type("空.jpg", b"")


def test_a_document_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(document(("word/media/1.png", b"\x00" * 1_000_000)))
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(b"word/media/1.png"))
    content[place + 24 : place + 28] = (10).to_bytes(4, "little")
    with pytest.raises(file_kinds.Refused):
        file_kinds.media_type("表.docx", bytes(content))


async def test_a_gigabyte_is_refused_before_it_is_read(hotline: Hotline) -> None:
    no = await hotline.ticket()
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1024):
            sent += 1
            yield JPEG.ljust(1024 * 1024, b"\x00")

    path = f"/api/v1/tickets/{no}/attachments?name=a.jpg"
    declared = {**headers("agent"), "Content-Length": str(1024**3)}
    answer = await hotline.http.post(path, content=chunks(), headers=declared)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert sent <= 1
    answer = await hotline.http.post(path, content=chunks(), headers=headers("agent"))
    assert answer.status_code == 413
    assert sent <= MAX_SIZE // 1024 // 1024 + 3


async def test_a_unit_sees_the_callers_files_and_its_own(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER, assist=[TOWN])
    await upload(hotline, no, name="诉求.jpg")
    own = (await upload(hotline, no, name="现场.jpg", role="unit", unit=WATER)).json()["id"]
    seen = {}
    for role, unit in (("unit", WATER), ("unit", TOWN), ("office", None)):
        listed = (await hotline.get(f"/tickets/{no}/attachments", role, unit)).json()
        seen[unit] = [one["name"] for one in listed]
    assert seen == {
        WATER: ["诉求.jpg", "现场.jpg"],
        TOWN: ["诉求.jpg"],
        None: ["诉求.jpg", "现场.jpg"],
    }
    other = await hotline.get(f"/tickets/{no}/attachments/{own}", "unit", TOWN)
    assert other.status_code == 404


async def test_a_file_of_another_ticket_is_not_given(hotline: Hotline) -> None:
    no, another = await hotline.ticket(), await hotline.ticket()
    await hotline.done(another, "dispatch", lead=TOWN)
    file = (await upload(hotline, no)).json()["id"]
    assert (await hotline.get(f"/tickets/{another}/attachments/{file}")).status_code == 404
    assert (await hotline.get(f"/tickets/{no}/attachments/{file}", "unit", TOWN)).status_code == 404
    assert (await upload(hotline, no, role="unit", unit=TOWN)).status_code == 404


async def test_an_altered_file_is_not_given(hotline: Hotline, settings: Settings) -> None:
    no = await hotline.ticket()
    file = (await upload(hotline, no)).json()["id"]
    stored = settings.data_dir / "attachments" / file
    stored.write_bytes(stored.read_bytes()[:-1] + b"x")
    answer = await hotline.get(f"/tickets/{no}/attachments/{file}")
    assert (answer.status_code, answer.json()["code"]) == (503, "file_unavailable")


async def test_a_ticket_that_ended_takes_no_more_files(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "withdraw", "agent", reason="自行解决")
    answer = await upload(hotline, no)
    assert (answer.status_code, answer.json()["code"]) == (409, "ticket_ended")

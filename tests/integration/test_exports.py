"""Lists leave the system granted by somebody else, masked, marked, and for a while."""

import csv
import io
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from models.tables import ExportRequest, Ticket
from tests.hotline import Hotline
from tests.logins import Browser, browsing, found_person

WATER, TOWN = "水务局", "城关镇"


async def person(stack: AsyncExitStack, hotline: Hotline, unit: str, role: str) -> Browser:
    """Somebody who is logged in."""
    code = await found_person(hotline.parts.engine, hotline.parts.ring, unit, role)
    return await (await stack.enter_async_context(browsing(hotline.parts))).logged_in(code)


async def ask(browser: Browser, **wanted: Any) -> str:
    body = {"format": "csv", "reason": "月度分析会材料", **wanted}
    answer = await browser.send("POST", "/exports", json=body)
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["id"]
    return number


@pytest.mark.rule("HY-26.1")
async def test_a_list_is_granted_by_somebody_else_and_fetched_by_who_asked(
    hotline: Hotline, engine: AsyncEngine
) -> None:
    async with AsyncExitStack() as stack:
        asking = await person(stack, hotline, "县热线办", "office")
        granting = await person(stack, hotline, "县热线办", "office")
        no = await hotline.ticket()
        number = await ask(asking)
        assert (await asking.get(f"/exports/{number}/file")).status_code == 409
        own = await asking.send("POST", f"/exports/{number}/decision", json={"approve": True})
        assert (own.status_code, own.json()["code"]) == (403, "own_request")
        (shown,) = (await granting.get("/exports")).json()
        assert (shown["reason"], shown["state"]) == ("月度分析会材料", "requested")
        decision = {"approve": True, "opinion": "同意"}
        path = f"/exports/{number}/decision"
        assert (await granting.send("POST", path, json=decision)).status_code == 204
        assert (await granting.send("POST", path, json=decision)).status_code == 409
        assert (await granting.get(f"/exports/{number}/file")).status_code == 404
        fetched = await asking.get(f"/exports/{number}/file")
        rows = list(csv.reader(io.StringIO(fetched.content.decode("utf-8-sig"))))
        assert shown["requested_by"] in rows[0][0]
        assert number in rows[0][0]
        line = dict(zip(rows[1], rows[2], strict=True))
        assert (line["工单编号"], line["诉求人"], line["电话"]) == (no, "王**", "138****8000")
        assert "13800138000" not in fetched.text
        assert "浑浊" not in fetched.text
        async with engine.begin() as conn:
            await conn.execute(update(ExportRequest).values(expires_at=datetime.now(UTC)))
        assert (await asking.get(f"/exports/{number}/file")).status_code == 409
        async with engine.connect() as conn:
            kept = (await conn.execute(select(ExportRequest.__table__))).one()
        assert "月度".encode() not in kept.reason


async def test_a_spreadsheet_holds_no_formula(hotline: Hotline, engine: AsyncEngine) -> None:
    async with AsyncExitStack() as stack:
        asking = await person(stack, hotline, "县热线办", "office")
        granting = await person(stack, hotline, "县热线办", "office")
        no = await hotline.ticket(area='=HYPERLINK("http://evil.example")')
        for made in ("csv", "xlsx"):
            number = await ask(asking, format=made)
            await granting.send("POST", f"/exports/{number}/decision", json={"approve": True})
            content = (await asking.get(f"/exports/{number}/file")).content
            if made == "csv":
                cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
                assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
                assert any(cell.startswith("'=HYPERLINK") for cell in cells)
            else:
                with ZipFile(io.BytesIO(content)) as book:
                    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
                    assert no.encode() in book.read("xl/sharedStrings.xml")


async def test_a_unit_takes_out_its_own_tickets_alone(hotline: Hotline) -> None:
    async with AsyncExitStack() as stack:
        leader = await person(stack, hotline, WATER, "unit_leader")
        granting = await person(stack, hotline, "县热线办", "office")
        own, other = await hotline.ticket(), await hotline.ticket()
        await hotline.done(own, "dispatch", lead=WATER)
        await hotline.done(other, "dispatch", lead=TOWN)
        number = await ask(leader)
        await granting.send("POST", f"/exports/{number}/decision", json={"approve": True})
        text = (await leader.get(f"/exports/{number}/file")).text
        assert own in text
        assert other not in text


async def test_filters_narrow_a_list(hotline: Hotline, engine: AsyncEngine) -> None:
    async with AsyncExitStack() as stack:
        asking = await person(stack, hotline, "县热线办", "office")
        granting = await person(stack, hotline, "县热线办", "office")
        early, late = await hotline.ticket(), await hotline.ticket(type="consultation", source="phone")
        async with engine.begin() as conn:
            before = datetime(2026, 1, 1, tzinfo=UTC)
            await conn.execute(update(Ticket).where(Ticket.no == early).values(received_at=before))
        number = await ask(
            asking, type=["consultation"], status=["registered"], received_from="2026-06-01T00:00"
        )
        await granting.send("POST", f"/exports/{number}/decision", json={"approve": True})
        text = (await asking.get(f"/exports/{number}/file")).text
        assert late in text
        assert early not in text


async def test_who_may_not_export_is_turned_away(hotline: Hotline) -> None:
    async with AsyncExitStack() as stack:
        for role in ("agent", "contractor_agent", "handler"):
            browser = await person(stack, hotline, WATER, role)
            body = {"format": "csv", "reason": "随便看看"}
            assert (await browser.send("POST", "/exports", json=body)).status_code == 403

"""A notice over HTTP: what it would move is shown first, then it reaches the open tickets."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from ops.settings import Settings
from ops.temporal_client import connect, key_ring
from tests.hotline import Hotline, found_units, headers, number_apart, working
from tests.waiting import eventually

WATER = "水务局"


@pytest.fixture
async def hotline(settings: Settings, engine: AsyncEngine) -> AsyncIterator[Hotline]:
    ring = key_ring(settings)
    await number_apart(engine)
    async with engine.begin() as conn:
        # Databases of tests share one Temporal, where a notice's workflow goes by its number.
        await conn.execute(
            text("SELECT setval('calendar_notice_id_seq', :place)"), {"place": uuid4().int % 10**12}
        )
    await found_units(engine, ring, WATER)
    async with working(settings, engine, await connect(settings, ring=ring), ring) as made:
        yield made


def notice(closed: date, reason: str = "大雪停办") -> dict[str, Any]:
    return {
        "kind": "local",
        "notice": {"title": "关于停止办公的通知", "number": "县府办〔2026〕9号", "issued": "2026-11-20"},
        "closed": {closed.isoformat(): reason},
    }


async def send(hotline: Hotline, path: str, body: dict[str, Any], role: str = "administrator") -> Any:
    return await hotline.http.post(
        f"/api/v1/calendar-notices{path}", json=body, headers=headers(role, None, f"{role}-1")
    )


async def handling(hotline: Hotline, no: str) -> datetime:
    clocks = await hotline.read(f"/tickets/{no}/clocks")
    return datetime.fromisoformat(next(one["due_at"] for one in clocks if one["name"] == "handle"))


async def test_what_would_move_is_shown_and_then_moves(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    before = await handling(hotline, no)
    said = notice(before.date())
    shown = (await send(hotline, "/preview", said, "office")).json()
    supervisions = await send(hotline, f"/preview?cursor={shown['next_cursor']}", said, "office")
    assert supervisions.json() == {"looked_at": 0, "moves": [], "next_cursor": None}
    nowhere = await send(hotline, "/preview?cursor=nowhere.1", said, "office")
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "bad_cursor")
    move = next(one for one in shown["moves"] if (one["no"], one["clock"]) == (no, "handle"))
    assert datetime.fromisoformat(move["was"]) == before
    assert await handling(hotline, no) == before, "a preview changes nothing"
    assert await hotline.read("/calendar-notices") == []

    refused = await send(hotline, "", said, "office")
    assert refused.status_code == 403, "importing is the administrator's"
    begun = await send(hotline, "", said)
    assert begun.status_code == 202, begun.text
    told = await eventually(
        lambda: hotline.read(f"/calendar-notices/{begun.json()['id']}/progress", "administrator"),
        lambda progress: not progress["running"],
    )
    assert told["revised"] == told["open"] == 1
    assert told["moved"] >= 1
    assert await handling(hotline, no) == datetime.fromisoformat(move["due"])
    (kept,) = await hotline.read("/calendar-notices")
    assert (kept["number"], kept["title"]) == ("县府办〔2026〕9号", "关于停止办公的通知")


async def test_another_text_under_the_same_number_is_refused(hotline: Hotline) -> None:
    assert (await send(hotline, "", notice(date(2027, 1, 20)))).status_code == 202
    assert (await send(hotline, "", notice(date(2027, 1, 20)))).status_code == 202, "the same goes on"
    other = await send(hotline, "", notice(date(2027, 1, 21)))
    assert (other.status_code, other.json()["code"]) == (409, "other_notice")


async def test_a_notice_that_says_nothing_is_malformed(hotline: Hotline) -> None:
    empty = {**notice(date(2027, 1, 20)), "closed": {}}
    assert (await send(hotline, "/preview", empty)).status_code == 422
    assert (await send(hotline, "/preview", {"kind": "local"})).status_code == 422
    assert (await send(hotline, "/preview", notice(date(9999, 12, 31)))).status_code == 422
    assert (await send(hotline, "", notice(date(2027, 1, 20), "雪\x00"))).status_code == 422


async def test_progress_of_a_notice_that_never_began_is_not_found(hotline: Hotline) -> None:
    answer = await hotline.get("/calendar-notices/99/progress", "administrator")
    assert answer.status_code == 404

"""SQL, scripts and headers of browsers: words stay words, and answers tell the browser what to refuse."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from models.tables import Ticket
from tests.hotline import Hotline, headers

WATER = "水务局"
NASTY = [
    "'; DROP TABLE ticket; --",
    "' OR '1'='1",
    "\\'; SELECT pg_sleep(9); --",
    "%' UNION SELECT name FROM person --",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}${7*7}#{7*7}",
    "../../etc/passwd",
    "$(reboot)`reboot`",
]


@pytest.mark.parametrize("nasty", NASTY)
async def test_sql_and_scripts_in_every_field_are_words(
    hotline: Hotline, engine: AsyncEngine, nasty: str
) -> None:
    untouched = await hotline.ticket()
    no = await hotline.ticket(
        title=nasty, text=nasty, category=nasty, area=nasty, callers=[{"name": nasty, "address": nasty}]
    )
    shown = await hotline.read(f"/tickets/{no}")
    assert [shown[name] for name in ("title", "text", "category", "area")] == [nasty] * 4
    await hotline.done(no, "supplement", text=nasty)
    timeline = await hotline.read(f"/tickets/{no}/timeline")
    assert timeline[-1]["texts"]["text"]["text"] == nasty
    for query in ("unit", "area", "q"):
        asked = await hotline.http.get("/api/v1/tickets", params={query: nasty}, headers=headers("office"))
        found = asked.json()["tickets"]
        assert untouched not in {one["no"] for one in found}
    for path in (f"/tickets/{nasty}", f"/supervisions/{nasty}", f"/commands/{nasty}"):
        assert (await hotline.get(path)).status_code in (404, 422)
    refused = await hotline.post(no, "dispatch", lead=nasty)
    assert (refused.status_code, refused.json()["code"]) == (409, "unknown_unit")
    async with engine.connect() as conn:
        assert await conn.scalar(select(func.count()).select_from(Ticket)) == 2


async def test_every_answer_says_what_the_browser_is_to_refuse(hotline: Hotline) -> None:
    for path in ("/api/v1/tickets", "/api/v1/nothing", "/health", "/docs", "/welcome/x"):
        said = (await hotline.http.get(path)).headers
        assert said["x-content-type-options"] == "nosniff"
        assert said["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in said["content-security-policy"]
        assert "referrer-policy" in said
    answer = await hotline.http.get("/api/v1/tickets")
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert "strict-transport-security" not in answer.headers

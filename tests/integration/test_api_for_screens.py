"""What screens ask beside tickets: previews, terms, suggestions, look-alikes, figures with their rows."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from api.routers.events import follow_changes
from domain.commands import Actor
from domain.vocabulary import Role
from models.tables import Clock, Ticket
from ops.settings import Settings
from ops.temporal_client import connect, key_ring
from tests.hotline import Hotline, found_units, headers, number_apart, working

WATER, HOUSING, TOWN = "水务局", "住建局", "城关镇"
CATEGORY = "城乡建设/供水/水质"


@pytest.fixture
async def hotline(settings: Settings, engine: AsyncEngine) -> AsyncIterator[Hotline]:
    ring = key_ring(settings)
    await number_apart(engine)
    await found_units(engine, ring, WATER, HOUSING)
    await found_units(engine, ring, TOWN, kind="township")
    async with working(settings, engine, await connect(settings, ring=ring), ring) as made:
        yield made


async def preview(hotline: Hotline, no: str, do: str, role: str = "office", **body: Any) -> Any:
    unit = body.get("unit") if role == "unit" else None
    return await hotline.http.post(
        f"/api/v1/tickets/{no}/{do}/preview", json=body, headers=headers(role, unit, "p-1")
    )


async def listed(hotline: Hotline, **query: Any) -> list[str]:
    """The numbers of the tickets that a question to the list gives."""
    asked = {"limit": 200, **query}
    answer = await hotline.http.get("/api/v1/tickets", params=asked, headers=headers("office"))
    return [one["no"] for one in answer.json()["tickets"]]


async def test_a_preview_tells_what_the_command_then_does(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    await hotline.done(
        no, "request_extension", unit=WATER, working_days=2, reason="管网改造", citizen_informed=True
    )
    foretold = (await preview(hotline, no, "decide_extension", approve=True)).json()
    handle = next(one for one in foretold["clocks"] if one["clock"] == "handle")
    assert handle["due"] > handle["was"]
    clocks = {one["name"]: one for one in await hotline.read(f"/tickets/{no}/clocks")}
    assert clocks["handle"]["due_at"] == handle["was"], "a preview changes nothing"
    await hotline.done(no, "decide_extension", approve=True)
    clocks = {one["name"]: one for one in await hotline.read(f"/tickets/{no}/clocks")}
    assert clocks["handle"]["due_at"] == handle["due"]


async def test_a_preview_refuses_as_the_command_would(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    refused = await preview(hotline, no, "request_return", "unit", unit=WATER)
    assert refused.status_code == 409
    assert refused.json()["basis"] == ["JC-11.2c"]
    assert (await preview(hotline, no, "sing", "unit", unit=WATER)).status_code == 404
    reviewing = await preview(hotline, no, "decide_return", "unit", unit=WATER, approve=True)
    assert reviewing.status_code == 403
    assert (await preview(hotline, no, "request_return", "unit", unit=HOUSING)).status_code == 404


async def test_an_approved_return_is_foretold_with_the_clocks_it_ends(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    await hotline.done(no, "request_return", unit=WATER, reason="不属职责")
    foretold = (await preview(hotline, no, "decide_return", approve=True)).json()
    assert foretold["becomes"] == "registered"
    ended = {one["clock"] for one in foretold["clocks"] if one["outcome"] == "ended"}
    assert {"sign", "handle"} <= ended
    kept = (await preview(hotline, no, "decide_return", approve=False, reason="属于职责")).json()
    assert [one["clock"] for one in kept["clocks"] if one["was"] != one["due"]] == []


async def test_terms_name_what_the_policy_requires_of_a_reply(hotline: Hotline) -> None:
    no = await hotline.ticket()
    terms = await hotline.read(f"/tickets/{no}/terms")
    required = {
        field for one in terms["requirements"] if one["command"] == "reply" for field in one["fields"]
    }
    assert required == {"text", "contacted_at"}
    assert terms["reviews"] == ["first_review", "final_review"]
    assert all(terms["articles"][rule] for one in terms["requirements"] for rule in one["basis"])
    intake = await hotline.read("/intake/terms", "agent")
    assert intake["direct_answer"] == ["direct"]
    assert "phone" in intake["sources"]


async def test_a_unit_is_suggested_by_what_it_did_before_and_never_the_one_complained_about(
    hotline: Hotline,
) -> None:
    for unit in (WATER, WATER, HOUSING):
        await hotline.done(await hotline.ticket(category=CATEGORY), "dispatch", lead=unit)
    no = await hotline.ticket(category=CATEGORY)
    suggested = await hotline.read(f"/tickets/{no}/suggestions")
    assert [one["unit"] for one in suggested] == [WATER, HOUSING]
    assert suggested[0]["reason"] == "近一年“水质”类3件中2件由其主办"
    about_it = await hotline.ticket(category=CATEGORY, subject_unit=WATER)
    assert [one["unit"] for one in await hotline.read(f"/tickets/{about_it}/suggestions")] == [HOUSING]


async def test_the_unit_that_gave_a_ticket_back_is_not_suggested_again(hotline: Hotline) -> None:
    await hotline.done(await hotline.ticket(category=CATEGORY), "dispatch", lead=WATER)
    no = await hotline.ticket(category=CATEGORY)
    await hotline.done(no, "dispatch", lead=WATER)
    await hotline.done(no, "request_return", unit=WATER, reason="不属职责")
    await hotline.done(no, "decide_return", approve=True)
    assert await hotline.read(f"/tickets/{no}/suggestions") == []


async def test_a_caller_is_known_by_the_number(hotline: Hotline) -> None:
    closed = await hotline.ticket(callers=[{"name": "王芳", "phone": "13800138001"}])
    await hotline.done(closed, "withdraw", reason="已解决")
    waiting = await hotline.ticket(callers=[{"name": "王芳", "phone": "13800138001"}])
    await hotline.ticket(callers=[{"name": "李军", "phone": "13800138002"}])
    asked = await hotline.http.post(
        "/api/v1/intake/caller", json={"phone": "138 0013 8001"}, headers=headers("agent", actor="a-1")
    )
    known = asked.json()
    assert known["name"] == "王**"
    assert [one["no"] for one in known["tickets"]] == [waiting, closed]
    stranger = await hotline.http.post(
        "/api/v1/intake/caller", json={"phone": "13999999999"}, headers=headers("agent", actor="a-1")
    )
    assert stranger.json() == {"name": None, "tickets": []}


async def test_what_may_be_the_same_matter_is_shown_with_its_words(hotline: Hotline) -> None:
    first = await hotline.ticket(area=TOWN, category=CATEGORY)
    await hotline.ticket(
        area=TOWN,
        category="教育/学校管理/招生入学",
        title="入学",
        text="孩子今年上一年级，请问报名需要哪些材料。",
        callers=[{"phone": "13700000000"}],
    )
    asked = await hotline.http.post(
        "/api/v1/intake/similar",
        json={"text": "我们小区自来水连续三天浑浊，请尽快处理", "area": TOWN, "category": CATEGORY},
        headers=headers("agent", actor="a-1"),
    )
    (found,) = asked.json()
    assert found["ticket"]["no"] == first
    assert found["text"] == "小区自来水连续三天浑浊，请尽快处理。"
    assert found["reasons"] == ["same_place", "same_matter", "similar_text"]
    again = await hotline.ticket(area=TOWN, category=CATEGORY)
    alike = await hotline.read(f"/tickets/{again}/similar")
    assert [one["ticket"]["no"] for one in alike] == [first]
    assert alike[0]["reasons"][0] == "same_caller"


async def test_every_figure_is_the_length_of_the_list_it_leads_to(hotline: Hotline) -> None:
    numbers = [await hotline.ticket(area=TOWN, category=CATEGORY) for _ in range(3)]
    await hotline.done(numbers[0], "dispatch", lead=WATER)
    await hotline.done(numbers[1], "dispatch", lead=WATER)
    await hotline.done(numbers[0], "sign", unit=WATER)
    await hotline.done(numbers[1], "request_return", unit=WATER, reason="不属职责")
    async with hotline.parts.engine.begin() as conn:
        await conn.execute(update(Ticket).where(Ticket.no == numbers[1]).values(lamp="red"))
    span = {"since": "2020-01-01T00:00:00+08:00", "until": "2099-01-01T00:00:00+08:00"}
    told = await hotline.read("/statistics/dashboard", **span)
    units = await hotline.read("/statistics/units", **span)
    parts = [*told["figures"].values(), *told["lamps"].values(), *told["open"].values()]
    parts += [one for unit in units for one in unit.values() if isinstance(one, dict)]
    assert told["figures"]["received"]["count"] == 3
    assert [unit["unit"] for unit in units] == [WATER]
    assert units[0]["signed_in_time"] == {**units[0]["signed_in_time"], "count": 1, "of": 1}
    for part in parts:
        assert len(await listed(hotline, **part["query"])) == part["count"], part
    heat = await hotline.read("/statistics/heat", **span)
    assert heat == [{"area": TOWN, "category": "城乡建设", "number": 3}]
    assert (await hotline.read("/tickets", area=TOWN, category="城乡建设"))["tickets"]
    (today,) = await hotline.read("/statistics/trend", **span)
    assert (today["received"], today["closed"], today["overdue"]) == (3, 0, 0)
    desk = await hotline.read("/statistics/desk")
    assert desk["asked"] == {"return": 1, "extension": 0, "first_review": 0, "final_review": 0}
    assert desk["lamp"] == {"red": 1}
    assert told["lamps"]["red"]["count"] == 1
    asked = await hotline.read("/tickets", asked="return")
    assert [one["no"] for one in asked["tickets"]] == [numbers[1]]
    own = await hotline.get("/statistics/desk", "unit", WATER)
    assert own.json()["stage"] == {"signed": 1, "waiting": 1}
    assert await listed(hotline, unit=WATER, unit_stage="waiting") == [numbers[1]]


async def test_tickets_without_area_or_kind_are_asked_for_by_an_empty_one(hotline: Hotline) -> None:
    named = await hotline.ticket(area=TOWN, category=CATEGORY)
    unnamed = await hotline.ticket(area=None, category=None)
    span = {"since": "2020-01-01T00:00:00+08:00", "until": "2099-01-01T00:00:00+08:00"}
    assert {"area": "", "category": "", "number": 1} in await hotline.read("/statistics/heat", **span)
    assert await listed(hotline, area="", category="") == [unnamed]
    assert sorted(await listed(hotline, area=["", TOWN])) == sorted([named, unnamed])


async def test_a_list_shows_one_limit_with_its_own_lamp_the_units_own_first(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER, assist=[TOWN])
    for unit in (WATER, TOWN):
        await hotline.done(no, "sign", unit=unit)

    async def shown(role: str, unit: str | None = None) -> tuple[str, str, str | None]:
        (line,) = (await hotline.get("/tickets", role, unit, q=no)).json()["tickets"]
        page = (await hotline.get(f"/tickets/{no}", role, unit)).json()
        assert page["limit_shown"] == line["limit_shown"]
        limit = line["limit_shown"]
        return limit["name"], limit["unit"], limit["lamp"]

    assert await shown("unit", WATER) == ("handle", WATER, None)
    assert await shown("unit", TOWN) == ("assist", TOWN, None)
    assert await shown("office") == ("assist", TOWN, None), "the earliest"
    async with hotline.parts.engine.begin() as conn:
        lit = update(Clock).where(Clock.ticket_no == no, Clock.name == "handle").values(lamp="red")
        await conn.execute(lit)
    assert await shown("office") == ("handle", WATER, "red"), "what is lit, before what is earlier"
    assert await shown("unit", TOWN) == ("assist", TOWN, None)


@pytest.mark.rule("JC-11.4b")
async def test_a_reply_waits_at_the_desk_of_the_review_that_comes_next(hotline: Hotline) -> None:
    no = await hotline.ticket()

    async def desks() -> list[str]:
        waiting = (await hotline.read("/statistics/desk"))["asked"]
        for what, number in waiting.items():
            listed = await hotline.read("/tickets", asked=what)
            assert len(listed["tickets"]) == number, what
        return [what for what, number in waiting.items() if number]

    await hotline.done(no, "dispatch", lead=WATER)
    await hotline.done(no, "sign", unit=WATER)
    assert await desks() == []
    at = datetime.now(UTC).isoformat()
    reply = {"unit": WATER, "outcome": "resolved", "text": "已更换滤网", "contacted_at": at}
    await hotline.done(no, "reply", **reply)
    assert await desks() == ["first_review"]
    await hotline.done(no, "first_review", approve=True)
    assert await desks() == ["final_review"]
    await hotline.done(no, "final_review", approve=False, opinion="答复不完整")
    assert await desks() == []
    await hotline.done(no, "reply", **reply)
    assert await desks() == ["first_review"], "what was sent back passes all reviews anew"


async def test_the_recording_of_a_call_is_kept_with_its_demand(hotline: Hotline) -> None:
    no = await hotline.ticket(source="phone", recording="REC-20261122-0007")
    await hotline.done(no, "dispatch", lead=WATER)
    timeline = await hotline.read(f"/tickets/{no}/timeline")
    assert timeline[0]["texts"]["recording"] == {
        **timeline[0]["texts"]["recording"],
        "text": "REC-20261122-0007",
    }


async def test_a_list_names_each_ticket_by_its_title_or_its_beginning(hotline: Hotline) -> None:
    titled = await hotline.ticket()
    untitled = await hotline.ticket(title=None, text="水" * 60)
    titles = {one["no"]: one["title"] for one in (await hotline.read("/tickets"))["tickets"]}
    assert titles[titled] == "自来水浑浊"
    assert titles[untitled] == "水" * 40 + "…"


async def test_days_and_hours_say_why_they_are_worked(hotline: Hotline) -> None:
    year = await hotline.read("/calendar/2026")
    days = {one["day"]: one for one in year["days"]}
    assert len(days) == 365
    assert not days["2026-10-01"]["working"]
    assert days["2026-10-10"]["working"], "a Saturday that makes up for the holiday"
    hours = await hotline.read("/office-hours")
    assert hours["intervals"] == sorted(hours["intervals"])
    assert all(opens < closes for opens, closes in hours["intervals"])


async def test_policies_show_how_much_they_bind_and_are_explained(hotline: Hotline) -> None:
    policies = {one["id"]: one for one in await hotline.read("/policies")}
    assert policies["jingchuan"]["current"]
    assert policies["jingchuan"]["standing"] == "expired"
    assert policies["jingchuan"]["lapsed"]
    page = await hotline.read("/policies/jingchuan")
    assert "## 谁在什么时候之前做什么" in page["page"]
    assert (await hotline.get("/policies/nowhere")).status_code == 404


async def test_categories_have_three_levels_and_say_what_to_ask(hotline: Hotline) -> None:
    found = await hotline.read("/intake/categories", "agent")
    for first in found:
        for second in first["children"]:
            assert second["asks"], second["name"]
            for third in second["children"]:
                assert third["words"], third["name"]
                assert third["children"] == []


async def test_a_change_is_told_to_whoever_follows(hotline: Hotline) -> None:
    # The client of these tests reads an answer only when it is whole, and this one does not end.
    events = follow_changes(Actor(role=Role.OFFICE), hotline.parts)
    assert (await anext(events)).event == "ready"
    await hotline.ticket()
    assert (await anext(events)).event == "changed"
    await events.aclose()


async def test_people_of_a_unit_see_only_their_own(hotline: Hotline) -> None:
    everybody = await hotline.read("/people")
    own = (await hotline.get("/people", "unit", WATER)).json()
    assert {one["unit"] for one in everybody} == {WATER, HOUSING, TOWN}
    assert {one["unit"] for one in own} == {WATER}

"""The knowledge base: each unit writes its own, the office publishes, agents answer from what holds today."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.moments import ZONE
from models.knowledge import pairs
from ops.settings import Settings
from ops.temporal_client import connect, key_ring
from tests.hotline import Hotline, found_units, number_apart, working
from tests.logins import Browser, browsing, found_person

WATER, HOUSING, OFFICE = "水务局", "住建局", "县热线办"


@pytest.fixture
async def hotline(settings: Settings, engine: AsyncEngine) -> AsyncIterator[Hotline]:
    ring = key_ring(settings)
    await number_apart(engine)
    await found_units(engine, ring, WATER, HOUSING)
    async with working(settings, engine, await connect(settings, ring=ring), ring) as made:
        yield made


@pytest.fixture
async def people(hotline: Hotline) -> AsyncIterator[dict[str, Browser]]:
    """The editors of two units, two people of the office and an agent, logged in."""
    wanted = {
        "water": (WATER, "knowledge_editor"),
        "housing": (HOUSING, "knowledge_editor"),
        "office": (OFFICE, "office"),
        "office_editor": (OFFICE, "knowledge_editor", "office"),
        "agent": (OFFICE, "agent"),
    }
    async with AsyncExitStack() as stack:
        found = {}
        for name, (unit, *roles) in wanted.items():
            code = await found_person(hotline.parts.engine, hotline.parts.ring, unit, *roles)
            found[name] = await (await stack.enter_async_context(browsing(hotline.parts))).logged_in(code)
        yield found


def today(days: int = 0) -> str:
    return (datetime.now(ZONE).date() + timedelta(days=days)).isoformat()


def entry(**said: Any) -> dict[str, Any]:
    return {
        "title": "自来水停水后多久恢复",
        "body": "计划停水按公告的时间恢复；突发停水一般在24小时内抢修恢复，可拨打供水热线查询。",
        "category": "城乡建设/供水/停水",
        "valid_from": today(-1),
        "valid_until": today(300),
        **said,
    }


async def written(editor: Browser, **said: Any) -> str:
    answer = await editor.send("POST", "/knowledge", json=entry(**said))
    assert answer.status_code == 201, answer.text
    version: str = answer.json()["id"]
    return version


async def published(people: dict[str, Browser], **said: Any) -> str:
    version = await written(people["water"], **said)
    assert (await people["water"].send("POST", f"/knowledge/{version}/submission")).status_code == 204
    assert (await decide(people["office"], version)).status_code == 204
    return version


async def rewrite(browser: Browser, version: str, **said: Any) -> Any:
    return await browser.send("PUT", f"/knowledge/{version}", json=entry(**said))


async def decide(browser: Browser, version: str, approve: bool = True, **said: Any) -> Any:
    return await browser.send("POST", f"/knowledge/{version}/decision", json={"approve": approve, **said})


async def found(browser: Browser, text: str, **more: Any) -> list[str]:
    answer = await browser.send("POST", "/knowledge/search", json={"text": text, **more})
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()]


@pytest.mark.rule("JC-7.3")
async def test_an_entry_is_drafted_edited_reviewed_and_renewed(people: dict[str, Browser]) -> None:
    water, office, agent = people["water"], people["office"], people["agent"]
    first = await written(water)
    assert await found(agent, "家里停水了多久恢复") == []
    assert (await decide(office, first)).json()["code"] == "knowledge_state", "it was not submitted"
    assert (await water.send("POST", f"/knowledge/{first}/submission")).status_code == 204
    in_review = await rewrite(water, first, body="改了再说")
    assert (in_review.status_code, in_review.json()["code"]) == (409, "knowledge_state")
    assert (await decide(office, first, approve=False)).json()["code"] == "opinion_required"
    assert (await decide(office, first, approve=False, opinion="请写明查询电话")).status_code == 204
    edited = await water.send(
        "PUT", f"/knowledge/{first}", json=entry(body="突发停水24小时内恢复，电话12345。")
    )
    assert edited.json()["id"] == first
    assert (await water.send("POST", f"/knowledge/{first}/submission")).status_code == 204
    assert (await decide(office, first)).status_code == 204
    assert await found(agent, "家里停水了多久恢复") == [first]

    renewed = (
        await water.send("PUT", f"/knowledge/{first}", json=entry(body="突发停水12小时内恢复。"))
    ).json()
    assert (renewed["version"], renewed["state"]) == (2, "draft")
    assert await found(agent, "家里停水了多久恢复") == [first], "what was published holds until then"
    again = await rewrite(water, first)
    assert again.status_code == 409, "one new version at a time"
    assert (await water.send("POST", f"/knowledge/{renewed['id']}/submission")).status_code == 204
    assert (await decide(office, renewed["id"])).status_code == 204
    assert await found(agent, "家里停水了多久恢复") == [renewed["id"]]


@pytest.mark.rule("JC-13a")
async def test_what_was_pushed_when_and_by_whom_stays_on_record(people: dict[str, Browser]) -> None:
    first = await published(people)
    renewed = (
        await people["water"].send("PUT", f"/knowledge/{first}", json=entry(title="停水如何查询"))
    ).json()
    await people["water"].send("POST", f"/knowledge/{renewed['id']}/submission")
    await decide(people["office"], renewed["id"], opinion="口径已更新")
    told = (await people["agent"].get(f"/knowledge/{renewed['id']}")).json()
    assert [(one["version"], one["state"], one["title"]) for one in told["versions"]] == [
        (2, "published", "停水如何查询"),
        (1, "superseded", "自来水停水后多久恢复"),
    ]
    assert all(one["written_by"] and one["submitted_at"] and one["decided_by"] for one in told["versions"])
    assert told["opinion"] == "口径已更新"


@pytest.mark.rule("HY-25a", "TA-5.3a")
async def test_who_provides_an_entry_maintains_it_and_nobody_else(people: dict[str, Browser]) -> None:
    version = await published(people)
    change = await rewrite(people["housing"], version)
    assert (change.status_code, change.json()["code"]) == (403, "other_units_entry")
    take_away = {"reason": "不归我们管"}
    refused = await people["housing"].send("POST", f"/knowledge/{version}/withdrawal", json=take_away)
    assert refused.status_code == 403
    for other in ("office", "agent"):
        assert (await rewrite(people[other], version)).status_code == 403
    draft = await written(people["water"], title="水费怎么查")
    assert (await people["housing"].get(f"/knowledge/{draft}")).status_code == 404
    listed = (await people["housing"].get("/knowledge")).json()["entries"]
    assert [one["id"] for one in listed] == [version]


async def test_nobody_publishes_what_they_wrote(people: dict[str, Browser]) -> None:
    editor = people["office_editor"]
    version = await written(editor)
    assert (await editor.send("POST", f"/knowledge/{version}/submission")).status_code == 204
    as_office = {"headers": {"X-Jiesu-Role": "office"}}
    own = await editor.send("POST", f"/knowledge/{version}/decision", json={"approve": True}, **as_office)
    assert (own.status_code, own.json()["code"]) == (403, "own_entry")
    assert (await decide(people["office"], version)).status_code == 204


@pytest.mark.rule("TA-5.3a")
async def test_an_entry_is_answered_from_only_while_it_holds(
    hotline: Hotline, people: dict[str, Browser]
) -> None:
    holds = await published(people)
    over = await published(people, title="旧的停水恢复办法", valid_from=today(-30), valid_until=today(-1))
    to_come = await published(people, title="新的停水恢复办法", valid_from=today(3))
    assert await found(people["agent"], "停水多久恢复") == [holds]
    backwards = entry(valid_from=today(2), valid_until=today(1))
    assert (await people["water"].send("POST", "/knowledge", json=backwards)).status_code == 422

    no = await hotline.ticket(type="consultation")
    for wrong in (over, to_come, "KB-1"):
        answer = await hotline.post(no, "answer", text="一般24小时内恢复。", knowledge=[wrong])
        assert (answer.status_code, answer.json()["code"]) == (409, "knowledge_not_in_use")
        assert answer.json()["basis"] == ["JC-10.1a"]


@pytest.mark.rule("JC-10.1a", "HY-8.1a")
async def test_an_answer_names_the_entries_it_was_given_from(
    hotline: Hotline, people: dict[str, Browser]
) -> None:
    version = await published(people)
    no = await hotline.ticket(type="consultation")
    await hotline.done(no, "answer", text="一般24小时内恢复。", knowledge=[version])
    timeline = await hotline.read(f"/tickets/{no}/timeline")
    answered = next(one for one in timeline if one["do"] == "answer")
    assert answered["details"]["knowledge"] == [version]
    # What it was answered from can still be read once it is out of use.
    gone = await people["office"].send(
        "POST", f"/knowledge/{version}/withdrawal", json={"reason": "政策调整"}
    )
    assert gone.status_code == 204
    assert await found(people["agent"], "停水多久恢复") == []
    assert (await people["agent"].get(f"/knowledge/{version}")).json()["state"] == "withdrawn"


async def test_a_search_gives_the_likest_first_within_a_category(people: dict[str, Browser]) -> None:
    water = await published(people)
    fee = await published(
        people, title="水费如何缴纳", body="可在供水营业厅或手机上缴纳。", category="城乡建设/供水/水费"
    )
    assert (await found(people["agent"], "水费在哪里缴纳"))[0] == fee
    assert await found(people["agent"], "停水多久恢复", category="城乡建设/供水/水费") == []
    assert set(await found(people["agent"], "", category="城乡建设/供水")) == {water, fee}
    assert await found(people["agent"], "公交线路调整") == []


def test_words_are_compared_as_pairs_that_no_sign_divides() -> None:
    assert pairs("停水，多久恢复？停水") == ["停水", "多久", "久恢", "恢复"]
    assert pairs("。") == []
    assert len(pairs("".join(chr(0x4E00 + place) for place in range(1000)))) == 120

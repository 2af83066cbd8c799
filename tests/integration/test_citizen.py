"""The citizen's page on the real engines: forms and links as a browser without any script would use them."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from api.citizen.forms import MAX_FORM
from models import callers, citizen_links
from tests.hotline import Hotline, headers
from tests.waiting import eventually

WATER = "水务局"
PHONE = "13800138000"
SAID = {
    "type": "complaint",
    "title": "路灯不亮",
    "text": "门前路灯三天不亮。",
    "name": "王芳",
    "phone": PHONE,
}


async def submitted(hotline: Hotline, **said: str) -> tuple[str, str]:
    """The address of the page of a fresh demand, and the ticket's number."""
    answer = await hotline.http.post("/citizen/submit", data={**SAID, "key": str(uuid4()), **said})
    assert answer.status_code == 303, answer.text
    place = answer.headers["location"].partition("?")[0]
    shown = await hotline.http.get(place)
    found = re.search(r"工单 (\d+)", shown.text)
    assert found is not None
    return place, found[1]


async def to_callback(hotline: Hotline, no: str) -> None:
    """Takes a ticket to where its caller may rate it."""
    await hotline.done(no, "dispatch", lead=WATER)
    await hotline.done(no, "sign", unit=WATER)
    reply = {"outcome": "resolved", "text": "已更换灯头。", "contacted_at": datetime.now(UTC).isoformat()}
    await hotline.done(no, "reply", unit=WATER, **reply)
    await hotline.done(no, "first_review", approve=True)
    await hotline.done(no, "final_review", approve=True)


async def test_a_demand_is_submitted_and_followed_without_any_script(hotline: Hotline) -> None:
    for path in ("/citizen", "/citizen/submit", "/citizen/follow"):
        page = await hotline.http.get(path)
        assert page.status_code == 200
        assert "<script" not in page.text
        assert page.headers["cache-control"] == "no-store"
        assert "default-src 'self'" in page.headers["content-security-policy"]
    form = (await hotline.http.get("/citizen/submit")).text
    assert "泾川县" in form
    assert "5个工作日内办结并答复" in form
    assert "110、119、120、122" in form
    place, no = await submitted(hotline)
    page = await hotline.http.get(place)
    assert "已受理" in page.text
    assert f"尾号{PHONE[-4:]}" in page.text
    assert "王芳" not in page.text
    assert PHONE not in page.text
    assert SAID["text"] not in page.text
    found = await hotline.http.post("/citizen/follow", data={"no": no, "tail": PHONE[-4:]})
    assert found.status_code == 303
    assert (await hotline.http.get(found.headers["location"])).status_code == 200
    ticket = await hotline.read(f"/tickets/{no}")
    assert (ticket["source"], ticket["text"]) == ("web", SAID["text"])


@pytest.mark.rule("JC-23")
async def test_a_policy_that_binds_no_more_is_shown_as_such_on_every_page_about_it(hotline: Hotline) -> None:
    for path in ("/citizen", "/citizen/submit"):
        assert "已过有效期，本热线按设置仍参照办理" in (await hotline.http.get(path)).text
    place, _ = await submitted(hotline)
    assert "办理：已过有效期。" in (await hotline.http.get(place)).text


@pytest.mark.rule("JC-11.1.1b")
async def test_the_promised_moment_is_the_clock_s(hotline: Hotline) -> None:
    place, no = await submitted(hotline)
    await hotline.done(no, "dispatch", lead=WATER)
    page = unescape((await hotline.http.get(place)).text)
    clocks = await hotline.read(f"/tickets/{no}/clocks")
    due = datetime.fromisoformat(next(one["due_at"] for one in clocks if one["name"] == "handle"))
    assert f"办理并答复您：应于{due.year}年{due.month}月{due.day}日 {due:%H:%M}前完成" in re.sub(
        "<[^>]*>", "", page
    )


async def test_both_halves_are_rated_and_an_objection_is_heard(hotline: Hotline) -> None:
    place, no = await submitted(hotline)
    await to_callback(hotline, no)
    page = (await hotline.http.get(place)).text
    assert page.count('name="handling"') == page.count('name="intake"') == 5
    rated = {"handling": "dissatisfied", "intake": "very_satisfied", "solved": "no"}
    answer = await hotline.http.post(f"{place}/rate", data=rated)
    assert answer.status_code == 303, answer.text
    objected = await hotline.http.post(f"{place}/appeal", data={"text": "灯还是不亮。"})
    assert objected.status_code == 303
    [caller] = (await hotline.read(f"/tickets/{no}"))["callers"]
    assert caller["ratings"]["handling"] == "dissatisfied"
    assert caller["ratings"]["intake"] == "very_satisfied"
    timeline = await hotline.read(f"/tickets/{no}/timeline")
    assert [one["do"] for one in timeline if one["do"] in ("rate", "appeal")] == ["rate", "appeal"]


@pytest.mark.rule("JC-11.3")
@pytest.mark.rule("JC-11.4a")
async def test_the_result_is_shown_once_every_review_has_passed_it(hotline: Hotline) -> None:
    place, no = await submitted(hotline)

    async def shown() -> str:
        return unescape((await hotline.http.get(place)).text)

    reply: dict[str, Any] = {
        "unit": WATER,
        "outcome": "resolved",
        "contacted_at": datetime.now(UTC).isoformat(),
        "materials": ["现场记录甲"],
        "handler": "经办人乙",
    }
    await hotline.done(no, "dispatch", lead=WATER)
    await hotline.done(no, "sign", unit=WATER)
    await hotline.done(no, "progress", unit=WATER, text="内部进展丙")
    await hotline.done(no, "reply", **reply, text="初次答复丁")
    assert "初次答复丁" not in await shown()
    await hotline.done(no, "first_review", approve=False, opinion="审核意见戊")
    assert "初次答复丁" not in await shown()
    await hotline.done(no, "reply", **reply, text="路灯已换新灯管。")
    await hotline.done(no, "first_review", approve=True)
    assert "路灯已换新灯管。" not in await shown()
    await hotline.done(no, "final_review", "upper_level", approve=True)
    page = await shown()
    assert "给您的答复" in page
    assert "办理结果" in page
    assert "路灯已换新灯管。" in page
    kept_in = ("现场记录甲", "经办人乙", "内部进展丙", "初次答复丁", "审核意见戊")
    assert not [words for words in kept_in if words in page]


@pytest.mark.rule("JC-12.3b")
async def test_after_a_redo_the_next_result_is_shown_when_it_has_passed_too(hotline: Hotline) -> None:
    place, no = await submitted(hotline)
    await to_callback(hotline, no)
    before = unescape((await hotline.http.get(place)).text)
    await hotline.done(no, "callback", reached=True, handling="dissatisfied", reasonable=True)
    await hotline.done(no, "redo", unit=WATER, reason="没有修好")
    again = {"unit": WATER, "outcome": "resolved", "contacted_at": datetime.now(UTC).isoformat()}
    await hotline.done(no, "reply", **again, text="再次更换了线路。")
    assert "再次更换了线路。" not in unescape((await hotline.http.get(place)).text)
    await hotline.done(no, "first_review", approve=True)
    await hotline.done(no, "final_review", "upper_level", approve=True)
    after = unescape((await hotline.http.get(place)).text)
    assert "再次更换了线路。" in after
    assert after.count("<h3>") == before.count("<h3>") + 1


async def test_a_demand_is_taken_back_only_when_confirmed(hotline: Hotline) -> None:
    place, no = await submitted(hotline)
    hasty = await hotline.http.post(f"{place}/withdraw", data={"reason": "已经解决"})
    assert hasty.status_code == 422
    assert "请勾选确认" in hasty.text
    assert "已经解决" in hasty.text
    answer = await hotline.http.post(f"{place}/withdraw", data={"sure": "yes", "reason": "已经解决"})
    assert answer.status_code == 303, answer.text
    [caller] = (await hotline.read(f"/tickets/{no}"))["callers"]
    assert caller["withdrawn_at"] is not None
    assert f"{place}/withdraw" not in (await hotline.http.get(place)).text


async def test_a_command_out_of_turn_is_refused_in_words(hotline: Hotline) -> None:
    place, _ = await submitted(hotline)
    answer = await hotline.http.post(f"{place}/rate", data={"handling": "satisfied"})
    assert answer.status_code == 409
    assert "不能办理此项操作" in answer.text
    assert (await hotline.http.post(f"{place}/dispatch", data={"lead": WATER})).status_code == 404


async def test_a_form_sent_twice_makes_one_ticket(hotline: Hotline) -> None:
    key = str(uuid4())
    first, again = [await submitted(hotline, key=key) for _ in range(2)]
    assert first[1] == again[1]
    other = await hotline.http.post("/citizen/submit", data={**SAID, "key": key, "text": "另一件事。"})
    assert other.status_code == 422
    assert "另一件事。" in other.text
    assert key not in other.text


async def test_what_is_typed_is_shown_as_words_and_never_as_a_page(hotline: Hotline) -> None:
    evil = '"><script>alert(1)</script>'
    answer = await hotline.http.post("/citizen/submit", data={**SAID, "text": evil, "phone": evil[:20]})
    assert answer.status_code == 422
    assert "<script" not in answer.text
    assert evil in unescape(answer.text)
    looked = await hotline.http.post("/citizen/follow", data={"no": evil, "tail": "1234"})
    assert looked.status_code == 422
    assert "<script" not in looked.text
    assert evil in unescape(looked.text)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("type", "", "诉求类型"),
        ("type", "dispatch", "诉求类型"),
        ("text", " ", "诉求内容"),
        ("text", "长" * 3001, "最多3000个字"),
        ("phone", "没有", "电话号码"),
    ],
)
async def test_what_is_missing_is_named_and_the_rest_is_kept(
    hotline: Hotline, field: str, value: str, told: str
) -> None:
    answer = await hotline.http.post("/citizen/submit", data={**SAID, field: value})
    assert answer.status_code == 422
    assert told in answer.text
    assert SAID["title"] in answer.text


async def test_a_wrong_tail_tells_no_more_than_a_wrong_number(hotline: Hotline) -> None:
    _, no = await submitted(hotline)
    wrong = await hotline.http.post("/citizen/follow", data={"no": no, "tail": "0001"})
    unknown = await hotline.http.post("/citizen/follow", data={"no": "20200101000001", "tail": "0001"})
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.text.replace(no, "") == unknown.text.replace("20200101000001", "")


async def test_guessing_is_stopped_for_the_right_tail_too(hotline: Hotline) -> None:
    place, no = await submitted(hotline)

    async def tried(tail: str) -> httpx2.Response:
        return await hotline.http.post("/citizen/follow", data={"no": no, "tail": tail})

    statuses = [(await tried(f"{guess:04}")).status_code for guess in range(8)]
    assert statuses[:5] == [404] * 5
    assert statuses[-1] == 429
    locked = await tried(PHONE[-4:])
    assert locked.status_code == 429
    assert int(locked.headers["retry-after"]) > 0
    assert (await hotline.http.get(place)).status_code == 200, "the link of the message goes on"


async def test_one_phone_cannot_flood_the_hotline(hotline: Hotline) -> None:
    for _ in range(5):
        await submitted(hotline)
    statuses = []
    for _ in range(2):
        answer = await hotline.http.post("/citizen/submit", data={**SAID, "key": str(uuid4())})
        statuses.append(answer.status_code)
    assert statuses[-1] == 429
    await submitted(hotline, phone="13900139000")


async def test_a_link_opens_one_caller_s_ticket_until_it_expires(hotline: Hotline) -> None:
    _, no = await submitted(hotline)
    now = datetime.now(UTC)
    async with hotline.parts.engine.connect() as conn:
        [caller] = await callers.read_ticket(conn, hotline.parts.ring, no)

    async def opened(token: str) -> int:
        return (await hotline.http.get(f"/citizen/t/{token}")).status_code

    ring = hotline.parts.ring
    good = citizen_links.made(ring, caller.id, now + timedelta(days=1))
    assert await opened(good) == 200
    assert await opened(citizen_links.made(ring, caller.id, now - timedelta(seconds=1))) == 404
    assert await opened(citizen_links.made(ring, UUID(int=7), now + timedelta(days=1))) == 404
    assert await opened(("B" if good[0] == "A" else "A") + good[1:]) == 404
    assert await opened("x" * 65) == 404


@pytest.mark.rule("JC-5.2")
async def test_a_caller_sees_who_looked_at_their_details_by_unit_and_purpose_and_never_by_name(
    hotline: Hotline,
) -> None:
    place, no = await submitted(hotline)
    page = unescape((await hotline.http.get(place)).text)
    assert f'href="{place}/accesses"' in page
    empty = await hotline.http.get(f"{place}/accesses")
    assert (empty.status_code, empty.headers["cache-control"]) == (200, "no-store")
    assert "还没有人查看过" in empty.text

    await hotline.done(no, "dispatch", lead=WATER)
    await hotline.done(no, "sign", unit=WATER)
    caller = (await hotline.read(f"/tickets/{no}"))["callers"][0]["id"]
    refused = {"fields": ["address"], "purpose": "contact", "reason": "约定上门时间"}
    for said, status in (
        ({"fields": ["name", "phone"], "purpose": "contact", "reason": "约定上门时间"}, 200),
        (refused, 403),
    ):
        answer = await reveal(hotline, no, caller, headers("unit", WATER, "shuiwu-a"), said)
        assert answer.status_code == status, answer.text

    shown = await hotline.http.get(f"{place}/accesses")
    cells = re.findall(r"<td>(.*?)</td>", shown.text)
    assert re.fullmatch(r"\d{4}年\d{1,2}月\d{1,2}日 \d\d:\d\d", cells[0])
    assert cells[1:] == [WATER, "承办单位经办人", "联系诉求人", "姓名、电话"]
    for private in ("shuiwu-a", "王芳", PHONE, "约定上门时间", "<script"):
        assert private not in shown.text


async def test_what_was_looked_at_before_a_merge_is_still_on_the_caller_s_page(hotline: Hotline) -> None:
    place, no = await submitted(hotline)
    caller = (await hotline.read(f"/tickets/{no}"))["callers"][0]["id"]
    said = {"fields": ["phone"], "purpose": "verify", "reason": "核对登记的电话"}
    answer = await reveal(hotline, no, caller, headers("office", actor="rexian-1"), said)
    assert answer.status_code == 200, answer.text
    main = await hotline.ticket()
    await hotline.done(no, "merge", into=main)
    await until_the_page_names(hotline, place, main)
    shown = await hotline.http.get(f"{place}/accesses")
    assert re.findall(r"<td>(.*?)</td>", shown.text)[-2:] == ["核对登记信息", "电话"]


async def reveal(
    hotline: Hotline, no: str, caller: str, who: dict[str, str], said: Mapping[str, object]
) -> httpx2.Response:
    place = f"/api/v1/tickets/{no}/callers/{caller}/reveal"
    return await hotline.http.post(place, json=said, headers=who)


async def until_the_page_names(hotline: Hotline, place: str, words: str) -> None:
    async def page() -> str:
        return (await hotline.http.get(place)).text

    await eventually(page, lambda shown: words in shown)


async def test_a_link_that_is_wrong_shows_no_accesses(hotline: Hotline) -> None:
    answer = await hotline.http.get("/citizen/t/AAAAAAAAAAAAAAAAAAAAAA/accesses")
    assert answer.status_code == 404
    assert "<table" not in answer.text


async def test_a_page_of_somebody_else_s_and_a_flood_of_bytes_are_refused(hotline: Hotline) -> None:
    place, no = await submitted(hotline)
    foreign = {"Origin": "https://elsewhere.example"}
    answer = await hotline.http.post(f"{place}/withdraw", data={"sure": "yes"}, headers=foreign)
    assert answer.status_code == 403
    assert (await hotline.read(f"/tickets/{no}"))["status"] == "registered"
    flood = await hotline.http.post("/citizen/submit", content=b"text=" + b"a" * MAX_FORM)
    assert flood.status_code == 413
    for odd in (b"text=%ff", b"text=%00&phone=1", b"&".join(b"a=1" for _ in range(30))):
        assert (await hotline.http.post("/citizen/submit", content=odd)).status_code == 422


async def test_the_pages_are_no_part_of_the_interface_for_programs(hotline: Hotline) -> None:
    document = (await hotline.http.get("/openapi.json")).json()
    assert not [path for path in document["paths"] if path.startswith("/citizen")]


async def test_browsers_are_let_say_where_a_form_of_ours_comes_from(hotline: Hotline) -> None:
    # With `no-referrer` a browser sends `Origin: null`, and our own forms would look like a stranger's.
    for path in ("/citizen/submit", "/citizen/follow", "/welcome/some-link"):
        assert (await hotline.http.get(path)).headers["referrer-policy"] == "same-origin"

"""The whole life of a ticket over HTTP, on the real engines."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import facts_store
from models.chain import verify
from tests.hotline import Hotline, headers
from tests.waiting import eventually

WATER, TOWN = "水务局", "城关镇"


def moment(ago: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) - ago).isoformat()


async def test_a_ticket_goes_from_intake_to_archive(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER, assist=[TOWN])
    await hotline.done(no, "sign", unit=WATER)
    await hotline.done(no, "contact", unit=WATER, number_used="0933-3321234", told="已派人查看")
    await hotline.done(no, "submit_to_lead", unit=TOWN, text="已协助入户核实")
    await hotline.done(
        no, "request_extension", unit=WATER, working_days=3, reason="管网改造", citizen_informed=True
    )
    await hotline.done(no, "decide_extension", unit=WATER, approve=True)
    await hotline.done(no, "reply", unit=WATER, outcome="resolved", text="已更换滤网", contacted_at=moment())
    await hotline.done(no, "first_review", approve=True)
    await hotline.done(no, "final_review", "upper_level", approve=True)
    await hotline.done(no, "callback", reached=True, solved=True, handling="satisfied")
    told = await hotline.done(no, "archive")
    assert told["status"] == "archived"
    ticket = await hotline.read(f"/tickets/{no}")
    assert ticket["status"] == "archived"
    assert ticket["clocks"] == []
    assert [one["ratings"]["handling"] for one in ticket["callers"]] == ["satisfied"]
    timeline = await hotline.read(f"/tickets/{no}/timeline")
    assert [entry["seq"] for entry in timeline] == list(range(1, len(timeline) + 1))
    assert timeline[-1]["sentence"] == "工单转为“已归档”"


async def test_the_timeline_says_who_took_the_demand_in(hotline: Hotline) -> None:
    answer = await hotline.register(actor="agent-7")
    no = answer.json()["no"]
    await hotline.done(no, "dispatch", lead=WATER)
    timeline = await hotline.read(f"/tickets/{no}/timeline")
    first, dispatched = timeline[0], next(entry for entry in timeline if entry["do"] == "dispatch")
    assert (first["fact"], first["actor"]["role"], first["actor"]["id"]) == ("registered", "agent", "agent-7")
    assert dispatched["actor"]["id"] == "office-1"
    async with hotline.parts.engine.connect() as conn:
        stored = await facts_store.load(conn, facts_store.TICKET, no)
    # The chain covers it, and the fact itself says what it always said.
    assert verify(no, stored) is None
    assert verify(no, [replace(stored[0], actor=None), *stored[1:]]) is not None
    assert stored[0].data.keys() <= {"at", "fact", "no", "jurisdiction", "ticket", "callers", "texts"}


async def test_what_was_asked_for_and_granted_is_explained_day_by_day(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    path = f"/tickets/{no}/clocks/handle/explanation"
    before = await hotline.read(path)
    assert before["limit"] == "5个工作日"
    assert [article["rule"] for article in before["basis"]] == ["JC-11.1.1b"]
    assert all(article["text"] for article in before["basis"])
    (counted,) = [step["counted"] for step in before["steps"]]
    assert [day["number"] for day in counted["days"]] == [1, 2, 3, 4, 5]
    assert all(day["reason"] for day in counted["skipped"])
    assert before["calendar_version"]
    await hotline.done(
        no, "request_extension", unit=WATER, working_days=2, reason="管网改造", citizen_informed=True
    )
    await hotline.done(no, "decide_extension", unit=WATER, approve=True)
    after = await hotline.read(path, unit=WATER)
    assert [step["cause"] for step in after["steps"]] == ["started", "extension"]
    assert [day["number"] for day in after["steps"][1]["counted"]["days"]] == [1, 2]
    assert after["steps"][1]["start"] == before["due"]
    assert after["due"] > before["due"]
    clocks = {clock["name"]: clock for clock in await hotline.read(f"/tickets/{no}/clocks")}
    assert clocks["handle"]["due_at"] == after["due"]


@pytest.mark.rule("JC-11.1a")
async def test_three_working_hours_are_explained_interval_by_interval(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    explained = await hotline.read(f"/tickets/{no}/clocks/sign/explanation")
    (counted,) = [step["counted"] for step in explained["steps"]]
    assert explained["limit"] == "3个工作小时"
    assert sum(interval["seconds"] for interval in counted["intervals"]) == counted["seconds"] == 3 * 3600
    assert counted["intervals"][-1]["closes"] == counted["due"] == explained["due"]
    assert any("第十一条" in line or "JC-11.1a" in line for line in explained["lines"])


async def test_an_overridden_limit_is_explained_with_what_was_cited(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    await hotline.done(
        no,
        "override_limit",
        working_days=20,
        citation="《信访工作条例》第三十四条",
        approved_by="县热线办主任",
    )
    explained = await hotline.read(f"/tickets/{no}/clocks/handle/explanation")
    assert explained["steps"][-1]["citation"] == "《信访工作条例》第三十四条"
    assert "引用：《信访工作条例》第三十四条" in explained["lines"]


async def test_a_window_is_explained_by_the_clock_it_hangs_on(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    explained = await hotline.read(f"/tickets/{no}/clocks/extension_window/explanation")
    handle = await hotline.read(f"/tickets/{no}/clocks/handle/explanation")
    assert explained["limit"] == "办理时限届满前1个工作日"
    assert explained["steps"][0]["counted"]["start"] == handle["due"]
    assert explained["steps"][0]["counted"]["due"] == explained["due"]


async def test_a_clock_that_never_ran_has_no_explanation(hotline: Hotline) -> None:
    no = await hotline.ticket()
    answer = await hotline.get(f"/tickets/{no}/clocks/handle/explanation")
    assert answer.status_code == 404


async def test_a_person_sees_the_buttons_that_the_table_allows(hotline: Hotline) -> None:
    no = await hotline.ticket()
    allowed = (await hotline.read(f"/tickets/{no}"))["allowed"]
    assert "dispatch" in allowed
    assert "sign" not in allowed
    await hotline.done(no, "dispatch", lead=WATER)
    unit = (await hotline.get(f"/tickets/{no}", "unit", WATER)).json()["allowed"]
    assert {"sign", "request_return", "reply"} <= set(unit)
    assert "dispatch" not in unit


async def test_callers_are_masked_and_words_shown(hotline: Hotline) -> None:
    no = await hotline.ticket()
    ticket = await hotline.read(f"/tickets/{no}")
    assert ticket["title"] == "自来水浑浊"
    (caller,) = ticket["callers"]
    assert (caller["name"], caller["phone"], caller["has_address"]) == ("王**", "138****8000", True)
    assert "13800138000" not in str(ticket)
    assert "水泉街" not in str(ticket)


async def test_emoji_and_rare_characters_come_back_as_they_were(hotline: Hotline) -> None:
    words = "𠮷野家门口的䶮字招牌掉了😀，\u200b请处理\r\n谢谢"
    no = await hotline.ticket(text=words, title="䶮", callers=[{"name": "𠮷"}])
    ticket = await hotline.read(f"/tickets/{no}")
    assert (ticket["text"], ticket["title"]) == (words, "䶮")
    await hotline.done(no, "supplement", text=f"补充：{words}")
    timeline = await hotline.read(f"/tickets/{no}/timeline")
    assert timeline[-1]["texts"]["text"]["text"] == f"补充：{words}"


async def test_a_unit_knows_its_own_tickets_only(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    assert (await hotline.get(f"/tickets/{no}", "unit", WATER)).status_code == 200
    for path in (f"/tickets/{no}", f"/tickets/{no}/timeline", f"/tickets/{no}/clocks"):
        assert (await hotline.get(path, "unit", TOWN)).status_code == 404
    assert (await hotline.get("/tickets", "unit", TOWN)).json()["tickets"] == []
    answer = await hotline.post(no, "sign", "unit", unit=TOWN)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_unit_does_not_read_what_another_wrote(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER, assist=[TOWN])
    await hotline.done(no, "progress", unit=WATER, text="内部情况")
    own = (await hotline.get(f"/tickets/{no}/timeline", "unit", WATER)).json()
    other = (await hotline.get(f"/tickets/{no}/timeline", "unit", TOWN)).json()
    assert own[-1]["texts"]["text"]["text"] == "内部情况"
    assert other[-1]["texts"]["text"] == {
        "text": None,
        "withheld": True,
        "erased_at": None,
        "erased_reason": None,
    }


async def test_lists_are_filtered_and_paged_most_urgent_first(hotline: Hotline) -> None:
    numbers = [await hotline.ticket(type=kind) for kind in ("complaint", "consultation", "help", "complaint")]
    await hotline.done(numbers[0], "dispatch", lead=WATER)
    await hotline.done(numbers[1], "dispatch", lead=WATER)
    first = await hotline.read("/tickets", limit=3)
    second = await hotline.read("/tickets", limit=3, cursor=first["next_cursor"])
    listed = [line["no"] for page in (first, second) for line in page["tickets"]]
    assert sorted(listed) == numbers
    # Signing is due soonest; the consultation and the complaint owe it alike, the rest owe nothing yet.
    assert set(listed[:2]) == {numbers[0], numbers[1]}
    assert listed[2:] == sorted(listed[2:])
    assert second["next_cursor"] is None
    by_status = await hotline.read("/tickets", status=["dispatched", "handling"])
    assert {line["no"] for line in by_status["tickets"]} == {numbers[0], numbers[1]}
    by_type = await hotline.read("/tickets", type="help")
    assert [line["no"] for line in by_type["tickets"]] == [numbers[2]]
    by_unit = await hotline.read("/tickets", unit=WATER, type=["consultation"])
    assert [line["no"] for line in by_unit["tickets"]] == [numbers[1]]
    by_number = await hotline.read("/tickets", q=numbers[3])
    assert [line["no"] for line in by_number["tickets"]] == [numbers[3]]
    by_beginning = await hotline.read("/tickets", q=numbers[3][:8])
    assert len(by_beginning["tickets"]) == 4
    soon = await hotline.read("/tickets", due_before=moment(-timedelta(days=30)), open=True)
    assert {line["no"] for line in soon["tickets"]} == {numbers[0], numbers[1]}


async def test_an_emergency_that_nobody_was_sent_yet_leads_every_list(hotline: Hotline) -> None:
    dispatched = await hotline.ticket()
    await hotline.done(dispatched, "dispatch", lead=WATER)
    ordinary, urgent, emergency, later = [
        await hotline.ticket(urgency=urgency) for urgency in ("normal", "urgent", "emergency", "emergency")
    ]

    async def listed(**asked: Any) -> list[str]:
        """The list by pages of one row, so that every place is written into a cursor and read again."""
        numbers, page = [], await hotline.read("/tickets", limit=1, **asked)
        while page["next_cursor"] is not None:
            numbers += [line["no"] for line in page["tickets"]]
            page = await hotline.read("/tickets", limit=1, cursor=page["next_cursor"], **asked)
        return numbers + [line["no"] for line in page["tickets"]]

    assert await listed(status="registered") == [emergency, later, urgent, ordinary]
    assert await listed(open=True) == [emergency, later, urgent, dispatched, ordinary]
    await hotline.done(emergency, "dispatch", lead=WATER)
    assert (await listed(open=True))[0] == later


async def test_supervision_is_opened_answered_and_struck_off(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    await hotline.done(no, "supervise", unit=WATER, form="written", cause="repeated")
    (line,) = (await hotline.read("/supervisions"))["supervisions"]
    assert (line["unit"], line["status"]) == (WATER, "open")
    assert line["title"] == (await hotline.read(f"/tickets/{no}"))["title"]
    await hotline.done(no, "answer_supervision", unit=WATER, text="已约谈经办人")
    closed = await hotline.http.post(
        f"/api/v1/supervisions/{line['no']}/close_supervision", json={}, headers=headers("office")
    )
    assert closed.status_code == 200, closed.text
    detail = await hotline.read(f"/supervisions/{line['no']}")
    assert detail["status"] == "closed"
    assert detail["timeline"][-1]["sentence"].endswith("销号")
    again = await hotline.http.post(
        f"/api/v1/supervisions/{line['no']}/close_supervision", json={}, headers=headers("office")
    )
    assert (again.status_code, again.json()["code"]) == (409, "supervision_closed")


async def test_after_the_end_the_table_still_allows_an_appeal_and_nothing_else(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "withdraw", reason="已自行解决")
    appeal = await hotline.done(no, "appeal", text="并未解决")
    assert appeal["status"] == "withdrawn"
    timeline = await hotline.read(f"/tickets/{no}/timeline")
    assert (timeline[-1]["do"], timeline[-1]["texts"]["text"]["text"]) == ("appeal", "并未解决")
    late = await hotline.post(no, "dispatch", lead=WATER)
    assert (late.status_code, late.json()["code"]) == (409, "wrong_status")
    assert late.json()["basis"] == ["JC-8"]


async def test_merged_callers_go_along(hotline: Hotline) -> None:
    main, other = await hotline.ticket(), await hotline.ticket(callers=[{"name": "李雷"}])
    await hotline.done(other, "merge", into=main)
    await eventually(lambda: callers_of(hotline, main), lambda found: found == 2)
    assert (await hotline.read(f"/tickets/{other}"))["merged_into"] == main
    unknown = await hotline.post(main, "merge", into="20990101000001")
    assert (unknown.status_code, unknown.json()["code"]) == (409, "merge_target_closed")


async def test_a_number_of_the_upper_level_is_one_tickets_only(hotline: Hotline) -> None:
    first, second = await hotline.ticket(), await hotline.ticket()
    await hotline.done(first, "amend", upstream_no="PL-2026-77")
    taken = await hotline.post(second, "amend", upstream_no="PL-2026-77")
    assert (taken.status_code, taken.json()["code"]) == (409, "upstream_no_taken")
    await hotline.done(first, "amend", upstream_no="PL-2026-77", reason="再次核对")
    await hotline.done(second, "amend", upstream_no="PL-2026-78")
    assert (await hotline.read(f"/tickets/{second}"))["upstream_no"] == "PL-2026-78"


async def callers_of(hotline: Hotline, no: str) -> int:
    return len((await hotline.read(f"/tickets/{no}"))["callers"])


async def test_units_and_messages_are_listed(hotline: Hotline) -> None:
    units = {unit["name"]: unit for unit in await hotline.read("/units")}
    assert units[WATER]["people"] == 4
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)

    async def sent() -> bool:
        messages = (await hotline.read("/notifications", ticket=no))["messages"]
        return any(one["unit"] == WATER and one["state"] in ("sent", "delivered") for one in messages)

    await eventually(sent)
    assert (await hotline.get("/notifications", "unit", WATER)).status_code == 403


async def test_a_citizen_sees_their_own_ticket_only(hotline: Hotline) -> None:
    no, other = await hotline.ticket(), await hotline.ticket()
    (caller,) = (await hotline.read(f"/tickets/{no}"))["callers"]
    assert (await hotline.get(f"/tickets/{no}", "citizen", actor=caller["id"])).status_code == 200
    assert (await hotline.get(f"/tickets/{other}", "citizen", actor=caller["id"])).status_code == 404


async def test_health_and_readiness(hotline: Hotline) -> None:
    assert (await hotline.http.get("/health")).json() == {"status": "ok"}
    assert (await hotline.http.get("/ready")).json() == {"status": "ok", "database": True, "engine": True}


async def test_a_supervision_over_a_topic_has_its_own_life(hotline: Hotline) -> None:
    asked = {"unit": WATER, "subject": "汛期供水问题集中", "cause": "leader_instruction", "form": "meeting"}
    said = {**headers("leader", actor="leader-1"), "Idempotency-Key": "topic-1"}
    first = await hotline.http.post("/api/v1/supervisions", json=asked, headers=said)
    assert first.status_code == 201, first.text
    no = first.json()["no"]
    again = await hotline.http.post("/api/v1/supervisions", json=asked, headers=said)
    assert (again.status_code, again.json()["no"]) == (200, no)
    other = await hotline.http.post(
        "/api/v1/supervisions",
        json={**asked, "unit": "没有这个局"},
        headers=headers("leader", actor="leader-1"),
    )
    assert (other.status_code, other.json()["code"]) == (409, "unknown_unit")

    answer = await hotline.http.post(
        f"/api/v1/supervisions/{no}/answer_supervision",
        json={"unit": WATER, "text": "已召开协调会", "written_explanation": True},
        headers={**headers("unit", WATER, "unit-1"), "Idempotency-Key": "answer-1"},
    )
    assert answer.status_code == 200, answer.text
    closed = await hotline.http.post(
        f"/api/v1/supervisions/{no}/close_supervision",
        json={},
        headers={**headers("office", actor="office-1"), "Idempotency-Key": "close-1"},
    )
    assert closed.status_code == 200, closed.text
    found = await hotline.read(f"/supervisions/{no}")
    assert (found["status"], found["ticket_no"]) == ("closed", None)
    assert found["title"] == asked["subject"]


@pytest.mark.rule("HN-1.6")
async def test_a_repeat_is_one_of_a_ticket_that_was_handled_here_or_of_one_whose_papers_are_there(
    hotline: Hotline,
) -> None:
    said = {"policy": "henan", "type": "consultation", "source": "phone"}
    main, merged, repeat = [await hotline.ticket(**said) for _ in range(3)]
    refusal = {
        "reason_code": "repeat_without_news",
        "explanation": "没有新的证据材料，已经依法处理",
        "route": "请查看原工单的答复",
    }
    await hotline.done(merged, "merge", into=main)
    papers: dict[str, Any] = {"evidence": ["原处理决定书"]}
    for prior, more, code in (
        (None, papers, "evidence_required"),
        (repeat, papers, "prior_is_itself"),
        ("20190101000001", {}, "prior_unknown"),
        (main, papers, "prior_not_handled"),
        (merged, papers, "prior_not_handled"),
    ):
        named = {"prior": prior} if prior else {}
        answer = await hotline.post(repeat, "refuse", **refusal, **named, **more)
        assert (answer.status_code, answer.json()["code"]) == (409, code), prior
        assert answer.json()["basis"][-1] == "HN-1.6"

    await hotline.done(main, "answer", text="请持身份证到窗口办理")
    for caller in (await hotline.read(f"/tickets/{main}"))["callers"]:
        await hotline.done(main, "callback", reached=True, handling="satisfied", caller=caller["id"])
    assert (await hotline.read(f"/tickets/{main}"))["status"] == "closed"
    assert (await hotline.done(repeat, "refuse", **refusal, prior=merged))["status"] == "refused"
    again = await hotline.ticket(**said, prior="20190101000001")
    assert (await hotline.done(again, "refuse", **refusal, **papers))["status"] == "refused"

"""When something comes between somebody and their work: it is said in words, and what was typed stays."""

from __future__ import annotations

import secrets

import httpx2
import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browser.seats import Seat, Seats, settled
from tests.e2e.browser.soundness import expect_sound

REPLY = "已派抢修队更换阀门，当日恢复供水。"


@pytest.fixture
def title() -> str:
    """What a fresh ticket is called."""
    return f"水泉巷{secrets.randbelow(10**6)}号漏水"


def begun(seats: Seats, unit: Seat, title: str) -> tuple[str, Locator]:
    """A reply that has been written and not yet sent; the ticket's number and the form."""
    no = seats.dispatched(seats.elsewhere("hotline-office"), "水务局", title)
    seats.elsewhere("shuiwu-a").done(no, "sign", unit="水务局")
    unit.ticket(no)
    form = unit.do("答复")
    form.get_by_label("办理情况和答复内容").fill(REPLY)
    form.get_by_role("button", name="刚刚答复").click()
    return no, form


def send(form: Locator) -> None:
    """Presses the button of a reply."""
    form.get_by_role("button", name="答复", exact=True).click()


def refusal(form: Locator) -> Locator:
    """What stands in a form that was not accepted."""
    return form.locator(".ant-alert-error")


def test_a_lost_connection_is_said_and_the_reply_goes_out_when_it_is_back(seats: Seats, title: str) -> None:
    unit = seats.take("shuiwu-a")
    _, form = begun(seats, unit, title)
    unit.page.context.set_offline(True)
    send(form)
    expect(refusal(form)).to_contain_text("网络连接中断，所填内容仍在")
    expect(unit.page.get_by_text("网络连接中断，正在重新连接")).to_be_visible()
    expect(form.get_by_label("办理情况和答复内容")).to_have_value(REPLY)
    unit.page.context.set_offline(False)
    expect(form.get_by_text("工单由“办理中”转为“待审核”")).to_be_visible()
    send(form)
    unit.stands("待审核")
    expect(unit.page.get_by_text("网络连接中断，正在重新连接")).to_be_hidden()


def test_what_was_typed_outlives_a_page_that_is_loaded_anew(seats: Seats, title: str) -> None:
    unit = seats.take("shuiwu-a")
    _, form = begun(seats, unit, title)
    unit.page.reload()
    settled(unit.page)
    expect(form.get_by_label("办理情况和答复内容")).to_have_value(REPLY)
    expect(form.get_by_label("答复诉求人的时间")).not_to_have_value("")


def test_a_session_that_ended_is_asked_for_again_on_top_of_what_was_typed(seats: Seats, title: str) -> None:
    unit = seats.take("shuiwu-a", afresh=True)
    _, form = begun(seats, unit, title)
    end_session(seats, unit)
    # What asks in the background may have learned it first; then the question lies over the form already.
    form.get_by_role("button", name="答复", exact=True).dispatch_event("click")
    again = unit.page.get_by_label("重新登录")
    expect(again.get_by_role("heading", name="登录已失效，请重新登录")).to_be_visible()
    expect_sound(unit.page, ".ant-modal")
    again.get_by_label("用户名").fill("shuiwu-a")
    again.get_by_label("密码").fill(seats.password)
    again.get_by_role("button", name="登录").click()
    expect(again).to_be_hidden()
    expect(form.get_by_label("办理情况和答复内容")).to_have_value(REPLY)
    send(form)
    unit.stands("待审核")


def end_session(seats: Seats, seat: Seat) -> None:
    """Ends somebody's session at the server, while their browser knows nothing of it."""
    cookies = {one["name"]: one["value"] for one in seat.page.context.cookies()}
    with httpx2.Client(base_url=seats.installation.url, cookies=cookies, timeout=60) as http:
        ended = http.delete("/api/v1/session", headers={"X-Jiesu-CSRF": cookies["jiesu_csrf"]})
        assert ended.status_code == 204, ended.text


@pytest.mark.rule("JC-11.3")
def test_a_reply_to_a_ticket_that_was_withdrawn_meanwhile_is_refused_in_words(
    seats: Seats, title: str
) -> None:
    unit = seats.take("shuiwu-a")
    no, form = begun(seats, unit, title)
    seats.elsewhere("hotline-agent-1").done(no, "withdraw", reason="诉求人来电表示已经解决。")
    send(form)
    alert = refusal(form)
    expect(alert).to_contain_text("已撤单")
    expect(form.get_by_label("办理情况和答复内容")).to_have_value(REPLY)
    unit.stands("已撤单")


def test_of_two_who_dispatch_the_second_learns_that_somebody_acted_first(seats: Seats, title: str) -> None:
    no = seats.registered(title)
    office = seats.take("hotline-office")
    office.ticket(no)
    form = office.do("派单")
    office.choose(form.get_by_label("主办单位"), "水务局")
    expect(form.get_by_role("region", name="派单后")).to_contain_text("待签收")
    form.get_by_label("派单说明").fill("请核实漏水点。")
    seats.elsewhere("hotline-chief").done(no, "dispatch", lead="住建局")
    form.get_by_role("button", name="派单", exact=True).click()
    expect(refusal(form)).to_contain_text("工单现为“待签收”，不能办理此项操作。依据：《泾川县")
    expect(form.get_by_label("派单说明")).to_have_value("请核实漏水点。")
    office.stands("待签收")


@pytest.mark.rule("JC-11.2c")
def test_a_refused_request_names_the_article_and_keeps_what_was_typed(seats: Seats, title: str) -> None:
    unit = seats.take("shuiwu-a")
    no = seats.dispatched(seats.elsewhere("hotline-office"), "水务局", title)
    same = seats.elsewhere("shuiwu-a")
    same.done(no, "sign", unit="水务局")
    unit.ticket(no)
    form = unit.do("申请退单")
    form.get_by_label("理由").first.fill("该小区供水由物业自备井承担。")
    same.done(no, "request_return", unit="水务局", reason="不属本单位职责。")
    form.get_by_role("button", name="申请退单", exact=True).click()
    alert = refusal(form)
    expect(alert).to_contain_text("依据：《泾川县12345政务服务便民热线运行管理办法（试行）》第11条")
    expect(form.get_by_label("理由").first).to_have_value("该小区供水由物业自备井承担。")


def test_what_was_refused_goes_out_with_the_same_words_once_nothing_is_in_its_way(
    seats: Seats, title: str
) -> None:
    no = seats.registered(title)
    office, chief = seats.take("hotline-office"), seats.elsewhere("hotline-chief")
    office.ticket(no)
    form = office.do("派单")
    office.choose(form.get_by_label("主办单位"), "水务局")
    expect(form.get_by_role("region", name="派单后")).to_contain_text("待签收")
    chief.done(no, "dispatch", lead="住建局")
    form.get_by_role("button", name="派单", exact=True).click()
    expect(refusal(form)).to_be_visible()
    chief.done(no, "recall", reason="派错单位。")
    office.stands("待派单")
    form.get_by_role("button", name="派单", exact=True).click()
    expect(form).to_be_hidden()
    office.stands("待签收")


def test_a_ticket_that_came_back_is_signed_again_on_the_same_page(seats: Seats, title: str) -> None:
    chief = seats.elsewhere("hotline-chief")
    no = seats.dispatched(chief, "水务局", title)
    unit = seats.take("shuiwu-a")
    unit.ticket(no)
    unit.do("签收")
    unit.stands("办理中")
    chief.done(no, "recall", reason="派错单位。")
    seats.elsewhere("hotline-office").done(no, "dispatch", lead="水务局")
    unit.stands("待签收")
    unit.do("签收")
    unit.stands("办理中")


def test_a_refused_signature_is_said_on_the_page_with_its_article(seats: Seats, title: str) -> None:
    no = seats.dispatched(seats.elsewhere("hotline-office"), "水务局", title)
    unit = seats.take("shuiwu-a")
    unit.page.context.route("**/api/v1/events", lambda events: events.abort())
    unit.ticket(no)
    seats.elsewhere("shuiwu-a").done(no, "sign", unit="水务局")
    sign = unit.page.get_by_role("toolbar", name="可办理的操作").get_by_role("button", name="签收")
    sign.dispatch_event("click")
    expect(refusal(unit.page.locator("article.ticket > header"))).to_contain_text("依据")
    unit.stands("办理中")
    expect_sound(unit.page)

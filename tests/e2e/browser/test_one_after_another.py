"""Tickets taken from a list one after the other, without going back to it in between."""

from __future__ import annotations

import re
import secrets

from playwright.sync_api import Page, Route, expect

from tests.e2e.browser.seats import Seat, Seats

TICKET = re.compile(r"/tickets/(\d{14})")


def another(page: Page, *before: str) -> str:
    """The number of the ticket that has come after these; the page before may still be there a while."""
    page.wait_for_url(lambda url: (found := TICKET.search(url)) is not None and found[1] not in before)
    found = TICKET.search(page.url)
    assert found, page.url
    expect(page.locator("article.ticket > header")).to_contain_text(found[1])
    return found[1]


def takes_the_first(seat: Seat, path: str, button: str) -> str:
    """Opens a list and takes what stands on top of it."""
    seat.go(path)
    seat.page.get_by_role("button", name=button).click()
    return another(seat.page)


def test_the_next_one_is_a_key_away_when_one_is_done(seats: Seats) -> None:
    for place in range(3):
        seats.registered(f"安定街{secrets.randbelow(10**6)}号第{place}盏路灯不亮")
    office = seats.take("hotline-office")
    page = office.page
    first = takes_the_first(office, "/office?tab=dispatch", "办理下一件")
    form = office.do("派单")
    office.choose(form.get_by_label("主办单位"), "水务局")
    form.get_by_role("button", name="派单", exact=True).click()
    office.stands("待签收")
    # What may be said at any time is not what is to be done now.
    main = page.get_by_role("toolbar", name="可办理的操作").locator(".ant-btn-primary")
    expect(main).to_have_count(0)
    following = page.get_by_role("button", name="办理下一件")
    expect(following).to_be_focused()
    page.keyboard.press("Enter")
    second = another(page, first)
    # A form that was open does not lose the list; one that is left as it is does not come again at once.
    office.do("派单").get_by_role("button", name="关闭").click()
    page.get_by_role("button", name="办理下一件").click()
    another(page, first, second)
    page.get_by_role("link", name="返回待派单").click()
    expect(page.get_by_role("tab", name="待派单")).to_have_attribute("aria-selected", "true")


def test_a_ticket_of_a_list_leads_on_to_the_next_and_one_that_was_found_does_not(seats: Seats) -> None:
    office = seats.take("hotline-office")
    page = office.page
    office.go("/all?status=handling")
    page.locator("tr.row a").first.click()
    first = another(page)
    page.get_by_role("button", name="办理下一件").click()
    second = another(page, first)
    page.get_by_role("link", name="返回全部工单").click()
    page.wait_for_url("**/all?status=handling")
    office.find(second)
    expect(page.get_by_role("toolbar", name="可办理的操作")).to_be_visible()
    expect(page.get_by_role("button", name="办理下一件")).to_have_count(0)


def test_callers_are_called_back_one_after_the_other(seats: Seats) -> None:
    agent = seats.take("hotline-agent-1")
    page = agent.page
    first = takes_the_first(agent, "/callbacks", "回访下一位")
    form = page.get_by_role("dialog", name="回访")
    form.get_by_role("button", name="关闭").click()
    expect(form).to_be_hidden()
    page.get_by_role("button", name="回访下一位").click()
    another(page, first)
    expect(page.get_by_role("dialog", name="回访")).to_be_visible()


def test_whoever_calls_back_sees_what_was_answered_and_how_often_it_was_tried(seats: Seats) -> None:
    somebody = seats.elsewhere("hotline-agent-1")
    waiting = somebody.must("GET", "/callbacks")["waiting"]
    tried = next(one for one in waiting if one["callers"][0]["attempts"])
    no, times = tried["ticket"]["no"], tried["callers"][0]["attempts"]
    told = somebody.must("GET", f"/tickets/{no}/timeline")
    answers = [one["texts"]["text"]["text"] for one in told if one["do"] == "reply"]
    agent = seats.take("hotline-agent-1")
    agent.go(f"/tickets/{no}?do=callback")
    form = agent.page.get_by_role("dialog", name="回访")
    expect(form).to_contain_text(answers[-1])
    expect(form).to_contain_text(f"{times}次未联系上")
    attempts = agent.page.locator(".happening").filter(has_text="受话员回访：未联系上")
    expect(attempts).to_have_count(times)


def test_what_is_refused_of_several_stays_chosen_and_is_sent_again(seats: Seats) -> None:
    for _ in range(2):
        seats.registered(f"安定街{secrets.randbelow(10**6)}号门前积水")
    office = seats.take("hotline-office")
    page = office.page
    office.go("/office?tab=dispatch")
    rows = page.locator("tr.row")
    names = [rows.nth(place).locator(".what a").inner_text() for place in range(2)]
    refused = rows.nth(0).locator(".number").inner_text()
    for place in range(2):
        rows.nth(place).get_by_role("checkbox").check()
    page.get_by_role("button", name="批量派单").click()
    form = page.get_by_role("dialog")
    several = form.get_by_role("list", name="要派的工单").get_by_role("listitem")
    expect(several).to_have_count(2)
    for place in range(2):
        expect(several.nth(place)).to_contain_text(names[place])

    def refuse(route: Route) -> None:
        said = {"type": "about:blank", "title": "冲突", "status": 409, "code": "busy", "detail": "请稍后再派"}
        route.fulfill(status=409, json=said)

    page.route(f"**/tickets/{refused}/dispatch", refuse)
    office.choose(form.get_by_label("主办单位"), "水务局")
    form.get_by_role("button", name="派单", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text(f"{refused}：请稍后再派")
    expect(form.get_by_text("批量派单（1件）")).to_be_visible()
    expect(several).to_have_count(1)
    page.unroute(f"**/tickets/{refused}/dispatch")
    form.get_by_role("button", name="派单", exact=True).click()
    expect(form).to_be_hidden()
    office.ticket(refused)
    office.stands("待签收")


def test_a_ticket_that_comes_back_is_signed_once_more(seats: Seats) -> None:
    office = seats.elsewhere("hotline-office")
    no = seats.dispatched(office, "水务局", f"安定街{secrets.randbelow(10**6)}号水管渗漏")
    unit = seats.take("shuiwu-a")
    unit.ticket(no)
    unit.do("签收")
    unit.stands("办理中")
    office.done(no, "recall", reason="派单有误")
    office.done(no, "dispatch", lead="水务局", reason="仍由水务局办理")
    unit.stands("待签收")
    unit.do("签收")
    unit.stands("办理中")

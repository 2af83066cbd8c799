"""One case from the call to the archive, by five people at five screens on which everything moves."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.seats import Seat, Seats

MARK = secrets.randbelow(10**6)
TITLE = f"水泉街{MARK}号停水"
NUMBER = f"10008{MARK:06}"


@pytest.fixture(scope="module")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Screens as most people have them; those of the other tests ask for less motion."""
    return {**browser_context_args, "reduced_motion": "no-preference"}


def test_a_call_goes_to_the_archive_through_the_hands_of_five_people(seats: Seats) -> None:
    agent, office, unit = (seats.take(code) for code in ("hotline-agent-1", "hotline-office", "shuiwu-a"))
    reviewer, caller_back = seats.take("city-reviewer"), seats.take("hotline-agent-2")

    no = takes_the_call(agent)
    dispatches(office, no)
    signs_and_replies(unit, no)
    office.ticket(no)
    reviews(office, "初审")
    reviewer.go("/final")
    reviewer.page.get_by_role("link", name=TITLE).click()
    reviews(reviewer, "终审")
    reviewer.stands("已办结")
    calls_back(caller_back, no)
    office.ticket(no)
    office.do("归档").get_by_role("button", name="归档").click()
    office.stands("已归档")

    for code in ("hotline-office", "shuiwu-a", "city-reviewer", "hotline-agent-2"):
        expect(office.page.locator(".happening").filter(has_text=code).first).to_be_visible()


def takes_the_call(agent: Seat) -> str:
    """The telephone rings, the demand is written down and registered; the ticket's number."""
    page = agent.page
    agent.go("/intake")
    # The page listens to the telephone from the moment its form has the focus.
    expect(page.get_by_label("来电号码")).to_be_focused()
    page.evaluate(
        "number => dispatchEvent(new CustomEvent('jiesu:ring', {detail: {number, recording: 'R-1'}}))", NUMBER
    )
    expect(page.get_by_label("来电号码")).to_have_value(NUMBER)
    expect(page.get_by_text("此号码没有来过电")).to_be_visible()
    page.get_by_label("姓名").fill("示例群众甲")
    page.get_by_label("诉求内容").fill("水泉街自来水主管道爆裂，已经停水两天，请尽快抢修。")
    page.locator(".likely").get_by_role("button").first.click()
    page.get_by_label("属地").fill("城关镇")
    page.get_by_label("标题").fill(TITLE)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", name="已登记")).to_be_visible()
    return page.locator(".big-number").inner_text().replace(" ", "")


def dispatches(office: Seat, no: str) -> None:
    """The office sends it to the unit that the system suggests."""
    office.go("/office")
    # What is not urgent may be beyond the first page of a list.
    office.find(no)
    form = office.do("派单")
    form.get_by_role("button", name="水务局").click()
    expect(form.get_by_text("派单后")).to_be_visible()
    form.get_by_role("button", name="派单", exact=True).click()
    office.stands("待签收")


def signs_and_replies(unit: Seat, no: str) -> None:
    """The unit signs, and replies with what the policy asks for."""
    unit.go("/unit")
    unit.find(no)
    unit.do("签收")
    unit.stands("办理中")
    form = unit.do("答复")
    form.get_by_role("button", name="答复", exact=True).click()
    expect(form.get_by_text("请填写办理情况和答复内容")).to_be_visible()
    expect(form.get_by_text("请填写答复诉求人的时间")).to_be_visible()
    form.get_by_label("办理情况和答复内容").fill("已更换爆裂管段，当日18时恢复供水，并向诉求人当面说明。")
    form.get_by_role("button", name="刚刚答复").click()
    form.get_by_label("联系所用电话").fill("09330000000")
    form.get_by_role("button", name="答复", exact=True).click()
    unit.stands("待审核")


def reviews(reviewer: Seat, level: str) -> None:
    """Somebody approves the reply that stands beside the demand."""
    form = reviewer.do(level)
    expect(form.get_by_text("已更换爆裂管段")).to_be_visible()
    form.get_by_text("通过", exact=True).click()
    form.get_by_label("审核意见").fill("答复完整，同意。")
    form.get_by_role("button", name=level, exact=True).click()
    expect(form).to_be_hidden()


def calls_back(agent: Seat, no: str) -> None:
    """Another seat asks the caller, who is satisfied."""
    agent.go("/callbacks")
    agent.find(no)
    form = agent.do("回访")
    form.get_by_text("已联系上").click()
    form.get_by_label("满意", exact=True).first.check()
    form.get_by_label("是", exact=True).check()
    form.get_by_role("button", name="回访", exact=True).click()
    expect(form).to_be_hidden()

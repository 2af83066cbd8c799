"""The day's work of a seat and of a unit with the keyboard alone."""

from __future__ import annotations

import secrets

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser.seats import Seat, Seats

MARK = secrets.randbelow(10**6)


def press(page: Page, *keys: str) -> None:
    """Presses keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, wanted: Locator, key: str = "Tab", most: int = 60) -> None:
    """Moves on until the focus is where it is wanted; fails if the keyboard does not come there."""
    for _ in range(most):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{wanted} is not reached by {key}")


def test_a_demand_is_taken_down_without_a_mouse(seats: Seats) -> None:
    agent = seats.take("hotline-agent-1")
    page = agent.page
    agent.go("/intake")
    expect(page.get_by_label("来电号码")).to_be_focused()
    page.keyboard.type(f"10007{MARK:06}")
    press(page, "Tab")
    page.keyboard.type("示例群众乙")
    press(page, "Tab", "Tab")
    expect(page.get_by_label("诉求内容")).to_be_focused()
    page.keyboard.type(f"水泉街{MARK}号楼自来水停水三天，请尽快恢复供水。")
    expect(page.locator(".likely kbd").first).to_have_text("1")
    press(page, "Alt+1")
    expect(page.locator(".likely")).to_be_visible()
    tab_to(page, page.get_by_label("标题"))
    page.keyboard.type(f"水泉街{MARK}号楼停水")
    tab_to(page, page.get_by_role("radio", name="求助"))
    press(page, "ArrowRight")
    expect(page.get_by_role("radio", name="投诉")).to_be_checked()
    press(page, "Control+Enter")
    expect(page.get_by_role("heading", name="已登记")).to_be_visible()
    following = page.get_by_role("button", name="下一个来电")
    expect(following).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_label("来电号码")).to_be_focused()
    expect(page.get_by_label("来电号码")).to_have_value("")


def test_a_ticket_is_signed_and_replied_to_without_a_mouse(seats: Seats) -> None:
    office = seats.elsewhere("hotline-office")
    no = seats.dispatched(office, "水务局", f"水泉街{MARK}号水压不足")
    unit = seats.take("shuiwu-a")
    page = unit.page
    unit.go("/unit")
    unit.find(no)
    toolbar = page.get_by_role("toolbar", name="可办理的操作")
    tab_to(page, toolbar.get_by_role("button", name="签收"))
    press(page, "Enter")
    unit.stands("办理中")
    tab_to(page, toolbar.get_by_role("button", name="答复", exact=True))
    press(page, "Enter")
    _reply(unit)
    unit.stands("待审核")


def _reply(unit: Seat) -> None:
    """Fills in and sends the reply that has been opened."""
    page = unit.page
    form = page.get_by_role("dialog")
    expect(form).to_be_visible()
    tab_to(page, form.get_by_label("办理情况和答复内容"))
    page.keyboard.type("已调高加压泵站出口压力，水压恢复正常。")
    tab_to(page, form.get_by_role("button", name="刚刚答复"))
    press(page, "Enter")
    tab_to(page, form.get_by_label("联系所用电话"))
    page.keyboard.type("09330000000")
    tab_to(page, form.get_by_label("诉求人满意度"))
    press(page, "ArrowDown", "ArrowDown", "Enter")
    tab_to(page, form.get_by_role("button", name="答复", exact=True))
    press(page, "Enter")
    expect(form).to_be_hidden()

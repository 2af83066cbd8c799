"""A unit's day on a phone of 375 points: nothing to scroll sideways, everything within a finger's reach."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.seats import Seat, Seats
from tests.e2e.browser.soundness import expect_sound, still

PHONE: dict[str, Any] = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}
TARGET = 24
"""Points that a target measures at least, each way (WCAG 2.2, 2.5.8)."""

_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_TOO_SMALL = """least => [...document.querySelectorAll('button, a, input, [role=tab], [role=combobox]')]
    .filter(one => one.checkVisibility({opacityProperty: true, visibilityProperty: true}))
    .filter(one => !one.closest('p, .happening, [aria-hidden=true], .skip'))
    .map(one => [one, one.closest('label, .ant-select, .ant-picker, .ant-tabs-tab, [class*=affix]')])
    .map(([one, around]) => [one, (around ?? one).getBoundingClientRect()])
    .filter(([, box]) => box.width && (Math.round(box.width) < least || Math.round(box.height) < least))
    .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${box.width}x${box.height}`)"""


@pytest.fixture
def unit(seats: Seats) -> Seat:
    """Somebody of a unit with a phone in their hand."""
    return seats.take("shuiwu-a", **PHONE)


def expect_handy(page: Page) -> None:
    """Fails if the page has to be scrolled sideways or has targets too small for a finger."""
    still(page)
    assert page.evaluate(_TOO_WIDE) <= 0, page.url
    small = page.evaluate(_TOO_SMALL, TARGET)
    assert not small, "\n".join([page.url, *small])


@pytest.mark.parametrize("tab", ["waiting", "signed", "approving", "replied", "planned"])
def test_the_tickets_of_a_unit_fit(unit: Seat, tab: str) -> None:
    unit.go(f"/unit?tab={tab}")
    expect_handy(unit.page)


def test_the_menu_opens_and_leads_on(unit: Seat) -> None:
    unit.go("/unit")
    unit.page.get_by_role("button", name="打开导航").tap()
    menu = unit.page.get_by_role("dialog")
    expect(menu.get_by_role("menuitem", name="督办")).to_be_visible()
    expect_handy(unit.page)
    expect_sound(unit.page)
    menu.get_by_role("menuitem", name="督办").tap()
    expect(menu).to_be_hidden()
    expect(unit.page.get_by_role("heading", name="督办")).to_be_visible()
    expect_handy(unit.page)


def test_a_ticket_is_signed_and_replied_to_on_a_phone(seats: Seats, unit: Seat) -> None:
    title = f"安定街{secrets.randbelow(10**6)}号水表空转"
    no = seats.dispatched(seats.elsewhere("hotline-office"), "水务局", title)
    unit.go("/unit?tab=waiting")
    unit.page.get_by_role("link", name=title).tap()
    expect(unit.page.get_by_role("heading", name="办理经过")).to_be_visible()
    expect_handy(unit.page)
    expect_sound(unit.page)
    for name in ("申请退单", "申请延期"):
        form = unit.do(name)
        expect(form.get_by_role("button", name=name, exact=True)).to_be_visible()
        expect_handy(unit.page)
        form.get_by_role("button", name="关闭").tap()
        expect(form).to_be_hidden()
    unit.do("签收")
    unit.stands("办理中")
    form = unit.do("答复")
    form.get_by_label("办理情况和答复内容").fill("已更换水表，多计水费在下月扣减。")
    form.get_by_role("button", name="刚刚答复").tap()
    form.get_by_label("联系所用电话").fill("09330000000")
    form.get_by_role("button", name="预览答复").tap()
    expect(form.get_by_role("heading", name=f"关于工单{no}的答复")).to_be_visible()
    expect_handy(unit.page)
    expect_sound(unit.page)
    form.get_by_role("button", name="答复", exact=True).tap()
    unit.stands("待审核")
    expect_handy(unit.page)

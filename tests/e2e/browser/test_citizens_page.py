"""The citizen's page in a browser that runs no script at all."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests.e2e.browser.seats import Seats
from tests.e2e.browser.soundness import expect_sound

MARK = secrets.randbelow(10**6)
NUMBER = f"13900{MARK:06}"
TEXT = f"安定街{MARK}号门前自来水井盖破损，夜间行人易绊倒。"


@pytest.fixture
def plain(new_context: CreateContextCallback) -> Page:
    """A phone without any script."""
    return new_context(java_script_enabled=False, viewport={"width": 375, "height": 812}).new_page()


def submit(page: Page) -> str:
    """Submits a demand; the number that the page tells."""
    page.goto("/citizen")
    page.get_by_role("link", name="提交诉求").first.click()
    page.get_by_label("诉求类型").select_option("投诉")
    page.get_by_label("标题").fill("井盖破损")
    page.get_by_label("诉求内容").fill(TEXT)
    page.get_by_label("联系电话").fill(NUMBER)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("您的诉求已经收到")
    found = re.search(r"\d{14}", page.get_by_role("heading", level=1).inner_text())
    assert found
    return found[0]


def follow(page: Page, no: str) -> None:
    """Comes to a demand by its number and the end of the phone number."""
    page.goto("/citizen/follow")
    page.get_by_label("工单编号").fill(no)
    page.get_by_label("后四位").fill(NUMBER[-4:])
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(no)


def replied(seats: Seats, no: str) -> None:
    """What the hotline and a unit do with it until it can be rated."""
    office, unit, above = (seats.elsewhere(code) for code in ("hotline-office", "shuiwu-a", "hotline-chief"))
    office.done(no, "dispatch", lead="水务局")
    unit.done(no, "sign", unit="水务局")
    unit.done(no, "answer_citizen", unit="水务局", text="井盖已更换。")
    reply = {"outcome": "resolved", "text": "已更换。", "contacted_at": datetime.now(UTC).isoformat()}
    unit.done(no, "reply", unit="水务局", **reply)
    office.done(no, "first_review", approve=True)
    above.done(no, "final_review", approve=True)


def test_a_demand_is_submitted_followed_and_rated_without_a_script(plain: Page, seats: Seats) -> None:
    no = submit(plain)
    follow(plain, no)
    expect(plain.get_by_role("listitem").filter(has_text="受理").first).to_contain_text("完成")
    replied(seats, no)
    follow(plain, no)
    expect(plain.get_by_text("井盖已更换。")).to_be_visible()
    for question in ("您对办理情况是否满意？", "您对热线受理情况是否满意？"):
        plain.get_by_role("group", name=question).get_by_label("满意", exact=True).check()
    plain.get_by_label("已经解决").check()
    plain.get_by_role("button", name="提交评价").click()
    expect(plain.get_by_role("status")).to_contain_text("感谢您的评价")
    follow(plain, no)
    expect(plain.get_by_text("对办理情况", exact=True)).to_be_visible()


def test_a_demand_is_taken_back_without_a_script(plain: Page) -> None:
    no = submit(plain)
    follow(plain, no)
    plain.get_by_label("原因").fill("已经修好")
    plain.get_by_role("button", name="撤回").click()
    expect(plain.get_by_label("我要撤回这件诉求")).to_be_focused()
    plain.get_by_label("我要撤回这件诉求").check()
    plain.get_by_role("button", name="撤回").click()
    expect(plain.get_by_role("status")).to_contain_text("您的诉求已经撤回")
    expect(plain.get_by_text("您已撤回诉求。")).to_be_visible()


def test_a_wrong_number_says_so_and_keeps_what_was_typed(plain: Page) -> None:
    plain.goto("/citizen/follow")
    plain.get_by_label("工单编号").fill("20260101999999")
    plain.get_by_label("后四位").fill("0000")
    plain.get_by_role("button", name="查询").click()
    expect(plain.get_by_role("alert")).to_be_visible()
    expect(plain.get_by_label("工单编号")).to_have_value("20260101999999")


def test_every_page_of_citizens_is_sound(page: Page, seats: Seats) -> None:
    for path in ("/citizen", "/citizen/submit", "/citizen/follow", "/citizen/t/unknown", "/welcome/unknown"):
        page.goto(path)
        expect_sound(page)
    no = submit(page)
    expect_sound(page)
    replied(seats, no)
    follow(page, no)
    expect_sound(page)


def test_the_login_is_sound(page: Page) -> None:
    page.goto("/console/")
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    expect_sound(page)
    page.get_by_label("用户名").fill("nobody")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("用户名、密码或动态口令不对")
    expect_sound(page)

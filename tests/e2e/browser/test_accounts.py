"""Accounts at the administrator's screen, and what was done with them at the auditor's."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.browser.seats import Seats
from tests.e2e.browser.soundness import expect_sound

SOMEBODY = "beixin-b"
"""Nobody sits down with this account in any test."""


def test_an_account_is_stopped_only_after_a_second_word(seats: Seats) -> None:
    seat = seats.take("hotline-admin")
    seat.go("/accounts")
    account = seat.page.get_by_role("row").filter(has=seat.page.get_by_text(SOMEBODY, exact=True))
    question = seat.page.get_by_role("tooltip").filter(has_text="停用这个账号？")
    account.get_by_role("button", name="停用").click()
    question.get_by_role("button", name="取消").click()
    expect(question).to_be_hidden()
    expect(account.get_by_role("button", name="停用")).to_be_visible()
    account.get_by_role("button", name="停用").click()
    question.get_by_role("button", name="确定").click()
    account.get_by_role("button", name="启用").click()
    expect(account.get_by_role("button", name="停用")).to_be_visible()


def test_an_account_is_found_by_its_name_or_its_unit(seats: Seats) -> None:
    seat = seats.take("hotline-admin")
    seat.go("/accounts")
    rows = seat.page.locator(".ant-table-tbody tr.ant-table-row")
    seat.page.get_by_label("查找账号").fill(SOMEBODY)
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(SOMEBODY)
    seat.page.get_by_label("查找账号").fill("北新社区")
    expect(rows.filter(has_not_text="北新社区")).to_have_count(0)
    expect(rows.filter(has_text="北新社区").first).to_be_visible()
    seat.page.get_by_label("查找账号").fill("没有这样的人")
    expect(seat.page.get_by_text("没有这样的账号")).to_be_visible()
    expect_sound(seat.page)


def test_the_record_is_narrowed_to_one_kind_of_operation(seats: Seats) -> None:
    seats.registered("路灯不亮")
    auditor = seats.take("hotline-audit")
    auditor.go("/audit")
    auditor.choose(auditor.page.get_by_label("操作", exact=True), "登记诉求")
    rows = auditor.page.locator(".ant-table-tbody tr.ant-table-row")
    expect(rows.filter(has_text="登记诉求").first).to_be_visible()
    expect(rows.filter(has_not_text="登记诉求")).to_have_count(0)
    expect_sound(auditor.page)

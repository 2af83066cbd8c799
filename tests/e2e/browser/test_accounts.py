"""Accounts at the administrator's screen."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.browser.seats import Seats

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

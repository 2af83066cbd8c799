"""What a page looks like on paper."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.browser.seats import Seats


def test_a_supervision_is_printed_without_the_form_that_waits_on_the_screen(seats: Seats) -> None:
    listed = seats.elsewhere("hotline-office").must("GET", "/supervisions", params={"status": "open"})
    office = seats.take("hotline-office")
    office.go(f"/supervisions/{listed['supervisions'][0]['no']}")
    form = office.page.locator(".ant-card").filter(has=office.page.get_by_role("tab", name="销号"))
    expect(form).to_be_visible()
    office.page.emulate_media(media="print")
    expect(form).to_be_hidden()
    expect(office.page.get_by_role("heading", name="督办信息")).to_be_visible()
    expect(office.page.get_by_role("heading", name="办理经过")).to_be_visible()

"""What others do shows by itself: told by the server, or asked for where nothing comes through from it."""

from __future__ import annotations

import secrets

from playwright.sync_api import Route, expect

from tests.e2e.browser.seats import Seats

POLLS = 30_000
"""Milliseconds after which a page asks again by itself."""


def test_a_change_arrives_by_polling_where_events_do_not_come_through(seats: Seats) -> None:
    held: list[str] = []

    def hold(events: Route) -> None:
        held.append(events.request.url)
        events.abort()

    office = seats.take("hotline-office")
    office.page.clock.install()
    office.page.context.route("**/api/v1/events", hold)
    no = seats.registered(f"水泉巷{secrets.randbelow(10**6)}号路灯不亮")
    office.ticket(no)
    office.stands("待派单")
    assert held, "the page listens for events, and this test keeps them from it"
    seats.elsewhere("hotline-office").done(no, "dispatch", lead="水务局")
    office.page.clock.fast_forward(POLLS)
    expect(office.page.locator("article.ticket > header .ant-tag").first).to_have_text("待签收")
    expect(office.page.locator(".happening").filter(has_text="派给水务局主办")).to_be_visible()


def test_a_list_shows_what_came_in_by_polling_alone(seats: Seats) -> None:
    office = seats.take("hotline-office")
    office.page.clock.install()
    office.page.context.route("**/api/v1/events", lambda events: events.abort())
    title = f"水泉巷{secrets.randbelow(10**6)}号井盖破损"
    no = seats.registered(title)
    office.go(f"/all?q={no}")
    expect(office.page.get_by_text(title)).to_be_visible()
    expect(office.page.locator("#content tbody").get_by_text("待派单")).to_be_visible()
    seats.elsewhere("hotline-office").done(no, "dispatch", lead="水务局")
    office.page.clock.fast_forward(POLLS)
    expect(office.page.locator("#content tbody").get_by_text("待签收")).to_be_visible()

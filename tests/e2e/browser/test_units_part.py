"""What a ticket with several units is to each of them."""

from __future__ import annotations

import re
import secrets

from playwright.sync_api import Route, expect

from tests.e2e.browser.seats import Seat, Seats


def expect_limit(seat: Seat, no: str, words: str) -> None:
    """Fails unless this is the limit that a ticket's page and the unit's list show."""
    seat.ticket(no)
    expect(seat.page.locator("article.ticket > header .due")).to_contain_text(words)
    seat.go(f"/all?q={no}")
    expect(seat.page.locator("#content tbody tr.row .due")).to_contain_text(words)


def test_each_unit_sees_its_own_limit_first_and_the_office_whose_it_is(seats: Seats) -> None:
    office = seats.elsewhere("hotline-office")
    no = seats.registered(f"高平路{secrets.randbelow(10**6)}号水管漏水")
    office.done(no, "dispatch", lead="水务局", assist=["高平镇"])
    seats.elsewhere("shuiwu-a").done(no, "sign", unit="水务局")
    seats.elsewhere("gaoping-a").done(no, "sign", unit="高平镇")
    limits = {
        (one["name"], one["unit"]): one["due_at"] for one in office.must("GET", f"/tickets/{no}/clocks")
    }
    assert limits["assist", "高平镇"] < limits["handle", "水务局"], "the other unit's limit comes first"
    expect_limit(seats.take("shuiwu-a"), no, "办理 剩余")
    expect_limit(seats.take("gaoping-a"), no, "协办 剩余")
    expect_limit(seats.take("hotline-office"), no, "高平镇协办 剩余")


def test_time_that_no_office_worked_is_not_counted_out(seats: Seats) -> None:
    no = seats.dispatched(
        seats.elsewhere("hotline-office"), "水务局", f"高平路{secrets.randbelow(10**6)}号水压低"
    )
    unit = seats.take("shuiwu-a")

    def closed_all_year(hours: Route) -> None:
        answer = hours.fetch()
        hours.fulfill(response=answer, json={**answer.json(), "intervals": []})

    unit.page.route("**/api/v1/office-hours", closed_all_year)
    unit.ticket(no)
    remaining = unit.page.locator("article.ticket > header .remaining")
    expect(remaining).to_contain_text(re.compile(r"剩余\d+"))
    expect(remaining).not_to_contain_text("工作时间")

"""What stays at the screen's edges while a page is scrolled, and a limit at the edge of office time."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

from playwright.sync_api import Route, expect

from tests.e2e.browser.seats import Seats


def test_the_bar_on_top_and_the_menu_stay_while_a_list_is_scrolled(seats: Seats) -> None:
    office = seats.take("hotline-office")
    page = office.page
    office.go("/all")
    expect(page.locator("tr.row").nth(20)).to_be_visible()
    page.locator("tr.row").last.scroll_into_view_if_needed()
    assert page.evaluate("scrollY") > 0
    expect(page.get_by_role("button", name="查找工单")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("menuitem", name="待办工单")).to_be_in_viewport(ratio=1)


def test_the_intake_says_what_its_button_does_and_keeps_it_in_sight(seats: Seats) -> None:
    agent = seats.take("hotline-agent-1")
    page = agent.page
    agent.go("/intake")
    expect(page.get_by_role("button", name="登记", exact=True)).to_be_in_viewport(ratio=1)
    page.get_by_role("radio", name="即办答复").check()
    expect(page.get_by_role("button", name="登记并答复")).to_be_in_viewport(ratio=1)
    page.get_by_role("radio", name="转紧急专线").check()
    expect(page.get_by_role("button", name="登记并转交")).to_be_in_viewport(ratio=1)


def test_a_limit_that_ended_with_the_offices_day_is_over_without_a_count(seats: Seats) -> None:
    somebody = seats.elsewhere("hotline-office")
    hours = somebody.must("GET", "/office-hours")["intervals"]
    times = [(datetime.fromisoformat(opens), datetime.fromisoformat(closes)) for opens, closes in hours]
    closed = next(one[1] for one, then in itertools.pairwise(times) if then[0] - one[1] > timedelta(hours=8))

    def with_a_limit(route: Route) -> None:
        answer = route.fetch()
        listed = answer.json()
        over = {"name": "handle", "unit": "水务局", "due_at": closed.isoformat(), "lamp": "red"}
        row = listed["tickets"][0] | {"limit_shown": over | {"provisional": False}, "urgency": "normal"}
        route.fulfill(response=answer, json=listed | {"tickets": [row]})

    office = seats.take("hotline-office")
    office.page.clock.set_fixed_time(closed + timedelta(hours=1))
    office.page.route("**/api/v1/tickets?*", with_a_limit)
    office.go("/all")
    due = office.page.locator("tr.row .late")
    expect(due).to_have_text("已逾期")

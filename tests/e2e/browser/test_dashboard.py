"""The dashboard: live without events, and every figure the way to the very tickets that it counts."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from api.moments import ZONE
from tests.e2e.browser.seats import PATIENCE, Seat, Seats, settled
from tests.e2e.browser.soundness import expect_sound
from tests.e2e.people import Somebody

AROUND = timedelta(days=2)
"""Far enough to both sides that no midnight comes between two looks."""

POLLS = 60_000
"""Milliseconds after which every part of the page has asked again by itself."""

_NUMBER_ROSE = "([one, before]) => Number(one.innerText) > before"


def today() -> str:
    """The address of the dashboard for the days around today."""
    now = datetime.now(ZONE)
    return f"/dashboard?from={(now - AROUND).date()}&to={(now + AROUND).date()}"


def this_month() -> str:
    """The address of the dashboard for a month with many tickets."""
    now = datetime.now(ZONE)
    return f"/dashboard?from={(now - timedelta(days=30)).date()}&to={now.date()}"


def figure(page: Page, label: str) -> Locator:
    """The number of one of the figures on top."""
    named = page.get_by_role("link").filter(has=page.get_by_text(label, exact=True))
    return page.locator(".figures").get_by_role("link").and_(named).locator("strong").first


def of_unit(page: Page, unit: str) -> Locator:
    """The row of a unit in the ranking."""
    return page.get_by_role("row").filter(has=page.get_by_role("cell", name=unit, exact=True))


def rises(page: Page, number: Locator, before: int) -> None:
    """Waits until a number on the page is more than it was."""
    page.wait_for_function(_NUMBER_ROSE, arg=[number.element_handle(), before], timeout=PATIENCE)


def number(one: Locator) -> int:
    """What a number on the page is now."""
    return int(one.inner_text())


@pytest.fixture
def leader(seats: Seats) -> Seat:
    """Who looks at the dashboard most."""
    return seats.take("gov-leader")


def test_all_of_it_follows_by_polling_where_events_do_not_come_through(seats: Seats, leader: Seat) -> None:
    held: list[str] = []

    def hold(events: Route) -> None:
        held.append(events.request.url)
        events.abort()

    page = leader.page
    page.clock.install()
    page.context.route("**/api/v1/events", hold)
    leader.go(today())
    expect(page.get_by_role("table", name="各属地、各类别受理的件数")).to_be_visible()
    received, dispatched = figure(page, "受理"), figure(page, "派单")
    of_water = of_unit(page, "水务局").get_by_role("link").first
    in_town = page.get_by_role("link", name=re.compile("^城关镇合计："))
    expect(of_water).to_be_visible()
    before = {one: number(one) for one in (received, dispatched, of_water, in_town)}
    loaded = page.evaluate("performance.timeOrigin")
    assert held, "the page listens for events, and this test keeps them from it"

    seats.dispatched(seats.elsewhere("hotline-office"), "水务局", f"看板巷{secrets.randbelow(10**6)}号停水")
    page.clock.fast_forward(POLLS)
    for one, was in before.items():
        rises(page, one, was)
    assert page.evaluate("performance.timeOrigin") == loaded, "nobody loaded the page anew"


def test_a_figure_leads_to_its_tickets_and_the_way_back_to_the_same_period(leader: Seat) -> None:
    page = leader.page
    leader.go("/dashboard")
    page.get_by_text("本月", exact=True).click()
    expect(page.locator(".bar")).to_contain_text("至")
    settled(page)
    late = figure(page, "签收逾期")
    expect(late).to_be_visible()
    count = number(late)
    late.click()
    expect(page.get_by_role("heading", name="全部工单")).to_be_visible()
    settled(page)
    expect(page.locator("#content tbody tr.row")).to_have_count(count)
    page.go_back()
    expect(page.get_by_role("radio", name="本月")).to_be_checked()
    expect(figure(page, "签收逾期")).to_have_text(str(count))
    expect_sound(page)


def test_units_that_do_equally_well_have_the_same_place(leader: Seat) -> None:
    page = leader.page
    leader.go(this_month())
    rows = page.locator(".ant-table-tbody tr.ant-table-row")
    expect(rows.first).to_be_visible()

    def places() -> dict[str, tuple[str, str, str]]:
        cells = [row.get_by_role("cell").all_inner_texts() for row in rows.all()]
        return {row[1]: (row[0], *row[4].split(" ", 1)) for row in cells}  # type: ignore[misc]

    found = places()
    rated = {unit: float(rate.rstrip("%")) for unit, (_, rate, _) in found.items() if rate != "—"}
    assert len(rated) > 1
    for unit, (place, _, parts) in found.items():
        if unit not in rated:
            assert (place, parts) == ("—", "0/0"), unit
            continue
        better = sum(other > rated[unit] for other in rated.values())
        assert place == str(1 + better), unit
    page.get_by_role("columnheader", name="派单").click()
    expect(page.get_by_role("columnheader", name="派单")).to_have_attribute("aria-sort", "descending")
    assert places() == found, "a place does not change with the order that is looked at"


def without_area(agent: Somebody, title: str) -> str:
    """The number of a ticket that says nothing of where and of what kind."""
    demand = {
        "type": "complaint",
        "source": "city_platform",
        "callers": [{"name": "示例群众丁", "phone": f"10007{secrets.randbelow(10**6):06}"}],
        "title": title,
        "text": f"{title}，请处理。",
    }
    return str(agent.must("POST", "/tickets", json=demand)["no"])


def test_areas_and_kinds_lead_to_their_tickets_the_unnamed_too(seats: Seats, leader: Seat) -> None:
    title = f"不知何处{secrets.randbelow(10**6)}"
    without_area(seats.elsewhere("hotline-agent-1"), title)
    page = leader.page
    leader.go(today())
    table = page.get_by_role("table", name="各属地、各类别受理的件数")
    everything = page.get_by_role("button", name=re.compile("^显示全部"))
    expect(table).to_be_visible()
    if everything.is_visible():
        everything.click()
    sums = table.locator("tbody td:last-child").all_inner_texts()
    assert sum(map(int, sums)) == number(figure(page, "受理")), "no area is left out"
    expect_sound(page)

    unnamed = table.get_by_role("link", name=re.compile("^未填 未填："))
    count = number(unnamed)
    unnamed.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="全部工单")).to_be_visible()
    expect(page.get_by_role("link", name=title)).to_be_visible()
    expect(page.locator("#content tbody tr.row")).to_have_count(count)

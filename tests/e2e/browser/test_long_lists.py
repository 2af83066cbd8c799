"""A list of many tickets while it is scrolled through."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.browser.seats import Seats, settled


def test_a_list_that_scrolls_by_under_the_pointer_is_left_as_it_is(seats: Seats) -> None:
    office = seats.take("hotline-office")
    page = office.page
    office.go("/all")
    rows = page.locator("tr.row")
    expect(rows.nth(9)).to_be_visible()
    settled(page)
    page.evaluate(
        """() => {
            window.drawn = 0;
            const watch = new MutationObserver(seen => { window.drawn += seen.length; });
            const body = document.querySelector('.tickets tbody');
            watch.observe(body, {subtree: true, attributeFilter: ['class']});
        }"""
    )
    for place in range(10):
        rows.nth(place).hover()
    assert page.evaluate("window.drawn") == 0

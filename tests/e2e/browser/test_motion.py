"""Forms slide in and out, except on a device whose settings ask for less motion."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.room import a_ticket
from tests.e2e.browser.seats import Seats

WATCHED = """
    window.moved = [];
    for (const kind of ['transitionrun', 'animationstart'])
        addEventListener(kind, event => moved.push(event.target.className), true);
"""


@pytest.mark.parametrize(("wish", "moves"), [("no-preference", True), ("reduce", False)])
def test_a_form_moves_only_where_motion_is_welcome(
    seats: Seats, wish: Literal["no-preference", "reduce"], moves: bool
) -> None:
    seat = seats.take("hotline-office")
    seat.page.emulate_media(reduced_motion=wish)
    seat.page.add_init_script(WATCHED)
    seat.ticket(a_ticket(seats.elsewhere("hotline-office"), status="registered"))
    drawer = seat.do("派单")
    expect(drawer.get_by_label("主办单位")).to_be_visible()
    drawer.get_by_role("button", name="关闭").click()
    expect(drawer).to_be_hidden()
    moved = seat.page.evaluate("() => moved.filter(name => name.includes('ant-drawer'))")
    assert bool(moved) is moves, moved

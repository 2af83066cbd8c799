"""Every screen of the console: nothing for axe to find, and no English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.browser.console_sources import COMMANDS, DESKS, PAGES
from tests.e2e.browser.room import Room, a_ticket
from tests.e2e.browser.seats import settled
from tests.e2e.browser.soundness import expect_sound
from tests.e2e.people import Somebody


@pytest.mark.parametrize("path", DESKS)
def test_every_place_of_the_menu(room: Room, path: str) -> None:
    seat = room.whose(path)
    seat.go(path)
    assert seat.page.url.endswith(path)
    expect_sound(seat.page)
    tabs = seat.page.locator("#content [role=tab], #content .ant-segmented-item")
    for place in range(1, tabs.count()):
        tabs.nth(place).click()
        settled(seat.page)
        expect_sound(seat.page, "#content")


@pytest.mark.parametrize(
    ("login", "path", "button"),
    [
        ("hotline-admin", "/accounts", "开通账号"),
        ("hotline-admin", "/tokens", "签发令牌"),
        ("hotline-office", "/duty", "登记班次"),
        ("hotline-office", "/exports", "申请导出"),
        ("hotline-office", "/supervisions", "启动专项督办"),
        ("hotline-knowledge", "/knowledge", "编写条目"),
    ],
)
def test_every_form_of_a_place(room: Room, login: str, path: str, button: str) -> None:
    seat = room.seat(login)
    seat.go(path)
    seat.page.get_by_role("button", name=button).click()
    form = seat.page.get_by_role("dialog", name=button)
    expect(form).to_be_visible()
    expect(form.locator("form")).to_be_visible()
    expect_sound(seat.page, "[role=dialog]")


def _clock(somebody: Somebody) -> str:
    no = a_ticket(somebody, status="handling")
    clock = somebody.must("GET", f"/tickets/{no}/clocks")[0]
    return f"/tickets/{no}/clocks/{clock['name']}/{quote(clock['unit'])}"


def _supervision(somebody: Somebody) -> str:
    return f"/supervisions/{somebody.must('GET', '/supervisions')['supervisions'][0]['no']}"


EXAMPLES: Mapping[str, Callable[[Somebody], str]] = {
    "/tickets/:no": lambda one: f"/tickets/{a_ticket(one, status='handling')}",
    "/tickets/:no/sheet": lambda one: f"/tickets/{a_ticket(one, status='handling')}/sheet",
    "/tickets/:no/bulletin": lambda one: f"/tickets/{a_ticket(one, status='awaiting_instruction')}/bulletin",
    "/tickets/:no/minutes": lambda one: f"/tickets/{a_ticket(one)}/minutes",
    "/tickets/:no/clocks/:clock/:unit": _clock,
    "/supervisions/:no": _supervision,
}
"""An address of each page that has parameters."""


@pytest.mark.parametrize("route", PAGES)
def test_every_page_that_a_place_leads_to(room: Room, route: str) -> None:
    seat = room.seat("hotline-office")
    seat.go(EXAMPLES[route](room.without_screen("hotline-office")))
    expect_sound(seat.page)


def _with_meetings(timeline: Route) -> None:
    """Adds to a ticket's history what this county's measures do not know and those of others do."""
    answer = timeline.fetch()
    entries = answer.json()
    panel = {"do": "panel_decision", "details": {}, "unit": "水务局"}
    joint = {"do": "joint_meeting", "details": {"attendees": ["水务局", "住建局"]}}
    timeline.fulfill(response=answer, json=[*entries, entries[-1] | panel, entries[-1] | joint])


def test_minutes_of_meetings(room: Room) -> None:
    seat = room.seat("hotline-office")
    seat.page.route("**/timeline", _with_meetings)
    seat.go(f"/tickets/{a_ticket(room.without_screen('hotline-office'))}/minutes")
    expect(seat.page.get_by_role("heading", name="联席会议纪要")).to_be_visible()
    expect_sound(seat.page)
    seat.page.unroute("**/timeline")


@pytest.mark.parametrize("login", ["hotline-agent-1", "shuiwu-a", "gov-leader"])
@pytest.mark.parametrize("status", ["handling", "closed"])
def test_a_ticket_as_each_part_sees_it(room: Room, login: str, status: str) -> None:
    seat = room.seat(login)
    seat.ticket(a_ticket(room.without_screen(login), status=status))
    expect_sound(seat.page)


@dataclass(frozen=True)
class Form:
    """Who fills in the form of a command, and on which ticket."""

    login: str = "hotline-office"
    query: Mapping[str, str] = field(default_factory=dict)


AT_WORK = {"status": "handling"}
OF_A_UNIT = Form("shuiwu-a", AT_WORK)
FORMS: Mapping[str, Form] = {
    "dispatch": Form(query={"status": "registered"}),
    "decide_return": Form(query={"asked": "return"}),
    "decide_extension": Form(query={"asked": "extension"}),
    "first_review": Form(query={"asked": "first_review"}),
    "final_review": Form(query={"asked": "final_review"}),
    "callback": Form("hotline-agent-1", {"status": "closed"}),
    **dict.fromkeys(("reply", "request_return", "request_extension", "contact", "progress"), OF_A_UNIT),
}
"""Where it matters to what a form shows; the office on a ticket at work otherwise."""


@pytest.mark.parametrize(("name", "title"), COMMANDS)
def test_every_form_of_a_command(room: Room, name: str, title: str) -> None:
    form = FORMS.get(name, Form(query=AT_WORK))
    seat = room.seat(form.login)
    no = a_ticket(room.without_screen(form.login), **form.query)
    seat.walk(f"/tickets/{no}?do={name}")
    drawer = seat.page.get_by_role("dialog", name=title, exact=True)
    expect(drawer.locator("form")).to_be_visible()
    expect_sound(seat.page, ".ant-drawer")

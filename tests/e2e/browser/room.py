"""A room with a screen for everybody, where each part of the console is looked at in turn."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import expect

from tests.e2e.browser.seats import Seat, Seats
from tests.e2e.people import Somebody

PEOPLE = (
    "hotline-office",
    "hotline-agent-1",
    "shuiwu-a",
    "gov-leader",
    "hotline-admin",
    "hotline-audit",
    "city-reviewer",
)
"""Between them they have every place of the menu."""


@dataclass
class Room:
    """Where people sit down once, each at one screen, and stay for all these tests."""

    seats: Seats
    at_screens: dict[str, Seat] = field(default_factory=dict)
    elsewhere: dict[str, Somebody] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def seat(self, login: str) -> Seat:
        """Somebody at their screen."""
        if login not in self.at_screens:
            self.at_screens[login] = self.seats.take(login)
        return self.at_screens[login]

    def without_screen(self, login: str) -> Somebody:
        """The same person, for what they look up meanwhile."""
        if login not in self.elsewhere:
            self.elsewhere[login] = self.seats.elsewhere(login)
        return self.elsewhere[login]

    def whose(self, path: str) -> Seat:
        """Somebody who has a place in the menu, found by looking at people's menus."""
        for login in PEOPLE:
            if path in self.places:
                break
            if login not in self.places.values():
                self._look_at_menu(login)
        return self.seat(self.places[path])

    def _look_at_menu(self, login: str) -> None:
        menu = self.seat(login).page.get_by_role("navigation", name="导航").get_by_role("menuitem")
        expect(menu.first).to_be_visible()
        for item in menu.all():
            key = item.get_attribute("data-menu-id") or ""
            self.places.setdefault("/" + key.rpartition("/")[2], login)


def a_ticket(somebody: Somebody, **query: str) -> str:
    """The number of a ticket of the demonstration, the most urgent that the query gives."""
    return str(somebody.must("GET", "/tickets", params={"limit": 1, **query})["tickets"][0]["no"])

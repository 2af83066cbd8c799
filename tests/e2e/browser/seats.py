"""Somebody at a screen: logs in as people do, and finds things by the words that stand on them."""

from __future__ import annotations

import base64
import re
import secrets
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx2
from playwright.sync_api import Locator, Page, StorageState, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from models import second_factor
from tests.e2e.people import Somebody
from tests.running import Jiesu

PATIENCE = 90_000
"""Milliseconds to wait for anything, on a machine that does other work meanwhile; what comes is not late."""

WITHOUT_PASSWORD = frozenset({"hotline-admin", "city-reviewer"})
"""Those whom the demonstration gives no account: a link lets them set their password."""

OF_AN_OFFICE = {"width": 1440, "height": 900}

expect.set_options(timeout=PATIENCE)


def log_in(page: Page, login: str, password: str) -> None:
    """Passes the login page."""
    page.goto("/console/")
    page.get_by_label("用户名").fill(login)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    _is_inside(page)


def set_password(page: Page, link: str, password: str) -> None:
    """Opens a one-time link, sets the password and goes on to the console."""
    page.goto(link)
    page.get_by_label("请设置密码").fill(password)
    page.get_by_label("再输一遍").fill(password)
    page.get_by_role("button", name="设置密码并登录").click()
    page.get_by_role("link", name="进入工作台").click()
    _is_inside(page)


def _is_inside(page: Page) -> None:
    inside = page.locator("main#content")
    code = page.get_by_label("动态口令", exact=True)
    expect(inside.or_(code)).to_be_visible()
    if code.is_visible():
        shown = page.get_by_text("手工输入密钥：").inner_text().partition("：")[2]
        code.fill(second_factor.code_at(base64.b32decode(shown + "=" * (-len(shown) % 8)), time.time()))
        page.get_by_role("button", name="验证").click()
        expect(inside).to_be_visible()


_SETTLED = """() => {
    const seen = one => one?.checkVisibility({visibilityProperty: true});
    const waiting = document.querySelectorAll('.ant-skeleton, .ant-spin-spinning');
    return seen(document.querySelector('h1')) && ![...waiting].some(seen);
}"""


def settled(page: Page) -> None:
    """Waits until nothing on the page is still being fetched."""
    # Looked at with every frame: what `expect` looks at comes up to a second late.
    page.wait_for_function(_SETTLED)


@dataclass
class Seat:
    """Somebody who has logged in, at their screen."""

    login: str
    page: Page

    def go(self, path: str) -> None:
        """Opens a page of the console by its address and waits for all of it."""
        self.page.goto(f"/console{path}")
        settled(self.page)

    def walk(self, path: str) -> None:
        """Goes to a page as a link of the console would, without loading the console anew."""
        if "/console" not in self.page.url:
            self.page.goto("/console/")
        address = f"/console{path}"
        self.page.evaluate("address => history.pushState({}, '', address)", address)
        self.page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
        settled(self.page)

    def ticket(self, no: str) -> None:
        """Opens a ticket and waits for all of it."""
        self.go(f"/tickets/{no}")
        expect(self.page.get_by_role("heading", name="办理经过")).to_be_visible()
        expect(self.page.locator(".happening").first).to_be_visible()

    def find(self, no: str) -> None:
        """Goes to a ticket by its number, from wherever one is, by keys alone."""
        self.page.keyboard.press("Control+k")
        self.page.get_by_label("工单编号或上级编号").press_sequentially(no)
        expect(self.page.get_by_role("list", name="查找结果").get_by_text(no)).to_be_visible()
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"**/tickets/{no}")

    def do(self, name: str) -> Locator:
        """Asks for a command by its button on the ticket that is open; the form that opens, if one does."""
        toolbar = self.page.get_by_role("toolbar", name="可办理的操作")
        expect(toolbar.get_by_role("button").first).to_be_visible()
        button = toolbar.get_by_role("button", name=re.compile(rf"^{name}\s*(（|$)"))
        listed = self.page.get_by_role("menuitem", name=name, exact=True)
        more = toolbar.get_by_role("button", name="更多操作")
        # What may be done follows from several answers: until all are there, a button may still come.
        expect(button.or_(more).first).to_be_visible()
        if not button.is_visible():
            more.click()
            expect(button.or_(listed).first).to_be_visible()
        (button if button.is_visible() else listed).click()
        return self.page.get_by_role("dialog")

    def choose(self, box: Locator, option: str) -> None:
        """Picks an option of a list that can be searched, by its words."""
        box.click()
        box.fill(option)
        # By key: the list is drawn anew while it is searched, away from under a pointer.
        expect(self.page.locator(".ant-select-item-option-active:visible")).to_have_text(option)
        box.press("Enter")

    def write_time(self, box: Locator, written: str) -> None:
        """Types a day, or a time of a day, into a picker and takes it: year, month and day in this order."""
        year, month, day = (int(number) for number in re.findall(r"\d+", written)[:3])
        calendar = self.page.locator(".ant-picker-dropdown:visible")
        box.click()
        expect(calendar).to_have_count(1)
        box.fill(written)
        # The calendar shows what was understood. It is taken by key: the page is scrolled so that a pointer
        # comes to the calendar's button, and the calendar follows the page from under the pointer.
        known = calendar.locator(f".ant-picker-cell-in-view[title='{year}-{month:02}-{day:02}']")
        expect(known).to_have_class(re.compile("cell-(selected|range-start|range-end)"))
        box.press("Enter")
        expect(box).to_have_value(written)

    def stands(self, words: str) -> None:
        """Waits until the ticket that is open is in this state."""
        expect(self.page.locator("article.ticket > header .ant-tag").first).to_have_text(words)


@dataclass
class Seats:
    """Where people of one installation sit down; whoever logged in once is not asked again."""

    installation: Jiesu
    new_context: CreateContextCallback
    stack: ExitStack
    remembered: dict[str, StorageState]

    @property
    def password(self) -> str:
        """The one password of everybody in a demonstration."""
        return (self.installation.folder / "data" / "demonstration.password").read_text().strip()

    def take(self, login: str, *, afresh: bool = False, **screen: Any) -> Seat:
        """Sits somebody down at a screen of their own; `afresh` with a login of their own."""
        screen = {"viewport": OF_AN_OFFICE, "timezone_id": "Asia/Shanghai", **screen}
        if login not in self.remembered or afresh:
            page = self.new_context(**screen).new_page()
            if login in WITHOUT_PASSWORD:
                set_password(page, self._link(login), self.password)
            else:
                log_in(page, login, self.password)
            if not afresh:
                self.remembered[login] = page.context.storage_state()
            return Seat(login, page)
        page = self.new_context(storage_state=self.remembered[login], **screen).new_page()
        page.goto("/console/")
        return Seat(login, page)

    def _link(self, login: str) -> str:
        opened = self.installation.run("account", login, "--person", login)
        assert opened.returncode == 0, opened.stderr
        return opened.stdout.strip()

    def elsewhere(self, login: str) -> Somebody:
        """The same person without a screen, for what happens meanwhile."""
        http = self.stack.enter_context(httpx2.Client(base_url=self.installation.url, timeout=60))
        came = http.post("/api/v1/session", json={"login": login, "password": self.password})
        assert came.status_code == 200, came.text
        return Somebody(login, http)

    def registered(self, title: str, text: str | None = None) -> str:
        """The number of a fresh ticket with this title, of a caller nobody knows yet."""
        demand = {
            "type": "complaint",
            "source": "city_platform",
            "area": "城关镇",
            "callers": [{"name": "示例群众丙", "phone": f"10006{secrets.randbelow(10**6):06}"}],
            "title": title,
            "text": text or f"{title}，请尽快处理。",
        }
        return str(self.elsewhere("hotline-agent-1").must("POST", "/tickets", json=demand)["no"])

    def dispatched(self, office: Somebody, unit: str, title: str) -> str:
        """The number of a fresh ticket that the office has sent to a unit."""
        no = self.registered(title)
        office.done(no, "dispatch", lead=unit)
        return no

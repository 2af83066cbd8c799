"""The seat's telephone and the console: numbers and recordings go between them and are never typed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e.people import Somebody, somebody
from tests.e2e.telephone import Telephone
from tests.running import Jiesu
from tests.waiting import until

CALLER, RECORDING = "13800138000", "REC-20261120-0001"
PATIENCE = 90_000
"""Milliseconds that a page on a busy machine is waited for."""

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def agent(jiesu: Jiesu) -> Iterator[Somebody]:
    with somebody(jiesu, "hotline-agent-1") as found:
        yield found


@pytest.fixture
def page(jiesu: Jiesu, agent: Somebody) -> Iterator[Page]:
    """A page of the agent's browser, logged in."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("JIESU_CHROMIUM") or found, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
        context.set_default_timeout(PATIENCE)
        context.add_cookies(
            [{"name": one.name, "value": one.value or "", "url": jiesu.url} for one in agent.http.cookies.jar]
        )
        yield context.new_page()
        browser.close()


def the_one(agent: Somebody, **query: str) -> str:
    """The number of the only ticket that a question gives."""
    (ticket,) = agent.must("GET", "/tickets", params=query)["tickets"]
    number: str = ticket["no"]
    return number


@pytest.mark.slow
def test_a_call_brings_its_number_and_recording_and_is_taken_down_by_keyboard(
    jiesu: Jiesu, agent: Somebody, page: Page
) -> None:
    telephone = Telephone(page)
    page.goto(f"{jiesu.url}/console/intake")
    phone = page.get_by_label("来电号码")
    # The page listens from the moment its form has the focus.
    expect(phone).to_be_focused()
    telephone.ring(CALLER, RECORDING)
    expect(phone).to_have_value(CALLER)
    expect(phone).not_to_be_editable()
    expect(page.get_by_text(f"通话中 {CALLER}")).to_be_visible()
    expect(page.get_by_label("诉求内容")).to_be_focused()
    page.keyboard.type("小区自来水停水两天了，请尽快恢复供水。")
    expect(page.get_by_role("button", name="停水")).to_be_visible()
    page.keyboard.press("Alt+1")
    telephone.hang_up()
    expect(page.get_by_text(f"通话已结束 {CALLER}")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="已登记")).to_be_visible()

    no = the_one(agent, category="城乡建设/供水/停水")
    registered = agent.must("GET", f"/tickets/{no}/timeline")[0]
    assert registered["texts"]["recording"]["text"] == RECORDING
    (caller,) = agent.must("GET", f"/tickets/{no}")["callers"]
    assert caller["phone"] == "138****8000"


@pytest.mark.slow
def test_a_callback_is_dialled_without_the_number_being_typed(
    jiesu: Jiesu, agent: Somebody, page: Page
) -> None:
    no = agent.must(
        "POST",
        "/tickets",
        json={
            "type": "consultation",
            "source": "phone",
            "callers": [{"name": "王芳", "phone": "13900139000"}],
            "text": "想问营业厅几点上班。",
        },
    )["no"]
    agent.done(no, "answer", text="上午八点半。")
    telephone = Telephone(page)
    page.goto(f"{jiesu.url}/console/tickets/{no}?do=callback")
    page.get_by_role("button", name="拨打王**的电话").click()
    until(lambda: telephone.dialled == ["+8613900139000"], "the number to be dialled")

"""Every dialog and drawer that opens on a screen: nothing for axe to find, and no English."""

from __future__ import annotations

import base64
import secrets
from collections import Counter
from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser.console_sources import DIALOGS
from tests.e2e.browser.room import Room, a_ticket
from tests.e2e.browser.soundness import expect_sound

OFFICE, AGENT, ADMINISTRATOR = "hotline-office", "hotline-agent-1", "hotline-admin"
EDITOR = "hotline-knowledge"

ELSEWHERE = Counter(
    [
        # Forms of commands and of places: each opened by test_every_screen.
        *("CommandDrawer", "Supervisions", "Duty", "Knowledge", "Exports", "Tokens", "Accounts"),
        # A login that has ended: test_trouble.
        "session",
    ]
)
"""Where tests of other files open what is counted in a source."""

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def _menu_of_oneself(room: Room, item: str) -> Page:
    page = room.seat(EDITOR).page
    room.seat(EDITOR).go("/knowledge")
    page.locator("button.who").click()
    page.get_by_role("menuitem", name=item).click()
    return page


def _own_password(room: Room) -> Page:
    return _menu_of_oneself(room, "更改密码")


def _own_second_factor(room: Room) -> Page:
    return _menu_of_oneself(room, "动态口令")


def _navigation_on_a_phone(room: Room) -> Page:
    seat = room.seat(OFFICE)
    seat.page.set_viewport_size({"width": 375, "height": 812})
    seat.go("/office")
    seat.page.get_by_role("button", name="打开导航").click()
    return seat.page


def _finding(room: Room) -> Page:
    seat = room.seat(OFFICE)
    seat.go("/office")
    seat.page.keyboard.press("Control+k")
    seat.page.get_by_label("工单编号或上级编号").fill(a_ticket(room.without_screen(OFFICE)))
    expect(seat.page.get_by_role("list", name="查找结果").get_by_role("listitem")).to_have_count(1)
    return seat.page


def _several_dispatched_at_once(room: Room) -> Page:
    seat = room.seat(OFFICE)
    room.seats.registered("路灯不亮")
    seat.go("/office")
    seat.page.get_by_role("checkbox", name="选择工单").first.check()
    seat.page.get_by_role("button", name="批量派单").click()
    return seat.page


def _somebody_revealed(room: Room) -> Page:
    seat = room.seat(OFFICE)
    seat.ticket(a_ticket(room.without_screen(OFFICE), status="handling"))
    seat.page.get_by_role("button", name="查看联系方式").first.click()
    return seat.page


def _who_looked(room: Room) -> Page:
    seat = room.seat(OFFICE)
    seat.ticket(a_ticket(room.without_screen(OFFICE), status="handling"))
    seat.page.get_by_role("button", name="查阅记录").first.click()
    return seat.page


def _a_file_looked_at(room: Room) -> Page:
    seat = room.seat(OFFICE)
    seat.ticket(room.seats.registered("井盖破损"))
    name = "现场照片.png"
    seat.page.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": PICTURE}
    )
    seat.page.get_by_role("button", name=f"查看{name}").click()
    expect(seat.page.get_by_role("img", name="附件内容")).to_be_visible()
    return seat.page


def _what_an_answer_cites(room: Room) -> Page:
    seat = room.seat(OFFICE)
    agent = room.without_screen(AGENT)
    entry = agent.must("GET", "/knowledge", params={"state": "published"})["entries"][0]
    no = room.seats.registered("咨询办理条件")
    agent.done(no, "answer", text=entry["body"], knowledge=[entry["id"]])
    seat.ticket(no)
    seat.page.get_by_role("button", name=entry["title"]).click()
    return seat.page


def _an_entry_of_the_knowledge_base(room: Room) -> Page:
    seat = room.seat(EDITOR)
    seat.go("/knowledge")
    seat.page.locator("#content tbody button, #content tbody a").first.click()
    return seat.page


def _beside_another_ticket(room: Room) -> Page:
    seat = room.seat(OFFICE)
    text = f"安定街{secrets.randbelow(10**6)}号门前路灯不亮，夜间行人易绊倒，请尽快修复。"
    room.seats.registered("路灯不亮", text)
    seat.ticket(room.seats.registered("路灯不亮", text))
    card = seat.page.locator(".ant-card").filter(has=seat.page.get_by_role("heading", name="可能重复"))
    card.get_by_role("button").first.click()
    return seat.page


def _beside_the_present_call(room: Room) -> Page:
    seat = room.seat(AGENT)
    text = f"安定街{secrets.randbelow(10**6)}号门前积水，夜间行人易滑倒，请尽快疏通。"
    room.seats.registered("门前积水", text)
    seat.go("/intake")
    seat.page.get_by_label("诉求内容").fill(text)
    card = seat.page.locator(".ant-card").filter(has=seat.page.get_by_role("heading", name="可能重复"))
    card.get_by_role("button").first.click()
    return seat.page


def _a_call_made(room: Room) -> Page:
    seat = room.seat(AGENT)
    seat.go("/calls")
    seat.page.get_by_role("button", name="拨打下一个").click()
    return seat.page


def _an_export_decided(room: Room) -> Page:
    asked = {"format": "xlsx", "reason": "年度通报"}
    room.without_screen("hotline-chief").must("POST", "/exports", json=asked)
    seat = room.seat(OFFICE)
    seat.go("/exports")
    seat.page.get_by_role("button", name="审批").first.click()
    return seat.page


def _a_token_issued(room: Room) -> Page:
    seat = room.seat(ADMINISTRATOR)
    seat.go("/tokens")
    seat.page.get_by_role("button", name="签发令牌").click()
    form = seat.page.get_by_role("dialog", name="签发令牌")
    form.get_by_label("系统的代码").fill(f"tongji-{secrets.token_hex(4)}")
    form.get_by_role("combobox", name="角色").click()
    seat.page.locator(".ant-select-item-option").filter(has_text="审计员").click()
    form.get_by_role("button", name="签发", exact=True).click()
    expect(form).to_be_hidden()
    return seat.page


def _an_account_opened(room: Room) -> Page:
    seat = room.seat(ADMINISTRATOR)
    seat.go("/accounts")
    seat.page.get_by_role("button", name="开通账号").click()
    form = seat.page.get_by_role("dialog", name="开通账号")
    seat.choose(form.get_by_role("combobox", name="人员"), "示例员902（市热线办 city-newcomer）")
    form.get_by_label("用户名").fill("city-newcomer")
    form.get_by_role("button", name="开通", exact=True).click()
    expect(form).to_be_hidden()
    return seat.page


OPENED: Mapping[str, tuple[str, Callable[[Room], Page]]] = {
    "更改密码": ("Mine", _own_password),
    "动态口令": ("Shell", _own_second_factor),
    "接诉12345 热线工单": ("Shell", _navigation_on_a_phone),
    "查找工单": ("Find", _finding),
    "批量派单（1件）": ("Office", _several_dispatched_at_once),
    "查看诉求人联系方式": ("Callers", _somebody_revealed),
    "的查阅记录": ("Accesses", _who_looked),
    "现场照片.png": ("Showing", _a_file_looked_at),
    "提供，第": ("Cited", _what_an_answer_cites),
    "知识条目": ("Knowledge", _an_entry_of_the_knowledge_base),
    "并入这一件": ("Similar", _beside_another_ticket),
    "本次来电": ("Intake", _beside_the_present_call),
    "拨打电话": ("Calls", _a_call_made),
    "审批导出": ("Exports", _an_export_decided),
    "访问令牌": ("Tokens", _a_token_issued),
    "设置密码的链接": ("Accounts", _an_account_opened),
}
"""Words that stand in each dialog, the source it is in, and how people come to it."""


def test_no_dialog_is_left_out() -> None:
    assert Counter(source for source, _ in OPENED.values()) + ELSEWHERE == DIALOGS


@pytest.mark.parametrize("words", OPENED)
def test_every_dialog(room: Room, words: str) -> None:
    page = OPENED[words][1](room)
    dialog: Locator = page.get_by_role("dialog").filter(has_text=words)
    expect(dialog).to_be_visible()
    expect(dialog.locator(".ant-skeleton, .ant-spin-spinning")).to_have_count(0)
    expect_sound(page, "[role=dialog]")
    page.set_viewport_size({"width": 1440, "height": 900})

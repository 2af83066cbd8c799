"""What a ticket with several units is to each of them, and what a reply shows to whoever reviews it."""

from __future__ import annotations

import base64
import re
import secrets
from datetime import datetime
from urllib.parse import quote

from playwright.sync_api import Route, expect

from api.moments import ZONE
from tests.e2e.browser.seats import Seat, Seats
from tests.e2e.browser.soundness import expect_sound

PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


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


def test_who_reviews_a_reply_opens_its_photos_where_they_decide(seats: Seats) -> None:
    no = seats.dispatched(
        seats.elsewhere("hotline-office"), "水务局", f"泉眼巷{secrets.randbelow(10**6)}号漏水"
    )
    unit = seats.elsewhere("shuiwu-a")
    unit.done(no, "sign", unit="水务局")
    name = "修复后照片.png"
    photo = unit.must("POST", f"/tickets/{no}/attachments?name={quote(name)}", content=PHOTO)["id"]
    unit.done(
        no,
        "reply",
        unit="水务局",
        outcome="resolved",
        text="已更换阀门。",
        contacted_at=datetime.now(ZONE).isoformat(),
        number_used="09330000000",
        basis="《城市供水条例》",
        materials=[photo, "施工记录"],
    )
    office = seats.take("hotline-office")
    office.ticket(no)
    form = office.do("初审")
    for words in ("09330000000", "《城市供水条例》", "施工记录"):
        expect(form.get_by_text(words)).to_be_visible()
    expect_sound(office.page, ".ant-drawer")
    form.get_by_role("button", name=name).click()
    expect(office.page.get_by_role("img", name="附件内容")).to_be_visible()
    expect_sound(office.page, ".ant-modal")

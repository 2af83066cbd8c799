"""督办 at the screen: answered by the unit, raised and struck off by who watches over it."""

from __future__ import annotations

import secrets

from playwright.sync_api import expect

from tests.e2e.browser.seats import Seats


def test_a_supervision_is_raised_answered_and_struck_off_by_those_who_may(seats: Seats) -> None:
    key = {"Idempotency-Key": secrets.token_hex(8)}
    body = {"unit": "水务局", "subject": "汛前水库巡查", "cause": "leader_instruction", "form": "written"}
    no = seats.elsewhere("hotline-office").must("POST", "/supervisions", json=body, headers=key)["no"]
    leader, unit = seats.take("gov-leader"), seats.take("shuiwu-a")

    leader.go(f"/supervisions/{no}")
    expect(leader.page.get_by_role("tab")).to_have_text(["销号", "督办升级"])
    leader.page.get_by_role("tab", name="督办升级").click()
    leader.page.get_by_label("升到").click()
    leader.page.locator(".ant-select-item-option:visible").filter(has_text="升级督办").click()
    leader.page.get_by_role("button", name="督办升级").click()
    expect(leader.page.get_by_role("tab")).to_have_text(["销号"])
    expect(leader.page.get_by_role("cell", name="升级督办")).to_be_visible()

    unit.go(f"/supervisions/{no}")
    expect(unit.page.get_by_role("tab")).to_have_text(["答复督办"])
    unit.page.get_by_label("答复内容").fill("已完成巡查并整改。")
    unit.page.reload()
    expect(unit.page.get_by_label("答复内容")).to_have_value("已完成巡查并整改。")
    unit.page.get_by_label("书面说明").fill("巡查记录已报送。")
    unit.page.get_by_role("button", name="答复督办").click()
    expect(unit.page.locator("article > header .ant-tag").first).to_have_text("已答复")

    leader.go(f"/supervisions/{no}")
    leader.page.get_by_role("button", name="销号").click()
    expect(leader.page.locator("article > header .ant-tag").first).to_have_text("已销号")
    expect(leader.page.get_by_role("tab")).to_have_count(0)

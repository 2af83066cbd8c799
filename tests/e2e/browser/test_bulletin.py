"""《热线快报》: what the office puts before the county's leader, on paper, and the word that comes back."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.seats import Seats
from tests.e2e.browser.soundness import expect_sound


@pytest.mark.rule("JC-10.3a")
def test_the_bulletin_says_the_matter_to_the_leader_and_takes_the_instruction(seats: Seats) -> None:
    office = seats.elsewhere("hotline-office")
    title = f"水泉街{secrets.randbelow(10**6)}号桥面塌陷"
    no = seats.registered(title)
    sheet = seats.take("gov-leader")
    phone = office.must("GET", f"/tickets/{no}")["callers"][0]["phone"]

    sheet.go(f"/tickets/{no}/bulletin")
    expect(sheet.page.get_by_text("这件工单没有呈报批办")).to_be_visible()

    office.done(no, "submit_to_leader", summary="涉及三个部门，建议由县政府牵头处置。")
    sheet.ticket(no)
    sheet.stands("待批示")
    sheet.page.get_by_role("link", name="热线快报").click()
    paper = sheet.page.locator("article.paper")
    expect(paper.get_by_role("heading", name="热线快报")).to_be_visible()
    expect(paper.get_by_role("heading", name=title)).to_be_visible()
    for said in (no, f"{title}，请尽快处理。", "涉及三个部门，建议由县政府牵头处置。"):
        expect(paper).to_contain_text(said)
    expect(paper).not_to_contain_text(phone)
    expect(paper.get_by_label("批示处")).to_be_visible()

    seats.elsewhere("gov-leader").done(no, "instruct", text="请住建局今日到场。", leader="县长")
    sheet.go(f"/tickets/{no}/bulletin")
    expect(paper).to_contain_text("请住建局今日到场。")
    expect(paper).to_contain_text("县长")
    expect(paper.get_by_label("批示处")).to_have_count(0)


@pytest.mark.rule("JC-10.3a")
def test_a_leader_sees_what_follows_before_the_instruction_is_given(seats: Seats) -> None:
    title = f"水泉街{secrets.randbelow(10**6)}号护栏倒塌"
    no = seats.registered(title)
    seats.elsewhere("hotline-office").done(no, "submit_to_leader", summary="群众反映集中。")
    leader = seats.take("gov-leader")
    leader.go("/leader")
    matter = leader.page.locator(".matter").filter(has_text=title)
    follows = matter.get_by_role("region", name="批示后")
    expect(follows).to_have_count(0)
    matter.get_by_label("批示").fill("请住建局今日到场。")
    expect(follows).to_contain_text("工单由“待批示”转为“待派单”")
    expect_sound(leader.page, ".matter:has([aria-label=批示后])")
    matter.get_by_role("button", name="批示").click()
    expect(matter).to_have_count(0)
    leader.ticket(no)
    leader.stands("待派单")

"""The agent is warned of marks of state secrets while typing, before anything leaves the window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Request, expect

from tests.e2e.browser.seats import Seats
from tests.e2e.browser.soundness import expect_sound

TOLD = "蟠龙岭靶场"


@pytest.mark.rule("JC-5.1")
def test_intake_stops_while_the_agent_types(seats: Seats) -> None:
    agent = seats.take("hotline-agent-1")
    page = agent.page
    agent.go("/intake")
    sent: list[str] = []

    def note(request: Request) -> None:
        sent.append(request.post_data or "")

    page.on("request", note)
    words = page.get_by_label("诉求内容")
    register = page.get_by_role("button", name="登记", exact=True)
    page.get_by_label("来电号码").fill("13900009999")

    words.fill("请对我的身份保密，手机密码忘记了。")
    expect(page.get_by_role("status").filter(has_text="“保密”")).to_contain_text("核实不涉及国家秘密")
    expect(register).to_be_enabled()

    words.fill(f"{TOLD}的绝密材料掉在路边，请来人取走。")
    alert = page.get_by_role("alert").filter(has_text="“绝密”")
    expect(alert).to_contain_text("可能涉及国家秘密，不得登记")
    expect(alert).to_contain_text("保密行政管理部门")
    expect(alert).to_contain_text("第5条")
    expect(register).to_be_disabled()
    expect_sound(page)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("请选择类别")).to_be_visible()
    assert page.evaluate("Object.values({...sessionStorage, ...localStorage}).join()").find(TOLD) == -1

    # The typing rests: whatever is looked up for a demand is asked for by the harmless one.
    with page.expect_request("**/intake/similar"):
        words.fill("水泉街路灯三天不亮，请尽快修复。")
    expect(register).to_be_enabled()
    expect(alert).to_have_count(0)
    assert not [body for body in sent if TOLD in body]

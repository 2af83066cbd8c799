"""What somebody is offered on a page is what they may ask for, by the same tables."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from api.permissions import RULES
from models.held_roles import HeldRole
from tests.hotline import Hotline
from tests.integration.test_scope import somebody

WATER = "水务局"
OFFICE = "县热线办"


@pytest.mark.parametrize("role", ["office", "reviewer", "supervisor"])
async def test_who_acts_for_the_office_is_offered_what_their_role_may(hotline: Hotline, role: str) -> None:
    async with AsyncExitStack() as stack:
        _, person = await stack.enter_async_context(somebody(hotline, OFFICE, role))
        no = await hotline.ticket()
        await hotline.done(no, "dispatch", lead=WATER)
        await hotline.done(no, "sign", unit=WATER)
        offered = set((await person.get(f"/tickets/{no}")).json()["allowed"])
        refused = await person.send("POST", f"/tickets/{no}/withdraw", json={"reason": "已自行解决"})
    assert offered == {name for name in offered if HeldRole(role) in RULES[name].roles}
    assert ("supervise" in offered) is (role != "reviewer")
    assert ("withdraw" in offered) is (refused.status_code != 403) is (role == "office")


async def test_a_supervision_offers_each_what_they_may_say_until_it_is_struck_off(hotline: Hotline) -> None:
    async with AsyncExitStack() as stack:
        people = {
            role: (await stack.enter_async_context(somebody(hotline, unit, role)))[1]
            for role, unit in (
                ("office", OFFICE),
                ("reviewer", OFFICE),
                ("supervisor", OFFICE),
                ("leader", "县政府"),
                ("handler", WATER),
            )
        }
        ticket = await hotline.ticket()
        await hotline.done(ticket, "dispatch", lead=WATER)
        await hotline.done(ticket, "supervise", unit=WATER, form="written", cause="repeated")
        (line,) = (await hotline.read("/supervisions"))["supervisions"]
        place = f"/supervisions/{line['no']}"

        async def offered() -> dict[str, set[str]]:
            return {role: set((await one.get(place)).json()["allowed"]) for role, one in people.items()}

        assert await offered() == {
            "office": {"close_supervision", "supervise", "refer"},
            "reviewer": set(),
            "supervisor": {"close_supervision", "supervise", "refer"},
            "leader": {"close_supervision", "supervise"},
            "handler": {"answer_supervision"},
        }
        assert (await hotline.read(place))["higher_levels"] == ["upgraded"]
        raised = await people["leader"].send("POST", f"{place}/supervise", json={"level": "upgraded"})
        assert raised.status_code == 200, raised.text
        assert (await hotline.read(place))["higher_levels"] == []
        assert (await offered())["leader"] == {"close_supervision"}
        await hotline.done(ticket, "answer_supervision", unit=WATER, text="已约谈经办人")
        closed = await people["leader"].send("POST", f"{place}/close_supervision", json={})
        assert closed.status_code == 200, closed.text
        assert set().union(*(await offered()).values()) == set()

"""Timers on the real server: they fire, once each, and thousands of reminders are spread."""

from datetime import timedelta

from temporalio.testing import TimeSkipper, TimeSkippingConfig

from tests.waiting import eventually
from tests.workflows.histories import cost
from tests.workflows.office import Office, names, now
from workflows.spread import spread_of


async def test_a_reminder_comes_late_by_its_share_and_is_dated_by_its_own_instant(office: Office) -> None:
    skipper = TimeSkipper(office.client, config=TimeSkippingConfig(enabled=False))
    office = office.through(skipper.client)
    spread = timedelta(minutes=20)
    begun = await office.prepared()
    ticket = await office.start(begun.model_copy(update={"reminder_spread": spread}))
    await office.say(ticket, "dispatch", lead="水务局")
    sign = (await office.ticket(ticket.no)).clocks["sign", "水务局"]  # type: ignore[index]
    warning = sign.ladder[0].at
    late = spread_of(ticket.no, spread)
    await skipper.fast_forward(ticket.handle, warning - now() + late - timedelta(minutes=2))
    assert "lamp" not in names(await office.facts(ticket.no))
    await skipper.fast_forward(ticket.handle, timedelta(minutes=3))
    made = await eventually(lambda: office.facts(ticket.no), lambda facts: "lamp" in names(facts))
    assert next(fact for fact in made if fact.NAME == "lamp").at == warning
    assert (await cost(ticket.handle)).kinds["TIMER_STARTED"] == 2


def test_shares_fill_the_spread_evenly() -> None:
    spread = timedelta(minutes=1)
    late = sorted(spread_of(f"2026112{number:06d}", spread) for number in range(6000))
    assert late[0] >= timedelta()
    assert late[-1] < spread
    assert abs(late[3000] - spread / 2) < timedelta(seconds=3)
    assert spread_of("20261121000001", timedelta()) == timedelta()

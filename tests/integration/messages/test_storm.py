"""A thousand notices through two providers that fail in every way: each arrives once, or is accounted for."""

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from activities.gateways.aliyun import AliyunGateway
from activities.gateways.cmcc import CmccGateway
from activities.gateways.failover import FailoverGateway
from models import texts
from models.notice_templates import template
from models.sealed_columns import RowSeal
from models.sending_rules import ZONE, SendingRules
from models.tables import Person, Unit
from ops.keyring import KeyRing
from tests.integration.messages.hooks import Hooks
from tests.integration.messages.ledger import Desk, notice
from tests.integration.messages.standins import Aliyun, Fault, Mas, StandIn, reply

UNITS = 125
TICKETS = 250
PER_TICKET = 4
CAP = 6

SAID_BY_A_CITIZEN = "井盖坏了孩子差点掉下去"

FAULTS: tuple[tuple[Fault | None, int], ...] = (
    (None, 40),
    (Fault.THROTTLED, 10),
    (Fault.LIMITED_TODAY, 5),
    (Fault.CUT_AFTER_SUBMIT, 10),
    (Fault.CUT_BEFORE_SUBMIT, 5),
    (Fault.BROKEN_AFTER_SUBMIT, 5),
    (Fault.RECEIPT_FIRST, 5),
    (Fault.RECEIPT_TWICE, 10),
    (Fault.RECEIPT_MISSING, 5),
    (Fault.UNDELIVERED, 5),
)


class Weather:
    """Draws a fault for each submission, always the same ones, and counts them."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.seen: Counter[str] = Counter()
        self.calm = False

    def __call__(self, _: str) -> Fault | None:
        faults, weights = zip(*FAULTS, strict=True)
        fault: Fault | None = None if self.calm else self._random.choices(faults, weights)[0]
        self.seen[str(fault)] += 1
        return fault


async def populate(engine: AsyncEngine, ring: KeyRing) -> None:
    """Units with a handler each, and a citizen's words that must not leave the house."""
    async with engine.begin() as conn:
        words = texts.new_text(ring, "text", SAID_BY_A_CITIZEN)
        await texts.store(conn, ring, "T0", [words], datetime.now(ZONE))
        for number in range(UNITS):
            unit_id, who = uuid7(), f"h-{number}"
            seal = RowSeal(ring, "person", who)
            await conn.execute(insert(Unit).values(id=unit_id, name=f"单位{number}", kind="department"))
            await conn.execute(
                insert(Person).values(
                    id=who,
                    unit_id=unit_id,
                    roles=["handler"],
                    post="A",
                    key_id=seal.key_id,
                    name=seal.close_text("name", "甲"),
                    phone=seal.close_text("phone", f"+86139{number:08}"),
                )
            )


def notices_of(ticket: int) -> list[Any]:
    """Four notices of one ticket, to its unit's handler; one in ten tickets has a red lamp."""
    no, unit = f"T{ticket}", f"单位{ticket % UNITS}"
    templates = ["dispatched", "warning", "urged", "red" if ticket % 10 == 0 else "dispatched"]
    made = [notice(name, no, key=f"{place}.{name}", unit=unit) for place, name in enumerate(templates)]
    # Words tell the messages apart for 云MAS, so no two may be the same.
    named = [{**one.params, "unit": unit, "ticket": f"{no}-{place}"} for place, one in enumerate(made)]
    return [one.model_copy(update={"params": params}) for one, params in zip(made, named, strict=True)]


async def push_what_is_there(hooks: Hooks, provider: str, standin: StandIn, luck: random.Random) -> None:
    """Receipts come in no order, some now and some only next time."""
    luck.shuffle(standin.receipts)
    late = len(standin.receipts) // 5
    now, standin.receipts = standin.receipts[late:], standin.receipts[:late]
    for start in range(0, len(now), 100):
        answer = await hooks.push(provider, "reports", now[start : start + 100])
        assert answer.status_code == 200


@pytest.mark.slow
async def test_the_storm(
    engine: AsyncEngine,
    ring: KeyRing,
    aliyun: Aliyun,
    mas: Mas,
    through_aliyun: AliyunGateway,
    through_mas: CmccGateway,
    hooks: Hooks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    await populate(engine, ring)
    weather, luck = Weather(seed=12345), random.Random(54321)
    for provider, standin in (("aliyun", aliyun), ("cmcc", mas)):
        standin.next_fault = weather
        standin.push_to = hooks.url(provider, "reports")
    both = FailoverGateway([through_aliyun, through_mas], rest=timedelta(milliseconds=20))
    rules = SendingRules(zone=ZONE, daily_cap=CAP)
    desk = Desk.of(engine, ring, both, rules=rules)

    settled = [await desk.send(f"T{ticket}", *notices_of(ticket)) for ticket in range(TICKETS)]
    assert not all(settled), "the storm was no storm"
    for sequence in range(20):
        unasked = [reply(f"139{sequence:08}", "1", sequence)]
        assert (await hooks.push("aliyun", "replies", unasked)).status_code == 200
    for turn in range(8):
        for provider, standin in (("aliyun", aliyun), ("cmcc", mas)):
            await push_what_is_there(hooks, provider, standin, luck)
        weather.calm = turn > 3
        await desk.age(timedelta(hours=1 if turn < 6 else 80))
        await desk.round()

    assert set(weather.seen) == {str(fault) for fault, _ in FAULTS}
    await every_notice_is_accounted_for(desk, aliyun, mas)
    assert (aliyun.refused, mas.refused) == ([], [])
    replies = await desk.all("SELECT became, why, count(*) FROM inbox_message GROUP BY 1, 2")
    assert replies == [("open", "no_question", 20)]

    errors = await desk.all("SELECT coalesce(last_error, '') || coalesce(receipt_code, '') FROM notification")
    said = caplog.text + "".join(row[0] for row in errors)
    assert "139000000" not in said
    on_the_wire = "".join(one.words for one in (*aliyun.taken, *mas.taken))
    assert SAID_BY_A_CITIZEN not in on_the_wire


async def every_notice_is_accounted_for(desk: Desk, aliyun: Aliyun, mas: Mas) -> None:
    """Nothing is open; nothing reached a handset twice; what we say arrived did, and what we do not, did not.

    Of a submission that was cut off at the provider that cannot be asked, nobody knows: it is written down as
    such.
    """
    shown = (
        "id",
        "ticket_no",
        "recipient",
        "template",
        "params",
        "state",
        "receipt",
        "gateway",
        "last_error",
    )
    ends: Counter[str] = Counter()
    allowed: Counter[str] = Counter()
    for row_id, ticket, who, name, params, state, receipt, gateway, error in await desk.rows(None, *shown):
        if gateway == "digest":
            # A digest that was itself held back goes into the next one; it is no notice of its own.
            ends["in a digest"] += ticket != "digest"
            continue
        at_mas = f"139{int(who.removeprefix('h-')):08} {template(name).words(params)}"
        allowed.update((str(row_id), at_mas))
        if ticket == "digest":
            continue
        seen = aliyun.handsets[str(row_id)] + mas.handsets[at_mas]
        end = f"{state} {receipt} {error}"
        ends[end] += 1
        assert seen <= 1, f"{ticket} {name} arrived {seen} times"
        if receipt == "delivered":
            assert (state, seen) == ("sent", 1), end
        elif receipt == "undelivered":
            assert (state, seen) == ("failed", 0), end
        else:
            assert (state, receipt) in (("sent", "none"), ("failed", "none"), ("failed", None)), end
    on_handsets = aliyun.handsets + mas.handsets
    assert on_handsets <= allowed
    assert on_handsets.total() >= 500
    assert sum(ends.values()) == TICKETS * PER_TICKET
    lost_red = await desk.all(
        "SELECT count(*) FROM notification n WHERE template = 'red' AND receipt IS DISTINCT FROM 'delivered' "
        "AND NOT EXISTS (SELECT FROM call_task c WHERE c.id = n.id)"
    )
    assert lost_red == [(0,)], "a red lamp that did not arrive is called"

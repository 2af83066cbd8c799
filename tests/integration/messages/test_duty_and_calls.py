"""Emergencies at night and calls of the seat: who is told, who acknowledged, who is next, what proves it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.gateways.gateway import Message, Outcome, SendResult
from domain.vocabulary import Channel, Recipient
from models import call_tasks, duty
from models.call_tasks import Call, CallOutcome, NoOpenTask
from models.duty import NotOnRoster, Shift, Through
from models.tables import Recusal
from ops.keyring import KeyRing
from tests.integration.messages.conftest import People
from tests.integration.messages.hooks import Hooks
from tests.integration.messages.ledger import Desk, notice
from tests.integration.messages.standins import reply

NOW = datetime.now(UTC)


@pytest.fixture
async def desk(engine: AsyncEngine, ring: KeyRing, people: People) -> Desk:
    await people(
        "水务局",
        {"id": "sw-a", "roles": ["handler"], "post": "A", "phone": "+8613800000001"},
        {"id": "sw-n1", "roles": [], "phone": "+8613800000002"},
        {"id": "sw-n2", "roles": [], "phone": "+8613800000003"},
        {"id": "sw-l", "roles": ["unit_leader"], "phone": "+8613800000004"},
    )
    await people("热线办", {"id": "rx-1", "roles": ["office"], "phone": "+8613800000005"})
    return Desk.of(engine, ring)


async def on_roster(desk: Desk, *people: str, hours: int = 8) -> None:
    shifts = [
        Shift("水务局", who, NOW - timedelta(hours=1), NOW + timedelta(hours=hours), line)
        for line, who in enumerate(people, 1)
    ]
    async with desk.engine.begin() as conn:
        await duty.enter(conn, shifts, by="rx-1")


def emergency(ticket: str = "T1") -> Any:
    roles = [Recipient.HANDLER, Recipient.UNIT_LEADER]
    return notice("emergency", ticket, roles=roles, via=[Channel.SMS, Channel.PHONE])


async def told(desk: Desk) -> list[tuple[Any, ...]]:
    return sorted(await desk.rows(None, "recipient", "channel", "template"))


async def alerts(desk: Desk) -> list[tuple[Any, ...]]:
    return await desk.all(
        "SELECT step, state, acknowledged_by, acknowledged_through FROM duty_alert ORDER BY step"
    )


@pytest.mark.rule("JC-11.1.2a")
async def test_an_emergency_goes_to_who_is_on_duty_by_sms_and_phone(desk: Desk) -> None:
    await on_roster(desk, "sw-n1", "sw-n2")
    assert await desk.send("T1", emergency())
    assert await told(desk) == [
        ("sw-l", "phone", "emergency"),
        ("sw-l", "sms", "emergency"),
        ("sw-n1", "phone", "emergency_duty"),
        ("sw-n1", "sms", "emergency_duty"),
    ]
    assert await alerts(desk) == [(0, "waiting", None, None)]


async def test_where_the_roster_says_nothing_the_handler_is_told(desk: Desk) -> None:
    await on_roster(desk, "sw-n1", hours=0)
    await desk.send("T1", emergency())
    assert {row[0] for row in await told(desk)} == {"sw-a", "sw-l"}
    assert await alerts(desk) == []


async def test_nobody_on_the_line_is_told_of_a_ticket_that_names_them(desk: Desk) -> None:
    async with desk.engine.begin() as conn:
        for who in ("sw-n1", "sw-l"):
            await conn.execute(insert(Recusal).values(ticket_no="T1", person_id=who, created_at=NOW))
    await on_roster(desk, "sw-n1", "sw-n2")
    await desk.send("T1", emergency())
    await desk.age(timedelta(minutes=11))
    await desk.round()
    people = {row[0] for row in await told(desk)}
    assert people == {"sw-n2", "rx-1", "role:unit_leader"}


@pytest.mark.rule("JC-11.1.2a")
async def test_without_acknowledgement_the_next_in_line_is_called_down_to_the_office(desk: Desk) -> None:
    await on_roster(desk, "sw-n1", "sw-n2")
    await desk.send("T1", emergency())
    assert (await desk.round()).passed_on == 0
    reached: list[str] = []
    for _ in range(5):
        before = {row[0] for row in await told(desk)}
        await desk.age(timedelta(minutes=11))
        await desk.round()
        reached += sorted({row[0] for row in await told(desk) if "duty" in row[2]} - before)
    assert reached == ["sw-n2", "rx-1"]
    assert [row[:2] for row in await alerts(desk)] == [
        (0, "passed_on"),
        (1, "passed_on"),
        (2, "passed_on"),
        (4, "exhausted"),
    ]


@pytest.mark.rule("JC-11.1.2a")
async def test_a_reply_acknowledges_and_nobody_else_is_called(desk: Desk, hooks: Hooks) -> None:
    await on_roster(desk, "sw-n1", "sw-n2")
    await desk.send("T1", emergency())
    assert (await hooks.push("aliyun", "replies", [reply("13800000002", "1", 1)])).status_code == 200
    assert await alerts(desk) == [(0, "acknowledged", "sw-n1", "sms")]
    await desk.age(timedelta(hours=1))
    assert (await desk.round()).passed_on == 0


async def test_signing_the_ticket_is_acknowledgement_enough(desk: Desk) -> None:
    await on_roster(desk, "sw-n1", "sw-n2")
    await desk.send("T1", emergency())
    async with desk.engine.begin() as conn:
        await conn.execute(
            text(
                "INSERT INTO assignment (ticket_no, unit, role, stage, dispatched_at, signed_at) "
                "VALUES ('T1', '水务局', 'lead', 'signed', now(), now())"
            )
        )
    await desk.round()
    assert await alerts(desk) == [(0, "acknowledged", "水务局", "signed")]


async def test_an_acknowledgement_on_the_console_is_kept_with_who_and_how(desk: Desk) -> None:
    await on_roster(desk, "sw-n1")
    await desk.send("T1", emergency())
    async with desk.engine.begin() as conn:
        at = datetime.now(UTC)
        assert await duty.acknowledge(conn, "T1", "水务局", "sw-l", Through.CONSOLE, at) == 1
        assert await duty.acknowledge(conn, "T1", "水务局", "sw-l", Through.CONSOLE, at) == 0
    assert await alerts(desk) == [(0, "acknowledged", "sw-l", "console")]


async def test_a_roster_names_only_who_is_in_the_directory(desk: Desk) -> None:
    async with desk.engine.begin() as conn:
        with pytest.raises(NotOnRoster, match="气象局, nobody"):
            await duty.enter(conn, [Shift("气象局", "nobody", NOW, NOW + timedelta(hours=1))])


async def test_a_shift_entered_again_replaces_the_first(desk: Desk) -> None:
    await on_roster(desk, "sw-n1")
    await on_roster(desk, "sw-n2")
    async with desk.engine.begin() as conn:
        assert await duty.on_duty(conn, "T1", "水务局", NOW) == ["sw-n2"]
        (shift,) = await duty.roster(conn, "水务局", NOW, NOW + timedelta(hours=1))
        assert await duty.strike(conn, shift.id)
        assert await duty.on_duty(conn, "T1", "水务局", NOW) == []


# --- calls


class Refusing:
    """A provider that takes nothing."""

    name, settling = "refusing", timedelta(0)

    async def send(self, message: Message) -> SendResult:
        return SendResult(Outcome.REJECTED, code="blocked")

    async def find(self, message: Message) -> SendResult:
        return SendResult(Outcome.DEFERRED)


async def one_call(desk: Desk) -> Any:
    await desk.send("T1", notice("red", "T1", via=[Channel.PHONE]))
    async with desk.engine.connect() as conn:
        (task,) = await call_tasks.waiting(conn)
    return task


async def record(desk: Desk, task: Any, outcome: CallOutcome, **more: Any) -> str:
    async with desk.engine.begin() as conn:
        return await call_tasks.record(conn, task.id, Call("rx-1", outcome, **more))


async def test_a_notice_by_phone_is_a_call_whose_proof_is_who_when_and_how(desk: Desk) -> None:
    task = await one_call(desk)
    assert (task.recipient, task.reason, task.template) == ("sw-a", "channel", "red")
    async with desk.engine.begin() as conn:
        assert (await call_tasks.take(conn, task.id, "rx-1")).taken_by == "rx-1"
    assert await desk.rows("T1", "state", "receipt") == [("sent", None)]
    assert await record(desk, task, CallOutcome.REACHED, seconds=42, evidence="rec-7") == "reached"
    assert await desk.rows("T1", "state", "receipt", "receipt_code") == [("sent", "delivered", "reached")]
    proof = await desk.all("SELECT called_by, outcome, seconds, evidence FROM call_attempt")
    assert proof == [("rx-1", "reached", 42, "rec-7")]
    with pytest.raises(NoOpenTask):
        await record(desk, task, CallOutcome.BUSY)


async def test_three_calls_in_vain_end_as_unreachable_on_record(desk: Desk) -> None:
    task = await one_call(desk)
    states = [await record(desk, task, CallOutcome.NO_ANSWER) for _ in range(3)]
    assert states == ["open", "open", "unreachable"]
    assert await desk.rows("T1", "state", "receipt", "last_error") == [("failed", "undelivered", "no_answer")]


async def test_a_wrong_number_is_not_called_again(desk: Desk) -> None:
    assert await record(desk, await one_call(desk), CallOutcome.WRONG_NUMBER) == "unreachable"


async def test_one_who_is_called_anyway_gets_no_second_call_for_the_sms(
    engine: AsyncEngine, ring: KeyRing, people: People, desk: Desk
) -> None:
    broken = Desk.of(engine, ring, Refusing())
    await broken.send("T1", notice("red", "T1", via=[Channel.SMS, Channel.PHONE]))
    assert await desk.all("SELECT reason FROM call_task") == [("channel",)]


async def test_what_a_voice_system_cannot_bring_is_called_by_the_seat(
    engine: AsyncEngine, ring: KeyRing, desk: Desk
) -> None:
    voice = Desk.of(engine, ring, phone=Refusing())
    told = notice("red", "T1", via=[Channel.SMS, Channel.PHONE])
    assert await voice.send("T1", told, notice("urged", "T1", via=[Channel.PHONE]))
    assert await desk.all("SELECT template, reason, state FROM call_task") == [("red", "rejected", "open")]
    async with engine.connect() as conn:
        (task,) = await call_tasks.waiting(conn)
    await record(desk, task, CallOutcome.REACHED)
    proved = "SELECT state, receipt FROM notification WHERE template = 'red' AND channel = 'phone'"
    assert await desk.all(proved) == [("sent", "delivered")]


async def test_an_acknowledgement_by_call_settles_the_emergency(desk: Desk) -> None:
    await on_roster(desk, "sw-n1", "sw-n2")
    await desk.send("T1", emergency())
    async with desk.engine.connect() as conn:
        task = next(one for one in await call_tasks.waiting(conn) if one.recipient == "sw-n1")
    await record(desk, task, CallOutcome.REACHED, acknowledged=True)
    assert await alerts(desk) == [(0, "acknowledged", "sw-n1", "call")]

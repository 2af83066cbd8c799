"""What is held back, gathered, retried, given up: the life of a message between us and the providers."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import func, insert, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.gateways.aliyun import AliyunGateway
from activities.gateways.cmcc import CmccGateway
from activities.gateways.failover import FailoverGateway
from activities.gateways.gateway import Message, SendResult
from activities.gateways.outbox import OutboxGateway
from activities.gateways.robot import Robot, RobotGateway
from activities.messages_round import Patience
from models import call_tasks, callers, notifications
from models.callers import NewCaller
from models.notice_templates import TEMPLATES, BadNotice
from models.notifications import State
from models.sending_rules import ZONE, SendingRules
from models.tables import Notification, Recusal
from ops.keyring import KeyRing
from tests.integration.messages.conftest import People
from tests.integration.messages.hooks import Hooks
from tests.integration.messages.ledger import Desk, notice
from tests.integration.messages.standins import Aliyun, Fault, Mas
from tests.serving import served

HANDLER = {"id": "sw-a", "roles": ["handler"], "post": "A"}


def quiet_now() -> SendingRules:
    """Rules under which it is quiet now, and will be for an hour."""
    now = datetime.now(ZONE)
    return SendingRules(
        quiet_from=(now - timedelta(hours=1)).time(), quiet_until=(now + timedelta(hours=1)).time()
    )


async def test_a_reminder_waits_for_the_morning_and_a_red_lamp_does_not(
    engine: AsyncEngine, ring: KeyRing, people: People
) -> None:
    await people("水务局", HANDLER)
    desk = Desk.of(engine, ring, rules=quiet_now())
    assert await desk.send("T1", notice("warning", "T1"), notice("red", "T1"))
    assert await desk.rows(None, "template", "state") == [("warning", "held"), ("red", "sent")]
    assert (await desk.round()).released == 0
    await desk.age(timedelta(hours=2))
    desk.rules = SendingRules()
    assert (await desk.round()).released == 1
    assert await desk.rows(None, "template", "state") == [("warning", "sent"), ("red", "sent")]


async def keep_from(engine: AsyncEngine, ticket: str, person: str) -> None:
    async with engine.begin() as conn:
        recusal = {"ticket_no": ticket, "person_id": person, "created_at": datetime.now(UTC)}
        await conn.execute(insert(Recusal).values(recusal))


@pytest.mark.parametrize(
    "meanwhile",
    [
        {},
        {
            "state": State.SENDING,
            "attempts": 1,
            "sending_at": func.now(),
            "held_until": None,
            "held_for": None,
        },
    ],
    ids=["held until it may go out", "claimed by a sender that died"],
)
async def test_whom_a_ticket_names_before_a_notice_went_out_does_not_get_it_and_the_other_handler_does(
    engine: AsyncEngine, ring: KeyRing, people: People, meanwhile: dict[str, Any]
) -> None:
    await people("水务局", HANDLER, {"id": "sw-b", "roles": ["handler"], "post": "B"})
    desk = Desk.of(engine, ring, rules=quiet_now())
    assert await desk.send("T1", notice("warning", "T1"))
    assert await desk.rows("T1", "recipient", "state") == [("sw-a", "held")]
    if meanwhile:
        async with engine.begin() as conn:
            await conn.execute(update(Notification).values(meanwhile))
    await keep_from(engine, "T1", "sw-a")
    desk.rules = SendingRules()
    for _ in range(2):
        await desk.age(timedelta(hours=2))
        await desk.round()
    assert await desk.rows("T1", "recipient", "state", "last_error") == [
        ("sw-a", "failed", "kept_from"),
        ("sw-b", "sent", None),
    ]
    assert await desk.all("SELECT count(*) FROM outbox_message") == [(1,)]


async def test_what_is_kept_from_its_recipient_is_in_no_digest_and_nobody_calls_about_it(
    engine: AsyncEngine,
    ring: KeyRing,
    people: People,
    aliyun: Aliyun,
    through_aliyun: AliyunGateway,
    hooks: Hooks,
) -> None:
    await people("水务局", HANDLER)
    rules = SendingRules(daily_cap=1, digest_times=(time(0), time(12)))
    desk = Desk.of(engine, ring, through_aliyun, rules=rules)
    for number in range(3):
        assert await desk.send(f"T{number}", notice("dispatched", f"T{number}"))
    aliyun.next_fault = lambda _: Fault.UNDELIVERED
    await desk.send("T9", notice("red", "T9"))
    await hooks.push("aliyun", "reports", aliyun.receipts[-1:])
    assert await desk.all("SELECT ticket_no, state FROM call_task") == [("T9", "open")]
    for ticket in ("T1", "T9"):
        await keep_from(engine, ticket, "sw-a")
    async with engine.begin() as conn:
        await conn.execute(update(Notification).values(held_until=datetime.now(UTC)))
        task = (await call_tasks.waiting(conn))[0]
        with pytest.raises(call_tasks.NoOpenTask):
            await call_tasks.take(conn, task.id, "agent-1")
    await desk.round()
    digest = await desk.all("SELECT params FROM notification WHERE ticket_no = 'digest'")
    assert [params["count"] for (params,) in digest] == ["1"]
    assert await desk.rows("T1", "recipient", "state", "last_error") == [
        ("sw-a", "failed", "kept_from"),
        ("role:handler", "queued", None),
    ]
    assert await desk.all("SELECT ticket_no, state FROM call_task") == [("T9", "dropped")]


async def test_when_a_call_is_taken_back_because_its_ticket_names_whom_it_was_for_another_handler_is_told(
    engine: AsyncEngine,
    ring: KeyRing,
    people: People,
    aliyun: Aliyun,
    through_aliyun: AliyunGateway,
    hooks: Hooks,
) -> None:
    await people("水务局", HANDLER, {"id": "sw-b", "roles": ["handler"], "post": "B"})
    desk = Desk.of(engine, ring, through_aliyun)
    aliyun.next_fault = lambda _: Fault.UNDELIVERED
    await desk.send("T1", notice("red", "T1"))
    await hooks.push("aliyun", "reports", aliyun.receipts)
    await keep_from(engine, "T1", "sw-a")
    await desk.round()
    await desk.round()
    assert await desk.rows("T1", "recipient", "state") == [("sw-a", "failed"), ("sw-b", "sent")]
    await desk.age(timedelta(hours=2))
    await desk.round()
    called = await desk.all("SELECT recipient, state FROM call_task ORDER BY opened_at")
    assert called == [("sw-a", "dropped"), ("sw-b", "open")]


async def test_what_is_above_the_cap_comes_in_one_digest_that_shares_its_fate(
    engine: AsyncEngine, ring: KeyRing, people: People
) -> None:
    await people("水务局", HANDLER)
    desk = Desk.of(engine, ring, rules=SendingRules(daily_cap=2, digest_times=(time(0), time(12))))
    for number in range(5):
        assert await desk.send(f"T{number}", notice("dispatched", f"T{number}"))
    assert await desk.send("T9", notice("red", "T9"))
    states = [row[0] for row in await desk.rows(None, "state")]
    assert states == ["sent", "sent", "held", "held", "held", "sent"]
    assert (await desk.round()).digests == 0
    async with engine.begin() as conn:
        await conn.execute(update(Notification).values(held_until=datetime.now(UTC)))
    done = await desk.round()
    assert done.digests == 1
    bodies = await desk.all("SELECT body FROM outbox_message ORDER BY accepted_at DESC LIMIT 1")
    assert bodies == [("【12345热线】您另有3条工单提醒，最早时限5月11日18:00，请登录系统查看。",)]
    held = await desk.all("SELECT state, receipt FROM notification WHERE gateway = 'digest'")
    assert held == [("sent", "delivered")] * 3
    assert (await desk.round()).digests == 0


async def test_messages_of_one_batch_count_each_other_toward_the_cap(
    engine: AsyncEngine, ring: KeyRing, people: People
) -> None:
    await people("水务局", HANDLER)
    desk = Desk.of(engine, ring, rules=SendingRules(daily_cap=2))
    told = [notice("dispatched", "T1", f"{number}.dispatched") for number in range(3)]
    assert await desk.send("T1", *told, notice("red", "T1"))
    assert await desk.rows(None, "template", "state", "held_for") == [
        ("dispatched", "sent", None),
        ("dispatched", "sent", None),
        ("dispatched", "held", "digest"),
        ("red", "sent", None),
    ]


async def test_no_more_are_claimed_than_are_in_the_air(engine: AsyncEngine, ring: KeyRing) -> None:
    claimed = []

    class Counting(OutboxGateway):
        async def send(self, message: Message) -> SendResult:
            claimed.append(len(await desk.all("SELECT 1 FROM notification WHERE state = 'sending'")))
            return await super().send(message)

    many = [NewCaller(phone=f"1380013{number:04}") for number in range(12)]
    async with engine.begin() as conn:
        await callers.store(conn, ring, "T1", many, datetime.now(UTC))
    desk = Desk.of(engine, ring, Counting(engine))
    assert await desk.send("T1", notice("citizen_accepted", "T1"))
    assert len(claimed) == 12
    assert max(claimed) <= 5
    assert await desk.rows(None, "state", "attempts") == [("sent", 1)] * 12


async def test_a_citizen_gets_no_digest_but_the_message_itself_another_day(
    engine: AsyncEngine, ring: KeyRing
) -> None:
    desk = Desk.of(engine, ring, rules=SendingRules(daily_cap=1))
    async with engine.begin() as conn:
        await callers.store(conn, ring, "T1", [NewCaller(phone="13900000001")], datetime.now(UTC))
    assert await desk.send("T1", notice("citizen_accepted", "T1"), notice("citizen_answered", "T1"))
    assert sorted(await desk.rows(None, "state")) == [("held",), ("sent",)]
    await desk.age(timedelta(days=1))
    assert (await desk.round()).digests == 0
    assert await desk.rows(None, "state") == [("sent",), ("sent",)]


async def test_two_senders_never_both_find_room_for_the_last_message(
    engine: AsyncEngine, ring: KeyRing, people: People
) -> None:
    await people("水务局", HANDLER)
    desk = Desk.of(engine, ring, rules=SendingRules(daily_cap=3))
    await asyncio.gather(*(desk.send(f"T{n}", notice("dispatched", f"T{n}")) for n in range(12)))
    states = [row[0] for row in await desk.rows(None, "state")]
    assert (states.count("sent"), states.count("held")) == (3, 9)


async def test_a_throttled_message_goes_by_the_other_provider(
    engine: AsyncEngine,
    ring: KeyRing,
    people: People,
    aliyun: Aliyun,
    mas: Mas,
    through_aliyun: AliyunGateway,
    through_mas: CmccGateway,
) -> None:
    await people("水务局", HANDLER)
    aliyun.next_fault = lambda _: Fault.THROTTLED
    desk = Desk.of(engine, ring, FailoverGateway([through_aliyun, through_mas]))
    assert await desk.send("T1", notice("dispatched", "T1"))
    assert await desk.rows(None, "state", "gateway") == [("sent", "cmcc")]
    assert (aliyun.handsets.total(), mas.handsets.total()) == (0, 1)


async def test_a_daily_limit_holds_for_a_digest_and_calls_for_a_red_lamp(
    engine: AsyncEngine, ring: KeyRing, people: People, aliyun: Aliyun, through_aliyun: AliyunGateway
) -> None:
    await people("水务局", HANDLER)
    aliyun.next_fault = lambda _: Fault.LIMITED_TODAY
    desk = Desk.of(engine, ring, through_aliyun)
    assert await desk.send("T1", notice("dispatched", "T1"), notice("red", "T1"))
    assert sorted(await desk.rows(None, "template", "state", "held_for", "last_error")) == [
        ("dispatched", "held", "digest", "daily_limit"),
        ("red", "failed", None, "daily_limit"),
    ]
    assert await desk.all("SELECT recipient, reason FROM call_task") == [("sw-a", "rejected")]


async def test_a_sender_that_gave_up_is_taken_over_by_the_round(
    engine: AsyncEngine, ring: KeyRing, people: People, aliyun: Aliyun, through_aliyun: AliyunGateway
) -> None:
    await people("水务局", HANDLER)
    faults: list[Fault | None] = [Fault.THROTTLED, Fault.CUT_AFTER_SUBMIT]
    aliyun.next_fault = lambda _: faults.pop(0)
    desk = Desk.of(engine, ring, through_aliyun)
    assert not await desk.send("T1", notice("dispatched", "T1"))
    assert (await desk.round()).tried == 0
    await desk.age(timedelta(minutes=5))
    assert (await desk.round()).tried == 1
    assert await desk.rows(None, "state", "attempts") == [("unknown", 2)]
    await desk.age(timedelta(minutes=5))
    await desk.round()
    assert await desk.rows(None, "state", "receipt", "attempts") == [("sent", "delivered", 2)]
    assert aliyun.handsets.total() == 1


async def test_a_slow_sender_cannot_undo_what_a_later_one_did(
    engine: AsyncEngine, ring: KeyRing, people: People
) -> None:
    await people("水务局", HANDLER)
    desk = Desk.of(engine, ring)
    await desk.send("T1", notice("dispatched", "T1"))
    async with engine.begin() as conn:
        await conn.execute(text("UPDATE notification SET state = 'sending', attempts = 2, receipt = NULL"))
        (found,) = await notifications.queued(conn, "T1", ["7.dispatched"])
        assert not await notifications.settle(conn, found.id, 1, State.QUEUED)
        assert await notifications.settle(conn, found.id, 2, State.SENT)


async def test_what_nobody_takes_expires_and_what_nobody_tells_of_is_given_up(
    engine: AsyncEngine,
    ring: KeyRing,
    people: People,
    mas: Mas,
    through_mas: CmccGateway,
) -> None:
    await people("水务局", HANDLER)
    faults = [Fault.THROTTLED, Fault.CUT_BEFORE_SUBMIT, Fault.RECEIPT_MISSING]
    desk = Desk.of(engine, ring, through_mas)
    for number, fault in enumerate(faults):
        mas.next_fault = lambda _, fault=fault: fault  # type: ignore[misc]
        await desk.send(f"T{number}", notice("dispatched", f"T{number}"))
    mas.next_fault = lambda _: Fault.THROTTLED
    await desk.age(timedelta(hours=73))
    await desk.round()
    assert await desk.rows(None, "state", "receipt", "last_error") == [
        ("failed", None, "expired"),
        ("failed", "none", "outcome_unknown"),
        ("sent", "none", None),
    ]


async def test_a_red_lamp_without_a_receipt_is_called_and_a_late_receipt_drops_the_call(
    engine: AsyncEngine, ring: KeyRing, people: People, aliyun: Aliyun, through_aliyun: AliyunGateway
) -> None:
    await people("水务局", HANDLER)
    desk = Desk.of(engine, ring, through_aliyun, patience=Patience(ask_after=timedelta(days=1)))
    assert await desk.send("T1", notice("red", "T1"), notice("dispatched", "T1"))
    await desk.age(timedelta(minutes=16))
    assert (await desk.round()).calls_opened == 1
    assert await desk.all("SELECT reason, state FROM call_task") == [("no_receipt", "open")]
    desk.patience = Patience()
    assert (await desk.round()).asked == 2
    assert await desk.all("SELECT reason, state FROM call_task") == [("no_receipt", "dropped")]
    assert {row[0] for row in await desk.rows(None, "receipt")} == {"delivered"}


async def test_a_unit_with_a_robot_gets_a_copy_in_its_group(
    engine: AsyncEngine, ring: KeyRing, people: People
) -> None:
    await people("水务局", HANDLER)
    posts: list[Any] = []
    app = FastAPI()

    @app.post("/send")
    async def send(body: dict[str, Any]) -> dict[str, int]:
        posts.append(body)
        return {"errcode": 0}

    with served(app) as address:
        robot = Robot(kind="wecom", url=SecretStr(f"{address}/send?key=k"))
        desk = Desk.of(engine, ring, im=RobotGateway({"水务局": robot}))
        assert await desk.send("T1", notice("red", "T1"))
        assert await desk.send("T1", notice("red", "T1"))
        async with engine.begin() as conn:
            named = {"ticket_no": "T2", "person_id": "sw-a", "created_at": datetime.now(ZONE)}
            await conn.execute(insert(Recusal).values(named))
        assert await desk.send("T2", notice("red", "T2"))
    assert await desk.rows("T2") == [("role:handler", "sms", "failed", None)], "the group reads along"
    assert sorted(await desk.rows("T1")) == [
        ("robot:水务局", "im", "sent", "delivered"),
        ("sw-a", "sms", "sent", "delivered"),
    ]
    assert len(posts) == 1


async def test_long_messages_are_counted_in_parts(engine: AsyncEngine, ring: KeyRing, people: People) -> None:
    await people("水务局", HANDLER)
    long_no = "20260430-" + "9" * 31
    desk = Desk.of(engine, ring)
    await desk.send(long_no, notice("red", long_no), notice("urged", "T1", "8.urged"))
    assert sorted(await desk.rows(None, "template", "parts")) == [("red", 2), ("urged", 1)]


def test_no_template_has_room_for_what_a_citizen_wrote() -> None:
    free = "井盖坏了，联系13800138000，王某"
    for one in TEMPLATES.values():
        for name in one.variables - {"unit"}:
            values = dict.fromkeys(one.variables, "1") | {name: free}
            with pytest.raises(BadNotice, match="another kind of value"):
                one.fill(values)

"""Receipts as providers push them: late, twice, early, in any order, forged."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.gateways.aliyun import AliyunGateway
from activities.gateways.cmcc import CmccGateway
from activities.gateways.gateway import Message, Outcome, SendResult
from models import audit, counted_refusals, inbound
from models.counted_refusals import ONE_BY_ONE, WINDOW
from ops.keyring import KeyRing
from tests.integration.messages.conftest import People
from tests.integration.messages.hooks import Hooks
from tests.integration.messages.ledger import Desk, notice
from tests.integration.messages.standins import Aliyun, Fault, Mas

HANDLER = {"id": "sw-a", "roles": ["handler"], "post": "A"}
ACKNOWLEDGED = {"code": 0, "msg": "接收成功"}


@pytest.fixture
async def desk(engine: AsyncEngine, ring: KeyRing, people: People, through_aliyun: AliyunGateway) -> Desk:
    await people("水务局", HANDLER)
    return Desk.of(engine, ring, through_aliyun)


async def test_a_receipt_says_that_a_message_arrived(desk: Desk, aliyun: Aliyun, hooks: Hooks) -> None:
    await desk.send("T1", notice("red", "T1"))
    assert await desk.rows("T1") == [("sw-a", "sms", "sent", None)]
    answer = await hooks.push("aliyun", "reports", aliyun.receipts)
    assert (answer.status_code, answer.json()) == (200, ACKNOWLEDGED)
    assert await desk.rows("T1", "state", "receipt", "receipt_code") == [("sent", "delivered", "DELIVERED")]


async def test_undelivered_ends_a_message_and_calls_for_a_red_lamp(
    desk: Desk, aliyun: Aliyun, hooks: Hooks
) -> None:
    aliyun.next_fault = lambda _: Fault.UNDELIVERED
    await desk.send("T1", notice("red", "T1"), notice("urged", "T1"))
    await hooks.push("aliyun", "reports", aliyun.receipts)
    assert (
        await desk.rows("T1", "state", "receipt", "last_error") == [("failed", "undelivered", "UNDELIV")] * 2
    )
    assert await desk.all("SELECT template, reason FROM call_task") == [("red", "undelivered")]
    assert await desk.send("T1", notice("red", "T1"), notice("urged", "T1"))
    assert aliyun.submissions == 2


async def test_a_receipt_pushed_again_counts_once_and_delivered_is_never_taken_back(
    desk: Desk, aliyun: Aliyun, hooks: Hooks
) -> None:
    await desk.send("T1", notice("red", "T1"))
    (receipt,) = aliyun.receipts
    contrary = {**receipt, "success": False, "err_code": "UNDELIV"}
    for pushed in (receipt, receipt, contrary, receipt):
        assert (await hooks.push("aliyun", "reports", [pushed])).status_code == 200
    assert await desk.rows("T1", "state", "receipt") == [("sent", "delivered")]
    assert await desk.all("SELECT count(*) FROM receipt") == [(2,)]


async def test_a_contrary_receipt_first_does_not_hide_the_arrival(
    desk: Desk, aliyun: Aliyun, hooks: Hooks
) -> None:
    await desk.send("T1", notice("red", "T1"))
    (receipt,) = aliyun.receipts
    await hooks.push("aliyun", "reports", [{**receipt, "success": False, "err_code": "UNDELIV"}])
    assert await desk.all("SELECT state FROM call_task") == [("open",)]
    await hooks.push("aliyun", "reports", [receipt])
    assert await desk.rows("T1", "state", "receipt", "last_error") == [("sent", "delivered", None)]
    assert await desk.all("SELECT state FROM call_task") == [("dropped",)]


async def test_a_receipt_faster_than_the_answer_is_counted(desk: Desk, aliyun: Aliyun, hooks: Hooks) -> None:
    aliyun.push_to = hooks.url("aliyun", "reports")
    aliyun.next_fault = lambda _: Fault.RECEIPT_FIRST
    assert await desk.send("T1", notice("red", "T1"))
    assert await desk.rows("T1", "state", "receipt", "attempts") == [("sent", "delivered", 1)]


async def test_a_mas_receipt_faster_than_the_answer_waits_for_its_message(
    engine: AsyncEngine, ring: KeyRing, people: People, mas: Mas, through_mas: CmccGateway, hooks: Hooks
) -> None:
    await people("水务局", HANDLER)
    mas.push_to = hooks.url("cmcc", "reports")
    mas.next_fault = lambda _: Fault.RECEIPT_FIRST
    desk = Desk.of(engine, ring, through_mas)
    assert await desk.send("T1", notice("red", "T1"))
    assert await desk.rows("T1", "state", "receipt") == [("sent", "delivered")]


async def test_a_mas_submission_that_was_cut_off_is_known_by_its_receipt(
    engine: AsyncEngine, ring: KeyRing, people: People, mas: Mas, through_mas: CmccGateway, hooks: Hooks
) -> None:
    await people("水务局", HANDLER)
    mas.next_fault = lambda _: Fault.CUT_AFTER_SUBMIT
    desk = Desk.of(engine, ring, through_mas)
    assert not await desk.send("T1", notice("dispatched", "T1"))
    await desk.age(timedelta(minutes=10))
    await desk.round()
    assert await desk.rows("T1", "state", "attempts") == [("unknown", 1)]
    await hooks.push("cmcc", "reports", mas.receipts)
    assert await desk.rows("T1", "state", "receipt") == [("sent", "delivered")]
    assert mas.handsets.total() == 1


async def test_a_mas_receipt_that_could_be_of_two_submissions_is_of_neither(
    engine: AsyncEngine, ring: KeyRing, people: People, mas: Mas, through_mas: CmccGateway, hooks: Hooks
) -> None:
    await people("水务局", HANDLER)
    mas.next_fault = lambda _: Fault.CUT_AFTER_SUBMIT
    desk = Desk.of(engine, ring, through_mas)
    await desk.send("T1", notice("dispatched", "T1"))
    await desk.send("T2", notice("dispatched", "T2"))
    await hooks.push("cmcc", "reports", mas.receipts[:1])
    assert await desk.rows(None, "state") == [("unknown",), ("unknown",)]


async def refusals(desk: Desk) -> list[tuple[Any, ...]]:
    """Gateway, operation and reason of what the audit has since the first refusal of this test."""
    return await desk.all(
        "SELECT data->'actor'->>'via', operation, outcome FROM audit_line"
        " WHERE operation LIKE 'receive%' AND at >= (SELECT min(since) FROM refusal_tally) ORDER BY at, seq"
    )


async def test_a_push_to_a_guessed_address_is_refused_and_recorded(
    desk: Desk, aliyun: Aliyun, hooks: Hooks
) -> None:
    await desk.send("T1", notice("red", "T1"))
    answer = await hooks.push("aliyun", "reports", aliyun.receipts, token="guessed-guessed-guessed-guessed")
    assert answer.status_code == 404
    assert await desk.rows("T1", "receipt") == [(None,)]
    assert await refusals(desk) == [("aliyun", "receive_reports", "token")]


@pytest.mark.parametrize(
    "forged", [{"phone_number": "13911112222"}, {"biz_id": "20260101000000000001^0"}], ids=["number", "id"]
)
async def test_a_receipt_that_cannot_be_true_is_refused_and_recorded(
    desk: Desk, aliyun: Aliyun, hooks: Hooks, forged: dict[str, str]
) -> None:
    await desk.send("T1", notice("red", "T1"))
    assert (await hooks.push("aliyun", "reports", [{**aliyun.receipts[0], **forged}])).status_code == 200
    assert await desk.rows("T1", "receipt") == [(None,)]
    assert await refusals(desk) == [("aliyun", "receive_reports", "forged")]


async def test_a_receipt_for_a_message_we_never_sent_changes_nothing(
    desk: Desk, aliyun: Aliyun, hooks: Hooks
) -> None:
    await desk.send("T1", notice("red", "T1"))
    stranger = {**aliyun.receipts[0], "out_id": "somebody-else", "biz_id": "1^0"}
    assert (await hooks.push("aliyun", "reports", [stranger])).status_code == 200
    assert await desk.rows("T1", "receipt") == [(None,)]
    assert await desk.all("SELECT notification_id FROM receipt") == [(None,)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[[1]]",
        b'[{"phone_number": 1}]',
        b'[{"phone_number": "1380", "success": "yes"}]',
        b"[" * 100_000,
        json.dumps([{}] * 1_001).encode(),
        b'{"phone_number": {"$ne": 1}, "success": true}',
    ],
)
async def test_a_push_of_another_form_is_refused_and_recorded(desk: Desk, hooks: Hooks, body: bytes) -> None:
    assert (await hooks.push("aliyun", "reports", body)).status_code == 422
    assert await refusals(desk) == [("aliyun", "receive_reports", "malformed")]


async def test_a_push_that_is_too_large_is_refused(desk: Desk, hooks: Hooks) -> None:
    assert (await hooks.push("aliyun", "reports", b" " * 1_100_000)).status_code == 413
    assert await refusals(desk) == [("aliyun", "receive_reports", "too_large")]


async def test_script_and_sql_in_a_receipt_are_text(desk: Desk, aliyun: Aliyun, hooks: Hooks) -> None:
    await desk.send("T1", notice("red", "T1"))
    odd = {**aliyun.receipts[0], "err_code": "'; DROP TABLE receipt; --\x00<script>", "err_msg": "𠮷" * 99}
    assert (await hooks.push("aliyun", "reports", [odd])).status_code == 200
    assert await desk.rows("T1", "receipt_code") == [("'; DROP TABLE receipt; --<script>",)]


async def test_a_flood_of_forged_pushes_leaves_ten_lines_and_their_number(
    desk: Desk, engine: AsyncEngine, hooks: Hooks
) -> None:
    body = b'[{"phone_number": "13911112222", "success": true}]'
    for number in range(ONE_BY_ONE + 7):
        answer = await hooks.push("aliyun", "reports", body, token=f"guessed-{number}-guessed-guessed-guess")
        assert answer.status_code == 404
    await hooks.push("aliyun", "replies", b"[]", token="guessed-guessed-guessed-guessed")
    lines = await refusals(desk)
    assert lines.count(("aliyun", "receive_reports", "token")) == ONE_BY_ONE
    assert lines.count(("aliyun", "receive_replies", "token")) == 1, "another kind is counted for itself"

    async with engine.begin() as conn:
        assert await counted_refusals.sum_up(conn, datetime.now(UTC)) == 0, "the window is still open"
        began = (await conn.execute(text("SELECT min(since) FROM refusal_tally"))).scalar_one()
        await conn.execute(
            text("UPDATE refusal_tally SET since = since - CAST(:window AS interval)"), {"window": WINDOW}
        )
        assert await counted_refusals.sum_up(conn, datetime.now(UTC)) == 7
        assert await counted_refusals.sum_up(conn, datetime.now(UTC)) == 0
    told = await desk.all(
        "SELECT data FROM audit_line WHERE operation = 'receive_reports'"
        f" AND at >= '{began.isoformat()}' AND data->'details' ? 'more'"
    )
    assert [line["details"]["more"] for (line,) in told] == [7]
    said = await desk.all(f"SELECT data::text FROM audit_line WHERE at >= '{began.isoformat()}'")
    assert not [line for (line,) in said if "13911112222" in line]
    assert [fault async for fault in audit.faults(engine)] == []


async def test_the_next_refusal_after_a_window_says_how_many_there_were(
    desk: Desk, engine: AsyncEngine
) -> None:
    gateway, start = uuid4().hex, datetime.now(UTC) - 2 * WINDOW
    for at in [start] * (ONE_BY_ONE + 3) + [start + WINDOW]:
        await refuse(engine, gateway, at)
    lines = await desk.all(
        "SELECT data->'details'->'more', data->>'source' FROM audit_line"
        f" WHERE data->'actor'->>'via' = '{gateway}' ORDER BY seq"
    )
    assert lines == [(None, "203.0.113.9")] * ONE_BY_ONE + [(3, None), (None, "203.0.113.9")]


async def test_a_round_puts_what_was_only_counted_on_the_audit(desk: Desk, engine: AsyncEngine) -> None:
    for _ in range(ONE_BY_ONE + 2):
        await refuse(engine, uuid4().hex, datetime.now(UTC))
    gateway, start = uuid4().hex, datetime.now(UTC) - 2 * WINDOW
    for _ in range(ONE_BY_ONE + 2):
        await refuse(engine, gateway, start)
    assert (await desk.round()).refused == 2
    assert await desk.all(f"SELECT count(*) FROM refusal_tally WHERE via = '{gateway}'") == [(0,)]


async def refuse(engine: AsyncEngine, gateway: str, at: datetime) -> None:
    async with engine.begin() as conn:
        await inbound.refuse(
            conn, gateway=gateway, what="reply", why="source", source="203.0.113.9", body=b"x", now=at
        )


# --- the generic gateway


class Generic:
    """Accepts everything, so that its receipts can be tested."""

    name, settling = "webhook", timedelta(0)

    async def send(self, message: Message) -> SendResult:
        return SendResult(Outcome.ACCEPTED, "v-1")

    async def find(self, message: Message) -> SendResult:
        return SendResult(Outcome.UNKNOWN)


async def generic(engine: AsyncEngine, ring: KeyRing, people: People) -> tuple[Desk, bytes]:
    await people("水务局", HANDLER)
    desk = Desk.of(engine, ring, Generic())
    await desk.send("T1", notice("red", "T1"))
    ((key,),) = await desk.rows("T1", "id")
    return desk, json.dumps({"key": str(key), "state": "delivered"}).encode()


async def test_a_signed_receipt_counts_once_and_a_replay_is_refused_and_recorded(
    engine: AsyncEngine, ring: KeyRing, people: People, hooks: Hooks
) -> None:
    desk, body = await generic(engine, ring, people)
    assert (await hooks.push_signed("reports", body, "m-1")).status_code == 200
    assert await desk.rows("T1", "receipt") == [("delivered",)]
    assert (await hooks.push_signed("reports", body, "m-1")).status_code == 409
    assert await refusals(desk) == [("webhook", "receive_reports", "replayed")]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"webhook-signature": "v1,AAAA"}, "signature"),
        ({"webhook-id": "another"}, "signature"),
        ({"webhook-timestamp": "later"}, "headers_missing"),
        ({"webhook-id": ""}, "headers_missing"),
    ],
)
async def test_a_forged_signature_is_refused_and_recorded(
    engine: AsyncEngine, ring: KeyRing, people: People, hooks: Hooks, changed: dict[str, str], why: str
) -> None:
    desk, body = await generic(engine, ring, people)
    assert (await hooks.push_signed("reports", body, "m-1", headers=changed)).status_code == 401
    assert await desk.rows("T1", "receipt") == [(None,)]
    assert await refusals(desk) == [("webhook", "receive_reports", why)]


async def test_an_old_signature_is_refused(
    engine: AsyncEngine, ring: KeyRing, people: People, hooks: Hooks
) -> None:
    desk, body = await generic(engine, ring, people)
    old = datetime.now(UTC) - timedelta(minutes=6)
    assert (await hooks.push_signed("reports", body, "m-1", at=old)).status_code == 401
    assert await refusals(desk) == [("webhook", "receive_reports", "stale")]


async def test_a_push_that_failed_may_come_again_under_the_same_id(
    engine: AsyncEngine, ring: KeyRing, people: People, hooks: Hooks
) -> None:
    desk, body = await generic(engine, ring, people)
    assert (await hooks.push_signed("reports", b"{}", "m-1")).status_code == 422
    assert (await hooks.push_signed("reports", body, "m-1")).status_code == 200
    assert await desk.rows("T1", "receipt") == [("delivered",)]

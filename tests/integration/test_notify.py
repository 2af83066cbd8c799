"""Notices: who gets them, and that each goes out once whatever dies in between."""

import asyncio
import sys
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.exceptions import ApplicationError
from uuid_utils.compat import uuid7

from activities.gateways.gateway import Message, Outcome, SendResult
from activities.gateways.outbox import OutboxGateway
from activities.notify import Notify
from domain.vocabulary import Channel, Recipient
from models import callers
from models.callers import NewCaller
from models.contracts.notices import Notice, NotifyRequest, NotifyResult
from models.sealed_columns import RowSeal
from models.tables import Notification, OutboxMessage, Person, Unit
from ops.database import create_engine
from ops.keyring import KeyRing, ring_from_file

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "keys.json"


@pytest.fixture(scope="module")
def ring(key_file: Path) -> KeyRing:
    return ring_from_file(key_file)


@pytest.fixture
async def engine(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_engine(postgres_url)
    yield made
    await made.dispose()


People = Callable[..., Awaitable[None]]


@pytest.fixture
def people(engine: AsyncEngine, ring: KeyRing) -> People:
    """Puts people (id, roles, post, absent, phone) into a unit that is made with them."""

    async def put(unit: str, *members: dict[str, Any]) -> None:
        unit_id = uuid7()
        async with engine.begin() as conn:
            await conn.execute(insert(Unit).values(id=unit_id, name=unit, kind="department"))
            for member in members:
                seal = RowSeal(ring, "person", member["id"])
                values = {"phone": "13800138000", "post": None, "absent": False, **member}
                values["phone"] = seal.close("phone", values["phone"])
                named = {"name": seal.close_text("name", "甲"), "key_id": seal.key_id, "unit_id": unit_id}
                await conn.execute(insert(Person).values(**values, **named))

    return put


def request(ticket: str, key: str = "7.lamp", **fields: Any) -> NotifyRequest:
    notice: dict[str, Any] = {
        "key": key,
        "template": "red",
        "roles": [Recipient.HANDLER],
        "unit": "水务局",
        "params": {
            "ticket": ticket,
            "unit": "水务局",
            "clock": "handle",
            "due": "2026-05-11T18:00:00+08:00",
        },
    }
    return NotifyRequest(ticket_no=ticket, notices=[Notice(**{**notice, **fields})])


class Scripted:
    """A provider that answers as told and keeps what it was given."""

    name = "scripted"
    settling = timedelta(0)

    def __init__(self, send: list[Outcome], find: list[Outcome] | None = None) -> None:
        self.answers, self.findings = send, find or []
        self.sent: list[Message] = []

    async def send(self, message: Message) -> SendResult:
        self.sent.append(message)
        return SendResult(self.answers.pop(0), "ref")

    async def find(self, message: Message) -> SendResult:
        return SendResult(self.findings.pop(0), "ref")


async def notify(
    engine: AsyncEngine, ring: KeyRing, asked: NotifyRequest, gateway: Any = None
) -> NotifyResult:
    gateway = gateway or OutboxGateway(engine)
    return await Notify(engine, ring, dict.fromkeys(Channel, gateway)).notify(asked)


async def states(engine: AsyncEngine, ticket: str) -> list[tuple[str, str, str, int]]:
    row = Notification
    async with engine.connect() as conn:
        query = select(row.recipient, row.channel, row.state, row.attempts).where(row.ticket_no == ticket)
        return [(a, b, c, d) for a, b, c, d in await conn.execute(query.order_by(row.id))]


async def messages(engine: AsyncEngine) -> list[tuple[str, str]]:
    async with engine.connect() as conn:
        found = await conn.execute(
            select(OutboxMessage.number, OutboxMessage.body).order_by(OutboxMessage.key)
        )
        return [(number, body) for number, body in found]


@pytest.fixture(autouse=True)
async def clean(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        for table in ("notification", "outbox_message", "person", "unit", "caller"):
            await conn.execute(text(f"DELETE FROM {table}"))


HANDLERS = (
    {"id": "sw-a", "roles": ["handler"], "post": "A"},
    {"id": "sw-b", "roles": ["handler"], "post": "B", "phone": "13900139000"},
    {"id": "sw-l", "roles": ["unit_leader"]},
)


async def test_a_notice_is_stored_readable_with_the_number_masked(
    engine: AsyncEngine, ring: KeyRing, people: People
) -> None:
    await people("水务局", *HANDLERS)
    assert await notify(engine, ring, request("N1")) == NotifyResult(sent=1)
    body = "【12345热线】红牌：工单N1水务局办理时限5月11日18:00，请立即处置。"
    assert await messages(engine) == [("138****8000", body)]
    assert await states(engine, "N1") == [("sw-a", "sms", "sent", 1)]


@pytest.mark.rule("JC-7.0")
async def test_post_b_covers_for_an_absent_post_a(engine: AsyncEngine, ring: KeyRing, people: People) -> None:
    await people("水务局", {**HANDLERS[0], "absent": True}, HANDLERS[1])
    await notify(engine, ring, request("N2"))
    assert await states(engine, "N2") == [("sw-b", "sms", "sent", 1)]


async def test_each_role_and_channel_gets_its_own_and_nobody_two(
    engine: AsyncEngine, ring: KeyRing, people: People
) -> None:
    await people("水务局", {**HANDLERS[0], "roles": ["handler", "unit_leader"]})
    await people("热线办", {"id": "rx-1", "roles": ["office"]}, {"id": "rx-2", "roles": ["office"]})
    roles = [Recipient.HANDLER, Recipient.UNIT_LEADER, Recipient.OFFICE]
    await notify(engine, ring, request("N3", roles=roles, via=[Channel.SMS, Channel.PHONE]))
    assert {found[:2] for found in await states(engine, "N3")} == {
        (who, channel) for who in ("sw-a", "rx-1", "rx-2") for channel in ("sms", "phone")
    }


async def test_every_caller_of_a_burst_main_gets_it_but_not_who_withdrew(
    engine: AsyncEngine, ring: KeyRing
) -> None:
    async with engine.begin() as conn:
        ids = await callers.store(
            conn, ring, "N4", [NewCaller(phone=f"1380013{n:04}") for n in range(30)], datetime.now(UTC)
        )
        await conn.execute(text("UPDATE caller SET withdrawn_at = now() WHERE id = :id"), {"id": ids[3]})
    asked = request("N4", template="citizen_accepted", roles=[Recipient.CITIZEN], params={"ticket": "N4"})
    assert await notify(engine, ring, asked) == NotifyResult(sent=29)
    some = request(
        "N4",
        "8",
        template="citizen_answered",
        roles=[Recipient.CITIZEN],
        params={"ticket": "N4"},
        callers=[str(ids[0])],
    )
    assert await notify(engine, ring, some) == NotifyResult(sent=1)


async def test_nobody_in_a_role_and_no_number_are_on_record(
    engine: AsyncEngine, ring: KeyRing, people: People
) -> None:
    await people("水务局", {**HANDLERS[0], "phone": None})
    asked = request("N5", roles=[Recipient.HANDLER, Recipient.UNIT_PRINCIPAL])
    assert await notify(engine, ring, asked) == NotifyResult(failed=2)
    async with engine.connect() as conn:
        found = await conn.execute(select(Notification.recipient, Notification.last_error))
        assert set(map(tuple, found)) == {("sw-a", "no_number"), ("role:unit_principal", "nobody_in_role")}


async def test_the_same_notice_again_sends_nothing_even_when_the_directory_changed(
    engine: AsyncEngine, ring: KeyRing, people: People
) -> None:
    await people("水务局", *HANDLERS)
    await notify(engine, ring, request("N6"))
    async with engine.begin() as conn:
        await conn.execute(update(Person).where(Person.id == "sw-a").values(absent=True))
    assert await notify(engine, ring, request("N6")) == NotifyResult(sent=1)
    assert len(await messages(engine)) == 1
    await notify(engine, ring, request("N6", "9.lamp"))
    assert [found[0] for found in await states(engine, "N6")] == ["sw-a", "sw-b"]


DIES = """
    import asyncio, os, sys
    from pathlib import Path
    sys.path.insert(0, {root!r})
    from activities.gateways.outbox import OutboxGateway
    from activities.notify import Notify
    from domain.vocabulary import Channel
    from models.contracts.notices import NotifyRequest
    from ops.database import create_engine
    from ops.keyring import ring_from_file

    class Dies(OutboxGateway):
        async def send(self, message):
            if {after}:
                await super().send(message)
            os.kill(os.getpid(), 9)

    engine = create_engine({url!r})
    asked = NotifyRequest.model_validate_json({asked!r})
    ring = ring_from_file(Path({keys!r}))
    asyncio.run(Notify(engine, ring, {{c: Dies(engine) for c in Channel}}).notify(asked))
"""


@pytest.mark.parametrize("after", [True, False], ids=["after the hand-over", "before the hand-over"])
async def test_a_kill_around_the_hand_over_sends_one_message(
    engine: AsyncEngine, ring: KeyRing, people: People, postgres_url: str, key_file: Path, after: bool
) -> None:
    await people("水务局", *HANDLERS)
    asked = request("N7")
    script = textwrap.dedent(DIES).format(
        root=str(ROOT), after=after, url=postgres_url, asked=asked.model_dump_json(), keys=str(key_file)
    )
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stderr=asyncio.subprocess.PIPE
    )
    _, complaint = await killed.communicate()
    assert killed.returncode == -9, complaint.decode()
    assert await states(engine, "N7") == [("sw-a", "sms", "sending", 1)]
    assert len(await messages(engine)) == (1 if after else 0)
    assert await notify(engine, ring, asked) == NotifyResult(sent=1)
    assert await states(engine, "N7") == [("sw-a", "sms", "sent", 1 if after else 2)]
    assert len(await messages(engine)) == 1


async def test_an_unknown_outcome_is_looked_for_and_never_sent_again_blindly(
    engine: AsyncEngine, ring: KeyRing, people: People
) -> None:
    await people("水务局", *HANDLERS)
    provider = Scripted([Outcome.UNKNOWN], [Outcome.UNKNOWN, Outcome.ACCEPTED])
    for _ in range(2):
        with pytest.raises(ApplicationError, match="1 messages are still"):
            await notify(engine, ring, request("N8"), provider)
        assert await states(engine, "N8") == [("sw-a", "sms", "unknown", 1)]
    assert await notify(engine, ring, request("N8"), provider) == NotifyResult(sent=1)
    assert len(provider.sent) == 1


async def test_what_certainly_was_not_taken_is_sent_again_under_the_same_key(
    engine: AsyncEngine, ring: KeyRing, people: People
) -> None:
    await people("水务局", *HANDLERS)
    provider = Scripted([Outcome.DEFERRED, Outcome.UNKNOWN, Outcome.ACCEPTED], [Outcome.DEFERRED])
    for _ in range(2):
        with pytest.raises(ApplicationError):
            await notify(engine, ring, request("N9"), provider)
    assert await notify(engine, ring, request("N9"), provider) == NotifyResult(sent=1)
    assert len({message.key for message in provider.sent}) == 1
    assert len(provider.sent) == 3


async def test_a_provider_that_may_still_find_it_is_not_believed_too_early(
    engine: AsyncEngine, ring: KeyRing, people: People
) -> None:
    await people("水务局", *HANDLERS)
    provider = Scripted([Outcome.UNKNOWN, Outcome.ACCEPTED], [Outcome.DEFERRED])
    provider.settling = timedelta(minutes=1)
    for _ in range(2):
        with pytest.raises(ApplicationError):
            await notify(engine, ring, request("N10"), provider)
    async with engine.begin() as conn:
        await conn.execute(text("UPDATE notification SET sending_at = sending_at - interval '2 minutes'"))
    assert await notify(engine, ring, request("N10"), provider) == NotifyResult(sent=1)


async def test_a_rejected_message_ends_as_failed(engine: AsyncEngine, ring: KeyRing, people: People) -> None:
    await people("水务局", *HANDLERS)
    provider = Scripted([Outcome.REJECTED])
    assert await notify(engine, ring, request("N11"), provider) == NotifyResult(failed=1)
    assert await notify(engine, ring, request("N11"), provider) == NotifyResult(failed=1)
    assert len(provider.sent) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"template": "poem"},
        {"params": {"ticket": "N12"}},
        {"template": "recalled", "params": {"ticket": "给我打电话13800138000，急", "unit": "水务局"}},
    ],
)
async def test_what_no_template_declares_is_refused_for_good(
    engine: AsyncEngine, ring: KeyRing, people: People, fields: dict[str, Any]
) -> None:
    await people("水务局", *HANDLERS)
    with pytest.raises(ApplicationError) as refused:
        await notify(engine, ring, request("N12", **fields))
    assert refused.value.non_retryable
    assert "13800138000" not in str(refused.value)
    assert await states(engine, "N12") == []

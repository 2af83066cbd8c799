"""What people send us by SMS: a rating when one question is open, else a matter for a person."""

import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.commands import Envelope, Rate
from domain.vocabulary import Rating
from models import audit, callers, surveys, uplinks
from models.callers import NewCaller
from models.tables import InboxMessage
from models.uplinks import Uplink
from ops.keyring import KeyRing, ring_from_file
from tests.integration.messages.hooks import Hooks
from tests.integration.messages.ledger import Desk, notice
from tests.integration.messages.standins import reply

NUMBER = "13900000001"
_sequences = itertools.count(1)


@pytest.fixture
async def desk(engine: AsyncEngine, ring: KeyRing) -> Desk:
    return Desk.of(engine, ring)


async def asked(desk: Desk, ticket: str, number: str = NUMBER) -> UUID:
    """A caller of this ticket who was asked to rate."""
    async with desk.engine.begin() as conn:
        (caller,) = await callers.store(conn, desk.ring, ticket, [NewCaller(phone=number)], datetime.now(UTC))
    assert await desk.send(ticket, notice("citizen_answered", ticket))
    return caller


async def says(hooks: Hooks, words: str, number: str = NUMBER) -> None:
    answer = await hooks.push("aliyun", "replies", [reply(number, words, next(_sequences))])
    assert answer.status_code == 200


async def commands(desk: Desk) -> list[tuple[Any, ...]]:
    return await desk.all('SELECT ticket_no, "do", state, body FROM command ORDER BY received_at')


async def inbox(desk: Desk) -> list[tuple[Any, ...]]:
    return await desk.all("SELECT became, why, ticket_no FROM inbox_message ORDER BY received_at")


@pytest.mark.parametrize(
    ("words", "rating"),
    [
        ("1", Rating.VERY_SATISFIED),
        (" ２。", Rating.SATISFIED),
        ("3分", Rating.BASICALLY_SATISFIED),
        ("【4】", Rating.DISSATISFIED),
        ("5!", Rating.VERY_DISSATISFIED),
        ("0", None),
        ("6", None),
        ("12", None),
        ("1或2", None),
        ("不满意", None),
        ("", None),
        ("T", None),
    ],
)
def test_a_rating_is_one_figure_and_nothing_else(words: str, rating: Rating | None) -> None:
    assert surveys.rating_of(words) is rating


async def test_a_figure_rates_the_one_ticket_that_asked(desk: Desk, hooks: Hooks) -> None:
    caller = await asked(desk, "T1")
    await says(hooks, "4")
    ((no, do, state, body),) = await commands(desk)
    assert (no, do, state) == ("T1", "rate", "stored")
    envelope = Envelope.model_validate(body)
    assert envelope.command == Rate(handling=Rating.DISSATISFIED, caller=str(caller))
    assert envelope.actor.id == str(caller)
    assert await inbox(desk) == [("rating", None, "T1")]
    lines = [row.data async for row in audit.lines(desk.engine) if row.data["actor"].get("id") == str(caller)]
    assert [(one["operation"], one["source"], one["ticket_no"]) for one in lines] == [
        ("rate", "aliyun", "T1")
    ]


async def test_the_second_figure_goes_to_a_person(desk: Desk, hooks: Hooks) -> None:
    await asked(desk, "T1")
    await says(hooks, "1")
    await says(hooks, "5")
    assert len(await commands(desk)) == 1
    assert (await inbox(desk))[1] == ("open", "no_question", None)


async def test_a_reply_pushed_again_is_one_reply(desk: Desk, hooks: Hooks) -> None:
    await asked(desk, "T1")
    once = [reply(NUMBER, "2", 4711)]
    for _ in range(3):
        assert (await hooks.push("aliyun", "replies", once)).status_code == 200
    assert len(await commands(desk)) == len(await inbox(desk)) == 1


async def test_with_two_questions_open_a_person_decides(desk: Desk, hooks: Hooks) -> None:
    await asked(desk, "T1")
    await asked(desk, "T2")
    await says(hooks, "5")
    assert await commands(desk) == []
    assert await inbox(desk) == [("open", "several_questions", None)]


async def test_words_and_strangers_go_to_a_person_readable_only_with_the_key(
    desk: Desk, ring: KeyRing, hooks: Hooks
) -> None:
    await asked(desk, "T1")
    await says(hooks, "没解决，还是漏水")
    await says(hooks, "1", number="13700000009")
    assert await commands(desk) == []
    assert [row[:2] for row in await inbox(desk)] == [("open", "words"), ("open", "no_question")]
    async with desk.engine.connect() as conn:
        read = await uplinks.waiting(conn, ring)
        dump = str((await conn.execute(text("SELECT inbox_message::text FROM inbox_message"))).all())
    assert [(one.number, one.words) for one in read] == [
        ("+8613900000001", "没解决，还是漏水"),
        ("+8613700000009", "1"),
    ]
    assert "漏水" not in dump + repr(read)
    assert "13900000001" not in dump + repr(read)
    async with desk.engine.begin() as conn:
        assert await uplinks.handled(conn, read[0].id, "rx-1", "T1")
        assert not await uplinks.handled(conn, read[0].id, "rx-2")


@pytest.mark.rule("JC-5.1")
async def test_of_a_message_with_a_mark_of_state_secrets_only_that_it_came_is_kept(
    desk: Desk, ring: KeyRing, hooks: Hooks
) -> None:
    await asked(desk, "T1")
    await says(hooks, "蟠龙岭的机 密文件在我手里")
    await says(hooks, "手机密码忘了")
    assert await commands(desk) == []
    assert [row[:2] for row in await inbox(desk)] == [("open", "state_secret"), ("open", "words")]
    async with desk.engine.connect() as conn:
        read = await uplinks.waiting(conn, ring)
    assert [(one.number, one.words) for one in read] == [
        ("+8613900000001", None),
        ("+8613900000001", "手机密码忘了"),
    ]
    assert await desk.all("SELECT words IS NULL FROM inbox_message ORDER BY received_at") == [
        (True,),
        (False,),
    ]


async def test_a_repeat_is_known_by_a_digest_that_only_the_holder_of_the_keys_can_make(
    desk: Desk, ring: KeyRing, tmp_path: Path
) -> None:
    said = Uplink("webhook", NUMBER, "还没有来水")
    async with desk.engine.begin() as conn:
        assert await uplinks.take(conn, ring, said) == "open"
        assert await uplinks.take(conn, ring, said) is None
        (mine,) = await conn.scalars(select(InboxMessage.event))
        assert await uplinks.take(conn, ring_from_file(tmp_path / "keys.json"), said) == "open"
        assert set(await conn.scalars(select(InboxMessage.event))) > {mine}


@pytest.mark.parametrize(
    "since",
    [
        "UPDATE survey SET closes_at = now()",
        "UPDATE caller SET called_back_at = now()",
        "UPDATE caller SET withdrawn_at = now()",
        """UPDATE caller SET ratings = '{"handling": "satisfied"}'""",
    ],
    ids=["too late", "called back", "withdrawn", "rated"],
)
async def test_a_question_that_is_closed_takes_no_rating(desk: Desk, hooks: Hooks, since: str) -> None:
    await asked(desk, "T1")
    async with desk.engine.begin() as conn:
        await conn.execute(text(since))
    await says(hooks, "5")
    assert await commands(desk) == []
    assert await inbox(desk) == [("open", "no_question", None)]


async def test_a_message_that_was_never_sent_asks_nobody(desk: Desk, hooks: Hooks) -> None:
    async with desk.engine.begin() as conn:
        await callers.store(conn, desk.ring, "T1", [NewCaller(phone=NUMBER)], datetime.now(UTC))
    await desk.send("T1", notice("citizen_accepted", "T1"))
    await says(hooks, "1")
    assert await commands(desk) == []


async def test_replies_come_in_each_providers_form(desk: Desk, ring: KeyRing, hooks: Hooks) -> None:
    at = int(datetime.now(UTC).timestamp()) - 60
    mas = {"mobile": NUMBER, "smsContent": "甲", "sendTime": "2026-05-11 08:00:00"}
    tencent = {"mobile": NUMBER, "nationcode": "86", "text": "乙", "time": at}
    for provider, body in (("cmcc", mas), ("tencent", tencent)):
        assert (await hooks.push(provider, "replies", body)).status_code == 200
    answer = await hooks.push_signed("replies", b'{"number": "13900000001", "words": "\\u4e19"}', "r-1")
    assert answer.status_code == 200
    async with desk.engine.connect() as conn:
        assert [one.words for one in await uplinks.waiting(conn, ring)] == ["甲", "乙", "丙"]


async def test_erasing_a_caller_empties_what_messages_kept_of_the_number(desk: Desk, hooks: Hooks) -> None:
    caller, other = await asked(desk, "T1"), await asked(desk, "T2", "13900000002")
    for words, number in (("没解决", NUMBER), ("也没解决", "13900000002")):
        await says(hooks, words, number)
    async with desk.engine.begin() as conn:
        assert await callers.erase(conn, [caller], datetime.now(UTC)) == 1
    kept = "SELECT recipient, number_index IS NOT NULL FROM notification ORDER BY ticket_no"
    assert await desk.all(kept) == [(f"caller:{caller}", False), (f"caller:{other}", True)]
    assert await desk.all("SELECT caller_id FROM survey") == [(other,)]
    async with desk.engine.connect() as conn:
        assert [one.words for one in await uplinks.waiting(conn, desk.ring)] == [None, "也没解决"]

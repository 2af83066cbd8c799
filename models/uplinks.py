"""SMS that people send us. A reply with one certain meaning does what it says; all others go to a person."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from domain.commands import Actor, Envelope, Rate
from domain.policy import SecretMarks
from domain.secrecy import mark_that_stops
from domain.vocabulary import Channel, Rating, Role
from models import audit, duty, received_commands, surveys
from models.audit import Line
from models.duty import Through
from models.phones import normal_phone
from models.receipts import number_index
from models.received_commands import Received
from models.sealed_columns import RowSeal, open_column
from models.tables import InboxMessage, Notification
from ops.keyring import KeyRing

MAX_WORDS = 2_000
"""Longest SMS that is kept; what is longer is cut."""


@dataclass(frozen=True)
class Uplink:
    """One SMS as a provider pushed it. `event` is what the provider calls it, for telling repeats."""

    gateway: str
    number: str = field(repr=False)
    words: str = field(repr=False)
    event: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class ReadMessage:
    """A message of the inbox as those may see it who may."""

    id: UUID
    received_at: datetime
    number: str | None = field(repr=False)
    words: str | None = field(repr=False)
    why: str | None
    became: str
    ticket_no: str | None


@dataclass(frozen=True)
class _Meaning:
    became: str
    why: str | None = None
    ticket_no: str | None = None
    command_id: str | None = None


async def take(
    conn: AsyncConnection, ring: KeyRing, said: Uplink, secrets: SecretMarks | None = None
) -> str | None:
    """Stores a message and does what it certainly means, in the caller's transaction.

    Of one with a mark of state secrets only that it came, when and from where is kept, for a person to call.
    Returns what it became (rating, acknowledgement, open); None for one that was pushed before.
    """
    now = datetime.now(UTC)
    index = number_index(ring, said.number)
    row_id = uuid7()
    seal = RowSeal(ring, "inbox_message", row_id)
    is_secret = secrets is not None and mark_that_stops(secrets, [said.words]) is not None
    stored = await conn.execute(
        insert(InboxMessage)
        .values(
            id=row_id,
            gateway=said.gateway,
            event=_event(ring, said, index),
            received_at=now,
            sent_at=said.at,
            key_id=seal.key_id,
            number=seal.close_text("number", normal_phone(said.number) or said.number[:40]),
            words=None if is_secret else seal.close_text("words", _storable(said.words)),
            number_index=index,
            became="open",
        )
        .on_conflict_do_nothing()
        .returning(InboxMessage.id)
    )
    if stored.one_or_none() is None:
        return None
    meaning = (
        _Meaning("open", "state_secret")
        if is_secret
        else await _meaning(conn, ring, row_id, said, index, now)
    )
    await conn.execute(
        update(InboxMessage)
        .where(InboxMessage.id == row_id)
        .values(
            became=meaning.became,
            why=meaning.why,
            ticket_no=meaning.ticket_no,
            command_id=meaning.command_id,
            handled_at=None if meaning.became == "open" else now,
        )
    )
    return meaning.became


async def waiting(conn: AsyncConnection, ring: KeyRing, limit: int = 100) -> list[ReadMessage]:
    """What a person has to look at, oldest first."""
    query = (
        select(InboxMessage.__table__)
        .where(InboxMessage.became == "open")
        .order_by(InboxMessage.received_at, InboxMessage.id)
        .limit(limit)
    )
    return [_opened(ring, row) for row in await conn.execute(query)]


async def handled(conn: AsyncConnection, message_id: UUID, by: str, ticket_no: str | None = None) -> bool:
    """Notes that a person dealt with a message; false when somebody had already."""
    done = await conn.execute(
        update(InboxMessage)
        .where(InboxMessage.id == message_id, InboxMessage.became == "open")
        .values(became="handled", handled_by=by, handled_at=datetime.now(UTC), ticket_no=ticket_no)
    )
    return done.rowcount == 1


async def _meaning(
    conn: AsyncConnection, ring: KeyRing, row_id: UUID, said: Uplink, index: bytes, now: datetime
) -> _Meaning:
    asked = await surveys.open_for(conn, index, now)
    people = await _people_of(conn, index)
    alerts = await duty.waiting_on(conn, people)
    rating = surveys.rating_of(said.words)
    if rating is None:
        return _Meaning("open", "words")
    if len(asked) + len(alerts) > 1:
        return _Meaning("open", "several_questions")
    if asked:
        no, caller = asked[0]
        command_id = await _rate(conn, ring, row_id, no, caller, rating, now)
        await surveys.answered(conn, no, caller, now)
        await _record(conn, said, "rate", str(caller), no, now)
        return _Meaning("rating", ticket_no=no, command_id=command_id)
    if alerts and rating is Rating.VERY_SATISFIED:
        one = alerts[0]
        await duty.acknowledge(conn, one.ticket_no, one.unit, people[0], Through.SMS, now)
        await _record(conn, said, "acknowledge_emergency", people[0], one.ticket_no, now)
        return _Meaning("acknowledgement", ticket_no=one.ticket_no)
    return _Meaning("open", "no_question")


async def _record(
    conn: AsyncConnection, said: Uplink, operation: str, who: str, no: str, now: datetime
) -> None:
    """The audit's line of what an SMS did: it came from whoever has the number, through this provider."""
    actor = {"id": who, "via": Channel.SMS.value}
    await audit.write(conn, Line(now, operation, audit.DONE, actor, said.gateway, no))


async def _people_of(conn: AsyncConnection, index: bytes) -> list[str]:
    """The people whose number this is, as far as we have written to them."""
    query = select(Notification.recipient).where(
        Notification.number_index == index,
        Notification.channel == Channel.SMS,
        Notification.template == duty.DUTY_TEMPLATE,
    )
    return list(await conn.scalars(query.distinct()))


async def _rate(
    conn: AsyncConnection, ring: KeyRing, row_id: UUID, no: str, caller: UUID, rating: Rating, now: datetime
) -> str:
    """Stores the command; the relay brings it to the ticket."""
    actor, key = Actor(role=Role.CITIZEN, id=str(caller)), f"sms-{row_id}"
    command = Rate(handling=rating, caller=str(caller))
    command_id = received_commands.command_id(actor, no, command.do, key)
    envelope = Envelope(command=command, actor=actor, received_at=now, key=key, id=command_id)
    words = json.dumps(command.model_dump(mode="json", exclude_unset=True), sort_keys=True)
    received = Received(
        id=command_id,
        ticket_no=no,
        do=command.do,
        body_digest=ring.digest(command_id, words),
        body=envelope.model_dump(mode="json", exclude_none=True),
        received_at=now,
        state=received_commands.STORED,
        result=None,
        actor=actor.model_dump(mode="json"),
    )
    await received_commands.put(conn, received, key)
    return command_id


def _event(ring: KeyRing, said: Uplink, index: bytes) -> bytes:
    """What makes a repeat the same message: the provider's own number, else sender, time and words.

    Under the key of the blind index: few words are asked for, and a plain digest would tell which were said.
    """
    at = said.at.astimezone(UTC).isoformat() if said.at else ""
    parts = (said.event,) if said.event else (index.hex(), at, said.words)
    return ring.blind_index("\0".join((said.gateway, *parts)).encode(errors="replace").decode())


def _storable(words: str) -> str:
    return words[:MAX_WORDS].encode("utf-8", errors="replace").decode()


def _opened(ring: KeyRing, row: Row[tuple[object, ...]]) -> ReadMessage:
    def text(column: str) -> str | None:
        sealed = getattr(row, column)
        if sealed is None:
            return None
        return open_column(ring, "inbox_message", row.id, column, row.key_id, sealed)

    return ReadMessage(
        row.id, row.received_at, text("number"), text("words"), row.why, row.became, row.ticket_no
    )

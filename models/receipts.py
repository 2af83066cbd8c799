"""Receipts: what providers say became of our messages, whatever order and however often they say it.

A receipt may be pushed twice, come before the answer to the submission it is about, never come, or be made up
by somebody who found our address. It counts once, only for a message of ours, and only when the number is
the one we sent to. Delivered is never taken back.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.vocabulary import Channel
from models import call_tasks
from models.notifications import State
from models.phones import normal_phone
from models.sending_rules import ALONE
from models.tables import CallTask, Notification, Receipt
from ops.keyring import KeyRing

DELIVERED = "delivered"
UNDELIVERED = "undelivered"

DIGEST = "digest"
"""Stands as the gateway of a message that went out as part of a digest, whose id is the reference."""

_PROMPT = timedelta(hours=72)
"""For how long after a submission that was cut off a receipt for the same number is taken for its own."""


@dataclass(frozen=True)
class Reported:
    """One receipt. `key` is ours where the provider gives it back, `reference` the provider's own."""

    gateway: str
    delivered: bool
    reference: str | None = None
    key: str | None = None
    number: str | None = field(default=None, repr=False)
    code: str | None = None
    at: datetime | None = None


class Taken(StrEnum):
    """What a receipt was good for."""

    COUNTED = "counted"
    DUPLICATE = "duplicate"
    UNMATCHED = "unmatched"
    FORGED = "forged"


async def take(conn: AsyncConnection, ring: KeyRing, said: Reported) -> Taken:
    """Counts a receipt, in the caller's transaction. UNMATCHED ones wait for their message."""
    index = number_index(ring, said.number) if said.number else None
    row = await _message_of(conn, said, index)
    if row is not None and _contradicts(row, said, index):
        return Taken.FORGED
    event = {
        "event": _event(said, index),
        "gateway": said.gateway,
        "reference": said.reference,
        "message_key": said.key,
        "number_index": index,
        "outcome": DELIVERED if said.delivered else UNDELIVERED,
        "code": said.code,
        "reported_at": said.at,
        "notification_id": row and row.id,
    }
    fresh = await conn.execute(
        insert(Receipt).values(event).on_conflict_do_nothing().returning(Receipt.event)
    )
    if fresh.one_or_none() is None:
        return Taken.DUPLICATE
    if row is None:
        return Taken.UNMATCHED
    await _count(conn, row, said)
    return Taken.COUNTED


async def match_early(conn: AsyncConnection, notice_id: UUID) -> int:
    """Counts the receipts that were faster than the answer to the submission; how many there were."""
    row = await _locked(conn, Notification.id == notice_id)
    if row is None or row.gateway_ref is None:
        return 0
    early = await conn.execute(
        update(Receipt)
        .where(
            Receipt.notification_id.is_(None),
            Receipt.gateway == row.gateway,
            Receipt.reference == row.gateway_ref,
            or_(Receipt.number_index.is_(None), Receipt.number_index == row.number_index),
        )
        .values(notification_id=notice_id)
        .returning(Receipt.outcome, Receipt.code, Receipt.reference, Receipt.gateway, Receipt.reported_at)
    )
    found = early.all()
    for one in found:
        said = Reported(
            one.gateway, one.outcome == DELIVERED, one.reference, code=one.code, at=one.reported_at
        )
        await _count(conn, row, said)
    return len(found)


async def match_waiting(conn: AsyncConnection, limit: int) -> int:
    """Tries the receipts that belonged to nothing once more; how many found their message."""
    query = (
        select(Receipt.gateway, Receipt.reference, Notification.id)
        .join(
            Notification,
            (Notification.gateway == Receipt.gateway) & (Notification.gateway_ref == Receipt.reference),
        )
        .where(Receipt.notification_id.is_(None))
        .limit(limit)
    )
    ids = {row.id for row in await conn.execute(query)}
    return sum([await match_early(conn, one) for one in sorted(ids)])


async def polled(conn: AsyncConnection, notice_id: UUID, said: Reported) -> None:
    """Counts what a provider answered when it was asked about a message."""
    row = await _locked(conn, Notification.id == notice_id)
    if row is not None:
        await _count(conn, row, said)


async def call_instead(conn: AsyncConnection, queued_before: datetime, limit: int) -> int:
    """Opens a call for each message that must arrive and is not known to have done so in time; how many."""
    row = Notification
    query = (
        select(row.id)
        .where(
            row.state != State.FAILED,
            row.receipt.is_(None),
            row.queued_at < queued_before,
            row.channel == Channel.SMS,
            row.template.in_(ALONE),
            ~exists().where(CallTask.id == row.id),
        )
        .order_by(row.queued_at)
        .limit(limit)
    )
    late = list(await conn.scalars(query))
    return sum([await call_tasks.open_instead(conn, one, "no_receipt") for one in late])


async def give_up_waiting(conn: AsyncConnection, sent_before: datetime) -> int:
    """Notes of messages whose provider never said what became of them that it did not; how many."""
    row = Notification
    done = await conn.execute(
        update(row)
        .where(row.state == State.SENT, row.receipt.is_(None), row.settled_at < sent_before)
        .values(receipt="none", receipt_at=func.now())
    )
    return done.rowcount


def number_index(ring: KeyRing, number: str) -> bytes:
    """The blind index under which everything about one number is found."""
    return ring.blind_index(normal_phone(number) or number)


_COLUMNS = [
    getattr(Notification, name)
    for name in (
        "id",
        "ticket_no",
        "unit",
        "recipient",
        "channel",
        "template",
        "state",
        "gateway",
        "gateway_ref",
        "number_index",
        "receipt",
    )
]


async def _locked(conn: AsyncConnection, *conditions: Any) -> Row[Any] | None:
    query = select(*_COLUMNS).where(*conditions).with_for_update()
    return (await conn.execute(query)).one_or_none()


async def _message_of(conn: AsyncConnection, said: Reported, index: bytes | None) -> Row[Any] | None:
    """The message a receipt is about: by our key, by its reference, or as the only one it can be."""
    row = Notification
    key = _uuid(said.key)
    if key is not None:
        return await _locked(conn, row.id == key)
    if said.reference is None:
        return None
    known = await _locked(conn, row.gateway == said.gateway, row.gateway_ref == said.reference)
    if known is not None or index is None:
        return known
    # A submission that was cut off never learnt its reference. Only when there is no doubt which one it was.
    lost = select(row.id).where(
        row.number_index == index,
        row.channel == Channel.SMS,
        row.state == State.UNKNOWN,
        row.gateway == said.gateway,
        row.sending_at > func.now() - _PROMPT,
    )
    under_way = select(func.count()).where(row.number_index == index, row.state == State.SENDING)
    ids = list(await conn.scalars(lost.limit(2)))
    if len(ids) != 1 or await conn.scalar(under_way):
        return None
    return await _locked(conn, row.id == ids[0], row.state == State.UNKNOWN)


def _contradicts(row: Row[Any], said: Reported, index: bytes | None) -> bool:
    """Whether a receipt says what cannot be true of the message it names."""
    if index is not None and row.number_index is not None and index != row.number_index:
        return True
    named = said.reference is not None and row.gateway_ref is not None and row.gateway == said.gateway
    return named and said.reference != row.gateway_ref


async def _count(conn: AsyncConnection, row: Row[Any], said: Reported) -> None:
    reported = said.at or datetime.now(UTC)
    values: dict[str, Any] = {
        "gateway": func.coalesce(Notification.gateway, said.gateway),
        "gateway_ref": func.coalesce(Notification.gateway_ref, said.reference),
        "settled_at": func.coalesce(Notification.settled_at, func.now()),
        "receipt_code": said.code,
        "receipt_at": reported,
        "held_for": None,
        "held_until": None,
    }
    # What went along in a digest shares its fate.
    mine = update(Notification).where(
        or_(
            Notification.id == row.id,
            and_(Notification.gateway == DIGEST, Notification.gateway_ref == str(row.id)),
        )
    )
    if said.delivered:
        await conn.execute(
            mine.where(Notification.receipt.is_distinct_from(DELIVERED)).values(
                **values, receipt=DELIVERED, state=State.SENT, last_error=None
            )
        )
        await call_tasks.drop(conn, row.id)
        return
    changed = await conn.execute(
        mine.where(or_(Notification.receipt.is_(None), Notification.receipt == "none")).values(
            **values, receipt=UNDELIVERED, state=State.FAILED, last_error=said.code or UNDELIVERED
        )
    )
    if changed.rowcount and row.channel in (Channel.SMS, Channel.PHONE) and row.template in ALONE:
        await call_tasks.open_instead(conn, row.id, "undelivered")


def _event(said: Reported, index: bytes | None) -> bytes:
    at = said.at.astimezone(UTC).isoformat() if said.at else ""
    parts = (said.gateway, said.reference, said.key, (index or b"").hex(), str(said.delivered), said.code, at)
    return sha256("\0".join(part or "" for part in parts).encode()).digest()


def _uuid(written: str | None) -> UUID | None:
    try:
        return UUID(written) if written else None
    except ValueError:
        return None

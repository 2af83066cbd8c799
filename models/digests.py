"""Digests: what was too much for one number on one day, told in one message."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from domain.vocabulary import Channel, Recipient
from models.kept_from import is_kept_from
from models.notifications import State
from models.receipts import DIGEST
from models.sending_rules import HeldFor
from models.tables import Notification

TICKET = "digest"
"""Stands where other notices have the number of their ticket."""

_QUEUED_AGAIN: Mapping[str, Any] = {"state": State.QUEUED, "held_for": None, "held_until": None}

_HELD = (Notification.state == State.HELD, Notification.held_for == HeldFor.DIGEST)


async def gather(conn: AsyncConnection, now: datetime) -> list[UUID]:
    """Queues a digest for everybody whose time has come, in the caller's transaction; the ids of the digests.

    Citizens get no digest: what was held for them is tried again as it is. So is what is kept from its
    recipient by now.
    """
    row = Notification
    await conn.execute(
        update(row)
        .where(*_HELD, row.role == Recipient.CITIZEN, row.held_until <= now)
        .values(**_QUEUED_AGAIN)
    )
    query = (
        select(row.id, row.ticket_no, row.recipient, row.role, row.unit, row.params)
        .where(*_HELD, row.held_until <= now)
        .order_by(row.recipient, row.id)
        .with_for_update(skip_locked=True)
    )
    by_recipient: dict[str, list[Row[Any]]] = {}
    for one in (await conn.execute(query)).all():
        if await is_kept_from(conn, one.ticket_no, one.recipient):
            # Told of by itself after all, it is withheld on its way and goes to others.
            await conn.execute(update(row).where(row.id == one.id).values(**_QUEUED_AGAIN))
        else:
            by_recipient.setdefault(one.recipient, []).append(one)
    return [await _put_together(conn, members, now) for members in by_recipient.values()]


async def _put_together(conn: AsyncConnection, members: Sequence[Row[Any]], now: datetime) -> UUID:
    digest, first = uuid7(), members[0]
    dues = sorted((one.params["due"] for one in members if "due" in one.params), key=datetime.fromisoformat)
    params = {"count": str(len(members)), **({"due": dues[0]} if dues else {})}
    await conn.execute(
        insert(Notification).values(
            id=digest,
            ticket_no=TICKET,
            notice=str(digest),
            recipient=first.recipient,
            role=first.role,
            unit=first.unit,
            channel=Channel.SMS.value,
            template="digest" if dues else "digest_undated",
            params=params,
            state=State.QUEUED.value,
            queued_at=now,
        )
    )
    await conn.execute(
        update(Notification)
        .where(Notification.id.in_([one.id for one in members]))
        .values(
            state=State.SENT,
            gateway=DIGEST,
            gateway_ref=str(digest),
            held_for=None,
            held_until=None,
            settled_at=func.now(),
        )
    )
    return digest

"""What messages keep of a number, emptied together with the person it belongs to."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, cast, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import Caller, InboxMessage, Notification, OutboxMessage, Receipt, Survey


async def forget(
    conn: AsyncConnection, callers: Sequence[UUID], indexes: Sequence[bytes], at: datetime
) -> None:
    """Empties it for these callers, whose blind indexes were given, in the caller's transaction.

    What went out stays on record without its number. What came in is emptied, words and all, unless somebody
    else who is still known has the same number.
    """
    sent = select(Notification.id).where(Notification.recipient.in_([f"caller:{one}" for one in callers]))
    await conn.execute(update(Receipt).where(Receipt.notification_id.in_(sent)).values(number_index=None))
    await conn.execute(update(Notification).where(Notification.id.in_(sent)).values(number_index=None))
    shown = select(cast(Notification.id, Text)).where(Notification.id.in_(sent))
    await conn.execute(update(OutboxMessage).where(OutboxMessage.key.in_(shown)).values(number=""))
    await conn.execute(delete(Survey).where(Survey.caller_id.in_(callers)))
    still_known = exists().where(Caller.phone_index == InboxMessage.number_index)
    await conn.execute(
        update(InboxMessage)
        .where(InboxMessage.number_index.in_(indexes), ~still_known)
        .values(number=None, words=None, number_index=b"", erased_at=at)
    )

"""The audit of what comes from outside: what was refused, and which signed webhooks were seen."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import InboundRefusal, SeenWebhook

REMEMBERED = timedelta(hours=1)
"""How long ids of webhooks are kept: several times as long as a signature stays fresh."""


async def refuse(
    conn: AsyncConnection, *, gateway: str, what: str, why: str, source: str | None, body: bytes
) -> None:
    """Writes down a push that was refused. The body itself may hold numbers, so its digest stands for it."""
    await conn.execute(
        insert(InboundRefusal).values(
            gateway=gateway[:40],
            what=what[:40],
            why=why[:80],
            source=source,
            body_digest=sha256(body).digest(),
        )
    )


async def first_time(conn: AsyncConnection, gateway: str, message_id: str, now: datetime) -> bool:
    """Whether a webhook's id was not seen before; it is now, and old ones are forgotten."""
    await conn.execute(delete(SeenWebhook).where(SeenWebhook.at < now - REMEMBERED))
    fresh = await conn.execute(
        upsert(SeenWebhook)
        .values(gateway=gateway, id=message_id, at=now)
        .on_conflict_do_nothing()
        .returning(SeenWebhook.id)
    )
    return fresh.one_or_none() is not None

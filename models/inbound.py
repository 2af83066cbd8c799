"""What comes from outside: which pushes were refused, on the audit, and which signed webhooks were seen."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models import counted_refusals
from models.audit import Line
from models.tables import SeenWebhook

REMEMBERED = timedelta(hours=1)
"""How long ids of webhooks are kept: several times as long as a signature stays fresh."""

_OPERATIONS = {"report": "receive_reports", "reply": "receive_replies"}


async def refuse(
    conn: AsyncConnection,
    *,
    gateway: str,
    what: str,
    why: str,
    source: str | None,
    body: bytes,
    now: datetime,
    forged: int | None = None,
) -> None:
    """Puts a push that was refused on the audit, or counts it among many.

    `what` is a report or a reply; `forged` says how many entries of the push could not be true. The body
    itself may hold numbers, so its digest stands for it.
    """
    details = {"body": sha256(body).hexdigest(), **({"forged": forged} if forged else {})}
    line = Line(now, _OPERATIONS[what], why, {"via": gateway}, source, details=details)
    await counted_refusals.put(conn, line)


async def first_time(conn: AsyncConnection, gateway: str, message_id: str, now: datetime) -> bool:
    """Whether a webhook's id was not seen before; it is now, and old ones are forgotten."""
    await conn.execute(delete(SeenWebhook).where(SeenWebhook.at < now - REMEMBERED))
    fresh = await conn.execute(
        insert(SeenWebhook)
        .values(gateway=gateway, id=message_id, at=now)
        .on_conflict_do_nothing()
        .returning(SeenWebhook.id)
    )
    return fresh.one_or_none() is not None

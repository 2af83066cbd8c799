"""What comes from outside: which pushes were refused, on the audit, and which signed webhooks were seen.

Whoever knows an address can have pushes refused as fast as they like, and a line of the audit is for ever.
So of each kind (gateway, what it claims to be, why it was refused) the first `ONE_BY_ONE` of a `WINDOW` are
lines of their own, and the rest of that window are one more line with their number.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from models import audit
from models.audit import Line
from models.tables import InboundTally, SeenWebhook

REMEMBERED = timedelta(hours=1)
"""How long ids of webhooks are kept: several times as long as a signature stays fresh."""

WINDOW = timedelta(minutes=10)
"""How long refusals of one kind are counted together."""

ONE_BY_ONE = 10
"""How many refusals of one kind and window are on the audit each for itself."""

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
    """Puts a push that was refused on the audit, or counts it.

    `what` is a report or a reply; `forged` says how many entries of the push could not be true. The body
    itself may hold numbers, so its digest stands for it.
    """
    kind = {"gateway": gateway, "what": what, "why": why}
    await conn.execute(
        upsert(InboundTally).values(**kind, since=now, until=now, seen=0).on_conflict_do_nothing()
    )
    tally = (await conn.execute(_tallies().where(_of(kind)).with_for_update())).one()
    since, seen = tally.since, tally.seen + 1
    if now - tally.since >= WINDOW:
        await _sum_up(conn, tally, now)
        since, seen = now, 1
    await conn.execute(update(InboundTally).where(_of(kind)).values(since=since, until=now, seen=seen))
    if seen <= ONE_BY_ONE:
        details = {"body": sha256(body).hexdigest(), **({"forged": forged} if forged else {})}
        await audit.write(conn, Line(now, _OPERATIONS[what], why, {"via": gateway}, source, details=details))


async def sum_up(conn: AsyncConnection, now: datetime) -> int:
    """Puts what was only counted in the windows that are over on the audit; how many refusals that were."""
    over = await conn.execute(
        _tallies().where(InboundTally.since <= now - WINDOW).with_for_update(skip_locked=True)
    )
    more = 0
    for tally in over.all():
        more += await _sum_up(conn, tally, now)
        kind = {"gateway": tally.gateway, "what": tally.what, "why": tally.why}
        await conn.execute(delete(InboundTally).where(_of(kind)))
    return more


async def _sum_up(conn: AsyncConnection, tally: Any, now: datetime) -> int:
    more: int = max(0, tally.seen - ONE_BY_ONE)
    if more:
        details = {
            "more": more,
            "since": tally.since.astimezone(UTC).isoformat(),
            "until": tally.until.astimezone(UTC).isoformat(),
        }
        line = Line(now, _OPERATIONS[tally.what], tally.why, {"via": tally.gateway}, None, details=details)
        await audit.write(conn, line)
    return more


def _tallies() -> Any:
    return select(*InboundTally.__table__.c)


def _of(kind: dict[str, str]) -> ColumnElement[bool]:
    return and_(*(InboundTally.__table__.c[name] == value for name, value in kind.items()))


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

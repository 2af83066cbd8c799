"""Refusals that anybody can cause as fast as they like: on the audit, and never more than a few lines of it.

A guessed password, a forged push, a body without end: each is to be on record, and a line of the audit is for
ever. So of each kind (what was asked for, why it was refused, by or through whom) the first `ONE_BY_ONE` of a
`WINDOW` are lines of their own, and the rest of that window are one more line with their number.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models import audit
from models.audit import Line
from models.tables import RefusalTally

WINDOW: Final = timedelta(minutes=10)
"""How long refusals of one kind are counted together."""

ONE_BY_ONE: Final = 10
"""How many refusals of one kind and window are on the audit each for itself."""

_KIND: Final = ("operation", "outcome", "actor_id", "via")
_Kind = Mapping[str, str]


async def put(conn: AsyncConnection, line: Line) -> None:
    """Puts a refusal on the audit, or counts it, in the caller's transaction."""
    kind = _kind_of(line)
    row = RefusalTally
    fresh = insert(row).values(**kind, since=line.at, until=line.at, seen=1)
    # After this the row is there and held, also where a round summed it up and took it away just now.
    counting = fresh.on_conflict_do_update(index_elements=_KIND, set_={"seen": row.seen + 1})
    tally = (await conn.execute(counting.returning(row.since, row.until, row.seen))).one()
    since, seen = tally.since, tally.seen
    if line.at - since >= WINDOW:
        await _sum_up(conn, kind, since, tally.until, seen - 1, line.at)
        since, seen = line.at, 1
    await conn.execute(update(row).where(_is(kind)).values(since=since, until=line.at, seen=seen))
    if seen <= ONE_BY_ONE:
        await audit.write(conn, line)


async def sum_up(conn: AsyncConnection, now: datetime) -> int:
    """Puts what was only counted in the windows that are over on the audit; how many refusals that were."""
    row = RefusalTally
    over = select(*row.__table__.c).where(row.since <= now - WINDOW).with_for_update(skip_locked=True)
    more = 0
    for tally in (await conn.execute(over)).all():
        kind = {name: getattr(tally, name) for name in _KIND}
        more += await _sum_up(conn, kind, tally.since, tally.until, tally.seen, now)
        await conn.execute(delete(row).where(_is(kind)))
    return more


async def _sum_up(
    conn: AsyncConnection, kind: _Kind, since: datetime, until: datetime, seen: int, now: datetime
) -> int:
    more = max(0, seen - ONE_BY_ONE)
    if more:
        actor = {"id": kind["actor_id"] or None, "via": kind["via"] or None}
        details = {
            "more": more,
            "since": since.astimezone(UTC).isoformat(),
            "until": until.astimezone(UTC).isoformat(),
        }
        await audit.write(conn, Line(now, kind["operation"], kind["outcome"], actor, None, details=details))
    return more


def _kind_of(line: Line) -> _Kind:
    actor = line.actor
    return {
        "operation": line.operation,
        "outcome": line.outcome,
        "actor_id": actor.get("id") or "",
        "via": actor.get("via") or "",
    }


def _is(kind: _Kind) -> ColumnElement[bool]:
    columns: Any = RefusalTally.__table__.c
    return and_(*(columns[name] == value for name, value in kind.items()))

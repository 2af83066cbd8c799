"""The outbox: what must be started at Temporal because a transaction said so.

The sweep goes by these rows alone, never by what Temporal does not know: ids may be used again there after
the retention has passed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import Outbox

TICKET = "ticket"
"""The kind of a row whose subject is a ticket's number."""


@dataclass(frozen=True)
class Waiting:
    """A row whose workflow is not known to have started."""

    id: int
    kind: str
    subject: str
    payload: Mapping[str, Any]


async def put(conn: AsyncConnection, kind: str, subject: str, payload: Mapping[str, Any]) -> None:
    """Writes a row in the caller's transaction. IntegrityError for a subject that has one already."""
    await conn.execute(insert(Outbox).values(kind=kind, subject=subject, payload=payload))


async def find_waiting(conn: AsyncConnection, kind: str, subject: str) -> Waiting | None:
    """The row of a subject that is still to be started."""
    rows = await conn.execute(_FIND_WAITING, {"of_kind": kind, "about": subject})
    return next((Waiting(*row) for row in rows), None)


async def page(conn: AsyncConnection, before: datetime, after_id: int, limit: int) -> list[Waiting]:
    """Rows written before an instant and still to be started, in the order of their ids."""
    rows = await conn.execute(
        _waiting()
        .where(Outbox.started_at.is_(None), Outbox.created_at < before, Outbox.id > after_id)
        .order_by(Outbox.id)
        .limit(limit)
    )
    return [Waiting(*row) for row in rows]


async def mark_started(conn: AsyncConnection, row_id: int) -> None:
    """Notes that Temporal has the workflow."""
    await conn.execute(_MARK, {"row_id": row_id})


async def mark_subject_started(conn: AsyncConnection, kind: str, subject: str) -> None:
    """The same for the row of a subject."""
    await conn.execute(_MARK_SUBJECT, {"of_kind": kind, "about": subject})


async def mark_failed(conn: AsyncConnection, row_id: int, error: str) -> None:
    """Notes a start that failed; it stays to be done."""
    await conn.execute(
        update(Outbox).where(Outbox.id == row_id).values(attempts=Outbox.attempts + 1, last_error=error[:500])
    )


def _waiting() -> Any:
    return select(Outbox.id, Outbox.kind, Outbox.subject, Outbox.payload)


# Each start asks these, so they are put together once.
_OF_SUBJECT = (Outbox.kind == bindparam("of_kind"), Outbox.subject == bindparam("about"))
_FIND_WAITING = _waiting().where(*_OF_SUBJECT, Outbox.started_at.is_(None))
_STARTED = (
    update(Outbox)
    .where(Outbox.started_at.is_(None))
    .values(started_at=func.now(), attempts=Outbox.attempts + 1, last_error=None)
)
_MARK = _STARTED.where(Outbox.id == bindparam("row_id"))
_MARK_SUBJECT = _STARTED.where(*_OF_SUBJECT)

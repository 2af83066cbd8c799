"""Calls that the office's seat makes, each with its proof: who called, when, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from domain.vocabulary import Channel
from models import duty
from models.duty import Through
from models.kept_from import is_kept_from, tickets_kept_from_some
from models.tables import CallAttempt, CallTask, Notification

MAX_ATTEMPTS = 3
"""After so many calls without an answer the task ends as unreachable, on record."""


class CallOutcome(StrEnum):
    """How a call ended."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    SWITCHED_OFF = "switched_off"
    WRONG_NUMBER = "wrong_number"
    REFUSED = "refused"


class NoOpenTask(Exception):
    """There is no such call to make, or somebody made it already."""


@dataclass(frozen=True)
class Call:
    """One call to record. `evidence` is a reference into the telephone system, never words.

    A call with the same `key` is the same call, recorded once.
    """

    by: str
    outcome: CallOutcome
    acknowledged: bool = False
    seconds: int | None = None
    evidence: str | None = None
    at: datetime | None = None
    key: str | None = None


async def open_channel(conn: AsyncConnection, notification_id: UUID) -> bool:
    """Opens the task of a notice that goes by phone; once. False for a notice that does not exist."""
    return await _open(conn, notification_id, "channel")


async def open_instead(conn: AsyncConnection, notification_id: UUID, reason: str) -> bool:
    """Opens a task because what must arrive did not: an SMS, unless the same notice goes by phone anyway, or
    a call of a voice system.
    """
    row, other = Notification, Notification.__table__.alias()
    also_by_phone = (
        select(other.c.id)
        .join(row, row.id == notification_id)
        .where(
            other.c.ticket_no == row.ticket_no,
            other.c.notice == row.notice,
            other.c.recipient == row.recipient,
            other.c.channel == Channel.PHONE,
            other.c.id != row.id,
        )
    )
    if (await conn.execute(also_by_phone)).first() is not None:
        return False
    return await _open(conn, notification_id, reason)


async def drop(conn: AsyncConnection, notification_id: UUID) -> None:
    """Takes back a task that an SMS made needless by arriving after all."""
    await conn.execute(
        update(CallTask)
        .where(CallTask.id == notification_id, CallTask.state == "open", CallTask.reason != "channel")
        .values(state="dropped", closed_at=datetime.now(UTC))
    )


async def drop_kept(conn: AsyncConnection, limit: int) -> list[UUID]:
    """Takes back the calls to people from whom their ticket is kept by now; of which notifications."""
    open_ones = await waiting(conn, limit)
    doubtful = await tickets_kept_from_some(conn, {task.ticket_no for task in open_ones})
    kept = [
        task.id
        for task in open_ones
        if task.ticket_no in doubtful and await is_kept_from(conn, task.ticket_no, task.recipient)
    ]
    dropped = await conn.execute(
        update(CallTask)
        .where(CallTask.id.in_(kept), CallTask.state == "open")
        .values(state="dropped", closed_at=datetime.now(UTC))
        .returning(CallTask.id)
    )
    return list(dropped.scalars())


async def waiting(conn: AsyncConnection, limit: int = 100) -> Sequence[Any]:
    """The calls to make, oldest first."""
    query = select(CallTask.__table__).where(CallTask.state == "open")
    return (await conn.execute(query.order_by(CallTask.opened_at, CallTask.id).limit(limit))).all()


async def take(conn: AsyncConnection, task_id: UUID, by: str) -> Any:
    """Marks who is about to call, and gives the task. Raises NoOpenTask."""
    taken = await conn.execute(
        update(CallTask)
        .where(CallTask.id == task_id, CallTask.state == "open")
        .values(taken_by=by, taken_at=datetime.now(UTC))
        .returning(CallTask.__table__)
    )
    row = taken.one_or_none()
    if row is None or await is_kept_from(conn, row.ticket_no, row.recipient):
        raise NoOpenTask
    return row


async def record(conn: AsyncConnection, task_id: UUID, call: Call) -> str:
    """Writes down a call, in the caller's transaction; how the task stands after it. Raises NoOpenTask.

    Reaching the person proves the notice; the third call in vain ends the task.
    """
    task = (
        await conn.execute(select(CallTask.__table__).where(CallTask.id == task_id).with_for_update())
    ).one_or_none()
    if task is None:
        raise NoOpenTask
    attempt = uuid7() if call.key is None else uuid5(task_id, call.key)
    known = await conn.scalar(select(CallAttempt.id).where(CallAttempt.id == attempt))
    if known is not None:
        return str(task.state)
    if task.state != "open":
        raise NoOpenTask
    at = call.at or datetime.now(UTC)
    await conn.execute(
        insert(CallAttempt).values(
            id=attempt,
            task_id=task_id,
            called_by=call.by,
            called_at=at,
            outcome=call.outcome.value,
            acknowledged=call.acknowledged,
            seconds=call.seconds,
            evidence=call.evidence,
        )
    )
    state = await _state_after(conn, task_id, call.outcome)
    if call.acknowledged and task.unit is not None:
        await duty.acknowledge(conn, task.ticket_no, task.unit, task.recipient, Through.CALL, at)
    if state != "open":
        await conn.execute(update(CallTask).where(CallTask.id == task_id).values(state=state, closed_at=at))
        await _prove(conn, task_id, call, at, reached=state == "reached")
    return state


async def _state_after(conn: AsyncConnection, task_id: UUID, outcome: CallOutcome) -> str:
    if outcome is CallOutcome.REACHED:
        return "reached"
    made = await conn.scalar(select(func.count()).where(CallAttempt.task_id == task_id)) or 0
    return "unreachable" if made >= MAX_ATTEMPTS or outcome is CallOutcome.WRONG_NUMBER else "open"


async def _prove(conn: AsyncConnection, task_id: UUID, call: Call, at: datetime, *, reached: bool) -> None:
    """The call is the receipt of a notice that goes by phone; an SMS keeps its own."""
    await conn.execute(
        update(Notification)
        .where(Notification.id == task_id, Notification.channel == Channel.PHONE)
        .values(
            receipt="delivered" if reached else "undelivered",
            receipt_code=call.outcome.value,
            receipt_at=at,
            state="sent" if reached else "failed",
            last_error=None if reached else call.outcome.value,
        )
    )


async def _open(conn: AsyncConnection, notification_id: UUID, reason: str) -> bool:
    row = Notification
    query = select(row.ticket_no, row.unit, row.recipient, row.template).where(row.id == notification_id)
    found = (await conn.execute(query)).one_or_none()
    if found is None:
        return False
    await conn.execute(
        insert(CallTask)
        .values(
            id=notification_id,
            ticket_no=found.ticket_no,
            unit=found.unit,
            recipient=found.recipient,
            template=found.template,
            reason=reason,
            opened_at=datetime.now(UTC),
        )
        .on_conflict_do_nothing()
    )
    return True

"""The rows of notices, and the steps each goes through: queued, sending, then sent, failed or unknown.

A row is claimed (`sending`) in a transaction of its own before anything leaves the house. Whoever finds a
claimed row does not know whether the message went out, and has to ask the gateway.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from models.contracts.notices import Notice
from models.directory import Addressee
from models.tables import Notification


class State(StrEnum):
    """Where a notice to one recipient stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


OPEN = (State.QUEUED, State.SENDING, State.UNKNOWN)


@dataclass(frozen=True)
class OpenNotice:
    """A notice to one recipient that has not come to its end."""

    id: UUID
    notice: str
    recipient: str
    channel: str
    template: str
    params: Mapping[str, Any]
    state: State
    sending_at: datetime | None


async def is_queued(conn: AsyncConnection, ticket_no: str, notice: str) -> bool:
    """Whether this notice's recipients were chosen already; they are chosen once."""
    query = select(exists().where(Notification.ticket_no == ticket_no, Notification.notice == notice))
    return bool(await conn.scalar(query))


async def queue(
    conn: AsyncConnection, ticket_no: str, notice: Notice, addressees: Sequence[Addressee]
) -> None:
    """Writes a row for each recipient and channel; those that are there stay as they are."""
    now = datetime.now(UTC)
    rows = [
        {
            "id": uuid7(),
            "ticket_no": ticket_no,
            "notice": notice.key,
            "recipient": one.recipient,
            "role": one.role.value,
            "unit": one.unit,
            "channel": channel.value,
            "template": notice.template,
            "params": notice.params,
            "state": State.QUEUED.value,
            "queued_at": now,
        }
        for one in addressees
        for channel in notice.via
    ]
    if rows:
        await conn.execute(insert(Notification).values(rows).on_conflict_do_nothing())


async def open_ones(conn: AsyncConnection, ticket_no: str, notices: Sequence[str]) -> list[OpenNotice]:
    """What of these notices has not come to its end, in the order it was queued."""
    row = Notification
    query = (
        select(
            row.id,
            row.notice,
            row.recipient,
            row.channel,
            row.template,
            row.params,
            row.state,
            row.sending_at,
        )
        .where(row.ticket_no == ticket_no, row.notice.in_(notices), row.state.in_(OPEN))
        .order_by(row.id)
    )
    return [
        OpenNotice(**{**found, "state": State(found["state"])})
        for found in (await conn.execute(query)).mappings()
    ]


async def claim(conn: AsyncConnection, notice_id: UUID) -> bool:
    """Takes a queued notice to send it; false when somebody else has it."""
    done = await conn.execute(
        update(Notification)
        .where(Notification.id == notice_id, Notification.state == State.QUEUED)
        .values(state=State.SENDING, attempts=Notification.attempts + 1, sending_at=datetime.now(UTC))
    )
    return done.rowcount == 1


async def settle(
    conn: AsyncConnection,
    notice_id: UUID,
    state: State,
    *,
    gateway: str | None = None,
    reference: str | None = None,
    error: str | None = None,
) -> None:
    """Writes what is known now. What was sent stays sent, whatever a late attempt believes."""
    await conn.execute(
        update(Notification)
        .where(Notification.id == notice_id, Notification.state != State.SENT)
        .values(
            state=state,
            gateway=gateway,
            gateway_ref=reference,
            last_error=error,
            settled_at=datetime.now(UTC) if state in (State.SENT, State.FAILED) else None,
        )
    )


async def counts(conn: AsyncConnection, ticket_no: str, notices: Sequence[str]) -> Mapping[State, int]:
    """How many recipients of these notices stand where."""
    query = select(Notification.state).where(
        Notification.ticket_no == ticket_no, Notification.notice.in_(notices)
    )
    states = [State(state) for state in await conn.scalars(query)]
    return {state: states.count(state) for state in State}

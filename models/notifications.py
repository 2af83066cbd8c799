"""The rows of notices, and the steps each goes through: queued, sending, then sent, failed or unknown.

A row is claimed (`sending`) in a transaction of its own before anything leaves the house. Whoever finds a
claimed row does not know whether the message went out, and has to ask the gateway. Each claim has a number,
the attempt; whoever writes what came of one names it, so that a slow sender cannot undo what a later one did.

A row may be held instead (models/sending_rules.py), and a receipt may still change what was `sent`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Update, exists, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate
from uuid_utils.compat import uuid7

from domain.vocabulary import Channel
from models.contracts.notices import Notice
from models.directory import Addressee
from models.sending_rules import ALONE, Held, HeldFor, SendingRules
from models.tables import Notification


class State(StrEnum):
    """Where a notice to one recipient stands."""

    QUEUED = "queued"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


OPEN = (State.QUEUED, State.SENDING, State.UNKNOWN)

_SECOND: ColumnElement[timedelta] = literal_column("interval '1 second'")

_IN_THE_AIR = (State.SENDING, State.SENT, State.UNKNOWN)


@dataclass(frozen=True)
class OpenNotice:
    """A notice to one recipient that has not come to its end."""

    id: UUID
    ticket_no: str
    notice: str
    recipient: str
    unit: str | None
    channel: str
    template: str
    params: Mapping[str, Any]
    state: State
    attempts: int
    gateway: str | None
    sending_at: datetime | None


_COLUMNS = [getattr(Notification, one.name) for one in fields(OpenNotice)]


async def is_queued(conn: AsyncConnection, ticket_no: str, notice: str) -> bool:
    """Whether this notice's recipients were chosen already; they are chosen once."""
    query = select(exists().where(Notification.ticket_no == ticket_no, Notification.notice == notice))
    return bool(await conn.scalar(query))


async def queue(
    conn: AsyncConnection,
    ticket_no: str,
    notice: Notice,
    addressees: Sequence[Addressee],
    channels: Sequence[str] | None = None,
) -> None:
    """Writes a row for each recipient and channel, by default the notice's; those that are there stay."""
    now = datetime.now(UTC)
    rows = [
        {
            "id": uuid7(),
            "ticket_no": ticket_no,
            "notice": notice.key,
            "recipient": one.recipient,
            "role": one.role.value,
            "unit": one.unit,
            "channel": str(channel),
            "template": notice.template,
            "params": notice.params,
            "state": State.QUEUED.value,
            "queued_at": now,
        }
        for one in addressees
        for channel in (notice.via if channels is None else channels)
    ]
    if rows:
        await conn.execute(insert(Notification).values(rows).on_conflict_do_nothing())


async def open_ones(conn: AsyncConnection, ticket_no: str, notices: Sequence[str]) -> list[OpenNotice]:
    """What of these notices has not come to its end, in the order it was queued."""
    row = Notification
    query = select(*_COLUMNS).where(row.ticket_no == ticket_no, row.notice.in_(notices), row.state.in_(OPEN))
    return await _read(conn, query.order_by(row.id))


async def left_open(conn: AsyncConnection, now: datetime, limit: int) -> list[OpenNotice]:
    """What is still to be sent or found and has rested long enough since it was last tried, oldest first.

    No rest before the first attempt, half a minute before the second, then about twice as long each time,
    half an hour at most.
    """
    row = Notification
    touched = func.coalesce(row.sending_at, row.queued_at)
    rest = func.least(30 * (func.power(2, row.attempts) - 1), 1800) * _SECOND
    query = select(*_COLUMNS).where(row.state.in_(OPEN), touched + rest <= now)
    return await _read(conn, query.order_by(touched).limit(limit))


async def to_ask(
    conn: AsyncConnection, gateways: Sequence[str], asked_before: datetime, limit: int
) -> list[OpenNotice]:
    """What these providers have not told of and were not asked about lately; marks it as asked."""
    row = Notification
    due = (
        select(row.id)
        .where(
            row.state == State.SENT,
            row.receipt.is_(None),
            row.gateway.in_(gateways),
            func.coalesce(row.asked_at, row.settled_at) < asked_before,
        )
        .order_by(func.coalesce(row.asked_at, row.settled_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return await _read(
        conn, update(row).where(row.id.in_(due)).values(asked_at=func.now()).returning(*_COLUMNS)
    )


async def expire(conn: AsyncConnection, queued_before: datetime) -> int:
    """Ends what no provider would take for so long that it is no news any more; how many."""
    row = Notification
    done = await conn.execute(
        update(row)
        .where(row.state == State.QUEUED, row.queued_at < queued_before)
        .values(state=State.FAILED, last_error="expired", settled_at=func.now())
    )
    return done.rowcount


async def give_up_finding(conn: AsyncConnection, sent_before: datetime) -> int:
    """Ends what may have gone out and that nobody will ever tell us of; how many."""
    row = Notification
    done = await conn.execute(
        update(row)
        .where(row.state.in_((State.UNKNOWN, State.SENDING)), row.sending_at < sent_before)
        .values(state=State.FAILED, last_error="outcome_unknown", receipt="none", settled_at=func.now())
    )
    return done.rowcount


async def _read(conn: AsyncConnection, query: Select[Any] | ReturningUpdate[Any]) -> list[OpenNotice]:
    found = (await conn.execute(query)).mappings()
    return [OpenNotice(**{**row, "state": State(row["state"])}) for row in found]


@dataclass(frozen=True)
class Counted:
    """What a message is counted by: the number it goes to, and how many SMS it takes."""

    number_index: bytes | None
    parts: int | None = None


async def take(
    conn: AsyncConnection, notice: OpenNotice, counted: Counted, rules: SendingRules, now: datetime
) -> int | None:
    """Takes a queued notice to send it: the number of the attempt, in the caller's transaction.

    None when somebody else has it, or when it is an SMS that has to wait: then it is held.
    """
    held = await _to_hold(conn, notice, counted, rules, now)
    if held is not None:
        await hold(conn, notice, held, counted)
        return None
    attempt = notice.attempts + 1
    claimed = await conn.execute(
        _still(notice.id, notice.attempts, (State.QUEUED,)).values(
            state=State.SENDING,
            attempts=attempt,
            sending_at=now,
            gateway=None,
            gateway_ref=None,
            number_index=counted.number_index,
            parts=counted.parts,
        )
    )
    return attempt if claimed.rowcount == 1 else None


async def hold(conn: AsyncConnection, notice: OpenNotice, held: Held, counted: Counted) -> None:
    """Puts a queued notice aside."""
    await conn.execute(
        _still(notice.id, notice.attempts, (State.QUEUED,)).values(
            state=State.HELD,
            held_for=held.why.value,
            held_until=held.until,
            number_index=counted.number_index,
            parts=counted.parts,
        )
    )


async def hold_again(conn: AsyncConnection, notice_id: UUID, attempt: int, held: Held) -> None:
    """Puts aside a notice that the provider will not take before another day."""
    await conn.execute(
        _still(notice_id, attempt, (State.QUEUED,)).values(
            state=State.HELD, held_for=held.why.value, held_until=held.until
        )
    )


async def release(conn: AsyncConnection, now: datetime) -> int:
    """Queues again what waited for the quiet hours to end; how many there were."""
    done = await conn.execute(
        update(Notification)
        .where(
            Notification.state == State.HELD,
            Notification.held_for == HeldFor.QUIET_HOURS,
            Notification.held_until <= now,
        )
        .values(state=State.QUEUED, held_for=None, held_until=None)
    )
    return done.rowcount


async def settle(
    conn: AsyncConnection,
    notice_id: UUID,
    attempt: int,
    state: State,
    *,
    gateway: str | None = None,
    reference: str | None = None,
    error: str | None = None,
) -> bool:
    """Writes what is known now of an attempt; false when a receipt or a later attempt knew better."""
    done = await conn.execute(
        _still(notice_id, attempt, OPEN)
        .where(Notification.receipt.is_(None))
        .values(
            state=state,
            gateway=gateway,
            gateway_ref=reference,
            last_error=error,
            settled_at=datetime.now(UTC) if state in (State.SENT, State.FAILED) else None,
        )
    )
    return done.rowcount == 1


def _still(notice_id: UUID, attempt: int, states: Sequence[State]) -> Update:
    """An update of a row that stands where its reader saw it."""
    row = Notification
    return update(row).where(row.id == notice_id, row.attempts == attempt, row.state.in_(states))


async def _to_hold(
    conn: AsyncConnection, notice: OpenNotice, counted: Counted, rules: SendingRules, now: datetime
) -> Held | None:
    number = counted.number_index
    if notice.channel != Channel.SMS or notice.template in ALONE or number is None:
        return None
    # One sender at a time counts what a number got, so that two do not both find room for the last one.
    await conn.execute(select(func.pg_advisory_xact_lock(int.from_bytes(number[:7]))))
    return rules.hold(notice.template, now, await _sent_today(conn, notice.id, number, rules.day_start(now)))


async def _sent_today(conn: AsyncConnection, but: UUID, number_index: bytes, since: datetime) -> int:
    row = Notification
    query = select(func.count()).where(
        row.number_index == number_index,
        row.sending_at >= since,
        row.state.in_(_IN_THE_AIR),
        row.id != but,
        row.channel == Channel.SMS,
    )
    return await conn.scalar(query) or 0


async def counts(conn: AsyncConnection, ticket_no: str, notices: Sequence[str]) -> Mapping[State, int]:
    """How many recipients of these notices stand where."""
    query = select(Notification.state).where(
        Notification.ticket_no == ticket_no, Notification.notice.in_(notices)
    )
    states = [State(state) for state in await conn.scalars(query)]
    return {state: states.count(state) for state in State}

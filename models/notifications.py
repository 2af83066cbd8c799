"""The rows of notices, and the steps each goes through: queued, sending, then sent, failed or unknown.

A row is claimed (`sending`) in a transaction of its own before anything leaves the house. Whoever finds a
claimed row does not know whether the message went out, and has to ask the gateway. Each claim has a number,
the attempt; whoever writes what came of one names it, so that a slow sender cannot undo what a later one did.

A row may be held instead (models/sending_rules.py), and a receipt may still change what was `sent`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    TextualSelect,
    Update,
    bindparam,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate
from uuid_utils.compat import uuid7

from domain.vocabulary import Channel, Recipient
from models.contracts.notices import Notice
from models.directory import Addressee
from models.json_rows import as_json, insertion, table_of
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


KEPT_FROM = "kept_from"
"""What stands as the reason of a notice that was not sent because its ticket is kept from its recipient."""

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
    role: Recipient
    unit: str | None
    channel: str
    template: str
    params: Mapping[str, Any]
    state: State
    attempts: int
    gateway: str | None
    sending_at: datetime | None


_COLUMNS = [getattr(Notification, one.name) for one in fields(OpenNotice)]


async def queued(conn: AsyncConnection, ticket_no: str, notices: Sequence[str]) -> list[OpenNotice]:
    """All rows of these notices, whatever became of them, in the order they were queued."""
    return await _read(conn, _OF_NOTICES, {"ticket_no": ticket_no, "notices": list(notices)})


async def queue(
    conn: AsyncConnection,
    ticket_no: str,
    notice: Notice,
    addressees: Sequence[Addressee],
    channels: Sequence[str] | None = None,
) -> list[OpenNotice]:
    """Writes a row for each recipient and channel, by default the notice's; those that are there stay.

    Returns what was written.
    """
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
            "attempts": 0,
            "queued_at": now,
        }
        for one in addressees
        for channel in (notice.via if channels is None else channels)
    ]
    return await _read(conn, _QUEUE, {_TABLE.name: as_json(rows)}) if rows else []


async def of_ids(conn: AsyncConnection, ids: Sequence[UUID]) -> list[OpenNotice]:
    """These rows, whatever became of them."""
    return await _read(conn, select(*_COLUMNS).where(Notification.id.in_(ids)).order_by(Notification.id))


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


async def _read(
    conn: AsyncConnection,
    query: Select[Any] | ReturningUpdate[Any] | TextualSelect,
    values: Mapping[str, Any] | None = None,
) -> list[OpenNotice]:
    found = (await conn.execute(query, values)).mappings()
    return [
        OpenNotice(**{**row, "state": State(row["state"]), "role": Recipient(row["role"])}) for row in found
    ]


@dataclass(frozen=True)
class Counted:
    """What a message is counted by: the number it goes to, and how many SMS it takes."""

    number_index: bytes | None
    parts: int | None = None


# One statement for all, because each message of each command goes through it.
_CLAIM = text(
    """
    UPDATE notification
    SET state = 'sending', attempts = claim.attempts + 1, sending_at = :now, gateway = NULL,
        gateway_ref = NULL, number_index = claim.number_index, parts = claim.parts
    FROM jsonb_to_recordset(CAST(:claims AS jsonb))
        AS claim(id uuid, attempts integer, number_index bytea, parts integer)
    WHERE notification.id = claim.id AND notification.attempts = claim.attempts
        AND notification.state = 'queued'
    RETURNING notification.id
    """
)


async def take(
    conn: AsyncConnection,
    wanted: Sequence[tuple[OpenNotice, Counted]],
    rules: SendingRules,
    now: datetime,
) -> set[UUID]:
    """Takes queued notices to send them: which of them are now the caller's, each for one more attempt.

    Left out is what somebody else has, and every SMS that has to wait: that is held. Where the rules count
    what a number gets, the caller's transaction keeps other senders to these numbers waiting until its end.
    """
    sent = await _sent_today(conn, wanted, rules, now)
    claims = []
    for notice, counted in wanted:
        number = counted.number_index if notice.channel == Channel.SMS else None
        held = None if number is None else rules.hold(notice.template, now, sent[number])
        if held is not None:
            await hold(conn, notice, held, counted)
            continue
        claims.append({"id": notice.id, "attempts": notice.attempts, **asdict(counted)})
        if number is not None:
            sent[number] += 1
    return set(await conn.scalars(_CLAIM, {"now": now, "claims": as_json(claims)})) if claims else set()


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


async def withhold(conn: AsyncConnection, notice: OpenNotice) -> None:
    """Ends a notice that was not sent yet because its ticket is kept from its recipient by now."""
    await conn.execute(
        _still(notice.id, notice.attempts, (State.QUEUED, State.HELD)).values(
            state=State.FAILED,
            last_error=KEPT_FROM,
            held_for=None,
            held_until=None,
            settled_at=datetime.now(UTC),
        )
    )


async def queue_instead(conn: AsyncConnection, notice: OpenNotice, addressees: Sequence[Addressee]) -> None:
    """Queues the same notice by the same channel for others; those who have it already stay as they are."""
    copy = Notice(
        key=notice.notice,
        template=notice.template,
        roles=[notice.role],
        unit=notice.unit,
        params=dict(notice.params),
    )
    await queue(conn, notice.ticket_no, copy, addressees, [notice.channel])


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


async def arrived(
    conn: AsyncConnection,
    notice_id: UUID,
    attempt: int,
    *,
    gateway: str,
    reference: str | None,
    code: str | None,
) -> bool:
    """Writes of an attempt that it arrived, as `settle` and a receipt would together; false as with `settle`.

    Only for messages on which nothing else hangs: no digest's, and none for which a person would call.
    """
    done = await conn.execute(
        _ARRIVED,
        {
            "wanted": notice_id,
            "attempt": attempt,
            "by": gateway,
            "reference": reference,
            "code": code,
            "now": datetime.now(UTC),
        },
    )
    return done.rowcount == 1


def _still(notice_id: UUID, attempt: int, states: Sequence[State]) -> Update:
    """An update of a row that stands where its reader saw it."""
    row = Notification
    return update(row).where(row.id == notice_id, row.attempts == attempt, row.state.in_(states))


async def _sent_today(
    conn: AsyncConnection,
    wanted: Sequence[tuple[OpenNotice, Counted]],
    rules: SendingRules,
    now: datetime,
) -> Counter[bytes]:
    """How many SMS the numbers got today that one more may be too many for."""
    numbers = {
        counted.number_index
        for notice, counted in wanted
        if notice.channel == Channel.SMS and notice.template not in ALONE and counted.number_index
    }
    if rules.daily_cap is None or not numbers:
        return Counter()
    # One sender at a time counts what a number got, so that two do not both find room for the last one; in
    # order, so that no two wait for each other.
    locks = sorted({int.from_bytes(number[:7]) for number in numbers})
    await conn.execute(_LOCK_NUMBERS, {"locks": locks})
    found = await conn.execute(_SENT_SINCE, {"numbers": list(numbers), "since": rules.day_start(now)})
    return Counter({row.number_index: row.sent for row in found})


async def counts(conn: AsyncConnection, ticket_no: str, notices: Sequence[str]) -> Mapping[State, int]:
    """How many recipients of these notices stand where."""
    states = [row.state for row in await queued(conn, ticket_no, notices)]
    return {state: states.count(state) for state in State}


# What every message goes through is put together once: that takes longer than to run it.

_TABLE = table_of(Notification)
_OF_NOTICES = (
    select(*_COLUMNS)
    .where(
        Notification.ticket_no == bindparam("ticket_no"),
        Notification.notice.in_(bindparam("notices", expanding=True)),
    )
    .order_by(Notification.id)
)
_QUEUE = text(
    insertion(
        _TABLE,
        (
            "id",
            "ticket_no",
            "notice",
            "recipient",
            "role",
            "unit",
            "channel",
            "template",
            "params",
            "state",
            "attempts",
            "queued_at",
        ),
    )
    + " ON CONFLICT DO NOTHING RETURNING "
    + ", ".join(one.key for one in _COLUMNS)
).columns(*_COLUMNS)
_ARRIVED = (
    update(Notification)
    .where(
        Notification.id == bindparam("wanted"),
        Notification.attempts == bindparam("attempt"),
        Notification.state.in_(OPEN),
        Notification.receipt.is_(None),
    )
    .values(
        state=State.SENT,
        gateway=bindparam("by"),
        gateway_ref=bindparam("reference"),
        last_error=None,
        settled_at=bindparam("now"),
        receipt="delivered",
        receipt_code=bindparam("code"),
        receipt_at=bindparam("now"),
    )
)
_LOCK_NUMBERS = text("SELECT pg_advisory_xact_lock(number) FROM unnest(CAST(:locks AS bigint[])) AS number")
_SENT_SINCE = (
    select(Notification.number_index, func.count().label("sent"))
    .where(
        Notification.number_index.in_(bindparam("numbers", expanding=True)),
        Notification.sending_at >= bindparam("since"),
        Notification.state.in_(_IN_THE_AIR),
        Notification.channel == Channel.SMS,
    )
    .group_by(Notification.number_index)
)

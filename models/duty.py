"""Who is on duty for a unit, and the line that an emergency is passed down until somebody acknowledges.

The roster is dated: entries say who has the phone from when to when. Where it says nothing, the ordinary
handler is told and the signing clock alone watches.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from domain.vocabulary import Recipient
from models.directory import Addressee, addressees
from models.kept_from import may_know
from models.tables import Assignment, Duty, DutyAlert, Person, Unit

TEMPLATE = "emergency"
"""The notice that goes to who is on duty."""

DUTY_TEMPLATE = "emergency_duty"
"""The words they get: the same, and how to acknowledge."""

ACKNOWLEDGE_WITHIN = timedelta(minutes=10)
"""Unless settings say otherwise."""

_LEADERS = (Recipient.UNIT_LEADER, Recipient.UNIT_PRINCIPAL, Recipient.OFFICE)


class Through(StrEnum):
    """How an acknowledgement came."""

    SMS = "sms"
    CALL = "call"
    CONSOLE = "console"
    SIGNED = "signed"


class NotOnRoster(ValueError):
    """A roster that names a unit or a person that is not there."""


@dataclass(frozen=True)
class Shift:
    """One entry of a roster. Instants carry an offset; `line` 1 is called first."""

    unit: str
    person_id: str
    starts_at: datetime
    ends_at: datetime
    line: int = 1


@dataclass(frozen=True)
class Alert:
    """An emergency that waits for an acknowledgement."""

    id: UUID
    ticket_no: str
    notice: str
    unit: str
    step: int
    recipients: Sequence[str]
    wait_until: datetime


_ALERT = [getattr(DutyAlert, name) for name in Alert.__dataclass_fields__]


async def enter(conn: AsyncConnection, shifts: Sequence[Shift], by: str | None = None) -> None:
    """Writes shifts; one for the same unit, start and line is replaced. Raises NotOnRoster."""
    units = {shift.unit for shift in shifts}
    known = set(await conn.scalars(select(Unit.name).where(Unit.name.in_(units))))
    people = {shift.person_id for shift in shifts}
    there = set(await conn.scalars(select(Person.id).where(Person.id.in_(people), Person.active)))
    strangers = sorted(units - known) + sorted(people - there)
    if strangers:
        raise NotOnRoster(f"not in the directory: {', '.join(strangers)}")
    rows = [
        {
            "id": uuid7(),
            "unit": shift.unit,
            "person_id": shift.person_id,
            "starts_at": shift.starts_at,
            "ends_at": shift.ends_at,
            "line": shift.line,
            "entered_by": by,
        }
        for shift in shifts
    ]
    if not rows:
        return
    entering = insert(Duty)
    changed = {name: entering.excluded[name] for name in ("person_id", "ends_at", "entered_by")}
    await conn.execute(
        entering.on_conflict_do_update(index_elements=["unit", "starts_at", "line"], set_=changed), rows
    )


async def strike(conn: AsyncConnection, shift_id: UUID) -> bool:
    """Takes a shift off the roster; false when it was not on it."""
    return (await conn.execute(delete(Duty).where(Duty.id == shift_id))).rowcount == 1


async def roster(conn: AsyncConnection, unit: str, start: datetime, end: datetime) -> Sequence[Any]:
    """The shifts of a unit that touch an interval, in order."""
    query = select(Duty.__table__).where(Duty.unit == unit, Duty.starts_at < end, Duty.ends_at > start)
    return (await conn.execute(query.order_by(Duty.starts_at, Duty.line))).all()


async def on_duty(conn: AsyncConnection, ticket_no: str, unit: str, at: datetime) -> list[str]:
    """The people on duty for a unit at an instant who may know of a ticket, in the order they are called."""
    query = (
        select(Duty.person_id)
        .join(Person, Person.id == Duty.person_id)
        .where(Duty.unit == unit, Duty.starts_at <= at, Duty.ends_at > at, Person.active)
        .where(await may_know(conn, ticket_no))
        .order_by(Duty.line, Duty.starts_at)
    )
    return list(dict.fromkeys(await conn.scalars(query)))


async def first_in_line(conn: AsyncConnection, ticket_no: str, unit: str, at: datetime) -> Addressee | None:
    """Who is told of an emergency now; None where the roster says nothing."""
    people = await on_duty(conn, ticket_no, unit, at)
    return Addressee(people[0], Recipient.HANDLER, unit) if people else None


async def alert(
    conn: AsyncConnection,
    *,
    ticket_no: str,
    notice: str,
    unit: str,
    step: int,
    recipients: Sequence[str],
    now: datetime,
    within: timedelta,
) -> None:
    """Begins to wait for an acknowledgement by any of these people; once for each step."""
    await conn.execute(
        insert(DutyAlert)
        .values(
            id=uuid7(),
            ticket_no=ticket_no,
            notice=notice,
            unit=unit,
            step=step,
            recipients=list(recipients),
            told_at=now,
            wait_until=now + within,
        )
        .on_conflict_do_nothing()
    )


async def acknowledge(
    conn: AsyncConnection, ticket_no: str, unit: str, by: str, through: Through, at: datetime
) -> int:
    """Notes that somebody has the emergency in hand; nobody else is called for it. How many waited."""
    done = await conn.execute(
        update(DutyAlert)
        .where(DutyAlert.ticket_no == ticket_no, DutyAlert.unit == unit, DutyAlert.state == "waiting")
        .values(
            state="acknowledged",
            acknowledged_at=at,
            acknowledged_by=by,
            acknowledged_through=through.value,
        )
    )
    return done.rowcount


async def waiting_on(conn: AsyncConnection, recipients: Sequence[str]) -> list[Alert]:
    """The emergencies that any of these people was told of last and nobody has acknowledged."""
    query = select(*_ALERT).where(
        DutyAlert.state == "waiting", DutyAlert.recipients.overlap(list(recipients))
    )
    return [Alert(*row) for row in await conn.execute(query)]


async def acknowledge_signed(conn: AsyncConnection, at: datetime) -> int:
    """Signing the ticket is acknowledgement enough; how many emergencies that settled."""
    signed = exists().where(
        Assignment.ticket_no == DutyAlert.ticket_no,
        Assignment.unit == DutyAlert.unit,
        Assignment.signed_at >= DutyAlert.told_at,
    )
    over = exists().where(
        Assignment.ticket_no == DutyAlert.ticket_no,
        Assignment.unit == DutyAlert.unit,
        Assignment.ended_at.is_not(None),
    )
    done = await conn.execute(
        update(DutyAlert)
        .where(DutyAlert.state == "waiting", signed | over)
        .values(
            state="acknowledged",
            acknowledged_at=at,
            acknowledged_by=DutyAlert.unit,
            acknowledged_through=Through.SIGNED.value,
        )
    )
    return done.rowcount


async def overdue(conn: AsyncConnection, now: datetime, limit: int) -> list[Alert]:
    """The emergencies nobody acknowledged in time, locked for whoever passes them on."""
    query = (
        select(*_ALERT)
        .where(DutyAlert.state == "waiting", DutyAlert.wait_until <= now)
        .order_by(DutyAlert.wait_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Alert(*row) for row in await conn.execute(query)]


async def next_in_line(conn: AsyncConnection, alert: Alert, now: datetime) -> tuple[int, list[Addressee]]:
    """The step after this one at which there is somebody, and who they are; nobody at the end of the line.

    After the roster of this moment come the unit's leader in charge, its principal and the office.
    """
    there = await on_duty(conn, alert.ticket_no, alert.unit, now)
    line = [[Addressee(one, Recipient.HANDLER, alert.unit)] for one in there]
    for role in _LEADERS:
        line.append(await addressees(conn, alert.ticket_no, [role], alert.unit))
    told = set(alert.recipients)
    for step, people in enumerate(line):
        fresh = [one for one in people if one.recipient not in told and not one.recipient.startswith("role:")]
        if step > alert.step and fresh:
            return step, fresh
    return len(line), []


async def pass_on(conn: AsyncConnection, alert: Alert, *, exhausted: bool) -> None:
    """Closes a step; what follows waits for itself."""
    await conn.execute(
        update(DutyAlert)
        .where(DutyAlert.id == alert.id)
        .values(state="exhausted" if exhausted else "passed_on")
    )

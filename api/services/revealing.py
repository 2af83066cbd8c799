"""Showing who a caller is: for a purpose, no more than it needs, and never without a record of it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.identity import Principal
from api.problems import Problem, not_found
from api.services.auditing import actor_of
from api.services.parts import Parts
from api.services.scope import visible_tickets
from domain.vocabulary import UnitStage
from models import access, audit, callers, texts
from models.access import NAMES, NEEDED_FOR, PURPOSES, Purpose
from models.audit import Line, Wanted
from models.callers import ReadCaller
from models.held_roles import OF_A_UNIT, HeldRole
from models.tables import Assignment, Caller, Ticket
from models.texts import new_text

OPERATION = "reveal_caller"
_REASON = "reveal_reason"
_AT_WORK = frozenset({UnitStage.SIGNED, UnitStage.APPROVING, UnitStage.REPLIED, UnitStage.DONE})


async def reveal(
    parts: Parts,
    who: Principal,
    no: str,
    caller_id: UUID,
    fields: Sequence[access.Field],
    purpose: Purpose,
    reason: str,
) -> Mapping[str, str | None]:
    """What was asked for of one caller, once it is on record that it was asked for.

    Problem 404 for a caller one may not know of, 403 for a purpose that the role has not, that does not need
    so much, or for a unit that is not at work on the ticket.
    """
    _require_purpose(who.held, purpose, fields)
    async with parts.engine.begin() as conn:
        found = await _caller(conn, parts, who, no, caller_id)
        if who.held in OF_A_UNIT:
            await _require_at_work(conn, parts, who, no)
        said = new_text(parts.ring, _REASON, reason)
        await texts.store(conn, parts.ring, no, [said], datetime.now(UTC))
        await record_shown(conn, who, no, caller_id, fields, purpose, {"reason": str(said.reference)})
    return {field.value: getattr(found, field.value) for field in fields}


async def record_shown(
    conn: AsyncConnection,
    who: Principal,
    no: str,
    caller_id: UUID,
    fields: Sequence[access.Field],
    purpose: Purpose,
    details: Mapping[str, str],
) -> None:
    """Writes the access record: that somebody was shown this of a caller."""
    await audit.write(
        conn,
        Line(
            at=datetime.now(UTC),
            operation=OPERATION,
            outcome="shown",
            actor=actor_of(who),
            source=who.source,
            ticket_no=no,
            subject=str(caller_id),
            why=purpose.value,
            details={"fields": sorted(field.value for field in fields), **details},
        ),
    )


def _require_purpose(held: HeldRole, purpose: Purpose, fields: Sequence[access.Field]) -> None:
    if purpose not in PURPOSES.get(held, ()):
        raise Problem(403, "wrong_purpose", f"你的角色不能为“{NAMES[purpose]}”查看诉求人信息。")
    if set(fields) - NEEDED_FOR[purpose]:
        raise Problem(403, "more_than_needed", f"“{NAMES[purpose]}”用不着这些信息。请只选所需的。")


async def _caller(
    conn: AsyncConnection, parts: Parts, who: Principal, no: str, caller_id: UUID
) -> ReadCaller:
    ticket = await conn.scalar(select(Ticket.no).where(Ticket.no == no, visible_tickets(who.actor)))
    found = await callers.read(conn, parts.ring, caller_id) if ticket else None
    if found is None or found.ticket_no != no or found.erased_at is not None:
        raise not_found("位诉求人")
    return found


async def _require_at_work(conn: AsyncConnection, parts: Parts, who: Principal, no: str) -> None:
    if parts.settings.units_see_callers == "never":
        raise Problem(403, "relay_only", "承办单位不能查看诉求人的联系方式。请通过热线办联系诉求人。")
    stage = await conn.scalar(
        select(Assignment.stage).where(Assignment.ticket_no == no, Assignment.unit == who.actor.unit)
    )
    if stage not in _AT_WORK:
        raise Problem(403, "not_signed", "签收之后才能查看诉求人的联系方式。")


async def accesses(parts: Parts, who: Principal, no: str, caller_id: UUID) -> list[dict[str, Any]]:
    """Who was shown what of a caller, when and what for, newest first. The caller may ask for it.

    Problem 404.
    """
    async with parts.engine.connect() as conn:
        ticket = await conn.scalar(select(Ticket.no).where(Ticket.no == no, visible_tickets(who.actor)))
        is_own = who.held is not HeldRole.CITIZEN or who.actor.id == str(caller_id)
        of_this = await conn.scalar(select(Caller.ticket_no).where(Caller.id == caller_id)) == no
        if ticket is None or not is_own or not of_this:
            raise not_found("位诉求人")
        return await looked_at(conn, caller_id)


async def looked_at(conn: AsyncConnection, caller_id: UUID) -> list[dict[str, Any]]:
    """The accesses to one caller, newest first, also those of before a merge brought them to their ticket."""
    rows = await audit.find(conn, Wanted(subject=str(caller_id), operation=OPERATION), None, 1000)
    return [_access(row) for row in rows if row.outcome == "shown"]


def _access(row: Any) -> dict[str, Any]:
    said = row.data
    return {
        "at": row.at,
        "role": said["actor"].get("role"),
        "unit": said["actor"].get("unit"),
        "person": said["actor"].get("id"),
        "purpose": NAMES[Purpose(said["why"])],
        "fields": said["details"]["fields"],
    }

"""Duty rosters, and acknowledging emergencies."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from sqlalchemy import select

from api.asking import PREFIX, Assembled, Number, Words, problems
from api.identity import UNIT_ROLES, Identity
from api.moments import AskedInstant
from api.problems import Problem, not_found
from api.seat_bodies import Acknowledged, RosterBody, ShiftAnswer
from api.services.scope import visible_tickets
from domain.commands import Actor
from models import duty
from models.duty import NotOnRoster, Shift, Through
from models.tables import Duty, DutyAlert, Ticket

router = APIRouter(prefix=PREFIX, tags=["值班"])

_CHANGING = problems(401, 403, 404, 413, 415, 422, 503)
_SHOWN = timedelta(days=31)


@router.get("/duty", summary="值班表", operation_id="list_duty", responses=problems(422))
async def list_duty(
    identity: Identity,
    parts: Assembled,
    unit: Annotated[Words, Query(description="单位名称。")],
    start: Annotated[AskedInstant | None, Query(description="从何时起，默认现在。")] = None,
    end: Annotated[AskedInstant | None, Query(description="到何时止，默认一个月后。")] = None,
) -> list[ShiftAnswer]:
    """一个单位在一段时间内的班次，按开始时间排列。"""
    _require_own_unit(identity, unit)
    start = start or datetime.now(UTC)
    async with parts.engine.connect() as conn:
        found = await duty.roster(conn, unit, start, end or start + _SHOWN)
    return [ShiftAnswer.model_validate(row) for row in found]


@router.put("/duty", summary="登记班次", operation_id="enter_duty", status_code=204, responses=_CHANGING)
async def enter_duty(body: RosterBody, identity: Identity, parts: Assembled) -> None:
    """同一单位、同一开始时间和顺序的班次，以后登记的为准。"""
    _require_own_unit(identity, body.unit)
    if any(one.ends_at <= one.starts_at for one in body.shifts):
        raise Problem(422, "shift_order", "班次的结束时间须晚于开始时间。请核对后重新提交。")
    shifts = [Shift(body.unit, one.person_id, one.starts_at, one.ends_at, one.line) for one in body.shifts]
    try:
        async with parts.engine.begin() as conn:
            await duty.enter(conn, shifts, by=identity.id)
    except NotOnRoster:
        raise Problem(422, "not_in_directory", "单位或人员不在通讯录中。请核对后重新提交。") from None


@router.delete(
    "/duty/{id}", summary="取消班次", operation_id="strike_duty", status_code=204, responses=_CHANGING
)
async def strike_duty(
    id: Annotated[UUID, Path(description="班次编号。")], identity: Identity, parts: Assembled
) -> None:
    """从值班表中去掉一个班次。"""
    async with parts.engine.begin() as conn:
        unit = await conn.scalar(select(Duty.unit).where(Duty.id == id))
        if unit is None or (identity.role in UNIT_ROLES and unit != identity.unit):
            raise not_found("个班次")
        await duty.strike(conn, id)


@router.post(
    "/tickets/{no}/acknowledge_emergency",
    summary="确认收到紧急工单",
    operation_id="acknowledge_emergency",
    tags=["值班"],
    responses=_CHANGING,
)
async def acknowledge_emergency(no: Number, identity: Identity, parts: Assembled) -> Acknowledged:
    """已有人处置，不再通知下一顺位。"""
    async with parts.engine.begin() as conn:
        seen = select(Ticket.no).where(Ticket.no == no, visible_tickets(identity))
        if (await conn.execute(seen)).first() is None:
            raise not_found("件工单")
        mine = DutyAlert.unit == identity.unit if identity.role in UNIT_ROLES else DutyAlert.unit.is_not(None)
        waiting = select(DutyAlert.unit).where(DutyAlert.ticket_no == no, mine, DutyAlert.state == "waiting")
        units = set(await conn.scalars(waiting))
        by, now = identity.id or identity.role.value, datetime.now(UTC)
        counts = [await duty.acknowledge(conn, no, unit, by, Through.CONSOLE, now) for unit in units]
    return Acknowledged(acknowledged=sum(counts))


def _require_own_unit(actor: Actor, unit: str) -> None:
    if actor.role in UNIT_ROLES and unit != actor.unit:
        raise Problem(403, "other_unit", "只能查看和安排本单位的值班。")

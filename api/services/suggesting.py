"""Which unit a ticket may go to, and why: what a panel decided, what was done before, whose place it is."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.moments import ZONE
from api.services.parts import Parts
from api.services.reading import whole
from domain.commands import Actor
from domain.vocabulary import UnitStage
from models.directory import territorial_unit
from models.tables import Precedent, Ticket

LOOKED_BACK = timedelta(days=365)
SHOWN = 4


async def suggestions(parts: Parts, actor: Actor, no: str) -> list[dict[str, Any]]:
    """Units for a ticket, the best-founded first; never the unit it is about. Raises Problem 404."""
    async with parts.engine.connect() as conn:
        found = await whole(conn, parts, actor, no)
        row = found.row
        grounds = [
            *await _decided(conn, row),
            *await _before(conn, row),
            *await _handled(conn, row),
            *await _territorial(conn, row),
        ]
    gave_back = {unit for unit, one in found.state.assignments.items() if one.stage is UnitStage.RETURNED}
    return list(_best(grounds, gave_back | {row.subject_unit}))[:SHOWN]


def _best(grounds: list[dict[str, Any]], excluded: set[str | None]) -> Iterator[dict[str, Any]]:
    seen = set(excluded)
    for one in grounds:
        if one["unit"] not in seen:
            seen.add(one["unit"])
            yield one


async def _decided(conn: AsyncConnection, row: Any) -> list[dict[str, Any]]:
    if row.category is None:
        return []
    query = (
        select(Precedent.unit, Precedent.ticket_no)
        .where(
            Precedent.jurisdiction == row.jurisdiction,
            Precedent.area == row.area,
            Precedent.category == row.category,
        )
        .order_by(Precedent.decided_at.desc())
        .limit(1)
    )
    return [
        _ground(one.unit, "precedent", f"同一属地同类诉求已研判由{one.unit}办理（工单{one.ticket_no}）")
        for one in await conn.execute(query)
    ]


async def _before(conn: AsyncConnection, row: Any) -> list[dict[str, Any]]:
    if row.prior is None:
        return []
    unit = await conn.scalar(select(Ticket.lead_unit).where(Ticket.no == row.prior))
    return [_ground(unit, "prior", f"原工单{row.prior}由{unit}办理")] if unit else []


async def _handled(conn: AsyncConnection, row: Any) -> list[dict[str, Any]]:
    """The units that most often led what is of the same kind, the whole kind before its wider one."""
    if row.category is None:
        return []
    for kind in dict.fromkeys((row.category, row.category.rpartition("/")[0])):
        if not kind:
            continue
        query = (
            select(Ticket.lead_unit, func.count().label("number"))
            .where(
                Ticket.category.startswith(kind, autoescape=True),
                Ticket.jurisdiction == row.jurisdiction,
                Ticket.lead_unit.is_not(None),
                Ticket.no != row.no,
                Ticket.received_at > datetime.now(ZONE) - LOOKED_BACK,
            )
            .group_by(Ticket.lead_unit)
            .order_by(func.count().desc(), Ticket.lead_unit)
        )
        rows = (await conn.execute(query)).all()
        total = sum(one.number for one in rows)
        if total:
            name = kind.rpartition("/")[2]
            return [
                _ground(one.lead_unit, "history", f"近一年“{name}”类{total}件中{one.number}件由其主办")
                for one in rows[:2]
            ]
    return []


async def _territorial(conn: AsyncConnection, row: Any) -> list[dict[str, Any]]:
    unit = await territorial_unit(conn, row.area) if row.area else None
    return [_ground(unit, "territory", f"诉求属地为{row.area}")] if unit else []


def _ground(unit: str, ground: str, reason: str) -> dict[str, Any]:
    return {"unit": unit, "ground": ground, "reason": reason}

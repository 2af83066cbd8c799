"""Telling screens that something happened, so that they need not ask all the time."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy import func, select

from api.asking import PREFIX, Assembled, problems
from api.identity import Identity
from api.services.parts import Parts
from models.tables import SupervisionFact, TicketFact

router = APIRouter(prefix=PREFIX, tags=["统计"])

EVERY = 2.0
"""Seconds between two looks at the record."""

LASTS = timedelta(minutes=10)
"""After which a stream ends and the screen asks anew, so that a login that ended is noticed."""


@router.get(
    "/events",
    summary="变动通知",
    operation_id="follow_changes",
    response_class=EventSourceResponse,
    responses=problems(401, 403, 422, 503),
)
async def follow_changes(identity: Identity, parts: Assembled) -> AsyncGenerator[ServerSentEvent]:
    """有新的办理情况时发出 changed 事件，不含任何内容；页面据此重新读取。"""
    ends = datetime.now(UTC) + LASTS
    seen = await _latest(parts)
    yield ServerSentEvent(event="ready", data={}, retry=5000)
    while datetime.now(UTC) < ends:
        await asyncio.sleep(EVERY)
        latest = await _latest(parts)
        if latest != seen:
            seen = latest
            yield ServerSentEvent(event="changed", data={})


async def _latest(parts: Parts) -> tuple[datetime | None, ...]:
    """When anything was last recorded."""
    query = select(
        select(func.max(TicketFact.recorded_at)).scalar_subquery(),
        select(func.max(SupervisionFact.recorded_at)).scalar_subquery(),
    )
    async with parts.engine.connect() as conn:
        return tuple((await conn.execute(query)).one())

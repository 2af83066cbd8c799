"""Figures for the dashboard and the menu."""

from datetime import datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.asking import PREFIX, Assembled, problems
from api.desk_answers import Dashboard, DeskCounts, HeatCell, TrendDay, UnitFigures
from api.identity import Identity
from api.moments import ZONE, AskedMoment
from api.services import counting
from api.services.counting import Period

router = APIRouter(prefix=f"{PREFIX}/statistics", tags=["统计"])

_FAULTS = problems(401, 403, 422, 503)


def _period(
    since: Annotated[AskedMoment | None, Query(description="从何时起；不填为今天零时。")] = None,
    until: Annotated[AskedMoment | None, Query(description="到何时止，不含；不填为起点之后一日。")] = None,
) -> Period:
    begin = since or datetime.combine(datetime.now(ZONE), time(), ZONE)
    return Period(begin, until or begin + timedelta(days=1))


Asked = Annotated[Period, Depends(_period)]


@router.get("/dashboard", summary="总体情况", operation_id="get_dashboard", responses=_FAULTS)
async def get_dashboard(identity: Identity, parts: Assembled, period: Asked) -> Dashboard:
    """一段时间的受理、派单、签收、办结，以及此刻的灯和在办数。每个数字附查询条件，可列出所计的工单。"""
    async with parts.engine.connect() as conn:
        return Dashboard.model_validate(await counting.dashboard(conn, identity, period))


@router.get("/units", summary="承办单位情况", operation_id="get_unit_figures", responses=_FAULTS)
async def get_unit_figures(identity: Identity, parts: Assembled, period: Asked) -> list[UnitFigures]:
    """各承办单位的派单、按时签收、按时办结、逾期和满意，附分母。按时办结率高的在前。"""
    async with parts.engine.connect() as conn:
        return [UnitFigures.model_validate(one) for one in await counting.units(conn, identity, period)]


@router.get("/heat", summary="属地与类别", operation_id="get_heat", responses=_FAULTS)
async def get_heat(identity: Identity, parts: Assembled, period: Asked) -> list[HeatCell]:
    """一段时间受理的诉求，按属地和一级类别计数。"""
    async with parts.engine.connect() as conn:
        return [HeatCell.model_validate(row) for row in await counting.heat(conn, identity, period)]


@router.get("/trend", summary="逐日走势", operation_id="get_trend", responses=_FAULTS)
async def get_trend(identity: Identity, parts: Assembled, period: Asked) -> list[TrendDay]:
    """每日受理、办结和办理逾期的件数；没有的日子不列。"""
    async with parts.engine.connect() as conn:
        return [TrendDay.model_validate(row) for row in await counting.trend(conn, identity, period)]


@router.get("/desk", summary="待办数", operation_id="get_desk_counts", responses=problems(401, 403, 422, 503))
async def get_desk_counts(identity: Identity, parts: Assembled) -> DeskCounts:
    """等待你办理的各类件数。"""
    async with parts.engine.connect() as conn:
        return DeskCounts.model_validate(await counting.desk(conn, identity))

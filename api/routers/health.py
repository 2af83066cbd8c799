"""Whether the application lives, and whether it can work."""

from datetime import timedelta

from fastapi import APIRouter, Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from temporalio.service import RPCError

from api.answers import Health
from api.asking import Assembled
from api.problems import RETRY_AFTER
from api.services.parts import Parts

router = APIRouter(tags=["运行"])


@router.get("/health", summary="是否在运行", operation_id="health", response_model_exclude_none=True)
async def health() -> Health:
    """进程在运行。"""
    return Health(status="ok")


@router.get(
    "/ready",
    summary="是否可用",
    operation_id="ready",
    responses={503: {"model": Health, "description": "有一部分不可用"}},
)
async def ready(parts: Assembled, response: Response) -> Health:
    """数据库和流程引擎是否可用。流程引擎不可用时，操作照常保存，稍后办理。"""
    database, engine = await _database(parts), await _engine(parts)
    if not (database and engine):
        response.status_code = 503
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return Health(status="ok" if database and engine else "degraded", database=database, engine=engine)


async def _database(parts: Parts) -> bool:
    try:
        async with parts.engine.connect() as conn:
            return bool(await conn.scalar(text("SELECT true")))
    except (DBAPIError, OSError, PoolTimeout):
        return False


async def _engine(parts: Parts) -> bool:
    try:
        return await parts.client.service_client.check_health(timeout=timedelta(seconds=2))
    except (RPCError, RuntimeError):
        return False

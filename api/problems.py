"""Errors as RFC 9457 problem details: a stable `code`, a Chinese `detail`, the `basis` where a rule forbids.

Nothing of what was sent is repeated in an error, for it may be what a citizen wrote.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from temporalio.service import RPCError

from api.field_faults import FieldFault, field_faults
from domain.rejected import Rejected
from ops.database import is_away

_log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 5
"""Seconds after which it makes sense to try again while an engine is away."""

TITLES: Mapping[int, str] = {
    400: "请求有误",
    401: "未表明身份",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的方法",
    409: "不能办理",
    413: "内容过大",
    415: "不支持的内容类型",
    422: "内容有误",
    429: "次数过多",
    500: "系统出错",
    503: "系统暂不可用",
}


class ProblemDetails(BaseModel):
    """What is wrong, for people (`detail`) and for programs (`code`)."""

    type: str = Field(examples=["urn:jiesu:wrong_status"])
    title: str = Field(examples=["不能办理"])
    status: int = Field(examples=[409])
    code: str = Field(description="不变的错误代码，供程序判断。", examples=["wrong_status"])
    detail: str = Field(
        description="一句话说明出了什么问题、接着怎么办。", examples=["工单现为“待派单”，不能办理此项操作。"]
    )
    basis: list[str] = Field(default=[], description="所依据的条文编号。", examples=[["JC-8"]])
    fields: list[FieldFault] = Field(default=[], description="有误的字段（仅 422）。")


class Problem(Exception):
    """An answer that says no. `detail` is Chinese and repeats nothing personal."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        basis: tuple[str, ...] = (),
        fields: tuple[FieldFault, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.detail = detail
        self.basis = basis
        self.fields = fields
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """The problem as JSON values."""
        return ProblemDetails(
            type=f"urn:jiesu:{self.code}",
            title=TITLES.get(self.status, HTTPStatus(self.status).phrase),
            status=self.status,
            code=self.code,
            detail=self.detail,
            basis=list(self.basis),
            fields=list(self.fields),
        ).model_dump(exclude_defaults=True)

    def response(self) -> JSONResponse:
        """The problem as the answer to a request."""
        return JSONResponse(self.body(), self.status, dict(self.headers), MEDIA_TYPE)


def not_found(what: str) -> Problem:
    """404, also for what the caller may not know exists."""
    return Problem(404, "not_found", f"没有这{what}，或者你无权查看。请核对后再试。")


def of_rejected(refusal: Rejected) -> Problem:
    """The answer to a command that the rules refuse: 403 for the role, 409 for everything else."""
    status = 403 if refusal.forbidden else 409
    return Problem(status, refusal.code, refusal.message_zh, basis=tuple(refusal.basis))


def unavailable(engine: str) -> Problem:
    """503 with Retry-After. Nothing was stored."""
    return Problem(
        503,
        f"{engine}_unavailable",
        "系统暂时不可用，本次操作没有保存。请稍后重试。",
        headers={"Retry-After": str(RETRY_AFTER)},
    )


def install(app: FastAPI) -> None:
    """Make every error of the application a problem."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(OSError, _database)
    app.add_exception_handler(PoolTimeout, _database)
    app.add_exception_handler(RPCError, _temporal)
    app.add_exception_handler(Exception, _unforeseen)


async def _problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return error.response()


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.BAD_REQUEST:
        # A body that is no text at all: what is wrong with it is the same as with broken JSON.
        return Problem(422, "not_json", "请求内容不是有效的 JSON。请检查后重新提交。").response()
    known = {
        404: ("not_found", "没有这个地址。请核对后再试。"),
        405: ("method_not_allowed", "这个地址不支持此方法。"),
    }
    code, detail = known.get(error.status_code, ("bad_request", "请求有误，请核对后再试。"))
    return Problem(error.status_code, code, detail, headers=error.headers).response()


async def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return malformed(error.errors()).response()


def malformed(errors: Any) -> Problem:
    """422 that names each field and what is wrong with it."""
    if any(one["type"] == "json_invalid" for one in errors):
        return Problem(422, "not_json", "请求内容不是有效的 JSON。请检查后重新提交。")
    faults = field_faults(errors)
    return Problem(422, "malformed", f"{faults[0].field}：{faults[0].message}。", fields=tuple(faults))


async def _database(request: Request, error: Exception) -> JSONResponse:
    if is_away(error):
        return unavailable("database").response()
    _log.error("unforeseen", kind=type(error).__name__, where=_where(error))
    return await _unforeseen(request, error)


async def _temporal(_: Request, error: Exception) -> JSONResponse:
    return unavailable("engine").response()


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    return Problem(500, "internal_error", "系统出错，已记录。请稍后重试；仍不行请联系管理员。").response()


class WithoutWords(logging.Filter):
    """Keeps an exception's kind and place in the log and drops its message, which may quote what was sent."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            record.msg, record.args = f"{record.getMessage()}: {type(error).__name__}\n{_where(error)}", ()
            record.exc_info, record.exc_text = None, None
        return True


def _where(error: BaseException) -> str:
    return "".join(traceback.format_tb(error.__traceback__))


def keep_words_out_of_logs() -> None:
    """Put the filter before what the server logs of an exception that nothing foresaw."""
    logging.getLogger("uvicorn.error").addFilter(WithoutWords())

"""What endpoints take in common: the parts of the application, keys, numbers, pages."""

from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request
from uuid_utils.compat import uuid7

from api.problems import ProblemDetails
from api.services.parts import Parts

PREFIX = "/api/v1"


# What depends on nothing slow is `async` all the same: FastAPI hands everything else to a thread, which takes
# longer than what is done there.


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


Assembled = Annotated[Parts, Depends(_parts)]


async def _key(
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=128,
            pattern=r"^[\x21-\x7e]+$",
            description="由调用方生成、每次操作各不相同的编号（如 UUID）。"
            "重试时用同一编号，操作只办理一次，并得到同样的答复。",
        ),
    ] = None,
) -> str:
    return key or str(uuid7())


Key = Annotated[str, Depends(_key)]
"""The caller's key, or a fresh one for a caller who does not mean to retry."""

Number = Annotated[
    str,
    Path(
        min_length=1,
        max_length=64,
        pattern=r"^[0-9A-Za-z._-]+$",
        description="编号。",
        examples=["20261121000042"],
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="每页的条数。")]
Words = Annotated[str, Query(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
WordsOrNone = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]
"""The same, where the empty one asks for what has none."""

Cursor = Annotated[str | None, Query(max_length=400, description="上一页给出的 next_cursor。")]


def problems(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The errors an operation may answer with, for its documentation."""
    told = {
        401: "没有表明身份",
        403: "角色不允许",
        404: "没有，或无权查看",
        409: "状态、时间或缺少的内容不允许",
        413: "内容过大",
        415: "不是 JSON",
        422: "内容有误",
        429: "次数过多，可按 Retry-After 重试",
        503: "系统暂不可用，可按 Retry-After 重试",
    }
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {status: {"description": told[status], "content": content} for status in statuses}


READING = problems(401, 403, 404, 422, 503)
WRITING = problems(401, 403, 404, 409, 413, 415, 422, 503)
DOCUMENTED = ProblemDetails

"""Supervisions (督办): listed, and one with what happened in it. Their commands are with the others."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.answers import Entry, Registered, SupervisionAnswer, SupervisionDetail, SupervisionPage
from api.asking import PREFIX, READING, Assembled, Key, Limit, Number, Words, problems
from api.bodies import OpenSupervisionBody
from api.identity import Identity, Who
from api.permissions import may_ask
from api.services import others, supervising

router = APIRouter(prefix=f"{PREFIX}/supervisions", tags=["督办"])


@router.get("", summary="督办列表", operation_id="list_supervisions", responses=problems(401, 422, 503))
async def list_supervisions(
    identity: Identity,
    parts: Assembled,
    unit: Annotated[list[Words], Query(description="督办对象，可多选。")] = [],  # noqa: B006
    status: Annotated[list[Words], Query(description="open、answered、closed，可多选。")] = [],  # noqa: B006
    cursor: Annotated[Words, Query(description="上一页给出的 next_cursor。")] = " ",
    limit: Limit = 50,
) -> SupervisionPage:
    """你可以查看的督办。"""
    async with parts.engine.connect() as conn:
        rows = await others.supervisions(conn, identity, unit, status, cursor.strip(), limit + 1)
        titles = await others.matters(conn, parts, identity, rows[:limit])
    return SupervisionPage(
        supervisions=[
            SupervisionAnswer.model_validate({**row._mapping, "title": titles.get(row.no)})
            for row in rows[:limit]
        ],
        next_cursor=rows[limit - 1].no if len(rows) > limit else None,
    )


@router.post(
    "",
    summary="启动督办",
    operation_id="open_supervision",
    status_code=201,
    responses={
        200: {"model": Registered, "description": "已启动过，返回原督办"},
        **problems(401, 403, 409, 413, 415, 422, 503),
    },
)
async def open_supervision(
    body: OpenSupervisionBody, identity: Identity, parts: Assembled, key: Key, response: Response
) -> Registered:
    """不经工单，按专题或领导批示对一个单位启动督办。"""
    opening = await supervising.open_supervision(parts, identity, body, key)
    response.status_code = 201 if opening.fresh else 200
    response.headers["Location"] = f"{PREFIX}/supervisions/{opening.no}"
    return Registered(no=opening.no, received_at=opening.opened_at)


@router.get("/{no}", summary="督办", operation_id="get_supervision", responses=READING)
async def get_supervision(no: Number, who: Who, parts: Assembled) -> SupervisionDetail:
    """一件督办和它的经过，以及你此刻可以办理的操作。"""
    found = await others.supervision(parts, who.actor, no)
    return SupervisionDetail.model_validate(
        {
            **found.row._mapping,
            "title": found.title,
            "timeline": [Entry.model_validate(entry) for entry in found.timeline],
            "allowed": [name for name in found.allowed if may_ask(f"supervision_{name}", who)],
            "higher_levels": found.higher_levels,
        }
    )

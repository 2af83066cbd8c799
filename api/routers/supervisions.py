"""Supervisions (督办): listed, and one with what happened in it. Their commands are with the others."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.answers import Entry, SupervisionAnswer, SupervisionDetail, SupervisionPage
from api.asking import PREFIX, READING, Assembled, Limit, Number, Words, problems
from api.identity import Identity
from api.services import others

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
    return SupervisionPage(
        supervisions=[SupervisionAnswer.model_validate(row) for row in rows[:limit]],
        next_cursor=rows[limit - 1].no if len(rows) > limit else None,
    )


@router.get("/{no}", summary="督办", operation_id="get_supervision", responses=READING)
async def get_supervision(no: Number, identity: Identity, parts: Assembled) -> SupervisionDetail:
    """一件督办和它的经过。"""
    row, entries = await others.supervision(parts, identity, no)
    return SupervisionDetail.model_validate(
        {**row._mapping, "timeline": [Entry.model_validate(entry) for entry in entries]}
    )

"""Notices that change the working calendar: what one would move, importing it, and how far it is."""

from datetime import date
from typing import Annotated, Any, Self

from fastapi import APIRouter, Path, Query
from pydantic import Field, RootModel, model_validator

from api.answers import _Answer
from api.asking import PREFIX, Assembled, problems
from api.bodies import storable
from api.identity import Who
from api.moments import Moment
from api.services import calendar_import
from policies.calendars.notices import CalendarNotice, YearNotice

router = APIRouter(prefix=f"{PREFIX}/calendar-notices", tags=["办法"])

After = Annotated[
    str | None,
    Query(max_length=64, pattern=r"^[0-9A-Za-z._-]+$", description="上一页给出的 next_cursor。"),
]
NoticeId = Annotated[int, Path(ge=1, le=2**62, description="通知的编号。")]
_YEARS = (2000, 2100)
_CHANGING = problems(401, 403, 404, 409, 413, 415, 422, 503)


class NoticeBody(RootModel[CalendarNotice]):
    """一份放假通知或停办公告。"""

    @model_validator(mode="before")
    @classmethod
    def _can_be_stored(cls, data: Any) -> Any:
        return storable(data)

    @model_validator(mode="after")
    def _is_within_reach(self) -> Self:
        notice = self.root
        if isinstance(notice, YearNotice):
            years = {notice.year, *(day.year for day in (*notice.holidays, *notice.working_days))}
        else:
            years = {day.year for day in (*notice.closed, *notice.open)}
        if any(not _YEARS[0] <= year <= _YEARS[1] for year in years):
            raise ValueError(f"日期须在{_YEARS[0]}年至{_YEARS[1]}年之间")
        return self


class NoticeAnswer(_Answer):
    """A notice that was imported."""

    id: int
    number: str
    title: str
    issued: date
    imported_at: Moment


class MoveAnswer(_Answer):
    """A deadline that would fall elsewhere."""

    no: str
    unit: str
    clock: str
    was: Moment
    due: Moment
    provisional: bool


class ForeseenAnswer(_Answer):
    """What a notice would move among some open tickets."""

    looked_at: int = Field(description="本页看过的件数。")
    moves: list[MoveAnswer]
    next_cursor: str | None = Field(description="继续往下看的标记；看完时为空。")


class NoticeImported(_Answer):
    """A notice on its way to the open tickets."""

    id: int


class NoticeProgress(_Answer):
    """How far a notice is."""

    running: bool
    open: int = Field(description="未结束的工单和未销号的督办数。")
    revised: int = Field(description="已重新计算的件数。")
    moved: int = Field(description="因此变更的时限数。")


@router.get(
    "", summary="已导入的放假通知", operation_id="list_calendar_notices", responses=problems(401, 403, 503)
)
async def list_calendar_notices(who: Who, parts: Assembled) -> list[NoticeAnswer]:
    """按导入先后，最近的在前。"""
    return [
        NoticeAnswer.model_validate(
            {
                "id": row.id,
                "number": row.number,
                "title": row.document["notice"]["title"],
                "issued": row.document["notice"]["issued"],
                "imported_at": row.imported_at,
            }
        )
        for row in await calendar_import.listed(parts)
    ]


@router.post("/preview", summary="预览放假通知", operation_id="preview_calendar_notice", responses=_CHANGING)
async def preview_calendar_notice(
    body: NoticeBody,
    who: Who,
    parts: Assembled,
    cursor: After = None,
) -> ForeseenAnswer:
    """导入后在办工单和督办的哪些时限会变更、由何时改为何时。只是预览，不变更、不保存。每次看二百件。"""
    return ForeseenAnswer.model_validate(await calendar_import.preview(parts, body.root, cursor))


@router.post(
    "",
    summary="导入放假通知",
    operation_id="import_calendar_notice",
    status_code=202,
    responses=_CHANGING,
)
async def import_calendar_notice(body: NoticeBody, who: Who, parts: Assembled) -> NoticeImported:
    """新工单即按新日历计算；在办工单和督办逐件重新计算，并记入办理经过。重复导入同一份通知，接着办理。"""
    return NoticeImported(id=await calendar_import.begin(parts, body.root))


@router.get(
    "/{notice}/progress",
    summary="放假通知的办理进度",
    operation_id="get_calendar_notice_progress",
    responses=problems(401, 403, 404, 422, 503),
)
async def get_calendar_notice_progress(notice: NoticeId, who: Who, parts: Assembled) -> NoticeProgress:
    """在办工单已重新计算了多少。"""
    return NoticeProgress.model_validate(await calendar_import.progress(parts, notice))

"""Lists that leave the system: asked for, granted or refused, fetched."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field

from api.answers import _Answer
from api.asking import PREFIX, Assembled, problems
from api.bodies import Body
from api.identity import Who
from api.moments import AskedMoment, Moment
from api.services import exporting
from api.services.exporting import Wanted
from domain.vocabulary import Status, TicketType

router = APIRouter(prefix=f"{PREFIX}/exports", tags=["导出"])

ExportId = Annotated[UUID, Path(description="申请编号。")]
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Name = Annotated[str, Field(min_length=1, max_length=100)]


class ExportBody(Body):
    """申请导出。"""

    format: Annotated[Literal["csv", "xlsx"], Field(description="文件格式。")]
    reason: Annotated[str, Field(min_length=4, max_length=500, description="用途。")]
    status: Annotated[tuple[Status, ...], Field(max_length=20, description="状态，可多选。")] = ()
    type: Annotated[tuple[TicketType, ...], Field(max_length=20, description="诉求类型，可多选。")] = ()
    unit: Annotated[tuple[Name, ...], Field(max_length=50, description="主办单位，可多选。")] = ()
    received_from: Annotated[AskedMoment | None, Field(description="受理时间不早于。")] = None
    received_until: Annotated[AskedMoment | None, Field(description="受理时间早于。")] = None


class ExportDecision(Body):
    """审批导出。"""

    approve: Annotated[bool, Field(description="是否同意。")]
    opinion: Annotated[str | None, Field(min_length=1, max_length=500, description="意见。")] = None


class ExportAsked(_Answer):
    """A request that was made."""

    id: UUID


class ExportAnswer(_Answer):
    """A request for a list."""

    id: UUID
    requested_by: str | None
    unit: str | None
    requested_at: Moment
    format: str
    filters: dict[str, list[str] | str | None]
    reason: str | None
    state: str = Field(description="requested 待审批；granted 已同意；refused 不同意。")
    decided_by: str | None
    decided_at: Moment | None
    opinion: str | None
    expires_at: Moment | None
    fetched: int = Field(description="已下载的次数。")


@router.post(
    "",
    summary="申请导出",
    operation_id="request_export",
    status_code=201,
    responses=problems(401, 403, 413, 415, 422, 503),
)
async def request_export(body: ExportBody, who: Who, parts: Assembled) -> ExportAsked:
    """申请导出工单清单，须经热线办其他人员同意。清单中的姓名、电话已脱敏，不含诉求内容。"""
    wanted = Wanted(
        status=tuple(one.value for one in body.status),
        type=tuple(one.value for one in body.type),
        unit=body.unit,
        received_from=body.received_from,
        received_until=body.received_until,
    )
    return ExportAsked(id=await exporting.request(parts, who, wanted, body.format, body.reason))


@router.get("", summary="导出申请", operation_id="list_exports", responses=problems(401, 403, 503))
async def list_exports(who: Who, parts: Assembled) -> list[ExportAnswer]:
    """热线办看到全部申请，其他人看到自己的，最新的在前。"""
    return [ExportAnswer.model_validate(one) for one in await exporting.listed(parts, who)]


@router.post(
    "/{export}/decision",
    summary="审批导出",
    operation_id="decide_export",
    status_code=204,
    responses=problems(401, 403, 404, 409, 413, 415, 422, 503),
)
async def decide_export(export: ExportId, body: ExportDecision, who: Who, parts: Assembled) -> None:
    """同意或不同意导出。不能审批自己的申请。"""
    await exporting.decide(parts, who, export, body.approve, body.opinion)


@router.get(
    "/{export}/file",
    summary="下载导出的清单",
    operation_id="fetch_export",
    response_class=Response,
    responses={
        200: {"description": "清单", "content": {media: {} for media in _MEDIA.values()}},
        **problems(401, 403, 404, 409, 422, 503),
    },
)
async def fetch_export(export: ExportId, who: Who, parts: Assembled) -> Response:
    """同意后七日内可由申请人下载。首行注明何人何时导出。"""
    made, content = await exporting.fetch(parts, who, export)
    named = f'attachment; filename="tickets-{export}.{made}"'
    return Response(content, media_type=_MEDIA[made], headers={"Content-Disposition": named})

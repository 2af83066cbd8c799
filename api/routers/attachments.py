"""Files along with tickets."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Response
from pydantic import Field

from api.answers import _Answer
from api.asking import PREFIX, Assembled, Number, problems
from api.identity import Who
from api.moments import Moment
from api.services import attaching
from models.file_kinds import KINDS, MAX_SIZE

router = APIRouter(prefix=f"{PREFIX}/tickets/{{no}}/attachments", tags=["附件"])

FileId = Annotated[UUID, Path(description="附件编号。")]
FileName = Annotated[
    str,
    Query(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f/\\]+$", description="文件名。"),
]
_TAKEN = "、".join(ending[1:] for ending in KINDS)


class AttachmentAnswer(_Answer):
    """A file of a ticket."""

    id: UUID = Field(description="附件编号，可写入操作的 materials。")
    name: str | None
    media_type: str
    size: int = Field(description="字节数。")
    uploaded_at: Moment
    uploaded_by: str | None
    unit: str | None
    erased_at: Moment | None


@router.post(
    "",
    summary="上传附件",
    operation_id="upload_attachment",
    status_code=201,
    responses=problems(401, 403, 404, 409, 413, 422, 503),
    description=f"上传一个文件，内容放在请求体中。可用的类型：{_TAKEN}；最大{MAX_SIZE // 1024 // 1024}MB。"
    "类型按内容判断，与名称不符的不接受。",
)
async def upload_attachment(
    no: Number,
    name: FileName,
    who: Who,
    parts: Assembled,
    content: Annotated[bytes, Body(media_type="application/octet-stream", description="文件内容。")],
) -> AttachmentAnswer:
    row = await attaching.take(parts, who, no, name, content)
    return AttachmentAnswer.model_validate({**row._mapping, "name": name})


@router.get(
    "", summary="附件列表", operation_id="list_attachments", responses=problems(401, 403, 404, 422, 503)
)
async def list_attachments(no: Number, who: Who, parts: Assembled) -> list[AttachmentAnswer]:
    """工单的附件。承办单位看不到其他单位上传的。"""
    return [AttachmentAnswer.model_validate(row) for row in await attaching.of_ticket(parts, who, no)]


@router.get(
    "/{attachment}",
    summary="下载附件",
    operation_id="download_attachment",
    response_class=Response,
    responses={
        200: {"description": "文件内容", "content": {"application/octet-stream": {}}},
        **problems(401, 403, 404, 422, 503),
    },
)
async def download_attachment(no: Number, attachment: FileId, who: Who, parts: Assembled) -> Response:
    """附件的内容。只供下载，浏览器不会打开它。"""
    given = await attaching.give(parts, who, no, attachment)
    return Response(
        given.content,
        media_type=given.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(given.name)}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )

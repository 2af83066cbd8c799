"""The knowledge base: written by units, published by the office, searched by agents."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import Field, model_validator

from api.answers import _Answer
from api.asking import PREFIX, Assembled, Limit, Words, problems
from api.bodies import Body
from api.identity import Who
from api.moments import Moment
from api.services import knowledge_base
from models import knowledge
from models.knowledge import State

router = APIRouter(prefix=f"{PREFIX}/knowledge", tags=["知识库"])

VersionId = Annotated[UUID, Path(description="条目版本的编号，可写入即办答复的 knowledge。")]
_CHANGING = problems(401, 403, 404, 409, 413, 415, 422, 503)


class KnowledgeBody(Body):
    """一个知识条目：一问一答。"""

    title: Annotated[str, Field(min_length=2, max_length=200, description="问题。")]
    body: Annotated[str, Field(min_length=2, max_length=20_000, description="答复口径。")]
    category: Annotated[str | None, Field(max_length=200, description="诉求类别。")] = None
    basis: Annotated[str | None, Field(max_length=2_000, description="政策依据。")] = None
    valid_from: Annotated[date, Field(description="有效期自。")]
    valid_until: Annotated[date, Field(description="有效期至，含当日。")]

    @model_validator(mode="after")
    def _in_order(self) -> "KnowledgeBody":
        if self.valid_from > self.valid_until:
            raise ValueError("有效期的起止颠倒")
        return self

    def words(self) -> knowledge.Words:
        """As it is kept."""
        return knowledge.Words(**self.model_dump())


class KnowledgeDecision(Body):
    """审核知识条目。"""

    approve: Annotated[bool, Field(description="是否发布。")]
    opinion: Annotated[str | None, Field(min_length=1, max_length=500, description="意见，退回的必填。")] = (
        None
    )


class KnowledgeWithdrawal(Body):
    """停用知识条目。"""

    reason: Annotated[str, Field(min_length=2, max_length=500, description="理由。")]


class KnowledgeSearch(Body):
    """所问的事项；写在请求体中，不留在访问日志里。"""

    text: Annotated[str, Field(max_length=20_000, description="问题或诉求内容。")] = ""
    category: Annotated[str | None, Field(max_length=200, description="诉求类别；包括其下各级。")] = None


class KnowledgeAnswer(_Answer):
    """One version of an entry."""

    id: UUID
    entry: UUID = Field(description="条目的编号，各版本相同。")
    version: int
    unit: str = Field(description="提供和维护的单位。")
    title: str
    body: str
    category: str | None
    basis: str | None
    valid_from: date
    valid_until: date
    state: str = Field(
        description="draft 起草；submitted 待审核；returned 退回修改；published 已发布；"
        "superseded 已被取代；withdrawn 已停用。"
    )
    written_by: str | None
    written_at: Moment
    submitted_at: Moment | None
    decided_by: str | None
    decided_at: Moment | None
    opinion: str | None


class KnowledgePage(_Answer):
    """One page of entries, newest first."""

    entries: list[KnowledgeAnswer]
    next_cursor: UUID | None


class KnowledgeDetail(KnowledgeAnswer):
    """One version with the others of its entry."""

    versions: list[KnowledgeAnswer]


@router.post("/search", summary="查找知识", operation_id="search_knowledge", responses=_CHANGING)
async def search_knowledge(body: KnowledgeSearch, who: Who, parts: Assembled) -> list[KnowledgeAnswer]:
    """已发布且在有效期内、与所问相近的条目，最相近的在前。"""
    found = await knowledge_base.search(parts, body.text, body.category)
    return [KnowledgeAnswer.model_validate(row) for row in found]


@router.get("", summary="知识条目", operation_id="list_knowledge", responses=problems(401, 403, 422, 503))
async def list_knowledge(
    who: Who,
    parts: Assembled,
    state: Annotated[list[State], Query(description="状态，可多选。")] = [],  # noqa: B006
    unit: Annotated[list[Words], Query(description="维护单位，可多选。")] = [],  # noqa: B006
    cursor: Annotated[UUID | None, Query(description="上一页给出的 next_cursor。")] = None,
    limit: Limit = 50,
) -> KnowledgePage:
    """已发布的全部条目，和本单位尚未发布的；热线办看到全部。"""
    rows = await knowledge_base.listed(parts, who, state, unit, cursor, limit + 1)
    shown = [KnowledgeAnswer.model_validate(row) for row in rows[:limit]]
    return KnowledgePage(entries=shown, next_cursor=shown[-1].id if len(rows) > limit else None)


@router.post("", summary="编写知识条目", operation_id="write_knowledge", status_code=201, responses=_CHANGING)
async def write_knowledge(body: KnowledgeBody, who: Who, parts: Assembled) -> KnowledgeAnswer:
    """为本单位起草一个条目。谁提供，谁维护，谁负责。"""
    return KnowledgeAnswer.model_validate(await knowledge_base.write(parts, who, body.words()))


@router.get(
    "/{version}",
    summary="知识条目的各版本",
    operation_id="get_knowledge",
    responses=problems(401, 403, 404, 422, 503),
)
async def get_knowledge(version: VersionId, who: Who, parts: Assembled) -> KnowledgeDetail:
    """一个版本，和这个条目的其他版本。"""
    row, all_of_it = await knowledge_base.read(parts, who, version)
    return KnowledgeDetail.model_validate(
        {**row._mapping, "versions": [KnowledgeAnswer.model_validate(one) for one in all_of_it]}
    )


@router.put("/{version}", summary="修改知识条目", operation_id="change_knowledge", responses=_CHANGING)
async def change_knowledge(
    version: VersionId, body: KnowledgeBody, who: Who, parts: Assembled
) -> KnowledgeAnswer:
    """修改本单位的草稿；已发布的，起草新版本，审核通过前原版本继续有效。"""
    return KnowledgeAnswer.model_validate(await knowledge_base.change(parts, who, version, body.words()))


@router.post(
    "/{version}/submission",
    summary="送审知识条目",
    operation_id="submit_knowledge",
    status_code=204,
    responses=_CHANGING,
)
async def submit_knowledge(version: VersionId, who: Who, parts: Assembled) -> None:
    """送热线办审核。"""
    await knowledge_base.submit(parts, who, version)


@router.post(
    "/{version}/decision",
    summary="审核知识条目",
    operation_id="decide_knowledge",
    status_code=204,
    responses=_CHANGING,
)
async def decide_knowledge(version: VersionId, body: KnowledgeDecision, who: Who, parts: Assembled) -> None:
    """发布，取代原版本；或写明意见退回修改。不能审核自己编写的。"""
    await knowledge_base.decide(parts, who, version, body.approve, body.opinion)


@router.post(
    "/{version}/withdrawal",
    summary="停用知识条目",
    operation_id="withdraw_knowledge",
    status_code=204,
    responses=_CHANGING,
)
async def withdraw_knowledge(
    version: VersionId, body: KnowledgeWithdrawal, who: Who, parts: Assembled
) -> None:
    """不再据以答复。由维护单位或热线办停用。"""
    await knowledge_base.withdraw(parts, who, version, body.reason)

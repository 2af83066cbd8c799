"""Units, and the messages that went out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.answers import MessageAnswer, MessagePage, TemplateAnswer, UnitAnswer
from api.asking import PREFIX, Assembled, Limit, Words, problems
from api.identity import UNIT_ROLES, Identity
from api.problems import Problem
from api.services import others
from domain.vocabulary import Role
from models.notice_templates import SIGNATURE, TEMPLATES

router = APIRouter(prefix=PREFIX)


@router.get(
    "/units", summary="承办单位", operation_id="list_units", tags=["单位"], responses=problems(401, 422, 503)
)
async def list_units(identity: Identity, parts: Assembled) -> list[UnitAnswer]:
    """在用的单位。"""
    async with parts.engine.connect() as conn:
        return [UnitAnswer.model_validate(row) for row in await others.units(conn)]


@router.get(
    "/notice-templates",
    summary="通知模板",
    operation_id="list_notice_templates",
    tags=["通知"],
    responses=problems(401, 403, 503),
)
async def list_notice_templates(identity: Identity) -> list[TemplateAnswer]:
    """各项通知的文字；花括号内的在发送时填入。向短信服务商报备时照此填写。"""
    return [
        TemplateAnswer(id=one.id, text=one.text, signature=SIGNATURE, variables=list(one.order))
        for one in TEMPLATES.values()
    ]


@router.get(
    "/notifications",
    summary="已发出的通知",
    operation_id="list_notifications",
    tags=["通知"],
    responses=problems(401, 403, 422, 503),
)
async def list_notifications(
    identity: Identity,
    parts: Assembled,
    ticket: Annotated[Words | None, Query(description="工单编号。")] = None,
    cursor: Annotated[UUID | None, Query(description="上一页给出的 next_cursor。")] = None,
    limit: Limit = 50,
) -> MessagePage:
    """发给各方的通知，最新的在前，号码已脱敏。"""
    if identity.role in UNIT_ROLES or identity.role is Role.CITIZEN:
        raise Problem(403, "wrong_role", "你的角色不能查看通知记录。")
    async with parts.engine.connect() as conn:
        rows = await others.messages(conn, identity, ticket, cursor, limit + 1)
    shown = [MessageAnswer.model_validate({**row._mapping, "id": str(row.id)}) for row in rows[:limit]]
    return MessagePage(messages=shown, next_cursor=shown[-1].id if len(rows) > limit else None)

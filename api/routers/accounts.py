"""Accounts and tokens, which administrators manage, and whom a ticket is kept from."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from api.account_bodies import (
    AccountAnswer,
    AccountBody,
    AccountChange,
    AccountOpened,
    RecusalsBody,
    TokenAnswer,
    TokenBody,
    TokenIssued,
)
from api.asking import PREFIX, Assembled, Number, problems
from api.identity import Who
from api.permissions import RULES
from api.problems import Problem, not_found
from api.services.scope import visible_tickets
from models import accounts, api_tokens, sessions
from models.held_roles import OF_A_UNIT, HeldRole
from models.tables import Account, Person, Recusal, Ticket, Unit

router = APIRouter(prefix=PREFIX)

LINK_LASTS = timedelta(hours=24)

AccountId = Annotated[UUID, Path(description="账号编号。")]
TokenId = Annotated[UUID, Path(description="令牌编号。")]

_READING = problems(401, 403, 422, 503)
_CHANGING = problems(401, 403, 404, 409, 413, 415, 422, 503)


@router.get("/accounts", summary="账号", operation_id="list_accounts", tags=["账号"], responses=_READING)
async def list_accounts(who: Who, parts: Assembled) -> list[AccountAnswer]:
    """全部账号。"""
    row = Account
    query = (
        select(
            row.id,
            row.login,
            row.person_id.label("person"),
            Unit.name.label("unit"),
            row.roles,
            Person.roles.label("person_roles"),
            row.active,
            row.password.is_not(None).label("has_password"),
            row.totp_confirmed_at.is_not(None).label("second_factor"),
            row.subject.is_not(None).label("single_sign_on"),
            row.created_at,
        )
        .outerjoin(Person, Person.id == row.person_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .order_by(row.login)
    )
    async with parts.engine.connect() as conn:
        found = (await conn.execute(query)).all()
    return [
        AccountAnswer.model_validate({**one._mapping, "roles": one.person_roles or one.roles})
        for one in found
    ]


@router.post(
    "/accounts",
    summary="开通账号",
    operation_id="open_account",
    tags=["账号"],
    status_code=201,
    responses=_CHANGING,
)
async def open_account(body: AccountBody, who: Who, parts: Assembled) -> AccountOpened:
    """为一名人员开通账号，得到设置密码的一次性链接。"""
    now = datetime.now(UTC)
    async with parts.engine.begin() as conn:
        if await conn.scalar(select(Person.id).where(Person.id == body.person, Person.active)) is None:
            raise not_found("个人")
        try:
            async with conn.begin_nested():
                account_id = await accounts.add(conn, body.login, person_id=body.person)
        except IntegrityError:
            raise Problem(409, "account_exists", "用户名已被使用，或此人已有账号。") from None
        link = await accounts.new_link(conn, account_id, now, LINK_LASTS)
    return AccountOpened(id=account_id, link=parts.settings.welcome_url(link))


@router.put(
    "/accounts/{account}",
    summary="启用或停用账号",
    operation_id="change_account",
    tags=["账号"],
    status_code=204,
    responses=_CHANGING,
)
async def change_account(account: AccountId, body: AccountChange, who: Who, parts: Assembled) -> None:
    """停用的账号不能登录，已登录的立即退出。"""
    async with parts.engine.begin() as conn:
        await _require_account(conn, account)
        await accounts.set_active(conn, account, body.active)
        if not body.active:
            await sessions.revoke_all(conn, account, datetime.now(UTC))


@router.post(
    "/accounts/{account}/renewal",
    summary="重置账号",
    operation_id="renew_account",
    tags=["账号"],
    responses=_CHANGING,
)
async def renew_account(account: AccountId, who: Who, parts: Assembled) -> AccountOpened:
    """取消动态口令，退出全部登录，得到重新设置密码的一次性链接。"""
    now = datetime.now(UTC)
    async with parts.engine.begin() as conn:
        await _require_account(conn, account)
        await accounts.drop_second_factor(conn, account)
        await sessions.revoke_all(conn, account, now)
        link = await accounts.new_link(conn, account, now, LINK_LASTS)
    return AccountOpened(id=account, link=parts.settings.welcome_url(link))


async def _require_account(conn: AsyncConnection, account_id: UUID) -> None:
    if await accounts.by_id(conn, account_id) is None:
        raise not_found("个账号")


@router.get("/tokens", summary="访问令牌", operation_id="list_tokens", tags=["账号"], responses=_READING)
async def list_tokens(who: Who, parts: Assembled) -> list[TokenAnswer]:
    """签发过的访问令牌。"""
    async with parts.engine.connect() as conn:
        return [TokenAnswer.model_validate(row) for row in await api_tokens.list_all(conn)]


@router.post(
    "/tokens",
    summary="签发访问令牌",
    operation_id="issue_token",
    tags=["账号"],
    status_code=201,
    responses=_CHANGING,
)
async def issue_token(body: TokenBody, who: Who, parts: Assembled) -> TokenIssued:
    """为外部系统签发访问令牌：一个角色，可再限于其中几项操作，到期失效。"""
    _require_fitting(body)
    async with parts.engine.begin() as conn:
        try:
            async with conn.begin_nested():
                token_id, secret = await api_tokens.issue(
                    conn,
                    name=body.name,
                    role=body.role,
                    unit=body.unit,
                    operations=body.operations,
                    by=who.actor.id or "",
                    now=datetime.now(UTC),
                    lasts=timedelta(days=body.days),
                )
        except IntegrityError:
            raise Problem(409, "token_exists", "已有同名的令牌。请换一个名称。") from None
    return TokenIssued(id=token_id, token=secret)


def _require_fitting(body: TokenBody) -> None:
    """A token is for work on tickets; who may manage accounts shows a second factor, which no system can."""
    if body.role in (HeldRole.ADMINISTRATOR, HeldRole.CITIZEN):
        raise Problem(422, "token_role", "访问令牌不能以管理员或诉求人的角色签发。")
    if body.role in OF_A_UNIT and body.unit is None:
        raise Problem(422, "token_unit", "承办单位的角色须注明单位。")
    if unknown := sorted(set(body.operations) - RULES.keys()):
        raise Problem(422, "token_operations", f"没有第{body.operations.index(unknown[0]) + 1}项操作。")


@router.delete(
    "/tokens/{token}",
    summary="吊销访问令牌",
    operation_id="revoke_token",
    tags=["账号"],
    status_code=204,
    responses=problems(401, 403, 404, 422, 503),
)
async def revoke_token(token: TokenId, who: Who, parts: Assembled) -> None:
    """访问令牌立即失效。"""
    async with parts.engine.begin() as conn:
        if not await api_tokens.revoke(conn, token, datetime.now(UTC)):
            raise not_found("个令牌")


@router.get(
    "/tickets/{no}/recusals",
    summary="回避名单",
    operation_id="list_recusals",
    tags=["工单"],
    responses=problems(401, 403, 404, 422, 503),
)
async def list_recusals(no: Number, who: Who, parts: Assembled) -> list[str]:
    """工单对哪些人不可见。"""
    async with parts.engine.connect() as conn:
        await _require_ticket(conn, who, no)
        return list(await _recused(conn, no))


@router.put(
    "/tickets/{no}/recusals",
    summary="设定回避名单",
    operation_id="set_recusals",
    tags=["工单"],
    status_code=204,
    responses=_CHANGING,
)
async def set_recusals(no: Number, body: RecusalsBody, who: Who, parts: Assembled) -> None:
    """诉求所反映的人不能查看、办理这件工单，无论担任什么角色。"""
    async with parts.engine.begin() as conn:
        await _require_ticket(conn, who, no)
        known = set(await conn.scalars(select(Person.id).where(Person.id.in_(body.people))))
        if known != set(body.people):
            raise not_found("个人")
        await conn.execute(delete(Recusal).where(Recusal.ticket_no == no))
        if known:
            said = {"ticket_no": no, "created_at": datetime.now(UTC), "created_by": who.actor.id}
            await conn.execute(insert(Recusal), [{**said, "person_id": one} for one in sorted(known)])


async def _require_ticket(conn: AsyncConnection, who: Who, no: str) -> None:
    found = await conn.scalar(select(Ticket.no).where(Ticket.no == no, visible_tickets(who.actor)))
    if found is None:
        raise not_found("件工单")


async def _recused(conn: AsyncConnection, no: str) -> Sequence[Any]:
    return (
        await conn.scalars(
            select(Recusal.person_id).where(Recusal.ticket_no == no).order_by(Recusal.person_id)
        )
    ).all()

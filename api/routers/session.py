"""Logging in and out, and who one is."""

import base64
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from api import cookies
from api.account_bodies import (
    AbsenceBody,
    CodeBody,
    LinkBody,
    LoggedIn,
    LoginBody,
    LoginMethods,
    Me,
    PasswordBody,
    RoleAnswer,
    SecondFactor,
    Watermark,
)
from api.asking import PREFIX, Assembled, problems
from api.identity import Principal, Via, Who, csrf_of, is_same_origin, source_of
from api.permissions import still_owes_second_factor
from api.problems import Problem
from api.services import coming_in, presence, single_sign_on
from api.services.coming_in import CameIn
from api.services.parts import Parts
from models import accounts, passwords, second_factor, sessions
from models.held_roles import ACTS_AS, NAMES
from models.sealed_columns import open_column
from models.sessions import Session
from models.tables import Person

open_router = APIRouter(prefix=PREFIX, tags=["登录"])
router = APIRouter(prefix=PREFIX, tags=["登录"])

PersonId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[^\x00]*$", description="人员代码。")]


@open_router.get("/session/methods", summary="登录方式", operation_id="list_login_methods")
async def list_login_methods(parts: Assembled) -> LoginMethods:
    """可用的登录方式，供登录页使用。"""
    chosen = parts.settings
    return LoginMethods(
        password=True, oidc=chosen.oidc_issuer is not None, development=chosen.development_identities
    )


@open_router.post(
    "/session", summary="登录", operation_id="login", responses=problems(401, 403, 413, 415, 422, 429, 503)
)
async def login(body: LoginBody, request: Request, response: Response, parts: Assembled) -> LoggedIn:
    """用户名和密码登录。成功后由 Cookie 表明身份；连续失败的，须等待后再试，等待时间逐次加倍。"""
    _require_own_page(request, parts)
    came = await coming_in.with_password(parts, body.login, body.password, body.code, source_of(request))
    return await _logged_in(came, response, parts)


@open_router.post(
    "/session/link",
    summary="用一次性链接设置密码",
    operation_id="use_link",
    responses=problems(403, 404, 413, 415, 422, 503),
)
async def use_link(body: LinkBody, request: Request, response: Response, parts: Assembled) -> LoggedIn:
    """设置密码并登录。链接只能用一次；账号此前的登录全部失效。"""
    _require_own_page(request, parts)
    came = await coming_in.with_link(parts, body.link, body.password, source_of(request))
    return await _logged_in(came, response, parts)


@open_router.get(
    "/session/oidc",
    summary="单点登录",
    operation_id="oidc_begin",
    status_code=303,
    response_class=RedirectResponse,
    responses=problems(403, 404, 503),
)
async def oidc_begin(parts: Assembled) -> RedirectResponse:
    """前往统一身份认证登录。"""
    trip = await single_sign_on.depart(parts.settings, parts.ring)
    answer = RedirectResponse(trip.address, 303)
    cookies.remember(answer, parts.settings, trip.remembered, single_sign_on.REMEMBERED)
    return answer


@open_router.get(
    "/session/oidc/callback",
    summary="单点登录返回",
    operation_id="oidc_end",
    status_code=303,
    response_class=RedirectResponse,
    responses=problems(403, 404, 422, 503),
)
async def oidc_end(
    request: Request,
    parts: Assembled,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=2000)] = "",
) -> RedirectResponse:
    """统一身份认证登录后返回这里，成功的进入工作台。"""
    remembered = request.cookies.get(cookies.TRIP, "")
    who = await single_sign_on.arrive(parts.settings, parts.ring, remembered, state, code)
    came = await coming_in.as_signed_on(parts, who.issuer, who.subject, who.login, source_of(request))
    answer = RedirectResponse("/console/", 303)
    cookies.hand_out(answer, parts.settings, came.secret, came.lasts)
    cookies.forget(answer, parts.settings)
    return answer


def _require_own_page(request: Request, parts: Parts) -> None:
    # There is no session yet whose token a page could repeat; a foreign page must not log somebody in either.
    if not is_same_origin(request, parts.settings.api_url):
        raise Problem(403, "csrf", "请求不是从本系统的页面发出的。请刷新页面后再试。")


async def _logged_in(came: CameIn, response: Response, parts: Parts) -> LoggedIn:
    cookies.hand_out(response, parts.settings, came.secret, came.lasts)
    async with parts.engine.begin() as conn:
        session = await sessions.find(conn, came.secret, datetime.now(UTC), came.lasts)
    assert session is not None, "a session that was just opened holds"
    return LoggedIn(
        csrf=csrf_of(came.secret),
        second_factor_required=still_owes_second_factor(session, parts.settings),
    )


@router.delete(
    "/session", summary="退出", operation_id="logout", status_code=204, responses=problems(401, 403, 422, 503)
)
async def logout(who: Who, parts: Assembled, response: Response) -> None:
    """退出登录，会话立即失效。"""
    if who.session is not None:
        async with parts.engine.begin() as conn:
            await sessions.revoke(conn, who.session.id, datetime.now(UTC))
    cookies.take_back(response, parts.settings)


@router.get("/me", summary="我是谁", operation_id="get_me", responses=problems(401, 403, 422, 503))
async def get_me(who: Who, parts: Assembled) -> Me:
    """你的身份、角色、单位，以及页面水印的内容。"""
    session, name = who.session, await _name(parts, who)
    now = datetime.now(UTC)
    return Me(
        id=who.actor.id,
        name=name,
        login=session.login if session else None,
        role=who.held,
        roles=[RoleAnswer(role=one, name=NAMES[one], acts_as=ACTS_AS[one]) for one in who.roles],
        unit=session.unit if session else who.actor.unit,
        post=session.post if session else None,
        absent=session.absent if session else False,
        via=who.via,
        csrf=who.csrf,
        expires_at=session.expires_at if session else None,
        second_factor=session.second_factor if session else False,
        second_factor_required=session is not None and still_owes_second_factor(session, parts.settings),
        watermark=Watermark(text=" ".join(filter(None, (name, who.actor.id))) or NAMES[who.held], at=now),
    )


async def _name(parts: Parts, who: Principal) -> str | None:
    if who.session is None or who.session.person_id is None:
        return None
    async with parts.engine.connect() as conn:
        row = (
            await conn.execute(
                select(Person.id, Person.key_id, Person.name).where(Person.id == who.session.person_id)
            )
        ).one()
    return open_column(parts.ring, "person", row.id, "name", row.key_id, row.name)


@router.put(
    "/me/password",
    summary="更改密码",
    operation_id="change_password",
    status_code=204,
    responses=problems(401, 403, 409, 413, 415, 422, 429, 503),
)
async def change_password(body: PasswordBody, who: Who, parts: Assembled) -> None:
    """更改自己的密码。在别处的登录全部失效。"""
    session = _session(who)
    await coming_in.require_password(parts, session.login, body.present, who.source)
    coming_in.require_good(body.password, session.login)
    hashed = await passwords.hashed(body.password)
    async with parts.engine.begin() as conn:
        await accounts.set_password(conn, session.account_id, hashed)
        await sessions.revoke_all(conn, session.account_id, datetime.now(UTC), but=session.id)


@router.post(
    "/me/second-factor",
    summary="启用动态口令",
    operation_id="begin_second_factor",
    responses=problems(401, 403, 409, 422, 503),
)
async def begin_second_factor(who: Who, parts: Assembled) -> SecondFactor:
    """得到动态口令的密钥，用验证器扫描后出示一次口令即启用。已启用的须由管理员先取消。"""
    session = _session(who)
    async with parts.engine.begin() as conn:
        account = await accounts.by_id(conn, session.account_id)
        if account is None or account.second_factor:
            raise Problem(409, "second_factor_in_use", "动态口令已启用。更换须由管理员先取消。")
        secret = await accounts.begin_second_factor(conn, parts.ring, session.account_id)
    return SecondFactor(
        secret=base64.b32encode(secret).decode(), address=second_factor.address(secret, session.login, "接诉")
    )


@router.put(
    "/me/second-factor",
    summary="出示动态口令",
    operation_id="show_second_factor",
    status_code=204,
    responses=problems(401, 403, 409, 413, 415, 422, 429, 503),
)
async def show_second_factor(body: CodeBody, who: Who, parts: Assembled) -> None:
    """出示动态口令，本次登录即可办理管理事项。"""
    session = _session(who)
    await coming_in.require_code(parts, session.account_id, session.login, body.code, who.source)
    async with parts.engine.begin() as conn:
        await sessions.confirm_second_factor(conn, session.id)


def _session(who: Principal) -> Session:
    if who.via is not Via.SESSION or who.session is None:
        raise Problem(409, "no_session", "只有登录的账号才能这样做。")
    return who.session


@router.put(
    "/people/{person}/absence",
    summary="在岗或不在岗",
    operation_id="set_absence",
    status_code=204,
    responses=problems(401, 403, 404, 409, 413, 415, 422, 503),
)
async def set_absence(person: PersonId, body: AbsenceBody, who: Who, parts: Assembled) -> None:
    """标记本人或本单位的人不在岗。不在岗时由另一岗代办，AB岗不能同时不在岗。"""
    async with parts.engine.begin() as conn:
        await presence.set_absence(conn, who, person, body.absent)

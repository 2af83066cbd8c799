"""Who is asking: the one seam that everything else asks.

People come with the cookie of a session, systems with a token. The headers X-Jiesu-Role, -Unit and -Actor of
whoever reaches the API count only where `JIESU_DEVELOPMENT_IDENTITIES` says so.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Annotated
from urllib.parse import unquote, urlsplit

from fastapi import Depends, Header, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from api.asking import Assembled
from api.problems import Problem
from api.services.parts import Parts
from domain.commands import Actor
from domain.vocabulary import Role
from models import api_tokens, counted_refusals, sessions
from models.api_tokens import Token
from models.audit import Line
from models.held_roles import ACTS_AS, NAMES, OF_A_UNIT, HeldRole, held_as
from models.sessions import Session
from ops.database import at_once

UNIT_ROLES = frozenset({Role.UNIT, Role.UNIT_LEADER, Role.UNIT_PRINCIPAL})
"""Roles that act for one unit and see that unit's tickets only."""

COOKIE = "jiesu_session"
CSRF_COOKIE = "jiesu_csrf"
CSRF_HEADER = "X-Jiesu-CSRF"

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_KNOWN = "、".join(HeldRole)


class Via(StrEnum):
    """How somebody proved who they are."""

    SESSION = "session"
    TOKEN = "token"
    DEVELOPMENT = "development"


@dataclass(frozen=True)
class Principal:
    """Who is asking, in which of their roles, how they proved it, and from where."""

    actor: Actor
    held: HeldRole
    roles: tuple[HeldRole, ...]
    via: Via
    source: str | None
    session: Session | None = None
    token: Token | None = None
    csrf: str | None = None


_SESSION_COOKIE = APIKeyCookie(
    name=COOKIE, scheme_name="session", description="登录后得到的会话。", auto_error=False
)
_BEARER = HTTPBearer(scheme_name="token", description="外部系统的访问令牌。", auto_error=False)


async def authenticated(
    request: Request,
    parts: Assembled,
    cookie: Annotated[str | None, Depends(_SESSION_COOKIE)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    role: Annotated[
        str | None,
        Header(
            alias="X-Jiesu-Role",
            max_length=40,
            description="担任多个角色的，以哪一个办理；不填时取第一个。",
            examples=["office"],
        ),
    ] = None,
) -> Principal:
    """The principal of a request. 401 for one who does not prove who they are, 403 for a role they lack."""
    if bearer is not None:
        return await _of_token(request, parts, bearer.credentials)
    if cookie:
        return await _of_session(request, parts, cookie, role)
    if parts.settings.development_identities and role is not None:
        return _of_headers(request, role)
    raise Problem(401, "identity_required", "请求没有表明身份。请登录后再试。")


async def _of_session(request: Request, parts: Parts, secret: str, role: str | None) -> Principal:
    idle = timedelta(minutes=parts.settings.session_idle_minutes)
    async with at_once(parts.engine) as conn:
        session = await sessions.find(conn, secret, datetime.now(UTC), idle)
    if session is None:
        await _record_ended(parts, request, sessions.login_of, secret)
        raise Problem(401, "session_ended", "登录已失效。请重新登录。")
    csrf = csrf_of(secret)
    try:
        if request.method not in _SAFE:
            _require_own_page(request, parts, csrf)
        held = _chosen(tuple(HeldRole(one) for one in session.roles), role)
    except Problem as refused:
        await _record(parts, request, refused.code, session.actor_id)
        raise
    return Principal(
        actor=_actor(held, session.unit, session.actor_id),
        held=held,
        roles=tuple(HeldRole(one) for one in session.roles),
        via=Via.SESSION,
        source=source_of(request),
        session=session,
        csrf=csrf,
    )


def csrf_of(secret: str) -> str:
    """What a page of ours repeats in a header; a page of somebody else's can neither read nor make it."""
    return sha256(b"csrf:" + secret.encode("utf-8", "surrogatepass")).hexdigest()


def _require_own_page(request: Request, parts: Parts, csrf: str) -> None:
    shown = request.headers.get(CSRF_HEADER, "")
    if not (
        compare_digest(shown.encode(), csrf.encode()) and is_same_origin(request, parts.settings.api_url)
    ):
        raise Problem(403, "csrf", "请求不是从本系统的页面发出的。请刷新页面后再试。")


def is_same_origin(request: Request, public_url: str) -> bool:
    """Whether a page of ours asked, as far as the browser says; one that says nothing passes."""
    origin = request.headers.get("origin")
    if origin is not None:
        ours = {request.headers.get("host"), urlsplit(public_url).netloc}
        try:
            return urlsplit(origin).netloc in ours
        except ValueError:
            # No browser writes such an origin.
            return False
    return request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")


async def _of_token(request: Request, parts: Parts, secret: str) -> Principal:
    async with at_once(parts.engine) as conn:
        token = await api_tokens.find(conn, secret, datetime.now(UTC))
    if token is None:
        await _record_ended(parts, request, api_tokens.name_of, secret)
        raise Problem(401, "token_ended", "访问令牌无效或已过期。请申请新的令牌。")
    held = HeldRole(token.role)
    return Principal(
        actor=_actor(held, token.unit, token.name),
        held=held,
        roles=(held,),
        via=Via.TOKEN,
        source=source_of(request),
        token=token,
    )


_NameOf = Callable[[AsyncConnection, str], Awaitable[str | None]]


async def _record_ended(parts: Parts, request: Request, name_of: _NameOf, secret: str) -> None:
    """Writes to the audit that something was shown which was once good; what never was is only refused."""
    async with parts.engine.begin() as conn:
        name = await name_of(conn, secret)
    if name is not None:
        await _record(parts, request, "ended", name)


async def _record(parts: Parts, request: Request, outcome: str, name: str) -> None:
    operation = request.scope["route"].operation_id
    async with parts.engine.begin() as conn:
        line = Line(datetime.now(UTC), operation, outcome, {"id": name}, source_of(request))
        await counted_refusals.put(conn, line)


async def shown_by(conn: AsyncConnection, request: Request) -> str | None:
    """Whose cookie or token a request carries, whether it still holds or not; None for a stranger's."""
    kind, _, bearer = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return await api_tokens.name_of(conn, bearer)
    cookie = request.cookies.get(COOKIE)
    return await sessions.login_of(conn, cookie) if cookie else None


def _of_headers(request: Request, role: str) -> Principal:
    held = held_as(role)
    if held is None:
        raise Problem(401, "identity_unknown", f"没有这一角色。可用的有：{_KNOWN}。")
    unit, actor = request.headers.get("X-Jiesu-Unit"), request.headers.get("X-Jiesu-Actor")
    if held in OF_A_UNIT and not unit:
        raise Problem(401, "identity_incomplete", "承办单位人员须注明所属单位。")
    return Principal(
        actor=_actor(held, _decoded(unit), _decoded(actor)),
        held=held,
        roles=(held,),
        via=Via.DEVELOPMENT,
        source=source_of(request),
    )


def _chosen(roles: tuple[HeldRole, ...], asked: str | None) -> HeldRole:
    if not roles:
        raise Problem(403, "no_role", "你的账号没有任何角色。请联系管理员。")
    if asked is None:
        return roles[0]
    held = next((one for one in roles if one == asked), None)
    held = held or next((one for one in roles if ACTS_AS[one] == asked), None)
    if held is None:
        names = "、".join(NAMES[one] for one in roles)
        raise Problem(403, "role_not_held", f"你没有这一角色。你的角色有：{names}。")
    return held


def _actor(held: HeldRole, unit: str | None, actor_id: str | None) -> Actor:
    try:
        return Actor(role=ACTS_AS[held], unit=unit, id=actor_id)
    except ValidationError:
        raise Problem(401, "identity_unknown", "身份信息的格式不对。请重新登录。") from None


def _decoded(value: str | None) -> str | None:
    words = unquote(value) if value else None
    if words is not None and ("\x00" in words or "\ufffd" in words):
        raise Problem(401, "identity_unknown", "身份信息的格式不对。请重新登录。")
    return words


def source_of(request: Request) -> str | None:
    """The address a request came from; behind a proxy that the server trusts, the one the proxy names."""
    return request.client.host if request.client else None


Who = Annotated[Principal, Depends(authenticated)]
"""What an endpoint asks for to know everything about who is asking."""


async def identified(who: Who) -> Actor:
    """The actor of a request, as the core knows it."""
    return who.actor


Identity = Annotated[Actor, Depends(identified)]
"""What an endpoint asks for to know who is asking."""

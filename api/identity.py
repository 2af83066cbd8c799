"""Who is asking: the one seam that everything else asks.

For now whoever reaches the API says who they are in three headers, which suits development and a trusted
network only. A login replaces the body of `identified`; nothing else needs to change then.
"""

from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Header
from pydantic import ValidationError

from api.problems import Problem
from domain.commands import Actor
from domain.vocabulary import Role

UNIT_ROLES = frozenset({Role.UNIT, Role.UNIT_LEADER, Role.UNIT_PRINCIPAL})
"""Roles that act for one unit and see that unit's tickets only."""

_NOT_FOR_PEOPLE = frozenset({Role.SYSTEM, Role.SYSTEM_OPERATOR})
_KNOWN = [role.value for role in Role if role not in _NOT_FOR_PEOPLE]
_ROLES = "、".join(_KNOWN)


def identified(
    role: Annotated[
        str | None,
        Header(alias="X-Jiesu-Role", description=f"角色：{_ROLES}。", examples=["office"]),
    ] = None,
    unit: Annotated[
        str | None,
        Header(
            alias="X-Jiesu-Unit",
            description="所属单位的名称，用 URL 编码（水务局写作 %E6%B0%B4%E5%8A%A1%E5%B1%80）。"
            "承办单位的角色必填。",
        ),
    ] = None,
    actor: Annotated[
        str | None,
        Header(alias="X-Jiesu-Actor", description="人员或系统的代码，如 rx-01。诉求人填其编号。"),
    ] = None,
) -> Actor:
    """The actor of a request. 401 for one who does not say, or says what cannot be."""
    if role is None:
        raise Problem(401, "identity_required", "请求没有表明身份。请登录后再试。")
    if role not in _KNOWN:
        raise Problem(401, "identity_unknown", f"没有这一角色。可用的有：{_ROLES}。")
    if Role(role) in UNIT_ROLES and not unit:
        raise Problem(401, "identity_incomplete", "承办单位人员须注明所属单位。")
    try:
        return Actor(role=Role(role), unit=_decoded(unit), id=_decoded(actor))
    except ValidationError:
        raise Problem(401, "identity_unknown", "身份信息的格式不对。请重新登录。") from None


def _decoded(value: str | None) -> str | None:
    words = unquote(value) if value else None
    if words is not None and ("\x00" in words or "\ufffd" in words):
        raise Problem(401, "identity_unknown", "身份信息的格式不对。请重新登录。")
    return words


Identity = Annotated[Actor, Depends(identified)]
"""What an endpoint asks for to know who is asking."""

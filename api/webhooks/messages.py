"""Receipts and replies as providers push them.

None of the SMS providers signs what it pushes, so their addresses carry a secret and may be limited to their
networks; a receipt then counts only for a message of ours to that very number. The generic gateway signs, and
each of its ids counts once. What is refused is written down; numbers and words are not.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from hmac import compare_digest
from ipaddress import ip_address
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.gateways import pushed
from activities.gateways.pushed import NoPush
from activities.gateways.signed_webhook import BadSignature, verified_id
from api.asking import Assembled
from api.problems import Problem
from api.services.offices import policy_in_use
from api.services.parts import Parts
from models import inbound, receipts, uplinks
from models.receipts import Taken
from ops.message_settings import MessageSettings, load_message_settings

MAX_BODY = 1024 * 1024
"""Longest push in bytes; the largest that a provider makes is a fifth of it."""

Provider = Literal["aliyun", "tencent", "cmcc"]
Chosen = Annotated[MessageSettings, Depends(load_message_settings)]

# Not part of the described interface: each form is its provider's own.
router = APIRouter(prefix="/webhooks", include_in_schema=False)


@router.post("/{provider}/{token}/reports")
async def reports(
    provider: Provider, token: str, request: Request, parts: Assembled, chosen: Chosen
) -> JSONResponse:
    """Receipts of an SMS provider."""
    push = await _arrived(request, parts, provider, "report")
    await _require_address(push, chosen, token)
    return await _take(push, _count)


@router.post("/{provider}/{token}/replies")
async def replies(
    provider: Provider, token: str, request: Request, parts: Assembled, chosen: Chosen
) -> JSONResponse:
    """SMS that people sent us, through an SMS provider."""
    push = await _arrived(request, parts, provider, "reply")
    await _require_address(push, chosen, token)
    return await _take(push, _hear)


@router.post("/webhook/reports")
async def signed_reports(request: Request, parts: Assembled, chosen: Chosen) -> JSONResponse:
    """Receipts of the generic gateway."""
    push = await _arrived(request, parts, "webhook", "report")
    return await _take(push, _count, await _signed_id(push, chosen))


@router.post("/webhook/replies")
async def signed_replies(request: Request, parts: Assembled, chosen: Chosen) -> JSONResponse:
    """Messages that people sent us, through the generic gateway."""
    push = await _arrived(request, parts, "webhook", "reply")
    return await _take(push, _hear, await _signed_id(push, chosen))


class _Push:
    """A push as it came in, and how to write down that it was refused."""

    def __init__(self, parts: Parts, gateway: str, what: str, request: Request, body: bytes) -> None:
        self.parts, self.gateway, self.headers, self.body = parts, gateway, request.headers, body
        self.source = request.client.host if request.client else None
        self._refuse = partial(inbound.refuse, gateway=gateway, what=what, source=self.source, body=body)

    async def refused(self, why: str, forged: int | None = None) -> None:
        """Leaves it on the audit: by itself, or counted among many of its kind."""
        async with self.parts.engine.begin() as conn:
            await self._refuse(conn, why=why, now=datetime.now(UTC), forged=forged)


_Taking = Callable[[AsyncConnection, _Push], Awaitable[int]]


async def _arrived(request: Request, parts: Parts, gateway: str, what: str) -> _Push:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            await _Push(parts, gateway, what, request, bytes(body[:MAX_BODY])).refused("too_large")
            raise Problem(413, "body_too_large", "推送的内容过大。")
    return _Push(parts, gateway, what, request, bytes(body))


async def _require_address(push: _Push, chosen: MessageSettings, token: str) -> None:
    """A push proves itself by the secret in its address, and by where it comes from."""
    expected = chosen.push_token.get_secret_value() if chosen.push_token else None
    if expected is None or not compare_digest(expected.encode(), token.encode(errors="replace")):
        await push.refused("token")
        raise Problem(404, "not_found", "没有这个地址。请核对后再试。")
    if chosen.push_sources and not _is_within(push.source, chosen):
        await push.refused("source")
        raise Problem(403, "source", "不接受这一来源的推送。")


def _is_within(source: str | None, chosen: MessageSettings) -> bool:
    try:
        address = ip_address(source or "")
    except ValueError:
        return False
    return any(address in network for network in chosen.push_sources)


async def _signed_id(push: _Push, chosen: MessageSettings) -> str:
    """The id of a push that proves itself by its signature."""
    if chosen.webhook_secret is None:
        await push.refused("not_in_use")
        raise Problem(404, "not_found", "没有这个地址。请核对后再试。")
    try:
        secret = chosen.webhook_secret.get_secret_value()
        return verified_id(secret, push.headers, push.body, datetime.now(UTC))
    except BadSignature as error:
        await push.refused(error.code)
        raise Problem(401, "signature", "签名无效或已过期。请核对密钥和时间。") from None


async def _take(push: _Push, taking: _Taking, signed_id: str | None = None) -> JSONResponse:
    """Takes a genuine push in, whole or not at all; one that was signed, once."""
    try:
        async with push.parts.engine.begin() as conn:
            first = signed_id is None or await inbound.first_time(
                conn, push.gateway, signed_id, datetime.now(UTC)
            )
            forged = await taking(conn, push) if first else 0
    except NoPush:
        await push.refused("malformed")
        raise Problem(422, "malformed", "推送的内容不是约定的格式。") from None
    if not first:
        await push.refused("replayed")
        raise Problem(409, "replayed", "这条推送已经收到过，不再受理。")
    if forged:
        await push.refused("forged", forged)
    return JSONResponse(pushed.answer(push.gateway))


async def _count(conn: AsyncConnection, push: _Push) -> int:
    """Counts receipts; how many of them were forged."""
    said = pushed.reports(push.gateway, push.body)
    return sum([await receipts.take(conn, push.parts.ring, one) is Taken.FORGED for one in said])


async def _hear(conn: AsyncConnection, push: _Push) -> int:
    """Takes replies in; there is nothing about one to forge but its words."""
    terms = (await policy_in_use(conn, push.parts.settings)).secrecy
    marks = terms.looked_for if terms else None
    for one in pushed.uplinks(push.gateway, push.body):
        await uplinks.take(conn, push.parts.ring, one, marks)
    return 0

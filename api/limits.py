"""What is refused before it is read: bodies that are too large, or no JSON by their own account."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem
from api.services import auditing
from models.file_kinds import MAX_SIZE

MAX_BODY = 2 * 1024 * 1024
"""Longest body in bytes: more than any command needs, less than hurts."""

_FILES = "/attachments"
_NOT_JSON = Problem(415, "media_type", "只接受 JSON。请将 Content-Type 设为 application/json。")


class BodyLimits:
    """Reads a body up to the limit and hands it on whole; 413 and 415 as problem details.

    Where files are uploaded the limit is theirs, and the body need not be JSON. Who sends too much is on
    record.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        is_file = scope["method"] == "POST" and scope["path"].endswith(_FILES)
        limit = MAX_SIZE if is_file else MAX_BODY
        body = await _read(scope, receive, limit)
        if body is None:
            refused = _too_large(limit)
            await auditing.record_turned_away(Request(scope), refused.code)
            await refused.response()(scope, receive, send)
        elif body and not is_file and not _is_json(scope["headers"]):
            await _NOT_JSON.response()(scope, receive, send)
        else:
            await self._app(scope, _replay(body, receive), send)


def _too_large(limit: int) -> Problem:
    return Problem(413, "body_too_large", f"内容过大，最多{limit // 1024 // 1024}MB。请删减后重新提交。")


async def _read(scope: Scope, receive: Receive, limit: int) -> bytes | None:
    """The body, or None for one that is longer than the limit."""
    declared = _header(scope["headers"], b"content-length")
    if declared is not None and declared.isdigit() and int(declared) > limit:
        return None
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _is_json(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    kind = (_header(headers, b"content-type") or b"").split(b";")[0].strip().lower()
    return kind == b"application/json" or (kind.startswith(b"application/") and kind.endswith(b"+json"))


def _header(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> bytes | None:
    return next((value for name, value in headers if name == wanted), None)

"""What every answer tells the browser to refuse (foreign scripts, frames, guessing of types) and to keep."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'self'; script-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self' data:; "
    # Ant Design writes its styles into the page.
    "style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_POLICY_OF_DOCS = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net; "
    "style-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net; "
    "img-src 'self' data: https://fastapi.tiangolo.com; object-src 'none'; frame-ancestors 'none'"
)
_DOCS = ("/docs", "/redoc")
_YEAR = 365 * 24 * 3600


class SecurityHeaders:
    """Adds the headers to every answer; HSTS only where the site is reached over TLS."""

    def __init__(self, app: ASGIApp, tls: bool) -> None:
        self._app = app
        self._headers = [
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
        ]
        if tls:
            self._headers.append((b"strict-transport-security", f"max-age={_YEAR}".encode()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = _kept(path, message["status"])
                message["headers"] = [*message["headers"], *self._for(path, kept, message["headers"])]
            await send(message)

        await self._app(scope, receive, with_headers)

    def _for(
        self, path: str, kept: bytes | None, given: Iterable[tuple[bytes, bytes]]
    ) -> list[tuple[bytes, bytes]]:
        there = {name.lower() for name, _ in given}
        policy = _POLICY_OF_DOCS if path.startswith(_DOCS) else _POLICY
        wanted = [*self._headers, (b"content-security-policy", policy.encode())]
        if kept is not None:
            wanted.append((b"cache-control", kept))
        return [(name, value) for name, value in wanted if name not in there]


def _kept(path: str, status: int) -> bytes | None:
    """How long an answer may be kept; None where it is not for us to say."""
    if path.startswith("/api/"):
        # What the API says may be about people: no browser and no proxy keeps it.
        return b"no-store"
    if path.startswith("/console/assets/") and status in (200, 304):
        # The build names each file by its content: another content has another name.
        return f"public, max-age={_YEAR}, immutable".encode()
    return b"no-cache" if path.startswith("/console") else None

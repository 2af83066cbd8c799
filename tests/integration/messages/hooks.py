"""Pushing to the application as providers do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2

from activities.gateways.signed_webhook import signed_headers


@dataclass(frozen=True)
class Hooks:
    """The application's addresses for pushes."""

    address: str
    token: str
    secret: str

    def url(self, provider: str, what: str, token: str | None = None) -> str:
        """Where a provider pushes receipts (`reports`) or `replies` to."""
        return f"{self.address}/webhooks/{provider}/{token or self.token}/{what}"

    async def push(self, provider: str, what: str, body: Any, token: str | None = None) -> httpx2.Response:
        """Pushes JSON, or bytes as they are."""
        async with httpx2.AsyncClient(timeout=60) as client:
            sent: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
            return await client.post(self.url(provider, what, token), **sent)

    async def push_signed(
        self,
        what: str,
        body: bytes,
        message_id: str,
        *,
        at: datetime | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Pushes as the generic gateway does."""
        signed = signed_headers(self.secret, message_id, at or datetime.now(UTC), body)
        async with httpx2.AsyncClient(timeout=60) as client:
            return await client.post(
                f"{self.address}/webhooks/webhook/{what}", content=body, headers={**signed, **(headers or {})}
            )

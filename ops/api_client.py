"""Talking to the running API: who speaks, problems as sentences, patience while it is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from ops.errors import OperationFailed

PATIENCE = 60.0
"""Seconds to go on asking an API that was there before and does not answer now."""

FIRST_PATIENCE = 10.0
"""Seconds to go on asking one that nobody could connect to yet: it may not be running at all."""


@dataclass(frozen=True)
class Speaker:
    """In which role somebody asks, for which unit."""

    role: str
    unit: str | None = None
    actor: str | None = None


@dataclass(frozen=True)
class Told:
    """An answer: its status, and its JSON."""

    status: int
    body: Any

    @property
    def problem(self) -> str:
        """What went wrong as `code: sentence`."""
        return f"{self.body.get('code', self.status)}：{self.body.get('detail', '')}"


Identify = Callable[[Speaker], Awaitable[Mapping[str, str]]]
"""How a speaker proves who they are: the headers to send."""


class ApiClient:
    """Asks the API at one address; what is not answered, or with 503, is asked again for a while."""

    def __init__(self, url: str, identify: Identify, patience: float = PATIENCE) -> None:
        self._url, self._identify, self._patience = url.rstrip("/"), identify, patience
        self._is_there = False
        self._http = httpx2.AsyncClient(base_url=f"{self._url}/api/v1", timeout=30)

    async def __aenter__(self) -> ApiClient:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._http.__aexit__(*error)

    async def get(self, path: str, speaker: Speaker, query: Mapping[str, Any] | None = None) -> Told:
        """What is there. Raises OperationFailed when nobody answers."""
        return await self._ask("GET", path, speaker, params=query)

    async def post(
        self, path: str, speaker: Speaker, body: Mapping[str, Any], key: str | None = None
    ) -> Told:
        """Says something; the same `key` is safe to say again. Raises OperationFailed when nobody answers."""
        headers = {"Idempotency-Key": key} if key else {}
        return await self._ask("POST", path, speaker, json=body, headers=headers)

    async def _ask(self, method: str, path: str, speaker: Speaker, **said: Any) -> Told:
        headers = {**await self._identify(speaker), **said.pop("headers", {})}
        loop = asyncio.get_running_loop()
        since = loop.time()
        while True:
            wait, why = 1.0, "no answer"
            try:
                answer = await self._http.request(method, path, headers=headers, **said)
            except httpx2.TransportError as error:
                self._is_there |= not isinstance(error, httpx2.ConnectError)
                why = str(error) or type(error).__name__
            else:
                self._is_there = True
                if answer.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
                    return Told(answer.status_code, _json(answer))
                wait, why = float(answer.headers.get("Retry-After", "1")), "503"
            patience = self._patience if self._is_there else FIRST_PATIENCE
            if loop.time() + wait > since + patience:
                raise OperationFailed(
                    f"the API at {self._url} does not answer ({why}); is `jiesu up` running?"
                )
            await asyncio.sleep(wait)


def _json(answer: httpx2.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return {"code": f"http_{answer.status_code}", "detail": "不是接诉的接口"}

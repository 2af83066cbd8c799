"""One POST to a provider, with what can go wrong on the way told apart by whether it may have arrived."""

import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx2

from activities.gateways.gateway import Outcome, SendResult

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0

# Addresses of robots carry their key, and a query may carry a number: none of it belongs into a log.
logging.getLogger("httpx2").setLevel(logging.WARNING)


class NotHandedOver(Exception):
    """The provider certainly did not get the request. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PerhapsHandedOver(Exception):
    """The provider may have got the request. `code` says what is known."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Wire:
    """A connection to one provider, kept open between messages."""

    def __init__(self, base_url: str = "") -> None:
        self._client = httpx2.AsyncClient(
            base_url=base_url, timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        )

    async def post(
        self, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any] | None]:
        """The status and the JSON object of the answer, None where it is none.

        Raises NotHandedOver and PerhapsHandedOver; neither repeats what was sent.
        """
        return await self._ask("POST", path, body, headers)

    async def get(self, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, Any] | None]:
        """As `post`, for a question."""
        return await self._ask("GET", path, b"", headers)

    async def _ask(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any] | None]:
        try:
            answer = await self._client.request(method, path, content=body, headers=dict(headers))
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            raise NotHandedOver("unreachable") from None
        except httpx2.TransportError:
            raise PerhapsHandedOver("cut_off") from None
        return answer.status_code, _object(answer)

    async def close(self) -> None:
        """Gives the connections back."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def outcome_of(failure: NotHandedOver | PerhapsHandedOver) -> SendResult:
    """The outcome that a failure on the way stands for."""
    sure = isinstance(failure, NotHandedOver)
    return SendResult(Outcome.DEFERRED if sure else Outcome.UNKNOWN, code=failure.code)


def outcome_of_status(status: int) -> SendResult | None:
    """The outcome that an HTTP status alone stands for; None for one that leaves it to the body."""
    if status in (429, 503):
        return SendResult(Outcome.DEFERRED, code=f"http_{status}")
    if status >= 500:
        return SendResult(Outcome.UNKNOWN, code=f"http_{status}")
    return None


def _object(answer: httpx2.Response) -> dict[str, Any] | None:
    try:
        found = answer.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None

"""Telling apart a Temporal that is away from one that says no."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

_SAYS_NO = frozenset(
    {
        RPCStatusCode.NOT_FOUND,
        RPCStatusCode.ALREADY_EXISTS,
        RPCStatusCode.INVALID_ARGUMENT,
        RPCStatusCode.FAILED_PRECONDITION,
        RPCStatusCode.PERMISSION_DENIED,
        RPCStatusCode.UNAUTHENTICATED,
        RPCStatusCode.UNIMPLEMENTED,
    }
)


_PATIENCE = 1.0
"""Seconds a call may take before the server is asked whether it is there at all."""

_HEALTH = timedelta(seconds=3)
"""How long a server that was there may take to say so; one that was stopped refuses at once."""

_HEALTH_WHILE_AWAY = timedelta(seconds=1)
"""How long one that was away may take: long enough for a busy machine, short for whoever waits."""

_Given = TypeVar("_Given")


class EngineAway(Exception):
    """Temporal or every worker is away: what is stored will be done later."""


class Reach:
    """Calls to Temporal that wait only while it is there.

    Who finds that it is away waits about a second for it; those who come after ask first, and do not wait.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._away = False

    async def call(self, work: Coroutine[Any, Any, _Given]) -> _Given:
        """What the call gives. Raises EngineAway, or what the call raises."""
        if self._away and not await self._answers(_HEALTH_WHILE_AWAY):
            work.close()
            raise EngineAway("still away")
        call = asyncio.ensure_future(work)
        try:
            with reaching_temporal():
                done, _ = await asyncio.wait({call}, timeout=_PATIENCE)
                if not done and not await self._answers(_HEALTH):
                    raise EngineAway("no answer to the question whether it is there")
                return await call
        except EngineAway:
            if not self._away:
                await self._answers(_HEALTH)
            raise
        finally:
            call.cancel()

    async def _answers(self, within: timedelta) -> bool:
        """Whether the server says that it is there; remembered for the next call."""
        try:
            async with asyncio.timeout(within.total_seconds()):
                healthy = await self._client.service_client.check_health(timeout=within)
        except (RPCError, RuntimeError, TimeoutError):
            healthy = False
        self._away = not healthy
        return healthy


@contextmanager
def reaching_temporal() -> Iterator[None]:
    """Raises EngineAway where a call did not get through or got no answer in time."""
    try:
        yield
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise EngineAway("no worker answered in time") from error
    except RPCError as error:
        if error.status in _SAYS_NO:
            raise
        raise EngineAway(error.status.name) from error
    except RuntimeError as error:
        # What the SDK raises when a client that connects at its first call cannot.
        if "Failed client connect" in str(error):
            raise EngineAway("no connection") from error
        raise

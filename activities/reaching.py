"""Telling apart a Temporal that is away from one that says no."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
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

_ANSWER = timedelta(seconds=8)
"""How long a workflow may take over a command before the caller is told that it is stored."""

_ANSWER_WHILE_SILENT = timedelta(seconds=1)
"""The same while no worker asks for work."""

_Given = TypeVar("_Given")


class EngineAway(Exception):
    """Temporal or every worker is away: what is stored will be done later."""


class NoAnswer(EngineAway):
    """Temporal is there, and no worker answered in time."""


class Reach:
    """Calls to Temporal that wait only while it is there, and for workflows only while somebody runs them.

    Who finds that it is away waits about a second for it; those who come after ask first, and do not wait.
    """

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client, self._task_queue = client, task_queue
        self._away = False
        self._last_asked: int | None = None
        """When a worker had last asked for work, by Temporal's clock, as a command went without an answer."""

    async def answer(self, ask: Callable[[timedelta], Coroutine[Any, Any, _Given]]) -> _Given:
        """What a workflow answers within the time that `ask` is given. Raises NoAnswer, and as `call` does.

        After a command that nobody answered the next ones are given a second, until one of them is answered
        or a worker has asked for work again.
        """
        # Read once: another command may be answered while this one asks.
        last_asked = self._last_asked
        silent = last_asked is not None and await self._asked_for_work() <= last_asked
        try:
            given = await self.call(ask(_ANSWER_WHILE_SILENT if silent else _ANSWER))
        except NoAnswer:
            if not silent:
                self._last_asked = await self._asked_for_work()
            raise
        except WorkflowUpdateFailedError:
            self._last_asked = None
            raise
        self._last_asked = None
        return given

    async def _asked_for_work(self) -> int:
        """When a worker last asked for work, in nanoseconds by Temporal's clock. Raises EngineAway."""
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=self._task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        with reaching_temporal():
            described = await self._client.workflow_service.describe_task_queue(request, timeout=_HEALTH)
        return max((one.last_access_time.ToNanoseconds() for one in described.pollers), default=0)

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
                # Awaited itself it would tell a cancellation of this task as an answer that did not come.
                await asyncio.wait({call})
                return call.result()
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
        raise NoAnswer("no worker answered in time") from error
    except RPCError as error:
        if error.status in _SAYS_NO:
            raise
        raise EngineAway(error.status.name) from error
    except RuntimeError as error:
        # What the SDK raises when a client that connects at its first call cannot.
        if "Failed client connect" in str(error):
            raise EngineAway("no connection") from error
        raise

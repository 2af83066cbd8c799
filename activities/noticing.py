"""Handing notices to Temporal: each batch is an activity of its own, beside the history of its ticket."""

import asyncio
from datetime import timedelta

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.common import ActivityIDConflictPolicy, ActivityIDReusePolicy
from temporalio.exceptions import ActivityAlreadyStartedError
from temporalio.service import RPCError

from models import outbox
from models.contracts.notices import NOTIFY, NotifyRequest
from models.recording import SEND_NOTICES, notices_subject
from models.retries import NOTIFY as NOTIFY_RETRIES
from models.retries import NOTIFY_TIMEOUT
from ops.database import at_once

_TIMEOUT = timedelta(seconds=5)

_AFTER_THE_ANSWER = 0.1
"""Seconds that a batch lets pass: at once it would take worker and Temporal from the command it follows.

Nothing tells an activity that the workflow task behind it has ended, so this is a span of time: a courtesy
that nothing depends on. What makes notices certain is the outbox and its sweep.
"""

_log = structlog.get_logger(__name__)


class NoticeStarter:
    """Starts the activity `notify` for batches that the record has put into the outbox.

    An activity inside the workflow would cost six events and a workflow task a batch, more than the command
    it follows; so the batch is stored with the facts and sent by an activity execution of its own.
    """

    def __init__(self, engine: AsyncEngine, client: Client, task_queue: str) -> None:
        self._engine, self._client, self._task_queue = engine, client, task_queue
        self._under_way: set[asyncio.Task[None]] = set()

    def start_soon(self, request: NotifyRequest) -> None:
        """Start without making anybody wait, once the command has been answered.

        What does not succeed is left for the sweep.
        """
        task = asyncio.create_task(self._start_quietly(request))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def start(self, request: NotifyRequest) -> None:
        """Start one batch, once. Raises RPCError while Temporal is away, DBAPIError while Postgres is."""
        subject = notices_subject(request)
        try:
            await self._client.start_activity(
                NOTIFY,
                request,
                id=f"notices-{subject}",
                task_queue=self._task_queue,
                start_to_close_timeout=NOTIFY_TIMEOUT,
                retry_policy=NOTIFY_RETRIES,
                id_reuse_policy=ActivityIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=ActivityIDConflictPolicy.USE_EXISTING,
                rpc_timeout=_TIMEOUT,
            )
        except ActivityAlreadyStartedError:
            _log.info("notices_started_before", subject=subject)
        async with at_once(self._engine) as conn:
            await outbox.mark_subject_started(conn, SEND_NOTICES, subject)

    async def _start_quietly(self, request: NotifyRequest) -> None:
        await asyncio.sleep(_AFTER_THE_ANSWER)
        try:
            await self.start(request)
        except (RPCError, DBAPIError, OSError) as error:
            _log.warning("notices_left_for_the_sweep", ticket=request.ticket_no, reason=type(error).__name__)

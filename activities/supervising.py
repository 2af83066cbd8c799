"""The activity `start_supervision`: a supervision begins as a workflow of its own, beside its ticket's."""

import contextlib

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from models import outbox, recording
from models.contracts.casework import (
    START_SUPERVISION,
    SUPERVISION_WORKFLOW,
    SupervisionInput,
    supervision_workflow_id,
)


class Supervising:
    """Starts supervisions."""

    def __init__(self, engine: AsyncEngine, client: Client, task_queue: str) -> None:
        self._engine, self._client, self._task_queue = engine, client, task_queue

    @activity.defn(name=START_SUPERVISION)
    async def start_supervision(self, given: SupervisionInput) -> None:
        """Starts the workflow, once. What the record left in the outbox for it is then done."""
        with contextlib.suppress(WorkflowAlreadyStartedError):
            await self._client.start_workflow(
                SUPERVISION_WORKFLOW,
                given,
                id=supervision_workflow_id(given.no),
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=f"督办 {given.no}",
            )
        async with self._engine.begin() as conn:
            await outbox.mark_subject_started(conn, recording.START_SUPERVISION, given.no)

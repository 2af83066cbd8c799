"""The worker: one wiring of workflows and activities, for production, tests, the replayer and the CLI."""

import asyncio
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import uvloop
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import (
    PollerBehaviorAutoscaling,
    Replayer,
    UnsandboxedWorkflowRunner,
    Worker,
    WorkerDeploymentConfig,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.afterwards import Afterwards
from activities.delivery import Delivery
from activities.gateways.chosen import messaging
from activities.noticing import NoticeStarter
from activities.record import Record
from activities.refusals import Refusals
from activities.relay import Relay
from activities.revise import Revise
from activities.schedules import ensure_messages_round, ensure_sweep
from activities.starting import Starter
from activities.supervising import Supervising
from models.known_laws import KnownLaws
from ops import tracing
from ops.database import create_engine
from ops.errors import OperationFailed
from ops.garbage import spare_what_stays
from ops.keyring import KeyRing
from ops.leave import leave
from ops.message_settings import load_message_settings
from ops.settings import Settings, load_settings
from ops.temporal_client import connect, data_converter, key_ring
from workflows.messages import MessagesRoundWorkflow
from workflows.revision import CalendarRevisionWorkflow
from workflows.supervision import SupervisionWorkflow
from workflows.sweep import SweepWorkflow
from workflows.ticket import TicketWorkflow

WORKFLOWS: tuple[type[Any], ...] = (
    TicketWorkflow,
    SupervisionWorkflow,
    SweepWorkflow,
    MessagesRoundWorkflow,
    CalendarRevisionWorkflow,
)

PURE = ("domain", "models", "pydantic", "pydantic_core", "annotated_types", "workflows.handlers")
"""Modules that the sandbox takes as they are: no I/O, no clock, no randomness, and slow to import again."""


def build_worker(client: Client, settings: Settings, engine: AsyncEngine, ring: KeyRing) -> Worker:
    """A worker for the configured task queue, not yet running."""
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=WORKFLOWS,
        activities=activities(client, settings, engine, ring),
        deployment_config=_deployment(settings),
        **limits(settings),
    )


def limits(settings: Settings) -> dict[str, Any]:
    """How a worker runs workflows, and how much it takes on; the bare baseline is measured under the same."""
    return {
        "workflow_runner": sandbox() if settings.workflow_sandbox else UnsandboxedWorkflowRunner(),
        "max_cached_workflows": settings.max_cached_workflows,
        "max_concurrent_workflow_tasks": settings.max_concurrent_workflow_tasks,
        "max_concurrent_activities": settings.max_concurrent_activities,
        "max_concurrent_local_activities": settings.database_pool_size * 2,
        # A worker that was killed keeps its workflows this long; commands to them wait for it.
        "sticky_queue_schedule_to_start_timeout": timedelta(seconds=4),
        "workflow_task_poller_behavior": PollerBehaviorAutoscaling(),
        "activity_task_poller_behavior": PollerBehaviorAutoscaling(),
        "graceful_shutdown_timeout": timedelta(seconds=settings.graceful_shutdown_seconds),
    }


def _deployment(settings: Settings) -> WorkerDeploymentConfig | None:
    """A ticket lives for months, so it moves on with each version; what that changes goes behind a patch."""
    if settings.worker_build_id is None:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name="jiesu", build_id=settings.worker_build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


def activities(
    client: Client, settings: Settings, engine: AsyncEngine, ring: KeyRing
) -> Sequence[Callable[..., Any]]:
    """Everything that workflows may ask for, each with what it needs."""
    record, laws = Record(engine, NoticeStarter(engine, client, settings.task_queue)), KnownLaws()
    starter = Starter(engine, client, settings.task_queue, laws)
    delivery = Delivery(engine, client, starter, Afterwards(engine, laws))
    notify, messages = messaging(load_message_settings(), engine, ring, settings.site)
    return (
        record.record,
        record.record_supervision,
        Refusals(engine).record_refusal,
        Supervising(engine, client, settings.task_queue).start_supervision,
        notify.notify,
        messages.round,
        Relay(engine, starter, delivery).sweep,
        Revise(engine, client, laws, starter).revise_page,
    )


def build_replayer(ring: KeyRing) -> Replayer:
    """A replayer of the histories that such a worker made."""
    return Replayer(workflows=WORKFLOWS, data_converter=data_converter(ring), workflow_runner=sandbox())


def sandbox() -> WorkflowRunner:
    """The sandbox, with the pure modules passed through: tests and replays run in it (decision 0011)."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PURE)
    return SandboxedWorkflowRunner(restrictions=restrictions)


async def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, then finish what was begun. Raises OperationFailed if it cannot start."""
    ring = key_ring(settings)
    traces = tracing.start(settings, "worker")
    engine = create_engine(settings.database_target(), pool_size=settings.database_pool_size)
    try:
        client = await connect(settings, ring=ring, metrics=True, traces=traces)
    except RuntimeError as error:
        raise OperationFailed(f"Temporal at {settings.temporal_target} cannot be reached: {error}") from error
    asked_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_stop.set)
    try:
        async with build_worker(client, settings, engine, ring):
            await ensure_sweep(client, settings.task_queue)
            await ensure_messages_round(client, settings.task_queue)
            spare_what_stays()
            await asked_to_stop.wait()
    finally:
        await engine.dispose()
        if traces is not None:
            traces.shutdown()


def main() -> int:
    """`python -m worker`: 0 after a clean stop, 2 with one line on stderr when it cannot start."""
    try:
        uvloop.run(run_worker(load_settings()))
    except OperationFailed as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    leave(main())

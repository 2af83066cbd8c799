"""The schedules that must be there, made when a worker starts."""

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)

from models.contracts.messages import MESSAGES_ROUND, MESSAGES_SCHEDULE
from models.contracts.sweep import SWEEP_SCHEDULE, SWEEP_WORKFLOW

SWEEP_EVERY = timedelta(seconds=15)
MESSAGES_EVERY = timedelta(minutes=1)


async def ensure_sweep(client: Client, task_queue: str, every: timedelta = SWEEP_EVERY) -> None:
    """Makes the schedule of the sweep unless it is there. Raises RPCError."""
    await _ensure(client, SWEEP_SCHEDULE, SWEEP_WORKFLOW, task_queue, every)


async def ensure_messages_round(client: Client, task_queue: str, every: timedelta = MESSAGES_EVERY) -> None:
    """Makes the schedule of the messages' round unless it is there. Raises RPCError."""
    await _ensure(client, MESSAGES_SCHEDULE, MESSAGES_ROUND, task_queue, every)


async def _ensure(client: Client, name: str, workflow: str, task_queue: str, every: timedelta) -> None:
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(workflow, id=name, task_queue=task_queue),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(
            # One run at a time.
            overlap=ScheduleOverlapPolicy.SKIP,
            # What was missed during an outage is made up by the first run after it.
            catchup_window=timedelta(seconds=10),
        ),
    )
    try:
        await client.create_schedule(name, schedule)
    except ScheduleAlreadyRunningError:
        return

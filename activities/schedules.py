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

from models.contracts.sweep import SWEEP_SCHEDULE, SWEEP_WORKFLOW

SWEEP_EVERY = timedelta(seconds=15)


async def ensure_sweep(client: Client, task_queue: str, every: timedelta = SWEEP_EVERY) -> None:
    """Makes the schedule of the sweep unless it is there; one run at a time. Raises RPCError."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(SWEEP_WORKFLOW, id=SWEEP_SCHEDULE, task_queue=task_queue),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(
            overlap=ScheduleOverlapPolicy.SKIP,
            # What was missed during an outage is made up by the first run after it.
            catchup_window=timedelta(seconds=10),
        ),
    )
    try:
        await client.create_schedule(SWEEP_SCHEDULE, schedule)
    except ScheduleAlreadyRunningError:
        return

"""The sweep: what a crash left behind is started and delivered. A schedule runs it every few seconds."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from models.contracts.sweep import SWEEP, SWEEP_WORKFLOW, SweepPage, SweepResult

_PAGES = 200
"""Pages of one run; the rest waits for the next one, so that no history grows long."""

_TIMEOUT = timedelta(minutes=10)
"""How long one page may take: every start and delivery in it has a deadline of its own."""

_RETRY = RetryPolicy(maximum_attempts=3)


@workflow.defn(name=SWEEP_WORKFLOW)
class SweepWorkflow:
    """Pages through what waits. What cannot be done now is looked at by the next run."""

    @workflow.run
    async def run(self) -> SweepResult:
        """How much was started and delivered, and how much is left."""
        total, page = SweepResult(), SweepPage()
        for _ in range(_PAGES):
            done = await workflow.execute_activity(
                SWEEP,
                page,
                result_type=SweepResult,
                start_to_close_timeout=_TIMEOUT,
                retry_policy=_RETRY,
            )
            total = SweepResult(
                started=total.started + done.started,
                delivered=total.delivered + done.delivered,
                left=total.left + done.left,
                next=done.next,
            )
            page = done.next
            if page.is_last:
                break
        return total

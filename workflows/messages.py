"""The messages' round: a schedule runs it every minute."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from models.contracts.messages import MESSAGES_ROUND, RoundResult

_TIMEOUT = timedelta(minutes=10)
"""How long one round may take: every message in it has a deadline of its own."""

_RETRY = RetryPolicy(maximum_attempts=3)


@workflow.defn(name=MESSAGES_ROUND)
class MessagesRoundWorkflow:
    """One look at everything that waits; what cannot be done now is looked at by the next run."""

    @workflow.run
    async def run(self) -> RoundResult:
        """What was done, in numbers."""
        done: RoundResult = await workflow.execute_activity(
            MESSAGES_ROUND, result_type=RoundResult, start_to_close_timeout=_TIMEOUT, retry_policy=_RETRY
        )
        return done

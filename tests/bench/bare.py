"""The bare baseline: a workflow of a ticket's shape that does nothing.

Start, activity, Update, Update, activity. It runs on the server of the installation that is measured, under
the same worker settings, so that what it takes is what Temporal takes.
"""

from datetime import timedelta

from temporalio import activity, workflow

QUEUE = "bare"
_TIMEOUT = timedelta(seconds=30)


@activity.defn
async def nothing(said: str) -> str:
    """Gives back what it is given."""
    return said


@workflow.defn
class BareWorkflow:
    """Ends after two Updates."""

    def __init__(self) -> None:
        self._said = 0

    @workflow.run
    async def run(self, no: str) -> str:
        """An activity before and one after the Updates."""
        await workflow.execute_activity(nothing, no, start_to_close_timeout=_TIMEOUT)
        await workflow.wait_condition(lambda: self._said == 2 and workflow.all_handlers_finished())
        return await workflow.execute_activity(nothing, no, start_to_close_timeout=_TIMEOUT)

    @workflow.update
    async def say(self, word: str) -> str:
        """Counts, and gives back what it is given."""
        self._said += 1
        return word

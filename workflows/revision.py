"""Carrying a new calendar to open tickets and supervisions: page by page from the database, at a set rate."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from models.contracts.revision import (
        PROGRESS,
        REVISE_PAGE,
        REVISION_WORKFLOW,
        RevisionInput,
        RevisionPage,
    )

_PAGES = 500
"""Pages of one run, so that no history grows long."""

_WORDS = {"ticket": "工单", "supervision": "督办"}

_HEARTBEAT = timedelta(seconds=10)
_TIMEOUT = timedelta(hours=1)
_RETRY = RetryPolicy(maximum_interval=timedelta(seconds=30))
"""Without a limit: an outage ends, and a ticket that was not told would keep wrong deadlines."""


@workflow.defn(name=REVISION_WORKFLOW)
class CalendarRevisionWorkflow:
    """One notice on its way to every open ticket and supervision."""

    @workflow.init
    def __init__(self, given: RevisionInput) -> None:
        self._done = given

    @workflow.query(name=PROGRESS, description="How far the revision is.")
    def progress(self) -> RevisionInput:
        """How many were told, how many clocks moved, and the last number that is done."""
        return self._done

    @workflow.run
    async def run(self, given: RevisionInput) -> RevisionInput:
        """Page through what is open; the totals."""
        for _ in range(_PAGES):
            if await self._tell_next_page():
                return self._done
        return workflow.continue_as_new(self._done)

    async def _tell_next_page(self) -> bool:
        """Tell one more page; whether it was the last."""
        page: RevisionPage = await workflow.execute_activity(
            REVISE_PAGE,
            self._done,
            result_type=RevisionPage,
            start_to_close_timeout=_TIMEOUT,
            heartbeat_timeout=_HEARTBEAT,
            retry_policy=_RETRY,
            summary=f"{_WORDS[self._done.told]}，自 {self._done.after or '第一件'} 起",
        )
        totals = {
            "told": page.told,
            "after": page.after,
            "revised": self._done.revised + page.revised,
            "moved": self._done.moved + page.moved,
        }
        self._done = self._done.model_copy(update=totals)
        return page.last

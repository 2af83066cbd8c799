"""The activity `revise_page`: a page of what is open gets a new calendar, each once, at a set rate."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.starting import Starter
from domain.commands import Envelope
from models import calendar_notices, outbox
from models.calendar_notices import ImportedNotice
from models.contracts.casework import (
    REJECTED,
    CommandResult,
    supervision_workflow_id,
    ticket_workflow_id,
)
from models.contracts.revision import REVISE_PAGE, RevisionInput, RevisionPage, Told
from models.known_laws import KnownLaws
from models.recording import START_SUPERVISION
from models.revising import OpenCase, calendar_for, open_supervisions, open_tickets, order_of

PAGE = 100
"""Tickets, or supervisions, of one page."""

_OPEN = {"ticket": open_tickets, "supervision": open_supervisions}
_WAITS_AS = {"ticket": outbox.TICKET, "supervision": START_SUPERVISION}
_WORKFLOW = {"ticket": ticket_workflow_id, "supervision": supervision_workflow_id}


class Revise:
    """Sends the calendar to the workflows of open tickets and supervisions."""

    def __init__(self, engine: AsyncEngine, client: Client, laws: KnownLaws, starter: Starter) -> None:
        self._engine, self._client, self._laws, self._starter = engine, client, laws, starter

    @activity.defn(name=REVISE_PAGE)
    async def revise_page(self, given: RevisionInput) -> RevisionPage:
        """Tells the next page of what is open. After a kill it goes on behind the last one that was told.

        Behind the last ticket come the supervisions, each opened by then with the calendar of its ticket.
        What is open but has not begun yet is begun here: it would begin later with the calendar of before.
        """
        before = activity.info().heartbeat_details
        done = RevisionPage(told=given.told, after=given.after)
        if before:
            done = RevisionPage.model_validate(before[0])
        async with self._engine.connect() as conn:
            notices = await calendar_notices.load(conn, through=given.notice_id)
            cases = await _OPEN[done.told](conn, done.after, PAGE)
        clock = asyncio.get_running_loop().time
        start = clock()
        for number, case in enumerate(cases, start=1):
            moved = await self._tell(done.told, case, given.notice_id, notices)
            done = done.model_copy(
                update={"after": case.no, "revised": done.revised + 1, "moved": done.moved + moved}
            )
            activity.heartbeat(done.model_dump())
            # The rate is a promise to the engine and to the people who work meanwhile.
            await asyncio.sleep(max(0.0, start + number / given.rate - clock()))
        if len(cases) == PAGE:
            return done
        if done.told == "ticket":
            return done.model_copy(update={"told": "supervision", "after": ""})
        return done.model_copy(update={"last": True})

    async def _tell(
        self, told: Told, case: OpenCase, notice_id: int, notices: Sequence[ImportedNotice]
    ) -> int:
        """How many clocks moved; none where the case has ended meanwhile."""
        async with self._engine.connect() as conn:
            law, _ = await self._laws.get(conn, case.law_id)
        calendar = calendar_for(case, law, notices)
        order = order_of(calendar, datetime.now(UTC), f"calendar-{notice_id}-{case.no}")
        made = await self._give(_WORKFLOW[told](case.no), order)
        if made is None:
            await self._starter.start_waiting(_WAITS_AS[told], case.no)
            made = await self._give(_WORKFLOW[told](case.no), order)
        return sum(fact["fact"] == "clock_moved" for fact in made or ())

    async def _give(self, workflow_id: str, order: Envelope) -> Sequence[Mapping[str, Any]] | None:
        """What the order made, nothing where it is refused; None while no such workflow runs."""
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            result: CommandResult = await handle.execute_update(
                order.command.do, order, id=order.id, result_type=CommandResult
            )
        except WorkflowUpdateFailedError as error:
            if isinstance(error.cause, ApplicationError) and error.cause.type == REJECTED:
                return ()
            raise
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        return result.facts

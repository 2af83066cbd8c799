"""The activity `revise_page`: one page of open tickets gets a new calendar, each once, at a set rate."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from models import calendar_notices
from models.calendar_notices import ImportedNotice
from models.contracts.casework import REJECTED, CommandResult, ticket_workflow_id
from models.contracts.revision import REVISE_PAGE, RevisionInput, RevisionPage
from models.known_laws import KnownLaws
from models.revising import OpenTicket, calendar_for, open_tickets, order_of

PAGE = 100
"""Tickets of one page."""


class Revise:
    """Sends the calendar to the workflows of open tickets."""

    def __init__(self, engine: AsyncEngine, client: Client, laws: KnownLaws) -> None:
        self._engine, self._client, self._laws = engine, client, laws

    @activity.defn(name=REVISE_PAGE)
    async def revise_page(self, given: RevisionInput) -> RevisionPage:
        """Tells the next page of open tickets. After a kill it goes on behind the last one that was told."""
        told = activity.info().heartbeat_details
        done = RevisionPage.model_validate(told[0]) if told else RevisionPage(after=given.after)
        async with self._engine.connect() as conn:
            notices = await calendar_notices.load(conn, through=given.notice_id)
            tickets = await open_tickets(conn, done.after, PAGE)
        clock = asyncio.get_running_loop().time
        start = clock()
        for number, ticket in enumerate(tickets, start=1):
            moved = await self._tell(ticket, given.notice_id, notices)
            done = RevisionPage(after=ticket.no, revised=done.revised + 1, moved=done.moved + moved)
            activity.heartbeat(done.model_dump())
            # The rate is a promise to the engine and to the people who work meanwhile.
            await asyncio.sleep(max(0.0, start + number / given.rate - clock()))
        return done.model_copy(update={"last": len(tickets) < PAGE})

    async def _tell(self, ticket: OpenTicket, notice_id: int, notices: Sequence[ImportedNotice]) -> int:
        """How many of the ticket's clocks moved; none where it has ended meanwhile."""
        async with self._engine.connect() as conn:
            law, _ = await self._laws.get(conn, ticket.law_id)
        calendar = calendar_for(ticket, law, notices)
        order = order_of(calendar, datetime.now(UTC), f"calendar-{notice_id}-{ticket.no}")
        try:
            result = await self._client.get_workflow_handle(ticket_workflow_id(ticket.no)).execute_update(
                order.command.do, order, id=order.id, result_type=CommandResult
            )
        except WorkflowUpdateFailedError as error:
            if isinstance(error.cause, ApplicationError) and error.cause.type == REJECTED:
                return 0
            raise
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return 0
            raise
        return sum(fact["fact"] == "clock_moved" for fact in result.facts)

"""Starting what Postgres says must run, each once."""

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.noticing import NoticeStarter
from activities.reaching import Reach
from domain.calendar_data import CalendarData
from domain.commands import Actor, TicketFields
from domain.vocabulary import Status
from models import facts_store, outbox
from models.chain import ChainedFact
from models.contracts.casework import (
    SUPERVISION_WORKFLOW,
    TICKET_WORKFLOW,
    SupervisionInput,
    TicketInput,
    supervision_workflow_id,
    ticket_workflow_id,
)
from models.contracts.law import LawByValue
from models.contracts.notices import NotifyRequest
from models.known_laws import KnownLaws
from models.laws import StoredLaw
from models.outbox import TICKET, Waiting
from models.recording import SEND_NOTICES, START_SUPERVISION
from models.revising import calendar_of
from models.search_attributes import JURISDICTION, STATUS
from ops.database import at_once

_TIMEOUT = timedelta(seconds=5)
"""How long a start may take before it is left to the sweep."""

_SPREAD = timedelta(minutes=1)
"""Over how long the warnings that fall on one second are spread."""


class Starter:
    """Starts workflows from rows of the outbox, under ids made from what they are about."""

    def __init__(self, engine: AsyncEngine, client: Client, task_queue: str, laws: KnownLaws) -> None:
        self._engine, self._client, self._task_queue, self._laws = engine, client, task_queue, laws
        self.notices = NoticeStarter(engine, client, task_queue)
        self.reach = Reach(client, task_queue)

    async def start_waiting(self, kind: str, subject: str) -> None:
        """Starts the workflow of this subject if it is still to be started. Raises as `start` does."""
        async with at_once(self._engine) as conn:
            row = await outbox.find_waiting(conn, kind, subject)
        if row is not None:
            await self.start(row)

    async def start(self, row: Waiting) -> None:
        """Starts one workflow; one that Temporal has already counts as started.

        Raises EngineAway while Temporal is away, DBAPIError while Postgres is.
        """
        if row.kind == SEND_NOTICES:
            await self.reach.call(self.notices.start(NotifyRequest.model_validate(row.payload)))
            return
        async with at_once(self._engine) as conn:
            law, _ = await self._laws.get(conn, row.payload["law_id"])
            workflow, workflow_id, begin = await _what_to_start(conn, row, law)
        with contextlib.suppress(WorkflowAlreadyStartedError):
            await self.reach.call(
                self._client.start_workflow(
                    workflow,
                    begin,
                    id=workflow_id,
                    task_queue=self._task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    static_summary=f"{_WORDS[row.kind]} {row.subject}",
                    static_details=law.policy.title,
                    search_attributes=_attributes(row.kind, law),
                    rpc_timeout=_TIMEOUT,
                )
            )
        async with at_once(self._engine) as conn:
            await outbox.mark_started(conn, row.id)


_WORDS = {TICKET: "工单", START_SUPERVISION: "督办"}


def _attributes(kind: str, law: StoredLaw) -> TypedSearchAttributes:
    """What is known at the start already need not be written afterwards."""
    pairs: list[SearchAttributePair[Any]] = [SearchAttributePair(JURISDICTION, law.policy.id)]
    if kind == TICKET:
        pairs.append(SearchAttributePair(STATUS, Status.REGISTERED.value))
    return TypedSearchAttributes(pairs)


async def _what_to_start(
    conn: AsyncConnection, row: Waiting, law: StoredLaw
) -> tuple[str, str, TicketInput | SupervisionInput]:
    if row.kind == TICKET:
        recorded = await facts_store.load(conn, facts_store.TICKET, row.subject)
        return TICKET_WORKFLOW, ticket_workflow_id(row.subject), _ticket(row, law, recorded)
    if row.kind == START_SUPERVISION:
        # A topic's has no ticket that opened it.
        ticket_no = row.payload["ticket_no"]
        moved_to = await calendar_of(conn, ticket_no) if ticket_no else None
        return SUPERVISION_WORKFLOW, supervision_workflow_id(row.subject), _supervision(row, law, moved_to)
    raise ValueError(f"nothing is started for outbox rows of kind {row.kind}")


def _ticket(row: Waiting, law: StoredLaw, recorded: Sequence[ChainedFact]) -> TicketInput:
    about = TicketFields.model_validate(row.payload["about"])
    # Rows from before this was kept have none.
    by = row.payload.get("registered_by")
    return TicketInput(
        no=row.subject,
        law=_by_value(law, about.received_at),
        about=about,
        registered_at=datetime.fromisoformat(row.payload["registered_at"]),
        callers=tuple(row.payload["callers"]),
        texts=row.payload["texts"],
        registered_by=Actor.model_validate(by) if by else None,
        reminder_spread=_SPREAD,
        recorded=tuple(dict(fact.data) for fact in recorded),
    )


def _supervision(row: Waiting, law: StoredLaw, moved_to: CalendarData | None) -> SupervisionInput:
    opened = row.payload["opened"]
    about = row.payload.get("about")
    return SupervisionInput(
        no=row.subject,
        law=_by_value(law, datetime.fromisoformat(opened["at"])).counting_in(moved_to),
        jurisdiction=law.policy.id,
        opened=opened,
        ticket_no=row.payload["ticket_no"],
        subject=row.payload.get("subject", row.payload["ticket_no"]),
        about=TicketFields.model_validate(about) if about else None,
    )


def _by_value(law: StoredLaw, since: datetime) -> LawByValue:
    return LawByValue.of(law.id, law.policy, law.calendar, since.date())

"""A real Temporal server and a real Postgres as a scenario's engine: the same lines as the bare core.

Each workflow has a clock of its own that can be moved forward. Before a step every open workflow of the
scenario is moved to just before the step's instant, so that its timers fire as they would in life; what falls
due in the short rest is settled by the command itself, as for a command that comes while the engine is busy.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from activities.afterwards import Afterwards
from domain import supervision as supervising
from domain.casework import settle
from domain.commands import (
    AnswerSupervision,
    CloseSupervision,
    Envelope,
    ReviseCalendar,
    TicketFields,
    command_adapter,
)
from domain.facts import Fact, SupervisionOpened, SupervisionWithdrawn, from_json
from domain.rejected import Rejected
from domain.ticket import fold
from models import facts_store, laws, search_attributes, texts
from models.contracts.casework import (
    REJECTED,
    TICKET_WORKFLOW,
    CommandResult,
    Refused,
    TicketInput,
    supervision_workflow_id,
    ticket_workflow_id,
)
from models.contracts.law import LawByValue
from models.facts_store import SUPERVISION, TICKET
from models.known_laws import KnownLaws
from ops.database import create_engine
from ops.keyring import KeyRing
from ops.scenarios.lines import Line, Placed, fact_line, in_order, refused_line
from ops.scenarios.own_servers import own_servers
from ops.scenarios.scenario import Scenario
from ops.settings import Settings
from ops.temporal_client import connect, key_ring
from worker import build_worker

_JUST_BEFORE = timedelta(minutes=1)
"""How far before a step's instant the clocks are brought: they tick on, and the step must not be late."""

_GLANCE = 0.01
"""Seconds between two looks at the record."""

_GLANCES = 1000
"""Looks at the record before what is there counts as all there will be."""

_MICROSECOND = timedelta(microseconds=1)
"""So far beyond an instant, and it has come."""

_AFTER = timedelta(seconds=1)
"""How far beyond the end the clocks are brought, so that what is due at the end itself has rung."""


def run(scenario: Scenario) -> list[Line]:
    """Every line of a scenario, in time order, on servers of its own. Raises OperationFailed."""
    with own_servers() as settings:
        return asyncio.run(_on(settings, scenario))


async def _on(settings: Settings, scenario: Scenario) -> list[Line]:
    ring = key_ring(settings)
    database = create_engine(settings.database_target(), pool_size=settings.database_pool_size)
    client = await connect(settings, ring=ring)
    await search_attributes.register(client)
    try:
        async with build_worker(client, settings, database, ring):
            return await TemporalEngine(client, database, ring, settings.task_queue).run(scenario)
    finally:
        await database.dispose()


class TemporalEngine:
    """Runs scenarios, several at a time if asked to, on servers whose worker is running.

    The server must allow time skipping (ops.embedded_temporal.TIME_SKIPPING_SETTINGS).
    """

    def __init__(self, client: Client, database: AsyncEngine, ring: KeyRing, task_queue: str) -> None:
        config = TimeSkippingConfig(enabled=False, disable_propagation=True)
        self.skipper = TimeSkipper(client, config=config)
        self.client = self.skipper.client
        self.database, self.ring, self.task_queue = database, ring, task_queue
        self.afterwards = Afterwards(database, KnownLaws())

    async def run(self, scenario: Scenario) -> list[Line]:
        """Every line of a scenario, in time order."""
        run = _Run(self, scenario)
        try:
            return await run.lines()
        finally:
            await run.stop()


class _Run:
    def __init__(self, engine: TemporalEngine, scenario: Scenario) -> None:
        self._engine = engine
        self._scenario = scenario
        self._law = scenario.law
        self._no = f"S{uuid4().hex[:12]}"
        """Scenarios share a server, so each has a number of its own; it is not printed."""
        self._shift = timedelta()
        self._words: dict[str, str] = {}
        if scenario.ticket.upstream_no is not None:
            self._words[f"{self._no}/up"] = scenario.ticket.upstream_no
        self._refused: list[Placed] = []

    async def lines(self) -> list[Line]:
        if await self._register():
            for step in self._scenario.steps:
                await self._command(step.at, step.envelope)
            await self._move_all(self._scenario.until + _AFTER)
        return await self._printed()

    async def stop(self) -> None:
        """End what still runs: nobody needs it any more."""
        for workflow_id in [
            ticket_workflow_id(self._no),
            *map(supervision_workflow_id, await self._opened()),
        ]:
            await _unless_over(self._engine.client.get_workflow_handle(workflow_id).terminate())

    # Steps

    async def _register(self) -> bool:
        scenario, calendar = self._scenario, self._law.calendar
        at = calendar.localised(scenario.ticket.received_at)
        self._shift = at - datetime.now(UTC)
        law = laws.identified(self._law.policy, calendar.data)
        async with self._engine.database.begin() as conn:
            await laws.store(conn, law)
        begun = TicketInput(
            no=self._no,
            law=LawByValue.of(law.id, law.policy, law.calendar, at.date()),
            about=self._about(),
            registered_at=at,
            callers=scenario.callers,
            clock_shift=self._shift,
        )
        handle = await self._engine.client.start_workflow(
            TICKET_WORKFLOW, begun, id=ticket_workflow_id(self._no), task_queue=self._engine.task_queue
        )
        try:
            await self._begun(handle)
        except WorkflowFailureError as failure:
            self._refused.append(Placed(at, "", 0, self._refused_line(at, "register", failure.cause)))
            return False
        return True

    def _about(self) -> TicketFields:
        """The ticket's fields; its number at the upper level, which is given once there, is its own too."""
        about = self._scenario.ticket
        if about.upstream_no is None:
            return about
        return about.model_copy(update={"upstream_no": f"{self._no}/up"})

    async def _begun(self, handle: WorkflowHandle[Any, Any]) -> None:
        """Wait until the first facts are stored. Raises WorkflowFailureError for a ticket that is refused."""
        while not await self._facts(TICKET, self._no):
            if (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING:
                await handle.result()
            await asyncio.sleep(_GLANCE)

    async def _command(self, at: datetime, envelope: Envelope) -> None:
        sealed = await self._sealed(envelope, at)
        await self._move_all(at - _JUST_BEFORE)
        try:
            if isinstance(sealed.command, AnswerSupervision | CloseSupervision):
                await self._ring_before(at)
                await self._say(supervision_workflow_id(await self._meant(sealed.command)), sealed)
            else:
                try:
                    await self._say(ticket_workflow_id(self._no), sealed)
                finally:
                    if isinstance(sealed.command, ReviseCalendar):
                        await self._revise_supervisions(sealed)
        except Rejected as refusal:
            seq = len(await self._facts(TICKET, self._no))
            line = self._own_words(refused_line(at, envelope.command.do, refusal))
            self._refused.append(Placed(at, "", seq + 0.5, line))

    async def _revise_supervisions(self, order: Envelope) -> None:
        """A new calendar reaches every open supervision too, which may outlive its ticket."""
        for no in await self._opened():
            if await self._is_open(no):
                await self._say(supervision_workflow_id(no), order)

    async def _sealed(self, envelope: Envelope, at: datetime) -> Envelope:
        said = _replaced(envelope.command.model_dump(), {self._scenario.no: self._no})
        command, written = texts.seal(self._engine.ring, command_adapter.validate_python(said))
        self._words |= {str(text.reference): text.words for text in written}
        async with self._engine.database.begin() as conn:
            await texts.store(conn, self._engine.ring, self._no, written, at)
        return envelope.model_copy(update={"command": command, "id": uuid4().hex})

    async def _say(self, workflow_id: str, envelope: Envelope) -> None:
        """Send a command; to a ticket that has ended, past Temporal, as the API does. Raises Rejected."""
        handle = self._engine.client.get_workflow_handle(workflow_id)
        try:
            await handle.execute_update(
                envelope.command.do, envelope, id=envelope.id, result_type=CommandResult
            )
        except WorkflowUpdateFailedError as failure:
            raise _rejected(failure.cause) from failure
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            await self._engine.afterwards.to_ticket(self._no, envelope)

    async def _meant(self, command: AnswerSupervision | CloseSupervision) -> str:
        open_ones = {}
        for no in await self._opened():
            state = supervising.fold(await self._facts(SUPERVISION, no))
            if not state.ended:
                open_ones[no] = state.unit
        return supervising.meant(open_ones, command, self._law.policy)

    # Time

    async def _is_open(self, no: str) -> bool:
        """Whether a supervision runs, once it has begun, or has ended where the ticket took it back."""
        await self._until(partial(self._has_begun, no))
        taken_back = {
            f.no for f in await self._facts(TICKET, self._no) if isinstance(f, SupervisionWithdrawn)
        }
        if no in taken_back:
            await self._until(partial(self._has_ended, no))
        return not await self._has_ended(no)

    async def _move_all(self, until: datetime) -> None:
        """Bring every open workflow to an instant of the scenario, the ticket first: it opens the others."""
        await self._move(ticket_workflow_id(self._no), until)
        await self._until(partial(self._ticket_is_at, until))
        for no in await self._opened():
            if await self._is_open(no):
                await self._move(supervision_workflow_id(no), until)
                await self._until(partial(self._supervision_is_at, no, until))

    async def _ring_before(self, at: datetime) -> None:
        """Let ring what rings in the last moments before an instant, and nothing at the instant itself.

        What the ticket opens before a supervision is spoken of must be there.
        """
        ringing = settle(self._law, fold(await self._facts(TICKET, self._no)), at)
        if ringing:
            await self._move_all(max(fact.at for fact in ringing) + _MICROSECOND)

    async def _until(self, reached: Callable[[], Awaitable[bool]]) -> None:
        """Wait for a workflow that was woken to have recorded what it woke for."""
        for _ in range(_GLANCES):
            if await reached():
                return
            await asyncio.sleep(_GLANCE)

    async def _ticket_is_at(self, until: datetime) -> bool:
        return not settle(self._law, fold(await self._facts(TICKET, self._no)), until)

    async def _has_begun(self, no: str) -> bool:
        return bool(await self._facts(SUPERVISION, no))

    async def _has_ended(self, no: str) -> bool:
        return supervising.fold(await self._facts(SUPERVISION, no)).ended

    async def _supervision_is_at(self, no: str, until: datetime) -> bool:
        state = supervising.fold(await self._facts(SUPERVISION, no))
        return not supervising.settle(self._law, state, until)

    async def _move(self, workflow_id: str, until: datetime) -> None:
        handle = self._engine.client.get_workflow_handle(workflow_id)
        skipper = self._engine.skipper
        ahead = until - (await skipper.get_current_time(handle) + self._shift)
        if ahead > timedelta():
            await _unless_over(skipper.fast_forward(handle, ahead))

    # Lines

    async def _opened(self) -> list[str]:
        return [f.no for f in await self._facts(TICKET, self._no) if isinstance(f, SupervisionOpened)]

    async def _facts(self, aggregate: facts_store.Aggregate, no: str) -> list[Fact]:
        async with self._engine.database.connect() as conn:
            return [from_json(row.data) for row in await facts_store.load(conn, aggregate, no)]

    async def _printed(self) -> list[Line]:
        streams = {"": await self._facts(TICKET, self._no)}
        for no in await self._opened():
            streams[no] = await self._facts(SUPERVISION, no)
        placed = [
            Placed(fact.at, stream, seq, self._own_words(fact_line(fact, self._law)))
            for stream, made in streams.items()
            for seq, fact in enumerate(made, start=1)
            if fact.at <= self._scenario.until
        ]
        return in_order([*placed, *self._refused])

    def _refused_line(self, at: datetime, do: str, cause: BaseException | None) -> Line:
        return self._own_words(refused_line(at, do, _rejected(cause)))

    def _own_words(self, line: Line) -> Line:
        """The line in the scenario's words: its own number, and texts instead of their references."""
        meant: Line = _replaced(_replaced(line, self._words), {self._no: self._scenario.no})
        return meant


def _replaced(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, words) for item in value]
    if isinstance(value, str):
        for found, meant in words.items():
            value = value.replace(found, meant)
    return value


def _rejected(cause: BaseException | None) -> Rejected:
    """The refusal that an engine's error stands for; any other error goes on as it is."""
    if not isinstance(cause, ApplicationError) or cause.type != REJECTED:
        raise RuntimeError("the workflow failed") from cause
    refused = Refused.model_validate(cause.details[0])
    return Rejected(refused.code, refused.message_zh, tuple(refused.basis), forbidden=refused.forbidden)


async def _unless_over(call: Awaitable[object]) -> None:
    """Do something to a workflow unless it has ended."""
    try:
        await call
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise

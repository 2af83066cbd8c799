"""Bringing stored commands to the workflows they are for, in the order they were received, each once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.afterwards import Afterwards, NotOver, result_of
from activities.hearing import Hearing
from activities.reaching import EngineAway
from activities.starting import Starter
from domain.commands import Envelope
from domain.rejected import Rejected
from models import facts_store, received_commands
from models.contracts.casework import (
    REJECTED,
    CommandResult,
    Refused,
    supervision_workflow_id,
    ticket_workflow_id,
)
from models.facts_store import SUPERVISION, TICKET
from models.outbox import TICKET as START_TICKET
from models.received_commands import FAILED, REFUSED, Received
from models.recording import START_SUPERVISION
from models.tables import Supervision, Ticket
from ops.database import at_once

_log = structlog.get_logger(__name__)


class Later(Protocol):
    """What does something once the answer has been given, as BackgroundTasks of a response do."""

    def add_task(self, func: Callable[..., Awaitable[None]], *args: object) -> None: ...


class _NotRunning(Exception):
    """No workflow of that id is running."""


@dataclass(frozen=True)
class Settled:
    """What came of a command: the result with which it was accepted, or why it was refused.

    `failed` names an error that neither the rules nor an outage explain: for an operator to look at.
    """

    accepted: CommandResult | None = None
    refused: Refused | None = None
    failed: str | None = None


@dataclass(frozen=True)
class _Addressee:
    """A ticket or a supervision, as Postgres knows it."""

    no: str
    is_ticket: bool
    over: bool

    @property
    def workflow_id(self) -> str:
        return ticket_workflow_id(self.no) if self.is_ticket else supervision_workflow_id(self.no)


@dataclass(frozen=True)
class Answered:
    """A command that was answered because it is on record, and what its workflow will say of it."""

    ticket_no: str
    verdict: asyncio.Future[Settled]


class Delivery:
    """Delivers stored commands and writes down what came of them."""

    def __init__(self, engine: AsyncEngine, client: Client, starter: Starter, afterwards: Afterwards) -> None:
        self._engine, self._client = engine, client
        self._starter, self._afterwards = starter, afterwards
        self.hearing = Hearing(engine)
        self.answered: dict[str, Answered] = {}
        """By their ids, commands that are about to be noted as accepted."""

    async def deliver_to(self, no: str, until: str | None = None) -> Settled | None:
        """Delivers what is stored for a ticket or supervision, oldest first, no further than `until`.

        Returns what came of that command. Raises EngineAway, and DBAPIError while Postgres is away.
        """
        async with self._engine.connect() as conn:
            waiting = await received_commands.stored_of(conn, no)
            addressee = await _addressee(conn, no)
        for received in waiting:
            settled = await self._deliver(addressee, received)
            if received.id == until:
                return settled
        return None

    def unconfirmed(self, ticket_no: str) -> Sequence[asyncio.Future[Settled]]:
        """What the workflow of a ticket has yet to say of commands that were answered already."""
        return [one.verdict for one in self.answered.values() if one.ticket_no == ticket_no]

    async def deliver_now(
        self,
        received: Received,
        after: Sequence[asyncio.Future[Settled]] = (),
        later: Later | None = None,
    ) -> Settled | None:
        """Delivers a command to a ticket whose workflow runs, when nothing older waits but `after`.

        With `later` it is answered as soon as it is on record, and noted as accepted when the workflow has
        said so too: who dies in between has it brought again under its id, and finds it done. Returns and
        raises as `deliver_to` does.
        """
        if not await _all_taken(after):
            # The workflow does not know of what was answered: it comes first, or this one would be refused.
            return await self.deliver_to(received.ticket_no, until=received.id)
        envelope = Envelope.model_validate(received.body)
        addressee = _Addressee(received.ticket_no, is_ticket=True, over=False)
        verdict = asyncio.ensure_future(self._verdict(addressee, envelope, received))
        try:
            settled = await (verdict if later is None else self._first_word(received.id, verdict))
        except _NotRunning:
            return await self._deliver(addressee, received)
        if later is not None and settled.accepted is not None:
            self.answered[received.id] = Answered(received.ticket_no, verdict)
            later.add_task(self._note_answered, received, envelope, verdict)
        else:
            await self._note(received, envelope, settled)
        return settled

    async def _first_word(self, command_id: str, verdict: asyncio.Future[Settled]) -> Settled:
        """What the workflow says, or the record, whoever is first."""
        with self.hearing.of(command_id) as heard:
            try:
                either: set[asyncio.Future[Any]] = {verdict, heard}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                verdict.cancel()
                raise
            return verdict.result() if verdict.done() else Settled(accepted=heard.result())

    async def _note_answered(
        self, received: Received, envelope: Envelope, verdict: Awaitable[Settled]
    ) -> None:
        """Notes what was answered once the workflow has said so; left to the sweep where it did not."""
        try:
            settled = await verdict
            if settled.accepted is None:
                _log.error("recorded_and_not_accepted", command=received.id, do=received.do)
            else:
                await self._note(received, envelope, settled)
        except (_NotRunning, EngineAway, RPCError, DBAPIError, OSError) as error:
            _log.warning("left_for_the_sweep", command=received.id, reason=type(error).__name__)
        finally:
            del self.answered[received.id]

    async def _deliver(self, addressee: _Addressee, received: Received) -> Settled:
        try:
            envelope = Envelope.model_validate(received.body)
        except ValidationError:
            # Written by a version whose commands this one does not know: no attempt will cure it.
            return await self._failed(received, "malformed")
        settled = await self._decided(addressee, envelope, received)
        await self._note(received, envelope, settled)
        return settled

    async def _note(self, received: Received, envelope: Envelope, settled: Settled) -> None:
        if settled.accepted is not None:
            told = {"seq": settled.accepted.seq, "status": settled.accepted.status}
            async with at_once(self._engine) as conn:
                await received_commands.accept(conn, received.id, told)
        elif settled.refused is not None:
            async with self._engine.begin() as conn:
                await _note_refusal(conn, received, envelope, settled.refused)
        elif settled.failed is not None:
            await self._failed(received, settled.failed)

    async def _failed(self, received: Received, kind: str) -> Settled:
        _log.error("command_failed", command=received.id, do=received.do, kind=kind)
        async with self._engine.begin() as conn:
            await received_commands.settle(conn, received.id, FAILED, {"kind": kind})
        return Settled(failed=kind)

    async def _decided(self, addressee: _Addressee, envelope: Envelope, received: Received) -> Settled:
        if not addressee.over:
            kind = START_TICKET if addressee.is_ticket else START_SUPERVISION
            await self._starter.start_waiting(kind, addressee.no)
            try:
                return await self._verdict(addressee, envelope, received)
            except _NotRunning:
                pass
        if (recorded := await self._recorded(addressee, received)) is not None:
            return Settled(accepted=recorded)
        try:
            return await self._after_the_end(addressee, envelope)
        except NotOver as error:
            # Temporal lost what Postgres says goes on: it stays stored until an operator has seen to it.
            raise EngineAway(f"no workflow runs for {error}") from None

    async def _verdict(self, addressee: _Addressee, envelope: Envelope, received: Received) -> Settled:
        """What the workflow says. Raises _NotRunning where there is none."""
        try:
            accepted: CommandResult = await self._starter.reach.answer(
                lambda within: self._client.get_workflow_handle(addressee.workflow_id).execute_update(
                    envelope.command.do,
                    envelope,
                    id=received.id,
                    result_type=CommandResult,
                    rpc_timeout=within,
                )
            )
        except WorkflowUpdateFailedError as error:
            return _no(error)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            raise _NotRunning(addressee.workflow_id) from error
        return Settled(accepted=accepted)

    async def _after_the_end(self, addressee: _Addressee, envelope: Envelope) -> Settled:
        if not addressee.is_ticket:
            return Settled(refused=_refused(await self._afterwards.to_supervision(addressee.no, envelope)))
        try:
            return Settled(accepted=await self._afterwards.to_ticket(addressee.no, envelope))
        except Rejected as refusal:
            return Settled(refused=_refused(refusal))

    async def on_record(self, received: Received) -> CommandResult | None:
        """The result of a command whose facts stand, whether that has been noted already or not."""
        async with self._engine.connect() as conn:
            addressee = await _addressee(conn, received.ticket_no)
        return await self._recorded(addressee, received)

    async def _recorded(self, addressee: _Addressee, received: Received) -> CommandResult | None:
        aggregate = TICKET if addressee.is_ticket else SUPERVISION
        async with self._engine.connect() as conn:
            stored = await facts_store.load(conn, aggregate, addressee.no)
        return result_of(stored, received.id)


async def _all_taken(verdicts: Sequence[asyncio.Future[Settled]]) -> bool:
    """Whether all of these turn out to be accepted."""
    if verdicts:
        await asyncio.wait(verdicts)
    return all(one.exception() is None and one.result().accepted is not None for one in verdicts)


async def _addressee(conn: AsyncConnection, no: str) -> _Addressee:
    ticket = (await conn.execute(select(Ticket.ended_at).where(Ticket.no == no))).one_or_none()
    if ticket is not None:
        return _Addressee(no, is_ticket=True, over=ticket.ended_at is not None)
    closed_at = await conn.scalar(select(Supervision.closed_at).where(Supervision.no == no))
    return _Addressee(no, is_ticket=False, over=closed_at is not None)


async def _note_refusal(
    conn: AsyncConnection, received: Received, envelope: Envelope, refused: Refused
) -> None:
    if await received_commands.settle(conn, received.id, REFUSED, refused.model_dump()):
        await received_commands.note_refusal(
            conn,
            ticket_no=received.ticket_no,
            at=received.received_at,
            do=received.do,
            code=refused.code,
            basis=refused.basis,
            actor=envelope.actor,
            command_id=received.id,
        )


def _no(error: WorkflowUpdateFailedError) -> Settled:
    """What an Update that failed tells. Raises _NotRunning where the workflow ended before it answered."""
    cause = error.cause
    kind = cause.type if isinstance(cause, ApplicationError) else type(cause).__name__
    if isinstance(cause, ApplicationError) and kind == REJECTED:
        return Settled(refused=Refused.model_validate(cause.details[0]))
    if kind == "AcceptedUpdateCompletedWorkflow":
        raise _NotRunning(kind) from error
    return Settled(failed=kind or "unknown")


def _refused(refusal: Rejected) -> Refused:
    return Refused(
        code=refusal.code,
        message_zh=refusal.message_zh,
        basis=list(refusal.basis),
        forbidden=refusal.forbidden,
    )

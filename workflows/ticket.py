"""A ticket's life: it waits for commands and for time, decides, records, and tells those it concerns."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.casework import decide, next_ring, register, settle
    from domain.casework.transitions import TRANSITIONS
    from domain.commands import COMMANDS, Actor, CloseSupervision, Envelope, Join
    from domain.facts import Fact, StatusChanged, SupervisionOpened, SupervisionWithdrawn, to_json
    from domain.law import Law
    from domain.ticket import Ticket, evolve, fold
    from domain.vocabulary import Lamp, Role, Status
    from models.contracts.casework import (
        START_SUPERVISION,
        TICKET_WORKFLOW,
        SupervisionInput,
        TicketInput,
    )
    from models.contracts.law import LawByValue
    from models.contracts.record import RECORD
    from models.told import ticket_record
    from workflows.attributes import ShownAttributes
    from workflows.durably import durably
    from workflows.handlers import takes
    from workflows.outgoing import signal_supervision, signal_ticket
    from workflows.readable import ring_summary, ticket_details
    from workflows.shell import Alarm, Shell


@workflow.defn(name=TICKET_WORKFLOW)
@takes({do: COMMANDS[do] for do in TRANSITIONS})
class TicketWorkflow(Shell[Ticket]):
    """One ticket (工单), from registration to its end."""

    RECORD = RECORD

    @workflow.init
    def __init__(self, given: TicketInput) -> None:
        super().__init__(given)
        self._ticket = given
        self._attributes = ShownAttributes()
        self._supervisions: dict[str, asyncio.Task[None]] = {}

    @workflow.run
    async def run(self, given: TicketInput) -> str:
        """Stay until the ticket ends; the status it ended with."""
        return await self.live()

    def _begin(self, law: Law) -> list[Fact]:
        given = self._ticket
        return register(
            law, given.no, given.about, given.registered_at, callers=given.callers, texts=given.texts
        )

    def _fold(self, stored: Sequence[Fact]) -> Ticket:
        return fold(stored)

    def _evolve(self, state: Ticket, fact: Fact) -> Ticket:
        return evolve(state, fact)

    def _decide(self, law: Law, state: Ticket, envelope: Envelope, at: datetime) -> list[Fact]:
        return decide(law, state, envelope, at)

    def _settle(self, law: Law, state: Ticket, until: datetime, *, inclusive: bool) -> list[Fact]:
        return settle(law, state, until, inclusive=inclusive)

    def _next_alarm(self, state: Ticket) -> Alarm | None:
        ring = next_ring(state)
        if ring is None:
            return None
        reminder = ring.alarm is not None and ring.alarm.lamp is Lamp.WARNING
        return Alarm(ring.at, ring_summary(ring, self._law.policy.office.name), spread=reminder)

    def _standing(self, state: Ticket) -> str:
        return state.status.value

    def _request(self, before: Ticket | None, made: Sequence[Fact], envelope: Envelope | None) -> BaseModel:
        actor = envelope.actor if envelope else self._ticket.registered_by if before is None else None
        return ticket_record(
            self._ticket.no,
            self._ticket.law.id,
            before,
            made,
            office=self._law.policy.office.name,
            actor=actor,
            command_id=envelope.id if envelope else None,
        )

    def _hand_out(self, before: Ticket | None, made: Sequence[Fact]) -> None:
        for fact in made:
            if isinstance(fact, SupervisionOpened):
                self._supervisions[fact.no] = self.spawn(self._supervise(fact, self._law_now()))
            elif isinstance(fact, SupervisionWithdrawn):
                self.spawn(self._withdraw_supervision(fact))
            elif isinstance(fact, StatusChanged) and fact.to is Status.MERGED:
                self.spawn(self._bring_callers_along(fact.at))

    def _law_now(self) -> LawByValue:
        """The ticket's law with the calendar that has reached it since it was opened."""
        return self._ticket.law.counting_in(self._state.calendar)

    async def _supervise(self, opened: SupervisionOpened, law: LawByValue) -> None:
        """Start the supervision, no child of this workflow: it outlives the ticket."""
        given = SupervisionInput(
            no=opened.no,
            law=law,
            clock_shift=self._ticket.clock_shift,
            reminder_spread=self._ticket.reminder_spread,
            jurisdiction=self._state.jurisdiction,
            opened=to_json(opened),
            ticket_no=self._ticket.no,
            subject=self._ticket.no,
            about=self._state.about,
        )
        await durably(START_SUPERVISION, given, type(None))

    async def _withdraw_supervision(self, taken_back: SupervisionWithdrawn) -> None:
        """Strike off a supervision whose breach was taken back, once it has surely begun."""
        if (beginning := self._supervisions.get(taken_back.no)) is not None:
            await beginning
        envelope = Envelope(
            command=CloseSupervision(no=taken_back.no),
            actor=Actor(role=Role.SYSTEM),
            received_at=taken_back.at,
            id=f"withdrawn:{taken_back.no}",
        )
        await signal_supervision(taken_back.no, envelope)

    async def _bring_callers_along(self, at: datetime) -> None:
        """Tell the main ticket of a merge who now belongs to it."""
        into = self._state.merged_into
        if into is None:
            return
        join = Join(merged=self._ticket.no, callers=list(self._state.callers))
        envelope = Envelope(
            command=join, actor=Actor(role=Role.SYSTEM), received_at=at, id=f"join:{self._ticket.no}"
        )
        await signal_ticket(into, envelope)

    def _show(self) -> None:
        self._attributes.show(self._state)
        workflow.set_current_details(ticket_details(self._state, self._law.policy.office.name))

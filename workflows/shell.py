"""What a ticket's and a supervision's workflow share: a state, a lock, an alarm timer, one way to record.

Everything that is law is asked of the domain through the methods at the end of `Shell`. Postgres wins: what a
step makes is stored before history knows of it, and the state follows only from what the store returned.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import NoneType
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from domain.commands import Actor, Envelope
from domain.facts import Done, Fact, from_json, to_json
from domain.law import Law
from domain.rejected import Rejected
from domain.vocabulary import Role
from models.contracts.casework import REJECTED, STANDING, Begins, CommandResult, Refused, Standing
from models.contracts.record import RecordResult
from models.contracts.refusals import RECORD_REFUSAL, RefusalRequest
from workflows.durably import durably
from workflows.rules_version import lawful
from workflows.said import understood, words_in
from workflows.spread import spread_of


class _State(Protocol):
    """What the shell itself has to know of an aggregate."""

    @property
    def seq(self) -> int: ...
    @property
    def ended(self) -> bool: ...
    @property
    def last_command_at(self) -> datetime | None: ...


State = TypeVar("State", bound=_State)


@dataclass(frozen=True, slots=True)
class Alarm:
    """The next thing that time brings about; `spread` tells one that may come a little late."""

    at: datetime
    summary: str
    spread: bool = False


class Shell(ABC, Generic[State]):
    """The durable half of an aggregate; the deciding half is the domain's."""

    _state: State
    """Known once `_ready`."""

    def __init__(self, given: Begins) -> None:
        self._given = given
        self._law = given.law.law()
        self._ready = False
        self._lock = asyncio.Lock()
        self._under_way: set[asyncio.Task[None]] = set()
        self._commands: dict[str, list[Fact]] = {}

    async def live(self) -> str:
        """Stay until the end, ring what is due, and return the status it ended with."""
        self._law = lawful(self._law)
        await self._open()
        while not self._state.ended:
            await self._wait()
            if workflow.info().is_continue_as_new_suggested():
                await self._quiet()
                # What was recorded is asked for again: it may be too much for one input by now.
                again = {"told_up_to": self._state.seq, "recorded": ()}
                workflow.continue_as_new(self._given.model_copy(update=again))
            async with self._lock:
                await self._pass_time(self._now(), inclusive=True)
        await self._quiet()
        return self._standing(self._state)

    @workflow.query(name=STANDING, description="Where this stands, and what it waits for.")
    def standing(self) -> Standing:
        """Where this stands: nothing yet before the first facts are stored."""
        if not self._ready:
            return Standing()
        alarm = self._next_alarm(self._state)
        return Standing(
            seq=self._state.seq,
            status=self._standing(self._state),
            ended=self._state.ended,
            next_alarm=alarm and alarm.at,
        )

    # Commands

    def preview(self, do: str, envelope: Envelope) -> None:
        """Refuse what would be refused as things stand, without a trace; the verdict itself is `take`'s.

        While another command is at work nobody knows yet how things will stand.
        """
        _check_form(do, envelope)
        if self._ready and not self._lock.locked() and envelope.id not in self._commands:
            at = self._instant(envelope)
            state = self._state
            try:
                for fact in self._settle(self._law, state, at, inclusive=False):
                    state = self._evolve(state, fact)
                self._decided(state, envelope, at)
            except Rejected as refusal:
                raise _error(refusal) from refusal

    async def take(self, do: str, envelope: Envelope) -> CommandResult:
        """Carry a command out: settle time up to its instant, decide, record."""
        _check_form(do, envelope)
        if not self._ready:
            await workflow.wait_condition(lambda: self._ready)
        async with self._lock:
            try:
                at, made = await self._carry_out(envelope)
            except Rejected as refusal:
                raise _error(refusal) from refusal
            return CommandResult(
                accepted_at=at,
                seq=self._state.seq,
                status=self._standing(self._state),
                facts=[to_json(fact) for fact in made],
            )

    async def take_signal(self, do: str, said: object) -> None:
        """Carry out a command that nobody waits for; a refusal becomes a line in the audit."""
        actor = Actor(role=Role.SYSTEM_OPERATOR)
        command_id = f"{workflow.info().run_id}:{workflow.uuid4()}"
        try:
            envelope = understood(do, said)
            actor, command_id = envelope.actor, envelope.id or command_id
            await self.take(do, envelope)
        except ValidationError as error:
            fields = "、".join(".".join(map(str, e["loc"])) for e in error.errors(include_input=False))
            refused = Refused(code="malformed", message_zh=f"信号内容有误：{fields}")
            await self._note_refusal(do, refused, actor, command_id)
        except ApplicationError as error:
            await self._note_refusal(do, Refused.model_validate(error.details[0]), actor, command_id)

    async def _carry_out(self, envelope: Envelope) -> tuple[datetime, list[Fact]]:
        """Decide until what was decided is what is stored; what is stored already is not done again."""
        while True:
            at = self._instant(envelope)
            await self._pass_time(at)
            if envelope.id is not None and envelope.id in self._commands:
                return at, self._commands[envelope.id]
            made = self._decided(self._state, envelope, at)
            stored, adopted = await self._record(made, envelope)
            if not adopted:
                return at, stored

    def _decided(self, state: State, envelope: Envelope, at: datetime) -> list[Fact]:
        try:
            return self._decide(self._law, state, envelope, at)
        except (ValueError, OverflowError) as error:
            # A date beyond any calendar, a calendar without working time: the sender's mistake, not ours.
            raise Rejected("malformed", "内容有误，无法据此计算。请核对日期和日历。", ()) from error

    def _instant(self, envelope: Envelope) -> datetime:
        """When a command counts: when it was received, but never before the last one."""
        said = envelope.received_at
        received = self._now() if said is None else self._law.calendar.localised(said)
        last = self._state.last_command_at
        return received if last is None else max(received, self._law.calendar.local(last))

    async def _note_refusal(self, do: str, refused: Refused, actor: Actor, command_id: str) -> None:
        request = RefusalRequest(
            ticket_no=self._given.no,
            at=self._now(),
            do=do,
            code=refused.code,
            basis=refused.basis,
            actor=actor,
            command_id=command_id,
        )
        await durably(RECORD_REFUSAL, request, NoneType)

    # Time

    def _now(self) -> datetime:
        return self._law.calendar.local(workflow.now() + self._given.clock_shift)

    async def _wait(self) -> None:
        """Sleep until the next alarm, or until there is an earlier one.

        A timer that comes too early because its clock was met costs less than one moved at every command.
        """
        alarm = self._next_wake()
        if alarm is None:
            await workflow.wait_condition(lambda: self._moved_on(None))
            return
        left = alarm.at - self._now()
        if left > timedelta():
            try:
                await workflow.wait_condition(
                    lambda: self._moved_on(alarm.at), timeout=left, timeout_summary=alarm.summary
                )
            except TimeoutError:
                return

    def _next_wake(self) -> Alarm | None:
        """The next alarm, with the time by which this ticket's reminders come late."""
        alarm = self._next_alarm(self._state)
        if alarm is None or not alarm.spread:
            return alarm
        return replace(alarm, at=alarm.at + spread_of(self._given.no, self._given.reminder_spread))

    def _moved_on(self, armed: datetime | None) -> bool:
        if self._state.ended or workflow.info().is_continue_as_new_suggested():
            return True
        alarm = self._next_wake()
        return alarm is not None and (armed is None or alarm.at < armed)

    async def _pass_time(self, until: datetime, *, inclusive: bool = False) -> None:
        while made := self._settle(self._law, self._state, until, inclusive=inclusive):
            _, adopted = await self._record(made, None)
            if not adopted:
                return

    # The record

    async def _open(self) -> None:
        """Go on from all that Postgres has already, or store the first facts."""
        stored = [from_json(fact) for fact in self._given.recorded or await self._first_recorded()]
        told = self._given.told_up_to
        before = self._fold(stored[:told]) if told else None
        self._state = self._fold(stored)
        self._remember(stored)
        self._ready = True
        self._hand_out(before, stored[told:])
        self._show()

    async def _first_recorded(self) -> Sequence[dict[str, Any]]:
        try:
            first = self._begin(self._law)
        except Rejected as refusal:
            raise _error(refusal) from refusal
        result = await durably(self.RECORD, self._request(None, first, None), RecordResult)
        return result.facts

    async def _record(self, made: Sequence[Fact], envelope: Envelope | None) -> tuple[list[Fact], bool]:
        """Store facts and go on from what the store returned; and whether those were somebody else's."""
        before = self._state
        result = await durably(self.RECORD, self._request(before, made, envelope), RecordResult)
        stored = [from_json(fact) for fact in result.facts]
        for fact in stored:
            self._state = self._evolve(self._state, fact)
        self._remember(stored)
        self._hand_out(before, stored)
        self._show()
        return stored, result.adopted

    def _remember(self, stored: Sequence[Fact]) -> None:
        """Keep which facts each command made: a retry of one, in whatever run, has been done already."""
        current: list[Fact] | None = None
        for fact in stored:
            if isinstance(fact, Done):
                current = [] if fact.command_id is None else self._commands.setdefault(fact.command_id, [])
            if current is not None:
                current.append(fact)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start something that only the end has to wait for."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _quiet(self) -> None:
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() and not self._under_way)

    # What the domain knows

    RECORD: str
    """The name of the activity that stores this aggregate's facts."""

    @abstractmethod
    def _begin(self, law: Law) -> list[Fact]: ...

    @abstractmethod
    def _fold(self, stored: Sequence[Fact]) -> State: ...

    @abstractmethod
    def _evolve(self, state: State, fact: Fact) -> State: ...

    @abstractmethod
    def _decide(self, law: Law, state: State, envelope: Envelope, at: datetime) -> list[Fact]: ...

    @abstractmethod
    def _settle(self, law: Law, state: State, until: datetime, *, inclusive: bool) -> list[Fact]: ...

    @abstractmethod
    def _next_alarm(self, state: State) -> Alarm | None: ...

    @abstractmethod
    def _standing(self, state: State) -> str: ...

    @abstractmethod
    def _request(
        self, before: State | None, made: Sequence[Fact], envelope: Envelope | None
    ) -> BaseModel: ...

    @abstractmethod
    def _hand_out(self, before: State | None, made: Sequence[Fact]) -> None:
        """Start what follows outside: supervisions, news to other tickets."""

    @abstractmethod
    def _show(self) -> None:
        """Tell people who look at Temporal how things stand."""


def _check_form(do: str, envelope: Envelope) -> None:
    if envelope.command.do != do:
        raise _error(Rejected("malformed", f"信封里的操作不是{do}。", ()))
    if words_in(envelope.command):
        raise _error(Rejected("text_not_stored", "文字须先存入数据库，不能直接发给工作流。", ()))


def _error(refusal: Rejected) -> ApplicationError:
    refused = Refused(
        code=refusal.code,
        message_zh=refusal.message_zh,
        basis=list(refusal.basis),
        forbidden=refusal.forbidden,
    )
    return ApplicationError(refusal.message_zh, refused.model_dump(), type=REJECTED, non_retryable=True)

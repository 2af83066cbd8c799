"""What a hotline office does in these tests: open tickets, send commands, look at the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client, WorkflowHandle

from domain.calendar_data import CalendarData
from domain.casework import register
from domain.commands import Actor, Envelope, Given, TicketFields, command_adapter
from domain.facts import Fact, from_json
from domain.policy import Policy
from domain.ticket import Ticket, fold
from domain.vocabulary import Role
from models import callers, facts_store, laws, recording, texts
from models.callers import NewCaller
from models.contracts.casework import TICKET_WORKFLOW, CommandResult, TicketInput, ticket_workflow_id
from models.contracts.law import LawByValue
from models.told import ticket_record
from ops.keyring import KeyRing
from ops.scenarios.scenario import usual_role
from policies.loading import calendar_of, shipped_policy

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment by China's clocks."""
    return datetime.now(CHINA)


@dataclass(frozen=True)
class OpenTicket:
    """A ticket whose workflow was started."""

    no: str
    handle: WorkflowHandle[Any, str]
    begun: TicketInput


@dataclass(frozen=True)
class Office:
    """One office with its own database and task queue."""

    client: Client
    engine: AsyncEngine
    ring: KeyRing
    task_queue: str

    def through(self, client: Client) -> "Office":
        """The same office, talking to Temporal through another client."""
        return replace(self, client=client)

    async def open(
        self,
        *,
        policy: Policy | None = None,
        calendar: CalendarData | None = None,
        registered_at: datetime | None = None,
        clock_shift: timedelta = timedelta(),
        phones: Sequence[str] = ("13800138000",),
        **fields: Any,
    ) -> OpenTicket:
        """Register a ticket and start its workflow."""
        begun = await self.prepared(
            policy=policy,
            calendar=calendar,
            registered_at=registered_at,
            clock_shift=clock_shift,
            phones=phones,
            **fields,
        )
        return await self.start(begun)

    async def prepared(
        self,
        *,
        policy: Policy | None = None,
        calendar: CalendarData | None = None,
        registered_at: datetime | None = None,
        clock_shift: timedelta = timedelta(),
        phones: Sequence[str] = ("13800138000",),
        **fields: Any,
    ) -> TicketInput:
        """What a ticket's workflow is started with; law and callers are stored."""
        policy = policy or shipped_policy("jingchuan")
        calendar = calendar or calendar_of(policy)
        at = registered_at or now() + clock_shift
        about = TicketFields.model_validate(
            {"type": "complaint", "source": "city_platform", "received_at": at, **fields}
        )
        no = f"T{uuid4().hex[:12]}"
        law = laws.identified(policy, calendar)
        async with self.engine.begin() as conn:
            await laws.store(conn, law)
            people = [NewCaller(name="王芳", phone=phone) for phone in phones]
            ids = await callers.store(conn, self.ring, no, people, at)
        return TicketInput(
            no=no,
            law=LawByValue.of(law.id, policy, calendar, at.date()),
            about=about,
            registered_at=at,
            callers=tuple(map(str, ids)),
            clock_shift=clock_shift,
        )

    async def on_record(self, begun: TicketInput) -> TicketInput:
        """The same once its registration is on record, as intake leaves it."""
        law = begun.law.law()
        made = register(law, begun.no, begun.about, begun.registered_at, callers=begun.callers)
        request = ticket_record(begun.no, begun.law.id, None, made, office=law.policy.office.name)
        recorded = await recording.record(self.engine, request)
        return begun.model_copy(update={"recorded": tuple(recorded.facts)})

    async def start(self, begun: TicketInput) -> OpenTicket:
        """Start a ticket's workflow."""
        handle: WorkflowHandle[Any, str] = await self.client.start_workflow(
            TICKET_WORKFLOW,
            begun,
            id=ticket_workflow_id(begun.no),
            task_queue=self.task_queue,
            result_type=str,
        )
        return OpenTicket(begun.no, handle, begun)

    async def envelope(
        self,
        ticket: OpenTicket,
        do: str,
        *,
        role: Role | None = None,
        at: datetime | None = None,
        command_id: str | None = None,
        given: Given | None = None,
        **fields: Any,
    ) -> Envelope:
        """A command in its internal form, its texts stored."""
        command = command_adapter.validate_python({"do": do, **fields})
        sealed, written = texts.seal(self.ring, command)
        received = at or now() + ticket.begun.clock_shift
        async with self.engine.begin() as conn:
            await texts.store(conn, self.ring, ticket.no, written, received)
        policy = Policy.model_validate(ticket.begun.law.policy)
        return Envelope(
            command=sealed,
            actor=Actor(role=role or usual_role(policy, do), unit=fields.get("unit"), id="u-1"),
            received_at=received,
            given=given or Given(),
            id=command_id or uuid4().hex,
        )

    async def say(self, ticket: OpenTicket, do: str, **said: Any) -> CommandResult:
        """Send a command as an Update and return its verdict."""
        envelope = await self.envelope(ticket, do, **said)
        result: CommandResult = await ticket.handle.execute_update(
            do, envelope, id=envelope.id, result_type=CommandResult
        )
        return result

    async def facts(self, no: str) -> list[Fact]:
        """The ticket's facts as Postgres has them."""
        async with self.engine.connect() as conn:
            stored = await facts_store.load(conn, facts_store.TICKET, no)
        return [from_json(row.data) for row in stored]

    async def ticket(self, no: str) -> Ticket:
        """The ticket as its facts leave it."""
        return fold(await self.facts(no))


def names(made: Sequence[Fact]) -> list[str]:
    """What the facts are called."""
    return [fact.NAME for fact in made]


STANDARD_LIFE: Sequence[Mapping[str, Any]] = (
    {"do": "dispatch", "lead": "水务局"},
    {"do": "sign", "unit": "水务局"},
    {
        "do": "request_extension",
        "unit": "水务局",
        "working_days": 3,
        "reason": "管网改造需要停水施工",
        "citizen_informed": True,
    },
    {"do": "decide_extension", "approve": True},
    {
        "do": "reply",
        "unit": "水务局",
        "outcome": "resolved",
        "text": "漏水点已修复，恢复供水",
    },
    {"do": "first_review", "approve": True},
    {"do": "final_review", "approve": True},
    {"do": "callback", "reached": True, "solved": True},
)
"""The life that the budget is for: dispatch, signing, an extension, the reply, two reviews, the callback."""


async def live(office: Office, ticket: OpenTicket) -> None:
    """Bring a ticket through the standard life, one command after the other."""
    for step in STANDARD_LIFE:
        said = dict(step)
        if said["do"] == "reply":
            said["contacted_at"] = now() + ticket.begun.clock_shift
        await office.say(ticket, said.pop("do"), **said)

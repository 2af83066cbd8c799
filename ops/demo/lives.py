"""One demonstration ticket, told to the core step by step at instants of the past, kept for recording."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.casework import decide, register, settle
from domain.commands import Actor, Envelope, Given, TicketFields, UnitGiven, command_adapter
from domain.facts import Fact, to_json
from domain.law import Law
from domain.notices import notices
from domain.ticket import Ticket, evolve, registered
from domain.view import view
from domain.vocabulary import Role, TicketType, Urgency
from models import received_commands, texts
from models.contracts.notices import Notice
from models.contracts.record import RecordRequest
from models.texts import NewText
from models.told import written
from ops.keyring import KeyRing

_HOUR = 3600
_TOLD = 6.0
"""Office hours back from now, of which people are told."""


class Demand(BaseModel):
    """What somebody calls about, whose work it is, and what comes of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: TicketType
    urgency: Urgency = Urgency.NORMAL
    category: str
    area: str
    unit: str
    assist: tuple[str, ...] = ()
    title: str
    text: str
    reply: str


@dataclass(frozen=True)
class County:
    """What the core has to be told: the law, the units as the directory has them, and who acts for them."""

    law: Law
    law_id: str
    ring: KeyRing
    units: Mapping[str, UnitGiven]
    people: Mapping[tuple[str, str], str]
    now: datetime

    def before_now(self, hours: float) -> datetime:
        """The instant from which so many hours of office time have passed until now."""
        return self.law.calendar.add_working_time(self.now, -round(hours * _HOUR))

    def actor(self, role: Role, unit: str | None) -> Actor:
        """Who acts in a role in this county."""
        who = self.people.get((unit, HELD[role])) if unit else _OFFICE.get(role)
        return Actor(role=role, unit=unit, id=who)


HELD: Mapping[Role, str] = {
    Role.UNIT: "handler",
    Role.UNIT_LEADER: "unit_leader",
    Role.UNIT_PRINCIPAL: "unit_principal",
}
"""The parts that somebody of a unit acts in, and the role that they hold there."""

_OFFICE: Mapping[Role, str] = {
    Role.OFFICE: "hotline-office",
    Role.AGENT: "hotline-agent-1",
    Role.LEADER: "gov-leader",
}


@dataclass
class Life:
    """A ticket from its receipt on. Hours are office hours; `hour` is how many passed since the receipt."""

    no: str
    county: County
    demand: Demand
    about: TicketFields
    callers: tuple[str, ...]
    ago: float
    hour: float = 0
    requests: list[RecordRequest] = field(default_factory=list)
    said: list[tuple[datetime, NewText]] = field(default_factory=list, repr=False)
    written: dict[str, str] = field(default_factory=dict)
    _state: Ticket | None = None

    def begin(self, words: Sequence[NewText]) -> None:
        """Registers it. Rejected for what the policy does not take in."""
        at = self.about.received_at
        self.said += [(at, text) for text in words]
        self.written = {text.field: str(text.reference) for text in words}
        made = register(self.county.law, self.no, self.about, at, callers=self.callers, texts=self.written)
        self._keep(made, None)

    @property
    def state(self) -> Ticket:
        """How the ticket stands after all that was said."""
        assert self._state is not None, "a life begins before it goes on"
        return self._state

    def after(self, hours: float) -> "Life":
        """Lets office hours pass; no ticket lives beyond now."""
        self.hour = min(self.hour + hours, self.ago)
        return self

    def at(self) -> datetime:
        """The instant that the ticket has come to."""
        # Outside office hours, no time before now is the next opening.
        at = min(self.county.before_now(self.ago - self.hour), self.county.now)
        return max(at, self.state.registered_at)

    def say(self, do: str, role: Role, unit: str | None = None, /, **fields: Any) -> None:
        """Gives a command as somebody of this part. Rejected where the rules refuse it."""
        law, at = self.county.law, self.at()
        made = settle(law, self.state, at)
        self._keep(made, None)
        named = {"unit": unit} if unit is not None else {}
        order = command_adapter.validate_python({"do": do, **named, **fields})
        internal, words = texts.seal(self.county.ring, order)
        actor = self.county.actor(role, unit if role in HELD else None)
        key = f"demonstration-{self.no}-{self.state.seq}"
        envelope = Envelope(
            command=internal,
            actor=actor,
            received_at=at,
            given=Given(units=self.county.units),
            key=key,
            id=received_commands.command_id(actor, self.no, do, key),
        )
        self._keep(decide(law, self.state, envelope, at), envelope)
        self.said += [(at, text) for text in words]

    def until_now(self) -> None:
        """What time alone made of it since."""
        self._keep(settle(self.county.law, self.state, self.county.now, inclusive=True), None)

    def _keep(self, made: Sequence[Fact], envelope: Envelope | None) -> None:
        if not made:
            return
        before = self._state
        request = RecordRequest(
            ticket_no=self.no,
            law_id=self.county.law_id,
            first_seq=1 if before is None else before.seq + 1,
            facts=[to_json(fact) for fact in made],
            view=view(before, made),
            notices=self._told(before, made),
            actor=envelope.actor.model_dump(mode="json") if envelope else None,
            command_id=envelope.id if envelope else None,
        )
        self.requests.append(request)
        state = before
        for fact in made:
            state = registered(fact) if state is None else evolve(state, fact)  # type: ignore[arg-type]
        self._state = state

    def _told(self, before: Ticket | None, made: Sequence[Fact]) -> list[Notice]:
        """Who is told of it: only of the last hours, so that nobody gets a message about the month before."""
        if made[-1].at < self.county.before_now(_TOLD):
            return []
        return written(notices(before, made, self.county.law.policy.office.name))

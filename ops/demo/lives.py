"""One demonstration ticket, told to the core step by step at instants of the past, kept for recording."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.casework import decide, register, settle
from domain.commands import Actor, Envelope, TicketFields
from domain.facts import Fact, SupervisionOpened, to_json
from domain.notices import notices
from domain.ticket import Ticket, evolve, registered
from domain.view import view
from domain.vocabulary import Role, Source, TicketType, Urgency
from models.contracts.notices import Notice
from models.contracts.record import RecordRequest
from models.texts import NewText
from models.told import written
from ops.demo.saying import County
from ops.demo.supervised import Supervised

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


_SELF_SERVICE = frozenset({Source.WEB, Source.WECHAT, Source.APP, Source.MAILBOX})
"""Where citizens put their demands in themselves."""


@dataclass
class Life:
    """A ticket from its receipt on. Hours are office hours; `hour` is how many passed since the receipt.

    `by_the_clock`: the hours are those of the clock. `pace`: what an hour of a story lasts in this life.
    """

    no: str
    county: County
    demand: Demand
    about: TicketFields
    callers: tuple[str, ...]
    ago: float
    by_the_clock: bool = False
    pace: float = 1
    hour: float = 0
    requests: list[RecordRequest] = field(default_factory=list)
    said: list[tuple[datetime, NewText]] = field(default_factory=list, repr=False)
    written: dict[str, str] = field(default_factory=dict)
    supervised: list[Supervised] = field(default_factory=list)
    _state: Ticket | None = None

    def begin(self, words: Sequence[NewText]) -> None:
        """Registers it. Rejected for what the policy does not take in."""
        at = self.about.received_at
        self.said += [(at, text) for text in words]
        self.written = {text.field: str(text.reference) for text in words}
        made = register(self.county.law, self.no, self.about, at, callers=self.callers, texts=self.written)
        by = Role.CITIZEN if self.about.source in _SELF_SERVICE else Role.AGENT
        self._keep(made, None, self.county.actor(by, None))

    @property
    def state(self) -> Ticket:
        """How the ticket stands after all that was said."""
        assert self._state is not None, "a life begins before it goes on"
        return self._state

    def after(self, hours: float) -> "Life":
        """Lets hours of the story pass; no ticket lives beyond now."""
        self.hour = min(self.hour + hours * self.pace, self.ago)
        return self

    def at(self) -> datetime:
        """The instant that the ticket has come to."""
        left = self.ago - self.hour
        ahead = timedelta(hours=left)
        at = self.county.now - ahead if self.by_the_clock else self.county.before_now(left)
        # Outside office hours, no time before now is the next opening.
        return max(min(at, self.county.now), self.state.registered_at)

    def say(self, do: str, role: Role, unit: str | None = None, /, **fields: Any) -> None:
        """Gives a command as somebody of this part. Rejected where the rules refuse it."""
        law, at = self.county.law, self.at()
        made = settle(law, self.state, at)
        self._keep(made, None)
        envelope, words = self.county.said((self.no, self.state.seq), at, do, role, unit, **fields)
        self._keep(decide(law, self.state, envelope, at), envelope)
        self.said += [(at, text) for text in words]

    def say_to_supervision(self, do: str, role: Role, unit: str | None = None, /, **fields: Any) -> None:
        """Gives a command to the supervision that was opened last. Rejected where the rules refuse it."""
        at = self.at()
        self.said += [(at, text) for text in self.supervised[-1].say(at, do, role, unit, **fields)]

    def until_now(self) -> None:
        """What time alone made of it since."""
        self._keep(settle(self.county.law, self.state, self.county.now, inclusive=True), None)

    def _keep(self, made: Sequence[Fact], envelope: Envelope | None, by: Actor | None = None) -> None:
        if not made:
            return
        actor = envelope.actor if envelope else by
        before = self._state
        request = RecordRequest(
            ticket_no=self.no,
            law_id=self.county.law_id,
            first_seq=1 if before is None else before.seq + 1,
            facts=[to_json(fact) for fact in made],
            view=view(before, made),
            notices=self._told(before, made),
            actor=actor.model_dump(mode="json") if actor else None,
            command_id=envelope.id if envelope else None,
        )
        self.requests.append(request)
        state = before
        for fact in made:
            state = registered(fact) if state is None else evolve(state, fact)  # type: ignore[arg-type]
            if isinstance(fact, SupervisionOpened):
                self.supervised.append(Supervised(self.county, self.no, self.about, fact))
        self._state = state

    def _told(self, before: Ticket | None, made: Sequence[Fact]) -> list[Notice]:
        """Who is told of it: only of the last hours, so that nobody gets a message about the month before."""
        if made[-1].at < self.county.before_now(_TOLD):
            return []
        return written(notices(before, made, self.county.law.policy.office.name))

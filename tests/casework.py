"""A ticket's life on the bare core, as the steps a workflow would record: for tests of what is stored."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.calendar_data import CalendarData
from domain.casework import decide, register, settle
from domain.commands import Actor, Envelope, TicketFields, command_adapter
from domain.facts import Fact, to_json
from domain.policy import Policy
from domain.ticket import Ticket, evolve, registered
from domain.view import view
from domain.vocabulary import Role
from models.contracts.record import RecordRequest
from models.laws import StoredLaw, identified
from policies.loading import calendar_of, shipped_policy

ROLES = {
    "refuse": Role.AGENT,
    "dispatch": Role.OFFICE,
    "decide_extension": Role.OFFICE,
    "decide_return": Role.OFFICE,
    "first_review": Role.OFFICE,
    "final_review": Role.UPPER_LEVEL,
    "callback": Role.AGENT,
    "amend": Role.OFFICE,
    "merge": Role.OFFICE,
    "join": Role.SYSTEM,
    "withdraw": Role.AGENT,
}

STANDARD_LIFE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("2026-04-30T16:40", {"do": "dispatch", "lead": "水务局", "assist": ["城关镇"]}),
    ("2026-05-06T09:00", {"do": "sign", "unit": "水务局"}),
    ("2026-05-06T09:30", {"do": "sign", "unit": "城关镇"}),
    (
        "2026-05-07T09:00",
        {
            "do": "request_extension",
            "unit": "水务局",
            "working_days": 3,
            "reason": "text:reason",
            "citizen_informed": True,
        },
    ),
    ("2026-05-07T10:00", {"do": "decide_extension", "unit": "水务局", "approve": True}),
    ("2026-05-08T09:00", {"do": "submit_to_lead", "unit": "城关镇", "text": "text:result"}),
    (
        "2026-05-09T16:00",
        {
            "do": "reply",
            "unit": "水务局",
            "outcome": "resolved",
            "text": "text:reply",
            "contacted_at": "2026-05-09T15:00:00+08:00",
            "number_used": "text:number",
            "citizen_satisfaction": "satisfied",
        },
    ),
    ("2026-05-09T17:00", {"do": "first_review", "unit": "水务局", "approve": True}),
    ("2026-05-11T09:00", {"do": "final_review", "unit": "水务局", "approve": True}),
    ("2026-05-12T09:00", {"do": "callback", "reached": True, "handling": "satisfied", "solved": True}),
)
"""Register, dispatch, sign, an extension asked and approved, reply, two reviews, callback."""


def shipped_law(policy: str = "jingchuan") -> StoredLaw:
    """A policy that comes with Jiesu, with its calendar."""
    read: Policy = shipped_policy(policy)
    calendar: CalendarData = calendar_of(read)
    return identified(read, calendar)


@dataclass
class Life:
    """One ticket; each step gives the request that records it."""

    no: str
    law: StoredLaw
    callers: tuple[str, ...] = ("caller-1",)
    about: dict[str, Any] = field(default_factory=dict)
    ticket: Ticket | None = None

    def begin(self, received_at: str = "2026-04-30T15:00") -> RecordRequest:
        """Registration."""
        fields = {"type": "complaint", "level": "municipal", "source": "city_platform", **self.about}
        law = self.law.law()
        at = law.calendar.localised(datetime.fromisoformat(received_at))
        about = TicketFields.model_validate({**fields, "received_at": at})
        return self._request(register(law, self.no, about, at, callers=self.callers))

    def step(self, at: str, command: dict[str, Any]) -> RecordRequest:
        """What time made until then and one command, recorded together."""
        assert self.ticket is not None
        law = self.law.law()
        now = law.calendar.localised(datetime.fromisoformat(at))
        made = settle(law, self.ticket, now)
        settled = self._after(made)
        unit = command.get("unit")
        actor = Actor(
            role=ROLES.get(command["do"], Role.UNIT), unit=unit if command["do"] not in ROLES else None
        )
        envelope = Envelope(
            command=command_adapter.validate_python(command),
            actor=actor,
            received_at=now,
            id=f"{self.no}-{at}",
        )
        return self._request([*made, *decide(law, settled, envelope, now)], actor, envelope.id)

    def wait(self, until: str) -> RecordRequest:
        """What time alone makes until then."""
        assert self.ticket is not None
        law = self.law.law()
        return self._request(
            settle(law, self.ticket, law.calendar.localised(datetime.fromisoformat(until)), inclusive=True)
        )

    def standard(self) -> Iterator[RecordRequest]:
        """The whole standard life."""
        yield self.begin()
        for at, command in STANDARD_LIFE:
            yield self.step(at, command)

    def _request(
        self, made: list[Fact], actor: Actor | None = None, command_id: str | None = None
    ) -> RecordRequest:
        before = self.ticket
        request = RecordRequest(
            ticket_no=self.no,
            law_id=self.law.id,
            first_seq=1 if before is None else before.seq + 1,
            facts=[to_json(fact) for fact in made],
            view=view(before, made),
            actor=actor.model_dump(mode="json", exclude_none=True) if actor else None,
            command_id=command_id,
        )
        self.ticket = self._after(made)
        return request

    def _after(self, made: list[Fact]) -> Ticket:
        state = self.ticket
        for fact in made:
            state = registered(fact) if state is None else evolve(state, fact)  # type: ignore[arg-type]
        assert state is not None
        return state

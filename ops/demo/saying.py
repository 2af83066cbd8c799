"""How a command of the demonstration comes to be: its words sealed, its author and its instant given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.commands import Actor, Envelope, Given, UnitGiven, command_adapter
from domain.law import Law
from domain.vocabulary import Role
from models import received_commands, texts
from models.texts import NewText
from ops.keyring import KeyRing

_HOUR = 3600

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

    def said(
        self, about: tuple[str, int], at: datetime, do: str, role: Role, unit: str | None, /, **fields: Any
    ) -> tuple[Envelope, Sequence[NewText]]:
        """A command as somebody of this part gives it, and its words to be stored.

        `about` is the number that it goes to and how many facts are there.
        """
        no, seq = about
        named = {"unit": unit} if unit is not None else {}
        internal, words = texts.seal(
            self.ring, command_adapter.validate_python({"do": do, **named, **fields})
        )
        actor = self.actor(role, unit if role in HELD else None)
        key = f"demonstration-{no}-{seq}"
        envelope = Envelope(
            command=internal,
            actor=actor,
            received_at=at,
            given=Given(units=self.units),
            key=key,
            id=received_commands.command_id(actor, no, do, key),
        )
        return envelope, words

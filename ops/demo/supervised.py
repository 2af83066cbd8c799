"""A supervision that a demonstration ticket opened: what was said to it, kept for recording."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain import supervision as supervising
from domain.commands import Envelope, TicketFields
from domain.facts import Fact, SupervisionOpened, to_json
from domain.supervision import Supervision
from domain.vocabulary import Role
from models.contracts.record import SupervisionRecordRequest
from models.texts import NewText
from ops.demo.saying import County


@dataclass
class Supervised:
    """One supervision, begun by its ticket; nobody is told of it by message."""

    county: County
    ticket_no: str
    about: TicketFields
    opened: SupervisionOpened
    requests: list[SupervisionRecordRequest] = field(default_factory=list)
    _state: Supervision | None = None

    @property
    def no(self) -> str:
        """Its number."""
        return self.opened.no

    @property
    def ended(self) -> bool:
        """Whether it was struck off."""
        return self._state is not None and self._state.ended

    def say(
        self, at: datetime, do: str, role: Role, unit: str | None = None, /, **fields: Any
    ) -> Sequence[NewText]:
        """Gives it a command, and gives back the words to be stored. Rejected where the rules refuse it."""
        law = self.county.law
        if self._state is None:
            self._keep(supervising.begin(law, self.opened, self.ticket_no, self.about), None)
        self._keep(supervising.settle(law, self._begun(), at), None)
        state = self._begun()
        envelope, words = self.county.said((self.no, state.seq), at, do, role, unit, **fields)
        self._keep(supervising.decide(law, state, envelope, at), envelope)
        return words

    def _begun(self) -> Supervision:
        assert self._state is not None, "a supervision begins before it goes on"
        return self._state

    def _keep(self, made: Sequence[Fact], envelope: Envelope | None) -> None:
        if not made:
            return
        before = self._state
        self.requests.append(
            SupervisionRecordRequest(
                no=self.no,
                law_id=self.county.law_id,
                jurisdiction=self.county.law.policy.id,
                ticket_no=self.ticket_no,
                first_seq=1 if before is None else before.seq + 1,
                facts=[to_json(fact) for fact in made],
                actor=envelope.actor.model_dump(mode="json") if envelope else None,
                command_id=envelope.id if envelope else None,
            )
        )
        self._state = supervising.fold(made) if before is None else self._after(made)

    def _after(self, made: Sequence[Fact]) -> Supervision:
        state = self._begun()
        for fact in made:
            state = supervising.evolve(state, fact)
        return state

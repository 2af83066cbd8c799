"""After the end: what the table still allows on a ticket whose workflow is over, without Temporal.

The same decision and the same record as in the workflow; only the one who asks is another.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from domain import supervision as supervising
from domain.casework import decide
from domain.commands import Envelope
from domain.facts import from_json
from domain.rejected import Rejected
from domain.ticket import evolve, fold
from models import facts_store, recording
from models.chain import ChainedFact
from models.contracts.casework import CommandResult
from models.facts_store import SUPERVISION, TICKET
from models.known_laws import KnownLaws
from models.told import ticket_record


class NotOver(Exception):
    """The ticket or supervision has no end yet: its workflow decides."""


class Afterwards:
    """Decides and records commands to what has ended."""

    def __init__(self, engine: AsyncEngine, laws: KnownLaws) -> None:
        self._engine, self._laws = engine, laws

    async def to_ticket(self, no: str, envelope: Envelope) -> CommandResult:
        """The result of a command to an ended ticket. Raises Rejected, or NotOver."""
        while True:
            async with self._engine.connect() as conn:
                stored = await facts_store.load(conn, TICKET, no)
                if not stored:
                    raise NotOver(no)
                # Somebody else may be carrying out the same command at this moment.
                if (known := result_of(stored, envelope.id)) is not None:
                    return known
                law_id = stored[-1].law_id
                _, law = await self._laws.get(conn, law_id)
            ticket = fold(from_json(row.data) for row in stored)
            if not ticket.ended:
                raise NotOver(no)
            now = law.calendar.local(_not_before(envelope.received_at, ticket.last_command_at))
            made = decide(law, ticket, envelope, now)
            recorded = await recording.record(
                self._engine,
                ticket_record(
                    no,
                    law_id,
                    ticket,
                    made,
                    office=law.policy.office.name,
                    actor=envelope.actor,
                    command_id=envelope.id,
                ),
            )
            # Adopted: somebody else's facts came in between, so look again, and decide on what they left.
            if not recorded.adopted:
                for fact in made:
                    ticket = evolve(ticket, fact)
                return CommandResult(
                    accepted_at=now, seq=ticket.seq, status=ticket.status, facts=recorded.facts
                )

    async def to_supervision(self, no: str, envelope: Envelope) -> Rejected:
        """Why nothing can be said to a supervision that was struck off. Raises NotOver."""
        async with self._engine.connect() as conn:
            stored = await facts_store.load(conn, SUPERVISION, no)
            if not stored:
                raise NotOver(no)
            _, law = await self._laws.get(conn, stored[-1].law_id)
        state = supervising.fold(from_json(row.data) for row in stored)
        if not state.ended:
            raise NotOver(no)
        now = law.calendar.local(_not_before(envelope.received_at, state.last_command_at))
        try:
            supervising.decide(law, state, envelope, now)
        except Rejected as refusal:
            return refusal
        raise AssertionError(f"supervision {no} has ended and took {envelope.command.do}")


def result_of(stored: Sequence[ChainedFact], command_id: str | None) -> CommandResult | None:
    """What came of a command by the facts of its ticket or supervision; None where none is of it."""
    own = [row for row in stored if row.command_id == command_id]
    if command_id is None or not own:
        return None
    status = next((row.data["to"] for row in reversed(stored) if row.fact == "status"), "closed")
    return CommandResult(
        accepted_at=own[0].at, seq=own[-1].seq, status=status, facts=[dict(row.data) for row in own]
    )


def _not_before(received_at: datetime | None, last: datetime | None) -> datetime:
    """A command counts when it was received, and never before the one that counted last."""
    known = [at for at in (received_at, last) if at is not None]
    return max(known)

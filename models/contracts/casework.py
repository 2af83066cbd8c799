"""What goes into the workflows of tickets and supervisions, and what a command gets back."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, field_serializer

from domain.commands import Actor, TicketFields
from models.contracts.law import LawByValue

TICKET_WORKFLOW = "TicketWorkflow"
SUPERVISION_WORKFLOW = "SupervisionWorkflow"
"""The workflows' names."""

START_SUPERVISION = "start_supervision"
"""The activity that starts a supervision; its argument is a `SupervisionInput`."""

STANDING = "standing"
"""The query that answers with a `Standing`."""

REJECTED = "rejected"
"""The type of the error by which a command is refused; its one detail is a `Refused`."""


def ticket_workflow_id(no: str) -> str:
    """The workflow of a ticket."""
    return f"ticket-{no}"


def supervision_workflow_id(no: str) -> str:
    """The workflow of a supervision."""
    return f"supervision-{no}"


class Begins(BaseModel):
    """What both workflows begin with.

    `clock_shift` is added to the workflow's clock, so that scenarios of any date run; zero in production.
    `reminder_spread` is the longest time a warning may come late, so that the thousands that fall on the same
    second do not; red lamps and breaches are not spread.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    no: str
    law: LawByValue
    clock_shift: timedelta = timedelta()
    reminder_spread: timedelta = timedelta()
    told_up_to: int = 0
    """Facts up to this number were handed on before: nobody is told of them again (continue-as-new)."""
    recorded: tuple[dict[str, Any], ...] = ()
    """All facts that Postgres has, as far as whoever starts this knows of any."""


class TicketInput(Begins):
    """A ticket to open, or to go on with: what Postgres has of it already is taken from there.

    `registered_at` is the instant of registration, with its offset. `callers` are ids, `texts` references to
    what was written at registration. `registered_by` stands with the first facts as their actor; who imports
    a ticket, or started one before this was kept, names nobody.
    """

    about: TicketFields
    registered_at: datetime
    callers: tuple[str, ...]
    texts: dict[str, str] = {}
    registered_by: Actor | None = None

    @field_serializer("about")
    def _as_said(self, about: TicketFields) -> dict[str, Any]:
        """Only what was said: a level that nobody named is the policy's to fill in."""
        return about.model_dump(mode="json", exclude_unset=True)


class SupervisionInput(Begins):
    """A supervision to open: the fact that opened it, and what it is about (a ticket's number, a topic)."""

    jurisdiction: str
    opened: dict[str, Any]
    ticket_no: str | None = None
    subject: str | None = None
    about: TicketFields | None = None


class CommandResult(BaseModel):
    """A command that was accepted: the instant it counts from, its facts, and how things stand after them."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    accepted_at: datetime
    seq: int
    status: str
    facts: list[dict[str, Any]]


class Standing(BaseModel):
    """Where a ticket or supervision stands, and when time alone next makes something happen."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    seq: int = 0
    status: str | None = None
    ended: bool = False
    next_alarm: datetime | None = None


class Refused(BaseModel):
    """Why a command was refused; `forbidden` tells a wrong role from a wrong time."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    code: str
    message_zh: str
    basis: list[str] = []
    forbidden: bool = False

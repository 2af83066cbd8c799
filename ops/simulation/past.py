"""Past tickets, as a file of JSON lines gives them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, model_validator

from domain.vocabulary import Complainant, Level, Source, Special, TicketType, Urgency

UNIT = "承办单位"
"""Stands for the unit where a past ticket names none."""


class BadTickets(Exception):
    """A file of past tickets that cannot be read; the message names file, line and field."""


class PastTicket(BaseModel):
    """One past ticket: what it was, and when it was received, dispatched, signed and replied to.

    A step that is missing had not happened when the file was written. Times without offset are local to the
    policies' calendar. Fields that are not listed here are left alone.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)
    type: TicketType
    received_at: Annotated[datetime, Field(validation_alias=AliasChoices("received_at", "registered_at"))]
    dispatched_at: datetime | None = None
    signed_at: datetime | None = None
    replied_at: datetime | None = None
    urgency: Urgency = Urgency.NORMAL
    level: Level | None = None
    source: Source | None = None
    special: Special | None = None
    complainant: Complainant = Complainant.PERSON
    unit: str = Field(default=UNIT, min_length=1, max_length=100)
    units_involved: int | None = Field(default=None, ge=1, le=100)
    upstream_no: str | None = Field(default=None, max_length=64)
    upstream_due: datetime | None = None

    @property
    def steps(self) -> list[tuple[str, datetime]]:
        """What happened after registration, in order."""
        named = (("dispatch", self.dispatched_at), ("sign", self.signed_at), ("reply", self.replied_at))
        return [(do, at) for do, at in named if at is not None]

    @property
    def last(self) -> datetime:
        """The last instant that is known of the ticket."""
        return self.steps[-1][1] if self.steps else self.received_at

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        instants = [self.received_at, *(at for _, at in self.steps)]
        if len({at.tzinfo is None for at in instants}) > 1:
            raise ValueError("时间要么都带时区，要么都不带")
        if instants != sorted(instants):
            raise ValueError("时间应按受理、派单、签收、答复先后")
        if self.dispatched_at is None and self.steps:
            raise ValueError("没有派单时间就不会有签收和答复")
        return self


def read_past(file: Path) -> Iterator[PastTicket]:
    """The tickets of a file, blank lines skipped. BadTickets names the line and the field."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _parsed(line, f"{file} 第{number}行")


def _parsed(line: bytes, where: str) -> PastTicket:
    try:
        return PastTicket.model_validate_json(line)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in problem["loc"])
        raise BadTickets(f"{where} {field}：{problem['msg'].removeprefix('Value error, ')}") from error

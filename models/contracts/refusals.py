"""The activity `record_refusal`: the audit line of a command that a workflow itself refused."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from domain.commands import Actor

RECORD_REFUSAL = "record_refusal"
"""The activity's name."""


class RefusalRequest(BaseModel):
    """One refused command. `command_id` is unique to it, so that the line is written once."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    ticket_no: str | None
    at: datetime
    do: str
    code: str
    basis: list[str]
    actor: Actor
    command_id: str

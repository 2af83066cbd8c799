"""The activity `notify`: notices to people by their part, never by their number."""

from pydantic import BaseModel, ConfigDict, Field

from domain.vocabulary import Channel, Recipient

NOTIFY = "notify"
"""The activity's name."""


class Notice(BaseModel):
    """One notice of a ticket, for everybody who holds one of `roles`.

    `key` is made in the workflow and is unique in the ticket (`12.lamp` for fact 12): with it the same notice
    never goes twice to the same person by the same channel. `unit` says whose handler, leader or principal;
    `callers` narrows `citizen` to some of the ticket's callers. `template` and `params` are those of
    models.notice_templates.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    key: str = Field(min_length=1, max_length=120)
    template: str
    roles: list[Recipient] = Field(min_length=1)
    unit: str | None = None
    callers: list[str] | None = None
    via: list[Channel] = [Channel.SMS]
    params: dict[str, str] = {}


class NotifyRequest(BaseModel):
    """The notices that one step of a ticket makes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    ticket_no: str
    notices: list[Notice]


class NotifyResult(BaseModel):
    """How many messages went out, could not, or wait; the rows of `notification` tell which."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    sent: int = 0
    failed: int = 0
    held: int = 0

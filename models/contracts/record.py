"""The activities `record` and `record_supervision`.

Facts into the legal record, the projection after them.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict

from models.contracts.notices import Notice

RECORD = "record"
RECORD_SUPERVISION = "record_supervision"
"""The activities' names."""


class RecordRequest(BaseModel):
    """Facts to store from `first_seq` on (1 is a ticket's first), and how the ticket stands after them.

    `facts` are as domain.facts.to_json writes them, `view` what domain.view.view makes of them. `actor` and
    `command_id` say whose command made them; facts that time made have neither. `notices` are what the facts
    call for: they are stored together with them and sent afterwards.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    ticket_no: str
    law_id: str
    first_seq: int
    facts: list[dict[str, Any]]
    view: dict[str, Any]
    notices: list[Notice] = []
    actor: dict[str, Any] | None = None
    command_id: str | None = None


class SupervisionRecordRequest(BaseModel):
    """Facts of a supervision to store from `first_seq` on.

    `ticket_no` is the ticket that opened it, if one did.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    no: str
    law_id: str
    jurisdiction: str
    ticket_no: str | None
    first_seq: int
    facts: list[dict[str, Any]]
    notices: list[Notice] = []
    actor: dict[str, Any] | None = None
    command_id: str | None = None


class RecordResult(BaseModel):
    """What is stored from `first_seq` on.

    `adopted` tells that somebody was there before: `facts` are then theirs, nothing was written, and the
    caller goes on from these. `commands` are the ids of the commands that adopted facts came from: they are
    done already.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    facts: list[dict[str, Any]]
    adopted: bool = False
    commands: list[str] = []

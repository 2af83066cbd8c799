"""Moving what is open to a newly published calendar: what the workflow and its activity tell each other."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

REVISION_WORKFLOW = "CalendarRevisionWorkflow"
REVISE_PAGE = "revise_page"
PROGRESS = "progress"


def revision_workflow_id(notice_id: int) -> str:
    """The workflow that carries a notice to the open tickets and supervisions."""
    return f"calendar-{notice_id}"


Told = Literal["ticket", "supervision"]
"""What is told: first the open tickets, then the open supervisions, which may outlive their tickets."""


class RevisionInput(BaseModel):
    """Which notice is carried, how many are told a second, and from which number of which kind on."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    notice_id: int
    rate: float = Field(default=20, gt=0, le=200)
    told: Told = "ticket"
    after: str = ""
    revised: int = 0
    moved: int = 0


class RevisionPage(BaseModel):
    """One page: what to go on with behind which number, how many were told and how many clocks moved."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    told: Told = "ticket"
    after: str
    revised: int = 0
    moved: int = 0
    last: bool = False

"""Moving open tickets to a newly published calendar: what the workflow and its activity tell each other."""

from pydantic import BaseModel, ConfigDict, Field

REVISION_WORKFLOW = "CalendarRevisionWorkflow"
REVISE_PAGE = "revise_page"
PROGRESS = "progress"


def revision_workflow_id(notice_id: int) -> str:
    """The workflow that carries a notice to the open tickets."""
    return f"calendar-{notice_id}"


class RevisionInput(BaseModel):
    """Which notice goes to the open tickets, how many a second, and from which number on."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    notice_id: int
    rate: float = Field(default=20, gt=0, le=200)
    after: str = ""
    revised: int = 0
    moved: int = 0


class RevisionPage(BaseModel):
    """One page: the last number that is done, how many tickets were told and how many clocks moved."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    after: str
    revised: int = 0
    moved: int = 0
    last: bool = False

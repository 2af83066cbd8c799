"""The activity `sweep`, and the workflow that runs it page after page."""

from pydantic import BaseModel, ConfigDict

SWEEP = "sweep"
"""The activity's name."""

SWEEP_WORKFLOW = "SweepWorkflow"
SWEEP_SCHEDULE = "sweep"
"""The workflow's name, and the id of the schedule that runs it."""


class SweepPage(BaseModel):
    """Where to look: what follows these places in the outbox and among the stored commands."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    starts: bool = True
    deliveries: bool = True
    outbox_after: int = 0
    subject_after: str = ""

    @property
    def is_last(self) -> bool:
        """Whether nothing is left to look at."""
        return not (self.starts or self.deliveries)


class SweepResult(BaseModel):
    """How many workflows were started and subjects delivered to, how many are left, where to go on."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    started: int = 0
    delivered: int = 0
    left: int = 0
    next: SweepPage = SweepPage(starts=False, deliveries=False)

"""Short activities that must not be lost, whatever is away."""

from typing import TypeVar

from pydantic import BaseModel
from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from models.retries import (
    RECORD_LOCAL_TIMEOUT,
    RECORD_LOCALLY,
    RECORD_LOCALLY_FOR,
    RECORD_TIMEOUT,
    RECORD_UNTIL_STORED,
)

_Result = TypeVar("_Result")


async def durably(activity: str, request: BaseModel, result_type: type[_Result]) -> _Result:
    """Run a short activity locally; while the database is away, as a regular one for as long as it takes.

    A local activity that is tried for long fills the history with heartbeats; a regular one does not.
    """
    try:
        recorded: _Result = await workflow.execute_local_activity(
            activity,
            request,
            result_type=result_type,
            schedule_to_close_timeout=RECORD_LOCALLY_FOR,
            start_to_close_timeout=RECORD_LOCAL_TIMEOUT,
            retry_policy=RECORD_LOCALLY,
        )
    except (ActivityError, ApplicationError):
        # The SDK passes on a local activity's own error as it is.
        recorded = await workflow.execute_activity(
            activity,
            request,
            result_type=result_type,
            start_to_close_timeout=RECORD_TIMEOUT,
            retry_policy=RECORD_UNTIL_STORED,
        )
    return recorded

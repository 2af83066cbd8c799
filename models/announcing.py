"""What is announced of a command the moment its facts are committed, to whoever waits for its answer."""

from models.contracts.casework import CommandResult
from models.contracts.record import RecordRequest

CHANNEL = "jiesu_recorded"
"""The channel of Postgres's NOTIFY."""

_LONGEST = 7999
"""What NOTIFY takes, in bytes."""


def announcement(request: RecordRequest) -> str | None:
    """The command's id and its result; None where no command made these facts, and where they are too long.

    Who hears nothing has the answer from the workflow, some milliseconds later.
    """
    if request.command_id is None:
        return None
    ticket = request.view["ticket"]
    result = CommandResult(
        accepted_at=request.facts[0]["at"], seq=ticket["seq"], status=ticket["status"], facts=request.facts
    )
    told = f"{request.command_id} {result.model_dump_json()}"
    return told if len(told.encode()) <= _LONGEST else None


def announced(told: str) -> tuple[str, str]:
    """The command's id, and its result as JSON."""
    command_id, _, result = told.partition(" ")
    return command_id, result

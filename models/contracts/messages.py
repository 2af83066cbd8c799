"""The activity and workflow `messages_round`: what has to be done about messages as time passes."""

from pydantic import BaseModel, ConfigDict

MESSAGES_ROUND = "messages_round"
"""The activity's and the workflow's name."""

MESSAGES_SCHEDULE = "messages-round"
"""The schedule's id."""


class RoundResult(BaseModel):
    """What one round did, in numbers: an operator sees it in the Temporal UI."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    released: int = 0
    digests: int = 0
    tried: int = 0
    asked: int = 0
    matched: int = 0
    passed_on: int = 0
    calls_opened: int = 0
    refused: int = 0
    given_up: int = 0

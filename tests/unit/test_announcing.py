"""What is announced of a command: its id and its result, where NOTIFY takes them."""

from typing import Any

import pytest

from models.announcing import announced, announcement
from models.contracts.casework import CommandResult
from models.contracts.record import RecordRequest

AT = "2026-01-05T09:00:00+08:00"


def _request(command_id: str | None, words: str = "") -> RecordRequest:
    facts: list[dict[str, Any]] = [{"fact": "done", "do": "sign", "at": AT, "details": {"words": words}}]
    view = {"ticket": {"seq": 4, "status": "handling"}}
    return RecordRequest(
        ticket_no="N1", law_id="L", first_seq=4, facts=facts, view=view, command_id=command_id
    )


def test_it_tells_what_the_workflow_will_answer() -> None:
    told = announcement(_request("c-1"))
    assert told is not None
    command_id, result = announced(told)
    assert command_id == "c-1"
    assert CommandResult.model_validate_json(result) == CommandResult.model_validate(
        {"accepted_at": AT, "seq": 4, "status": "handling", "facts": _request("c-1").facts}
    )


def test_what_time_alone_made_is_not_announced() -> None:
    assert announcement(_request(None)) is None


@pytest.mark.parametrize("word", ["a", "䶮", "𠮷"])
def test_what_notify_does_not_take_is_not_announced(word: str) -> None:
    bare = announcement(_request("c-1"))
    assert bare is not None
    fitting, rest = divmod(7999 - len(bare.encode()), len(word.encode()))
    longest = announcement(_request("c-1", fitting * word))
    assert longest is not None
    assert len(longest.encode()) == 7999 - rest
    assert announcement(_request("c-1", (fitting + 1) * word)) is None

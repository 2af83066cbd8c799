"""Reading what Temporal keeps of a ticket."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle


@dataclass(frozen=True)
class Cost:
    """What a workflow costs the server."""

    events: int
    transitions: int
    bytes: int
    kinds: Counter[str]


async def cost(handle: WorkflowHandle[Any, Any]) -> Cost:
    """What this workflow has cost so far."""
    info = (await handle.describe()).raw_description.workflow_execution_info
    return Cost(
        events=info.history_length,
        transitions=info.state_transition_count,
        bytes=info.history_size_bytes,
        kinds=Counter(kinds(await handle.fetch_history())),
    )


def kinds(history: Any) -> list[str]:
    """The kinds of a history's events, in order."""
    return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]


def forms(words: str) -> tuple[bytes, bytes]:
    """How words may stand in a payload: as they are, or escaped as JSON."""
    return words.encode(), json.dumps(words)[1:-1].encode()


async def raw(handle: WorkflowHandle[Any, Any]) -> bytes:
    """Every byte that the server keeps of a workflow's history and description."""
    history = await handle.fetch_history()
    described = await handle.describe()
    return b"".join(event.SerializeToString() for event in history.events) + (
        described.raw_description.SerializeToString()
    )

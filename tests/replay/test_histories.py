"""Histories that tickets in the field may have still lead this code to the same commands."""

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.exceptions import TemporalError
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from ops.keyring import Algorithm, ring_from_file
from tests.replay.fingerprint import fingerprint
from tests.replay.record import FINGERPRINTS, HISTORIES
from worker import build_replayer

FILES = sorted(HISTORIES.glob("*.json"))


@pytest.fixture
def replayer(tmp_path: Path) -> Replayer:
    return build_replayer(ring_from_file(tmp_path / "keys.json", Algorithm.AES_256_GCM))


def read(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text("utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_a_kept_history_replays(replayer: Replayer, file: Path) -> None:
    await replayer.replay_workflow(read(file))


async def test_a_history_of_other_commands_does_not_replay(replayer: Replayer) -> None:
    history = json.loads((HISTORIES / "standard.json").read_text("utf-8"))
    record = next(
        event for event in reversed(history["events"]) if event["eventType"] == "EVENT_TYPE_MARKER_RECORDED"
    )
    record["eventType"] = "EVENT_TYPE_TIMER_STARTED"
    record["timerStartedEventAttributes"] = {
        "timerId": "99",
        "startToFireTimeout": "9s",
        "workflowTaskCompletedEventId": record.pop("markerRecordedEventAttributes")[
            "workflowTaskCompletedEventId"
        ],
    }
    with pytest.raises((NondeterminismError, TemporalError)):
        await replayer.replay_workflow(WorkflowHistory.from_json("other", history))


def test_what_can_happen_is_among_them() -> None:
    seen = {command for file in FILES for command in fingerprint(read(file))}
    assert {
        "local activity record",
        "local activity record_supervision",
        "local activity record_refusal",
        "local activity start_supervision",
        "signal join",
        "signal close_supervision",
        "timer",
        "completed",
    } <= seen


def test_each_fingerprint_is_that_of_its_history() -> None:
    kept = json.loads(FINGERPRINTS.read_text("utf-8"))
    assert kept == {name: fingerprint(read(HISTORIES / f"{name}.json")) for name in kept}

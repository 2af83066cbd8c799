"""Processes are started, restarted, given up on and stopped as promised; with small programs as children."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ops.errors import OperationFailed
from ops.process import Service
from ops.supervise import Supervisor
from tests.waiting import until

_SERVE = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
pathlib.Path(sys.argv[1]).write_text("up")
while True: time.sleep(0.05)
"""


def _service(tmp_path: Path, name: str, program: str = _SERVE, **settings: float) -> Service:
    flag = tmp_path / f"{name}.flag"
    return Service(
        name=name,
        args=[sys.executable, "-c", program, str(flag)],
        log=tmp_path / f"{name}.log",
        is_ready=lambda process: flag.exists(),
        **settings,  # type: ignore[arg-type]
    )


def _until(condition: Callable[[], bool], supervisor: Supervisor) -> None:
    def looked_after() -> bool:
        supervisor._look_after_all()
        return condition()

    until(looked_after, "what the supervisor brings about")


def test_a_killed_child_comes_back_and_this_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    with Supervisor(said.append) as supervisor:
        supervisor.start(_service(tmp_path, "clerk"))
        child = supervisor._children[0]
        assert child.process is not None
        first = child.process.pid
        os.kill(first, signal.SIGKILL)
        _until(lambda: said[-1:] == ["clerk is back."], supervisor)
        assert child.process is not None
        assert child.process.pid != first
    assert "clerk was ended by SIGKILL; starting it again in 0.5 s" in said[0]


def test_a_child_that_always_fails_is_given_up_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.supervise._FIRST_DELAY_SECONDS", 0.001)
    said: list[str] = []
    failing = _service(tmp_path, "clerk", "raise SystemExit('no such office')")
    with (
        Supervisor(said.append) as supervisor,
        pytest.raises(OperationFailed, match="no such office") as caught,
    ):
        supervisor.start(failing)
    assert "ended with exit code 1, the 6th failure in a row" in str(caught.value)
    assert len(said) == 5


def test_a_child_that_is_never_ready_is_stopped_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.supervise._FAILURES_IN_A_ROW", 1)
    silent = _service(tmp_path, "clerk", "import time; time.sleep(60)", start_seconds=0.3)
    with Supervisor(print) as supervisor, pytest.raises(OperationFailed, match="was not ready after 0 s"):
        supervisor.start(silent)


def test_the_last_started_is_stopped_first(tmp_path: Path) -> None:
    order = tmp_path / "order"
    program = _SERVE.replace(
        "sys.exit(0)", f"(open({str(order)!r}, 'a').write(sys.argv[1] + chr(10)), sys.exit(0))"
    )
    with Supervisor(print) as supervisor:
        for name in ("first", "second", "third"):
            supervisor.start(_service(tmp_path, name, program))
    stopped = [Path(line).stem for line in order.read_text().splitlines()]
    assert stopped == ["third", "second", "first"]


def test_a_child_deaf_to_its_signal_is_killed(tmp_path: Path) -> None:
    deaf = _service(tmp_path, "clerk", _SERVE.replace("sys.exit(0)", "None"), stop_seconds=0.2)
    with Supervisor(print) as supervisor:
        supervisor.start(deaf)
        process = supervisor._children[0].process
        assert process is not None
    assert process.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    flag = tmp_path / "clerk.flag"
    ended = tmp_path / "ended"
    program = _SERVE.replace("sys.exit(0)", f"(open({str(ended)!r}, 'w').close(), sys.exit(0))")
    supervise = f"""
import sys
from pathlib import Path
from ops.process import Service
from ops.supervise import Supervisor
flag = Path({str(flag)!r})
args = [sys.executable, "-c", {program!r}, str(flag)]
with Supervisor(print) as supervisor:
    supervisor.start(Service("clerk", args, Path({str(tmp_path / "log")!r}), lambda process: flag.exists()))
    supervisor.watch()
"""
    parent = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-c", supervise])
    until(flag.exists, "the child to start")
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    until(ended.exists, "the child to end")

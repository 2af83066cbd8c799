"""Keeps processes running: starts them in order, restarts what died, stops them in the opposite order."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType

from ops.errors import OperationFailed
from ops.process import Service, last_line, spawn, stop

_POLL_SECONDS = 0.05
_FIRST_DELAY_SECONDS = 0.5
_FAILURES_IN_A_ROW = 6
_STEADY_SECONDS = 30.0


@dataclass
class _Child:
    service: Service
    process: subprocess.Popen[bytes] | None = None
    ready: bool = False
    since: float = 0.0
    """When it was started, or once ready, when it became so (monotonic)."""
    failures: int = 0
    next_attempt: float = 0.0


class Supervisor(AbstractContextManager["Supervisor"]):
    """A context manager whose end, however it comes, stops every process that `start` started.

    `say` is given one line for each thing that an operator wants to know. A process that dies, or does not
    become ready in its time, is started again after a pause that doubles; after several failures in a row
    OperationFailed is raised. A process that was ready for half a minute begins with a clean slate.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._children: list[_Child] = []

    def start(self, *services: Service) -> None:
        """Starts processes at once and waits until they are ready, looking after the others meanwhile."""
        children = [_Child(service) for service in services]
        self._children.extend(children)
        while not all(child.ready for child in children):
            self._look_after_all()
            time.sleep(_POLL_SECONDS)

    def watch(self) -> None:
        """Looks after the processes until an exception (a failure, or the operator's wish) ends it."""
        while True:
            self._look_after_all()
            time.sleep(_POLL_SECONDS * 4)

    def stop(self) -> None:
        """Stops all processes, the last started first."""
        while self._children:
            child = self._children.pop()
            if child.process is not None:
                stop(child.process, child.service)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _look_after_all(self) -> None:
        for child in self._children:
            self._look_after(child, time.monotonic())

    def _look_after(self, child: _Child, now: float) -> None:
        if child.process is None:
            if now >= child.next_attempt:
                child.process, child.ready, child.since = spawn(child.service), False, now
        elif child.process.poll() is not None:
            self._note_failure(child, _ending(child.process.returncode), now)
        elif child.ready:
            if now - child.since > _STEADY_SECONDS:
                child.failures = 0
        elif child.service.is_ready(child.process):
            child.ready, child.since = True, time.monotonic()
            if child.failures:
                self._say(f"{child.service.name} is back.")
        elif now - child.since > child.service.start_seconds:
            stop(child.process, child.service)
            self._note_failure(child, f"was not ready after {child.service.start_seconds:.0f} s", now)

    def _note_failure(self, child: _Child, what: str, now: float) -> None:
        child.process, child.ready = None, False
        child.failures += 1
        name, log = child.service.name, child.service.log
        if child.failures >= _FAILURES_IN_A_ROW:
            raise OperationFailed(
                f"{name} {what}, the {child.failures}th failure in a row; giving up. "
                f"Its last words: {last_line(log) or 'none'} (log: {log})"
            )
        delay = _FIRST_DELAY_SECONDS * 2 ** (child.failures - 1)
        child.next_attempt = now + delay
        self._say(f"{name} {what}; starting it again in {delay:g} s (log: {log}).")


def _ending(returncode: int) -> str:
    if returncode < 0:
        return f"was ended by {signal.Signals(-returncode).name}"
    return f"ended with exit code {returncode}"

"""One process of ours: started with its output in a log file, stopped with the signal it likes."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Service:
    """How a process is started, how one sees that it serves, and how it likes to be stopped.

    `user` and `group` are numeric ids to run as (only root may name others); `None` means our own.
    `is_ready` is asked with the running process. `start_seconds` is how long it may take to become ready,
    `stop_seconds` the time between `stop_signal` and SIGKILL.
    """

    name: str
    args: Sequence[str]
    log: Path
    is_ready: Callable[[subprocess.Popen[bytes]], bool]
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    user: int | None = None
    group: int | None = None
    start_seconds: float = 60.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15.0


def spawn(service: Service) -> subprocess.Popen[bytes]:
    """Starts the process in a session of its own, so that Ctrl-C at the terminal reaches only us.

    On Linux it is told to stop when the thread that called this ends, be it by kill -9: call this from the
    main thread. Raises OSError.
    """
    service.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    service.log.touch(mode=0o600)
    with service.log.open("ab") as log:
        return subprocess.Popen(
            service.args,
            env=service.env,
            cwd=service.cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=service.user,
            group=service.group,
            extra_groups=None if service.user is None else [],
            umask=0o077,
            preexec_fn=_stop_with_parent(service.stop_signal),
        )


def stop(process: subprocess.Popen[bytes], service: Service) -> None:
    """Stops the process, gone already or not, and waits for its end; kills it when its time is over."""
    if process.poll() is None:
        process.send_signal(service.stop_signal)
    try:
        process.wait(service.stop_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def last_line(log: Path) -> str:
    """The last line of a log file that is not empty; an empty string if there is none."""
    try:
        tail = log.read_bytes()[-4096:]
    except FileNotFoundError:
        return ""
    lines = [line.strip() for line in tail.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _stop_with_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, int(stop_signal))

    return ask_kernel

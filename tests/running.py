"""`jiesu up` as its operator sees it: a process with an environment, lines of output and children."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from ops.ports import free_port
from tests.waiting import until

PARTS = {
    "Postgres": "postgres -D",
    "Temporal": "server start-dev",
    "The worker": "-m worker",
    "The API": "uvicorn api.app",
}
"""What `jiesu up` calls its parts, and what their command lines hold."""


def command(*arguments: str) -> list[str]:
    """The command line of `jiesu` with these arguments."""
    return [sys.executable, "-m", "ops.cli", *arguments]


@dataclass
class Jiesu:
    """One installation in `folder` on ports of its own; `start` it, `stop` it, start it again."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        ports = ("JIESU_PORT", "JIESU_POSTGRES_PORT", "JIESU_TEMPORAL_PORT", "JIESU_TEMPORAL_UI_PORT")
        self.settings = {
            "JIESU_DATA_DIR": str(self.folder / "data"),
            **{name: str(free_port()) for name in ports},
            "JIESU_GRACEFUL_SHUTDOWN_SECONDS": "2",
            **self.settings,
        }
        self._output = self.folder / "up.out"

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which every `jiesu` command means this installation."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("JIESU_")}
        return ours | {"PYTHONUNBUFFERED": "1"} | self.settings

    @property
    def url(self) -> str:
        """Address of the API."""
        return f"http://127.0.0.1:{self.settings['JIESU_PORT']}"

    @property
    def output(self) -> str:
        """What the running (or last) `jiesu up` has printed so far, errors included."""
        return self._output.read_text()

    def start(self) -> None:
        """Starts `jiesu up` and waits until it says that all is running."""
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                command("up"), env=self.environment, cwd=self.folder, stdout=output, stderr=subprocess.STDOUT
            )
        until(lambda: "Ctrl-C stops it." in self.output or self.has_ended, "Jiesu to start")
        assert not self.has_ended, self.output

    @property
    def has_ended(self) -> bool:
        """Whether `jiesu up` is not running."""
        return self.process is None or self.process.poll() is not None

    def part(self, name: str) -> psutil.Process | None:
        """The running process of a part, by the name `jiesu up` uses."""
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children():
            try:
                if PARTS[name] in " ".join(child.cmdline()):
                    return child
            except psutil.Error:
                # It ended between being listed and being asked.
                continue
        return None

    def kill(self, name: str) -> None:
        """Kill -9 of a part; returns when `jiesu up` has said that it is back."""
        part = self.part(name)
        assert part is not None, f"{name} is not running"
        back = f"{name} is back."
        before = self.output.count(back)
        part.kill()
        until(lambda: self.output.count(back) > before or self.has_ended, f"{name} to come back")
        assert not self.has_ended, self.output

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Asks `jiesu up` to stop and waits for its end; the exit code. Fine if it has ended already."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs another `jiesu` command on this installation; raises TimeoutExpired if it does not end."""
        return subprocess.run(
            command(*arguments),
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

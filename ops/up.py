"""`jiesu up`: everything Jiesu needs, on this machine, kept running until the operator has enough."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from types import FrameType

from temporalio.service import RPCError

from ops import data_dir, first_accounts, migrate, ports
from ops.demonstration import api_environment, load_if_empty
from ops.embedded_postgres import EmbeddedPostgres
from ops.embedded_temporal import EmbeddedTemporal
from ops.errors import OperationFailed
from ops.process import Service
from ops.settings import Settings
from ops.supervise import Supervisor
from ops.temporal_client import key_ring
from ops.temporal_namespace import poller_identities, prepare_namespace

Say = Callable[[str], None]
_Handler = Callable[[int, FrameType | None], None] | signal.Handlers
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _StopRequested(BaseException):
    """The operator pressed Ctrl-C, or the process was asked to end."""


def up(settings: Settings, say: Say) -> None:
    """Starts what is not there, prints the addresses, and looks after it until Ctrl-C or SIGTERM.

    `say` gets one line for each thing the operator should know. Raises OperationFailed if something cannot be
    started or kept running; whatever was started is stopped first, in order.
    """
    data_dir.prepare(settings.data_dir)
    with data_dir.held(settings.data_dir):
        _require_ports(settings)
        key_ring(settings)
        with _signals_restored_at_the_end():
            try:
                with Supervisor(say) as supervisor:
                    _heed_signals(_request_stop)
                    try:
                        _start_all(settings, supervisor, say)
                        _say_addresses(settings, say)
                        for line in first_accounts.told(settings):
                            say(line)
                        say("Ctrl-C stops it.")
                        supervisor.watch()
                    finally:
                        _heed_signals(signal.SIG_IGN)
                        say("Stopping …")
            except _StopRequested:
                say(f"Stopped. The data stay in {settings.data_dir}")


def _start_all(settings: Settings, supervisor: Supervisor, say: Say) -> None:
    if settings.database_url is None:
        postgres = embedded_postgres(settings)
        if postgres.initialise():
            say(f"Made a new database in {postgres.cluster}")
        supervisor.start(postgres.service())
        postgres.ensure_database()
    if settings.temporal_address is None:
        supervisor.start(embedded_temporal(settings).service())
    migrate.upgrade(settings.database_target())
    asyncio.run(prepare_namespace(settings))
    if load_if_empty(settings, say):
        asyncio.run(first_accounts.for_demonstration(settings))
    supervisor.start(worker(settings), api(settings))


def embedded_postgres(settings: Settings) -> EmbeddedPostgres:
    """The Postgres server of the data folder."""
    return EmbeddedPostgres(
        folder=settings.data_dir,
        port=settings.postgres_port,
        password_file=settings.password_file,
        log=settings.logs_dir / "postgres.log",
        system_user=settings.postgres_user,
    )


def embedded_temporal(settings: Settings) -> EmbeddedTemporal:
    """The Temporal server of the data folder; its web page asks the API to decrypt payloads."""
    return EmbeddedTemporal(
        port=settings.temporal_port,
        ui_port=settings.temporal_ui_port,
        log=settings.logs_dir / "temporal.log",
        namespace=settings.temporal_namespace,
        database=settings.data_dir / "temporal.db",
        synchronous=settings.temporal_synchronous,
        codec_endpoint=f"{settings.api_url}/codec",
    )


def worker(settings: Settings) -> Service:
    """The worker; ready once the server has seen this very process ask for work."""

    def is_polling(process: subprocess.Popen[bytes]) -> bool:
        try:
            identities = asyncio.run(poller_identities(settings))
        except (OperationFailed, RPCError):
            return False
        return any(identity.startswith(f"{process.pid}@") for identity in identities)

    return Service(
        name="The worker",
        args=[sys.executable, "-m", "worker"],
        log=settings.logs_dir / "worker.log",
        is_ready=is_polling,
        stop_seconds=settings.graceful_shutdown_seconds + 15,
    )


def api(settings: Settings) -> Service:
    """The API; ready once it takes connections."""
    return Service(
        name="The API",
        args=[
            *(sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--no-access-log"),
            *("--host", settings.host, "--port", str(settings.port)),
            # A page that is open asks for news without end.
            *("--timeout-graceful-shutdown", str(ceil(settings.graceful_shutdown_seconds))),
        ],
        log=settings.logs_dir / "api.log",
        env=api_environment(settings),
        is_ready=lambda process: ports.accepts_connections(settings.port, _reachable(settings.host)),
        stop_seconds=settings.graceful_shutdown_seconds + 15,
    )


def _require_ports(settings: Settings) -> None:
    if settings.database_url is None:
        ports.require_free(settings.postgres_port, "Postgres", "JIESU_POSTGRES_PORT")
    if settings.temporal_address is None:
        ports.require_free(settings.temporal_port, "Temporal", "JIESU_TEMPORAL_PORT")
        ports.require_free(settings.temporal_ui_port, "Temporal's web page", "JIESU_TEMPORAL_UI_PORT")
    ports.require_free(settings.port, "the API", "JIESU_PORT", settings.host)


def _say_addresses(settings: Settings, say: Say) -> None:
    say("Jiesu is running:")
    say(f"  Console            {settings.api_url}/console/")
    say(f"  Citizen's page     {settings.api_url}/citizen")
    say(f"  API documentation  {settings.api_url}/docs")
    if settings.temporal_address is None:
        say(f"  Temporal           http://127.0.0.1:{settings.temporal_ui_port}")
    say(f"  Data and logs      {settings.data_dir}")


def _reachable(host: str) -> str:
    """An address to reach a server at that listens on `host`, which may be "all"."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _request_stop(number: int, frame: FrameType | None) -> None:
    raise _StopRequested


def _heed_signals(handler: _Handler) -> None:
    for number in _STOP_SIGNALS:
        signal.signal(number, handler)


@contextmanager
def _signals_restored_at_the_end() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

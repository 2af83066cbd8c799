"""Servers for one question: a Postgres and a Temporal in a folder that goes away with them.

Nothing of a scenario touches the office's own data.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops import migrate
from ops.embedded_postgres import EmbeddedPostgres
from ops.embedded_temporal import DISPATCH_SETTINGS, TIME_SKIPPING_SETTINGS, EmbeddedTemporal
from ops.ports import free_port
from ops.settings import Settings
from ops.supervise import Supervisor

_THROWN_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@contextmanager
def own_servers() -> Iterator[Settings]:
    """Settings that lead to the servers while they run. Raises OperationFailed if one cannot be started."""
    folder = Path(tempfile.mkdtemp(prefix="jiesu-scenario-"))
    # As root the Postgres server is another user, who must be able to enter.
    folder.chmod(0o755)
    postgres = EmbeddedPostgres(
        folder=folder,
        port=free_port(),
        password_file=folder / "postgres.password",
        log=folder / "postgres.log",
        options=_THROWN_AWAY,
    )
    temporal = EmbeddedTemporal(
        port=free_port(),
        log=folder / "temporal.log",
        dynamic_config=(*DISPATCH_SETTINGS, *TIME_SKIPPING_SETTINGS),
    )
    try:
        postgres.initialise()
        with Supervisor(lambda _: None) as supervisor:
            supervisor.start(postgres.service())
            supervisor.start(temporal.service())
            postgres.ensure_database()
            migrate.upgrade(postgres.database_url())
            yield Settings(
                data_dir=folder,
                database_url=postgres.database_url(),
                temporal_address=temporal.address,
                temporal_namespace=temporal.namespace,
                metrics_address=None,
                graceful_shutdown_seconds=1,
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)

"""The real engines for tests: one Postgres and one Temporal server a test process, started when asked for."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from temporalio.client import Client

from models import search_attributes
from ops import migrate
from ops.embedded_postgres import EmbeddedPostgres
from ops.embedded_temporal import DISPATCH_SETTINGS, TIME_SKIPPING_SETTINGS, EmbeddedTemporal
from ops.ports import free_port
from ops.supervise import Supervisor

_database_numbers = itertools.count(1)


def _in_own_loop(work: Callable[[], Coroutine[object, object, None]]) -> None:
    """Runs async work from a fixture that is not async, away from the loop that the tests run in."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(work())).result()


MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory."""

ROOM = 4 * 2**30
"""Bytes of it that must be free, so that the machine keeps memory to work with."""


def _for_what_is_thrown_away() -> Path:
    """In memory if there is room: a disk is kept busy by five hundred files of each database."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        return MEMORY
    return Path(tempfile.gettempdir())


@pytest.fixture(scope="session")
def open_dir() -> Iterator[Path]:
    """A folder other users may enter, unlike pytest's own: as root the Postgres server is another user."""
    folder = Path(tempfile.mkdtemp(prefix="jiesu-tests-", dir=_for_what_is_thrown_away()))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(open_dir: Path) -> Iterator[EmbeddedPostgres]:
    """A running Postgres server; its databases are thrown away, so it does not wait for the disk."""
    server = EmbeddedPostgres(
        folder=open_dir,
        port=free_port(),
        password_file=open_dir / "postgres.password",
        log=open_dir / "postgres.log",
        options=("fsync=off", "synchronous_commit=off", "full_page_writes=off"),
    )
    server.initialise()
    with Supervisor(print) as supervisor:
        supervisor.start(server.service())
        yield server


@pytest.fixture(scope="session")
def migrated_template(postgres_server: EmbeddedPostgres) -> str:
    """Name of a database with the newest schema and no rows, to copy from."""
    postgres_server.ensure_database("migrated")

    async def upgrade() -> None:
        await asyncio.to_thread(migrate.upgrade, postgres_server.database_url("migrated"))

    _in_own_loop(upgrade)
    return "migrated"


@contextmanager
def _copy_of(server: EmbeddedPostgres, template: str) -> Iterator[str]:
    name = f"test_{next(_database_numbers)}"
    server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    yield server.database_url(name)
    server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def postgres_url(postgres_server: EmbeddedPostgres, migrated_template: str) -> Iterator[str]:
    """URL (postgresql+asyncpg) of a fresh, migrated database that the tests of one module share."""
    with _copy_of(postgres_server, migrated_template) as url:
        yield url


@pytest.fixture
def own_postgres_url(postgres_server: EmbeddedPostgres, migrated_template: str) -> Iterator[str]:
    """URL (postgresql+asyncpg) of a fresh, migrated database for one test alone."""
    with _copy_of(postgres_server, migrated_template) as url:
        yield url


@pytest.fixture(scope="session")
def temporal_server(open_dir: Path) -> Iterator[EmbeddedTemporal]:
    """A running Temporal server in memory: namespace `default`, our search attributes, time skipping allowed.

    To skip time wrap a client: `TimeSkipper(client, config=TimeSkippingConfig(enabled=False))` of
    temporalio.testing, start through its `client`, then `await skipper.fast_forward(handle, delta)`.
    """
    server = EmbeddedTemporal(
        port=free_port(),
        log=open_dir / "temporal.log",
        dynamic_config=(*DISPATCH_SETTINGS, *TIME_SKIPPING_SETTINGS),
    )

    async def register() -> None:
        await search_attributes.register(await Client.connect(server.address, namespace=server.namespace))

    with Supervisor(print) as supervisor:
        supervisor.start(server.service())
        _in_own_loop(register)
        yield server

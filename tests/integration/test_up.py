"""`jiesu up` for real: starts everything, keeps it running, stops it, finds it again."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psutil
import pytest

from ops.embedded_postgres import EmbeddedPostgres
from ops.ports import is_free
from tests.running import PARTS, Jiesu
from tests.waiting import until


@pytest.fixture(scope="module")
def jiesu(open_dir: Path) -> Iterator[Jiesu]:
    folder = open_dir / "up"
    folder.mkdir(mode=0o755)
    running = Jiesu(folder)
    running.start()
    yield running
    running.stop()


def _database(jiesu: Jiesu) -> EmbeddedPostgres:
    data = Path(jiesu.settings["JIESU_DATA_DIR"])
    port = int(jiesu.settings["JIESU_POSTGRES_PORT"])
    return EmbeddedPostgres(data, port, data / "postgres.password", data / "logs" / "postgres.log")


def _ports(jiesu: Jiesu) -> list[int]:
    return [int(value) for name, value in jiesu.settings.items() if name.endswith("_PORT")]


def _password(jiesu: Jiesu) -> str:
    """With which everybody of the demonstration logs in."""
    (password,) = re.findall(r"all with the password (\S+):", jiesu.output)
    return str(password)


def test_doctor_finds_a_started_installation_fine(jiesu: Jiesu) -> None:
    examined = jiesu.run("doctor")
    assert examined.returncode == 0, examined.stdout + examined.stderr
    assert len(examined.stdout.splitlines()) == 11
    assert all(line.startswith("fine") for line in examined.stdout.splitlines())
    assert "NOT IN FORCE" in examined.stdout, "a demonstration by a policy that is no law says so"


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_comes_back(jiesu: Jiesu, part: str) -> None:
    jiesu.kill(part)
    assert f"{part} was ended by SIGKILL; starting it again" in jiesu.output
    assert jiesu.part(part) is not None
    until(lambda: jiesu.run("doctor").returncode == 0, "every part to be fine again")


def test_a_second_up_says_that_one_is_running(jiesu: Jiesu) -> None:
    second = jiesu.run("up")
    assert second.returncode == 2
    assert second.stderr.startswith("jiesu: Jiesu is already running with the data folder")
    assert second.stderr.count("\n") == 1


def test_the_first_start_prints_a_link_that_makes_an_administrator_once(jiesu: Jiesu) -> None:
    (link,) = re.findall(r"http://\S+/welcome/\S+", jiesu.output)
    form = {"password": "Correct-horse-7", "again": "Correct-horse-7"}
    with httpx2.Client(base_url=jiesu.url) as browser:
        assert browser.post(link, data=form).status_code == 200
        me = browser.get("/api/v1/me").json()
        assert (me["login"], me["role"], me["second_factor_required"]) == ("admin", "administrator", True)
        assert browser.post(link, data=form).status_code == 404
    assert jiesu.run("account", "nobody").returncode == 2


def test_people_of_the_demonstration_log_in_with_the_printed_password(jiesu: Jiesu) -> None:
    password = _password(jiesu)
    with httpx2.Client(base_url=jiesu.url) as browser:
        for login in ("hotline-office", "shuiwu-a", "gov-leader"):
            said = {"login": login, "password": password}
            assert browser.post("/api/v1/session", json=said).status_code == 200
            assert browser.get("/api/v1/me").json()["id"] == login
        administrator = {"login": "hotline-admin", "password": password}
        assert browser.post("/api/v1/session", json=administrator).status_code == 401


def test_secrets_are_for_their_owner_only(jiesu: Jiesu) -> None:
    data = Path(jiesu.settings["JIESU_DATA_DIR"])
    open_files = [
        path.name
        for path in (*data.iterdir(), *(data / "logs").iterdir())
        if path.is_file() and path.name != "up.lock" and path.stat().st_mode & 0o077
    ]
    assert open_files == []


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=lambda ending: ending.name)
def test_stopping_leaves_nothing_running_and_the_data_in_place(jiesu: Jiesu, ending: signal.Signals) -> None:
    database = _database(jiesu)
    database.execute(f"CREATE TABLE kept_{ending.name.lower()} AS SELECT 1 AS n", "jiesu")
    assert jiesu.process is not None
    family = psutil.Process(jiesu.process.pid).children(recursive=True)

    assert jiesu.stop(ending) == 0
    assert jiesu.output.splitlines()[-2] == "Stopping …"
    assert [process for process in family if process.is_running()] == []
    assert all(is_free(port) for port in _ports(jiesu))

    jiesu.start()
    assert "Made a new database" not in jiesu.output
    assert database.execute(f"SELECT n FROM kept_{ending.name.lower()}", "jiesu") == "1"


def test_a_page_that_is_open_holds_nobody_up_who_stops(jiesu: Jiesu) -> None:
    log = Path(jiesu.settings["JIESU_DATA_DIR"], "logs", "api.log")
    with httpx2.Client(base_url=jiesu.url) as browser:
        said = {"login": "hotline-office", "password": _password(jiesu)}
        assert browser.post("/api/v1/session", json=said).status_code == 200
        with browser.stream("GET", "/api/v1/events") as news:
            lines = news.iter_lines()
            assert next(lines) == "event: ready"
            before = log.read_text().count("Application shutdown complete")
            assert jiesu.stop() == 0
    assert log.read_text().count("Application shutdown complete") == before + 1, "the API was killed"
    jiesu.start()


def test_a_killed_up_leaves_nothing_running_and_starts_again(jiesu: Jiesu) -> None:
    assert jiesu.process is not None
    family = psutil.Process(jiesu.process.pid).children(recursive=True)
    jiesu.process.kill()
    jiesu.process.wait()
    until(lambda: not any(process.is_running() for process in family), "the parts to end with their parent")
    jiesu.start()
    assert jiesu.run("doctor").returncode == 0


@pytest.mark.parametrize(
    "setting", ["JIESU_PORT", "JIESU_POSTGRES_PORT", "JIESU_TEMPORAL_PORT", "JIESU_TEMPORAL_UI_PORT"]
)
def test_a_taken_port_is_named_with_its_setting(open_dir: Path, setting: str) -> None:
    folder = open_dir / f"taken-{setting}"
    folder.mkdir(mode=0o755)
    jiesu = Jiesu(folder)
    with socket.create_server(("127.0.0.1", int(jiesu.settings[setting]))):
        refused = jiesu.run("up")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert f"port {jiesu.settings[setting]} " in refused.stderr
    assert f"set {setting} " in refused.stderr
    assert not (folder / "data" / "postgres").exists()


def test_a_folder_that_cannot_be_written_is_named(open_dir: Path) -> None:
    # As root the check runs as another user, with all that it needs imported before: root may write anywhere,
    # and the other user may not be able to read where Python is installed.
    folder = open_dir / "closed"
    folder.mkdir(mode=0o555)
    program = (
        "import os, sys; from ops import cli, data_dir, up; from ops.commands import up as command;"
        "import typer.core, typer.main, encodings.idna;"
        "cli.build_app(['up']);"
        "os.geteuid() or os.setuid(65534);"
        "sys.exit(cli.run(['up']))"
    )
    environment = Jiesu(open_dir).environment | {"JIESU_DATA_DIR": str(folder / "data")}
    refused = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert refused.stderr == (
        f"jiesu: cannot write to the data folder {folder}/data: Permission denied; "
        "set JIESU_DATA_DIR to one you may write to\n"
    )
    assert refused.returncode == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's Postgres is another user, who may be shut out")
def test_root_with_a_closed_folder_is_told_where_postgres_may_not_go(tmp_path: Path) -> None:
    refused = Jiesu(tmp_path, {"JIESU_DATA_DIR": str(tmp_path / "data")}).run("up")
    assert refused.returncode == 2
    assert f"may not enter {tmp_path / 'data'}; set JIESU_DATA_DIR" in refused.stderr


def test_a_wrong_setting_is_named(open_dir: Path) -> None:
    refused = Jiesu(open_dir, {"JIESU_PORT": "eight thousand"}).run("doctor")
    assert refused.returncode == 2
    assert refused.stderr.startswith("jiesu: JIESU_PORT: ")
    assert refused.stderr.count("\n") == 1


def test_doctor_says_what_to_do_where_nothing_runs(open_dir: Path) -> None:
    folder = open_dir / "nowhere"
    folder.mkdir()
    examined = Jiesu(folder).run("doctor")
    assert examined.returncode == 1
    wrong = [line for line in examined.stdout.splitlines() if line.startswith("WRONG")]
    assert len(wrong) == 5
    assert all("jiesu up" in line or "JIESU_" in line for line in wrong)

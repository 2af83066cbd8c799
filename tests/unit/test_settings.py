"""Settings are read from the environment, and a wrong one is named."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ops import data_dir
from ops.errors import OperationFailed
from ops.settings import Settings, default_data_dir, load_settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("JIESU_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    load_settings.cache_clear()


def test_a_setting_comes_from_the_variable_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIESU_PORT", "8080")
    assert load_settings().port == 8080


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIESU_DATABASE_URL", "")
    assert load_settings().database_url is None


def test_each_wrong_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIESU_PORT", "70000")
    monkeypatch.setenv("JIESU_DATABASE_URL", "mysql://root:secret@db/jiesu")
    with pytest.raises(OperationFailed) as caught:
        load_settings()
    assert "JIESU_PORT: " in str(caught.value)
    assert "JIESU_DATABASE_URL: " in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_any_usual_form_of_a_postgres_url_will_do(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("JIESU_DATABASE_URL", f"{scheme}://jiesu:pass@db/jiesu")
    assert load_settings().database_target() == "postgresql+asyncpg://jiesu:pass@db/jiesu"


def test_without_a_database_the_operator_is_told_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(OperationFailed, match=r"run `jiesu up` first, or set JIESU_DATABASE_URL"):
        Settings(data_dir=tmp_path).database_target()


def test_the_embedded_database_is_found_by_its_password_file(tmp_path: Path) -> None:
    (tmp_path / "postgres.password").write_text("a/b\n")
    target = Settings(data_dir=tmp_path, postgres_port=15433).database_target()
    assert target == "postgresql+asyncpg://jiesu:a%2Fb@127.0.0.1:15433/jiesu"


def test_paths_do_not_depend_on_where_a_command_is_run(tmp_path: Path) -> None:
    assert Settings(data_dir=Path("here")).data_dir == tmp_path / "here"


def test_data_of_an_ordinary_user_lie_where_the_desktop_rules_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")
    assert default_data_dir() == Path("/somewhere/jiesu")


def test_data_of_root_lie_where_another_user_can_reach_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_data_dir() == Path("/var/lib/jiesu")


def test_an_ordinary_users_data_folder_is_closed_to_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    data_dir.prepare(tmp_path / "data")
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_a_held_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    refused = pytest.raises(OperationFailed, match=rf"already running .* \(process {os.getpid()}\)")
    with data_dir.held(tmp_path), refused, data_dir.held(tmp_path):
        pass
    with data_dir.held(tmp_path):
        pass

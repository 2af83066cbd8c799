"""The first command on a bare machine: what it says where Python is missing, old, or without venv and pip."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A folder that can serve as PATH: the usual small programs, no Python and no uv."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "dirname", "mktemp", "rm", "awk"):
        found = shutil.which(name)
        assert found is not None
        (programs / name).symlink_to(found)
    (tmp_path / "project" / "ops").mkdir(parents=True)
    for name in ("ops/bootstrap.sh", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / "project" / name)
    return tmp_path


def _bootstrap(machine: Path, python: str | None) -> subprocess.CompletedProcess[str]:
    if python is not None:
        program = machine / "bin" / "python3"
        program.write_text(f"#!/bin/sh\n{python}\n")
        program.chmod(0o755)
    return subprocess.run(
        ["sh", "project/ops/bootstrap.sh"],
        cwd=machine,
        env={"PATH": str(machine / "bin"), "TMPDIR": os.environ.get("TMPDIR", "/tmp"), "HOME": str(machine)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("python", [None, "exit 1"], ids=["missing", "too old"])
def test_without_a_new_enough_python_it_says_what_to_install(bare_machine: Path, python: str | None) -> None:
    refused = _bootstrap(bare_machine, python)
    assert refused.returncode == 2
    assert refused.stderr.startswith("Jiesu needs Python 3.11 or newer: install")
    assert refused.stderr.count("\n") == 1


def test_without_venv_and_pip_it_names_the_package(bare_machine: Path) -> None:
    refused = _bootstrap(bare_machine, 'case "$1 $2" in "-c "*) exit 0;; *) exit 1;; esac')
    assert refused.returncode == 2
    assert "has neither venv nor pip: install the package python3-venv" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_the_lock_names_no_registry_and_pins_every_package_by_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    entries = [entry for entry in lock.split("\n") if entry and not entry.startswith((" ", "#"))]
    assert entries
    assert all(entry.endswith("\\") and "==" in entry for entry in entries)

"""`make test` is told which folders of tests begin first; it must be told of every folder."""

import tomllib
from pathlib import Path

TESTS = Path(__file__).parents[1]
ON_REQUEST = {"tests/bench"}
"""Run by `make bench`."""


def test_every_folder_of_tests_is_run() -> None:
    project = tomllib.loads((TESTS.parent / "pyproject.toml").read_text("utf-8"))
    folders = {f"tests/{path.relative_to(TESTS).parts[0]}" for path in TESTS.rglob("test_*.py")}
    assert set(project["tool"]["pytest"]["ini_options"]["testpaths"]) == folders - ON_REQUEST

"""The whole interface asked with made-up values in every role: no 5xx, no answer it does not describe."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from models.held_roles import OF_A_UNIT, HeldRole
from ops.demonstration import DEMONSTRATION
from tests.running import Jiesu

EXAMPLES = 1
"""Values made up for each operation beside the examples and limits of its description."""

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


@pytest.fixture(scope="module")
def believing(open_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jiesu]:
    """An installation that believes who people say they are."""
    folder = open_dir / tmp_path_factory.mktemp("believing").name
    folder.mkdir()
    installation = Jiesu(
        folder,
        {
            "JIESU_DEMONSTRATION": "false",
            "JIESU_ALLOW_LAPSED_POLICY": "true",
            "JIESU_DEVELOPMENT_IDENTITIES": "true",
        },
    )
    installation.start()
    assert installation.run("load", str(DEMONSTRATION)).returncode == 0
    yield installation
    installation.stop()


def identity(held: HeldRole | None) -> list[str]:
    """The options by which somebody says who they are."""
    if held is None:
        return []
    said = {"X-Jiesu-Role": held.value, "X-Jiesu-Actor": "fuzz"}
    if held in OF_A_UNIT:
        said["X-Jiesu-Unit"] = quote("水务局")
    return [part for name, value in said.items() for part in ("--header", f"{name}: {value}")]


@pytest.mark.slow
@pytest.mark.parametrize("held", [*HeldRole, None], ids=str)
def test_nothing_made_up_breaks_the_interface(
    believing: Jiesu, held: HeldRole | None, tmp_path: Path
) -> None:
    ran = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{believing.url}/openapi.json"),
            *("--phases", "fuzzing", "--max-examples", str(EXAMPLES)),
            *("--checks", ",".join(CHECKS), "--continue-on-failure", "--generation-deterministic"),
            # An endless answer; and what ends the fuzzer's own session.
            *("--exclude-operation-id", "follow_changes", "--exclude-operation-id", "logout"),
            *("--request-timeout", "60", "--no-color", "--warnings", "off", *identity(held)),
        ],
        cwd=tmp_path,
        env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-6000:]

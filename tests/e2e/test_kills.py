"""Kill -9 of each part, one at a time, while tickets are on their way: all of them end as they should."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.e2e.conftest import demands, messages
from tests.running import PARTS, Jiesu, command
from tests.waiting import until

TICKETS = 24


@pytest.mark.slow
def test_tickets_reach_their_end_whatever_part_is_killed(jiesu: Jiesu, tmp_path: Path) -> None:
    file = messages(tmp_path, demands(TICKETS))
    intake = start(jiesu, "intake", str(file), "--at-once", "2")
    until(lambda: is_talking(intake, jiesu), "the intake to reach the API")
    jiesu.kill("The API")
    account, _ = intake.communicate(timeout=120)
    assert intake.returncode == 0, account
    assert account.startswith(f"accepted {TICKETS}:")
    driving = start(jiesu, "drive", "--count", str(TICKETS), "--at-once", "3")
    until(lambda: is_talking(driving, jiesu), "the driver to reach the API")
    for part in PARTS:
        assert driving.poll() is None, f"all was done before {part} could be killed"
        jiesu.kill(part)
    outcome, _ = driving.communicate(timeout=300)
    assert (driving.returncode, outcome) == (0, f"archived {TICKETS}\n")
    verified = jiesu.run("verify")
    assert verified.returncode == 0, verified.stdout
    assert f"{TICKETS} tickets" in verified.stdout
    rebuilt = jiesu.run("rebuild", "--check")
    assert rebuilt.returncode == 0, rebuilt.stdout


def start(jiesu: Jiesu, *arguments: str) -> "subprocess.Popen[str]":
    """A `jiesu` command that runs beside the test."""
    return subprocess.Popen(
        command(*arguments), env=jiesu.environment, stdout=subprocess.PIPE, stderr=sys.stderr, text=True
    )


def is_talking(process: "subprocess.Popen[str]", jiesu: Jiesu) -> bool:
    """Whether a command has a connection to the API, or has ended."""
    port = int(jiesu.settings["JIESU_PORT"])
    if process.poll() is not None:
        return True
    connections = psutil.Process(process.pid).net_connections("tcp")
    return any(one.raddr and one.raddr.port == port and one.status == "ESTABLISHED" for one in connections)

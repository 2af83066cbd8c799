"""A short program that talked to Temporal ends with its own exit code, every time."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from ops.embedded_temporal import EmbeddedTemporal

_RUNS = 60
_SHORT_PROGRAM = """
import asyncio, atexit, sys
from temporalio.client import Client
from ops.leave import leave

async def talk() -> None:
    client = await Client.connect(sys.argv[1])
    [found async for found in client.list_workflows("")]

asyncio.run(talk())
atexit.register(print, "hook ran")
print("output", end=" ")
leave(3)
"""


@pytest.mark.slow
def test_many_short_programs_end_with_their_exit_code(temporal_server: EmbeddedTemporal) -> None:
    def run(_: int) -> tuple[int, str]:
        program = [sys.executable, "-c", _SHORT_PROGRAM, temporal_server.address]
        done = subprocess.run(program, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    with ThreadPoolExecutor(max_workers=2) as pool:
        endings = list(pool.map(run, range(_RUNS)))
    assert set(endings) == {(3, "output hook ran\n")}

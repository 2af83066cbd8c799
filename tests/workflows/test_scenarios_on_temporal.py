"""Every scenario file on the real workflow: the same lines as on the bare core."""

import asyncio
import json
from pathlib import Path

import pytest

from ops.scenarios import core_engine
from ops.scenarios.scenario import read
from ops.scenarios.temporal_engine import TemporalEngine
from tests.workflows.office import Office

SCENARIOS = sorted((Path(__file__).parent.parent / "scenarios").glob("*/*.yaml"))
"""All of them, in batches: a batch shares one worker, and its scenarios run side by side."""
BATCH = 40
SIDE_BY_SIDE = 4
PATIENCE = 60.0
"""Seconds a scenario may take; most need less than one."""


@pytest.mark.parametrize("first", range(0, len(SCENARIOS), BATCH))
async def test_both_engines_print_the_same_lines(office: Office, first: int) -> None:
    engine = TemporalEngine(office.client, office.engine, office.ring, office.task_queue)
    lanes = asyncio.Semaphore(SIDE_BY_SIDE)

    async def difference(path: Path) -> str | None:
        scenario = read(path)
        async with lanes, asyncio.timeout(PATIENCE):
            lines = await engine.run(scenario)
        expected = core_engine.run(scenario)
        if json.dumps(lines) == json.dumps(expected):
            return None
        odd = [f"- {line}" for line in expected if line not in lines]
        odd += [f"+ {line}" for line in lines if line not in expected]
        return f"{path.parent.name}/{path.stem}:\n" + "\n".join(odd or ["the order differs"])

    batch = SCENARIOS[first : first + BATCH]
    differences = await asyncio.gather(*map(difference, batch))
    assert not [told for told in differences if told], "\n\n".join(told for told in differences if told)

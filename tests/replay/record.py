"""Make the golden histories and fingerprints anew: `python -m tests.replay.record`.

Do this when a workflow changes behind a patch: keep the old histories that tickets in the field may still
have, under other names, beside the new ones.
"""

import asyncio
import json
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from models import search_attributes
from ops.database import create_engine
from ops.scenarios.own_servers import own_servers
from ops.settings import Settings
from ops.temporal_client import key_ring
from tests.replay.fingerprint import fingerprint
from tests.replay.lives import TIMED, UNTIMED, Life
from tests.workflows.office import Office
from worker import build_worker

HISTORIES = Path(__file__).parent / "histories"
FINGERPRINTS = Path(__file__).parent / "fingerprints.json"


async def record(settings: Settings) -> None:
    """Live every life and keep what the server remembers of it, payloads readable."""
    ring = key_ring(settings)
    engine = create_engine(settings.database_target())
    client = await Client.connect(
        settings.temporal_target,
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
        identity="recorder",
    )
    await search_attributes.register(client)
    prints: dict[str, list[str]] = {}
    async with build_worker(client, settings, engine, ring):
        office = Office(client, engine, ring, settings.task_queue)
        for life in (*UNTIMED, *TIMED):
            prints |= await _keep(office, life)
    FINGERPRINTS.write_text(json.dumps(prints, indent=1) + "\n", "utf-8")
    await engine.dispose()


async def _keep(office: Office, life: Life) -> dict[str, list[str]]:
    prints = {}
    for name, handle in (await life(office)).items():
        history = await handle.fetch_history()
        (HISTORIES / f"{name}.json").write_text(history.to_json(), "utf-8")
        if life in UNTIMED:
            prints[name] = fingerprint(history)
        print(f"{name}: {len(history.events)} events")
    return prints


if __name__ == "__main__":
    with own_servers() as settings:
        asyncio.run(record(settings))

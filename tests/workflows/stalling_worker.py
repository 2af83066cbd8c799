"""A worker that stops between the record and history: `python stalling_worker.py FOLDER FACT`.

The first record with a fact of that name makes FOLDER/stalled once it has been stored, and never returns: the
facts are in Postgres, and Temporal has not heard of them. The settings are those of the environment.
"""

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.client import Client

import worker
from models import recording
from models.contracts.record import RECORD, RecordRequest, RecordResult
from ops.keyring import KeyRing
from ops.settings import Settings, load_settings


def stalling(
    folder: Path, name: str, wired: Callable[..., Sequence[Callable[..., Any]]]
) -> Callable[..., Any]:
    """The usual wiring, with a record that stalls at the fact of that name."""

    def wire(client: Client, settings: Settings, engine: AsyncEngine, ring: KeyRing) -> list[Any]:
        @activity.defn(name=RECORD)
        async def record(request: RecordRequest) -> RecordResult:
            result = await recording.record(engine, request)
            if any(fact["fact"] == name for fact in request.facts):
                (folder / "stalled").touch()
                await asyncio.Event().wait()
            return result

        usual = wired(client, settings, engine, ring)
        return [record, *(one for one in usual if getattr(one, "__name__", None) != "record")]

    return wire


if __name__ == "__main__":
    worker.activities = stalling(Path(sys.argv[1]), sys.argv[2], worker.activities)
    asyncio.run(worker.run_worker(load_settings()))

"""The worker of the bare baseline, a process of its own: `python -m tests.bench.bare_worker`."""

import asyncio
import signal

from temporalio.worker import Worker

from ops.settings import load_settings
from ops.temporal_client import connect
from tests.bench.bare import QUEUE, BareWorkflow, nothing
from worker import limits


async def work() -> None:
    """Work until SIGTERM."""
    settings = load_settings()
    client = await connect(settings)
    asked_to_stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked_to_stop.set)
    async with Worker(
        client, task_queue=QUEUE, workflows=[BareWorkflow], activities=[nothing], **limits(settings)
    ):
        print("at work", flush=True)
        await asked_to_stop.wait()


if __name__ == "__main__":
    asyncio.run(work())

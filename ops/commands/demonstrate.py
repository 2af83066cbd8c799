"""`jiesu demonstrate`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import typer

from ops.settings import Settings, load_settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("demonstrate", epilog="Example:  jiesu load ops/demo/county.yaml && jiesu demonstrate")(
        demonstrate_command
    )


def demonstrate_command() -> None:
    """Fill the demonstration county with tickets in every state, lived through the rules up to now.

    Only where there is no ticket yet: doing it again changes nothing. The county's units must be there.
    """
    written = asyncio.run(_demonstrate(load_settings()))
    typer.echo(f"{written} demonstration tickets." if written else "There are tickets already; nothing done.")


async def _demonstrate(settings: Settings) -> int:
    from ops.database import create_engine
    from ops.demo.writing import write_tickets
    from ops.progress import progress_bar
    from ops.temporal_client import key_ring

    ring = key_ring(settings)
    engine = create_engine(settings.database_target(), pool_size=8)
    try:
        with progress_bar() as bar:
            task = bar.add_task("Demonstration tickets", total=None)
            return await write_tickets(
                engine,
                ring,
                settings,
                datetime.now(UTC),
                begun=lambda count: bar.update(task, total=count),
                done=lambda: bar.advance(task),
            )
    finally:
        await engine.dispose()

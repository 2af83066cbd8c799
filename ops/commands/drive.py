"""`jiesu drive`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from ops.api_client import ApiClient
from ops.command_identity import identities
from ops.driver import Outcomes, drive, staffed_units
from ops.errors import OperationFailed, failing_as_one
from ops.progress import progress_bar
from ops.settings import Settings, load_settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("drive", epilog="Example:  jiesu drive --count 50")(drive_command)


def drive_command(
    count: Annotated[int, typer.Option(min=1, help="How many open tickets to take.")] = 50,
    url: Annotated[str | None, typer.Option(help="Address of the API; default from the settings.")] = None,
    at_once: Annotated[int, typer.Option(min=1, max=32, help="Tickets at the same time.")] = 4,
) -> None:
    """Take open tickets to archive through the API, playing everybody's part: for trying Jiesu out.

    Each ticket is dispatched, signed, answered, reviewed twice, called back and archived; one that stands
    further along goes on from there. Units take turns. Exit code 1 if a ticket did not get there.
    """
    outcomes = asyncio.run(_drive(load_settings(), url, count, at_once))
    typer.echo(f"archived {outcomes.archived}")
    for no, why in outcomes.others.items():
        typer.echo(f"{no}: {why}")
    if outcomes.others:
        raise typer.Exit(1)


async def _drive(settings: Settings, url: str | None, count: int, at_once: int) -> Outcomes:
    with progress_bar() as bar:
        task = bar.add_task("driving", total=count)
        async with identities(settings) as identify, ApiClient(url or settings.api_url, identify) as api:
            units = await staffed_units(api)
            if not units:
                raise OperationFailed("no unit has people; load some with `jiesu load`")
            with failing_as_one():
                return await drive(api, units, count, at_once, lambda: bar.advance(task))

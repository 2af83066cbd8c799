"""`jiesu rebuild`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from ops.settings import Settings, load_settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("rebuild", epilog="Example:  jiesu rebuild --check && echo 'lists agree with the record'")(
        rebuild_command
    )


def rebuild_command(
    check: Annotated[bool, typer.Option("--check", help="Only compare; change nothing.")] = False,
) -> None:
    """Make the rows that lists and pages read again from the facts, while the system runs.

    Names each row that differed and its columns. With --check exit code 1 if any does.
    """
    different = asyncio.run(_rebuild(load_settings(), write=not check))
    if check and different:
        raise typer.Exit(1)


async def _rebuild(settings: Settings, *, write: bool) -> int:
    from models.rebuilding import rebuild_supervision, rebuild_ticket
    from models.verification import SUPERVISIONS, TICKETS, pages
    from ops.database import create_engine
    from ops.progress import progress_bar

    engine = create_engine(settings.database_target())
    seen = different = 0
    try:
        with progress_bar() as bar:
            task = bar.add_task("Rebuilding", total=None)
            for kind, rebuild in ((TICKETS, rebuild_ticket), (SUPERVISIONS, rebuild_supervision)):
                async for numbers in pages(engine, kind):
                    for no in numbers:
                        different += await _one(engine, no, rebuild, write)
                    seen += len(numbers)
                    bar.advance(task, len(numbers))
    finally:
        await engine.dispose()
    done = (
        "all as their facts say"
        if not different
        else f"{different} rows {'put right' if write else 'differ'}"
    )
    typer.echo(f"{seen} tickets and supervisions: {done}")
    return different


async def _one(
    engine: AsyncEngine, no: str, rebuild: Callable[..., Awaitable[list[str]]], write: bool
) -> int:
    async with engine.begin() as conn:
        found = await rebuild(conn, no, write=write)
    for entry in found:
        typer.echo(entry)
    return len(found)

"""`jiesu messages`: what a person needs to set messages up and to look after them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from ops.on_record import on_record
from ops.settings import Settings, load_settings


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(
        help="Texts for approval, the duty roster, and what waits for a person.",
        epilog="Example:  jiesu messages status",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("templates", epilog="Example:  jiesu messages templates --provider tencent")(
        templates_command
    )
    group.command("roster", epilog="Example:  jiesu messages roster may.yaml")(roster_command)
    group.command("status", epilog="Example:  jiesu messages status")(status_command)
    app.add_typer(group, name="messages")


def templates_command(
    provider: Annotated[
        Literal["aliyun", "tencent", "cmcc"],
        typer.Option(help="Whose form of variables: ${name}, {1}, or both."),
    ] = "aliyun",
) -> None:
    """Print every text as it is submitted to a provider for approval: id, text, variables in order.

    Texts to citizens end with a link where JIESU_PUBLIC_URL says under which address they reach us.
    """
    from ops.message_texts import for_approval

    for line in for_approval(provider, load_settings().site):
        typer.echo(line)


def roster_command(
    file: Annotated[Path, typer.Argument(help="YAML list of shifts.", show_default=False)],
) -> None:
    """Enter who is on duty: a list of {unit, person, from, to, line}, instants with their offset.

    A shift of the same unit, start and line is replaced. All of the file is taken or none of it.
    """
    count = asyncio.run(_enter(load_settings(), file))
    typer.echo(f"{count} shifts entered.")


def status_command() -> int:
    """Count messages by what became of them, and what waits for a person: exit code 1 if anything does."""
    counts, waiting = asyncio.run(_status(load_settings()))
    for (state, receipt), number in sorted(counts.items()):
        typer.echo(f"{number:8}  {state}{', ' + receipt if receipt else ''}")
    for what, number in waiting.items():
        typer.echo(f"{number:8}  {what}")
    return 1 if any(waiting.values()) else 0


async def _enter(settings: Settings, file: Path) -> int:
    from models import duty
    from ops.database import create_engine
    from ops.duty_file import read_shifts
    from ops.errors import OperationFailed

    shifts = read_shifts(file)
    engine = create_engine(settings.database_target())
    try:
        async with engine.begin() as conn:
            await duty.enter(conn, shifts)
            await on_record(conn, "enter_duty", details={"shifts": len(shifts)})
    except duty.NotOnRoster as error:
        raise OperationFailed(f"{file}: {error}") from error
    finally:
        await engine.dispose()
    return len(shifts)


async def _status(settings: Settings) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    from models import message_counts
    from ops.database import create_engine

    engine = create_engine(settings.database_target())
    try:
        async with engine.connect() as conn:
            return await message_counts.by_end(conn), await message_counts.waiting_for_people(conn)
    finally:
        await engine.dispose()

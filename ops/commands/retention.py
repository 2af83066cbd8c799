"""`jiesu retention`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from ops.settings import Settings, load_settings

_PAGE = 200
_LOGINS = timedelta(days=180)
"""How long ended logins are kept; the audit keeps who came in for good."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("retention", epilog="Example:  jiesu retention --apply")(retention_command)


def retention_command(
    apply: Annotated[bool, typer.Option("--apply", help="Erase them; else they are only listed.")] = False,
) -> None:
    """Erase who called and what was written from tickets that ended longer ago than they are to be kept.

    With --apply SMS to us that belong to no ticket and reasons of exports go after the same time.

    How long that is says JIESU_RETENTION_DAYS. Meant to be run by the machine's own timetable. Exit code 1 if
    there are such tickets and --apply was not given.
    """
    settings = load_settings()
    number = asyncio.run(_apply(settings) if apply else _list(settings))
    days = settings.retention_days
    typer.echo(f"{number} tickets past {days} days{', erased' if apply else ''}")
    if number and not apply:
        raise typer.Exit(1)


def _before(settings: Settings) -> datetime:
    return datetime.now(UTC) - timedelta(days=settings.retention_days)


async def _list(settings: Settings) -> int:
    from models import erasing
    from ops.database import create_engine

    engine = create_engine(settings.database_target(), pool_size=1)
    try:
        async with engine.connect() as conn:
            numbers = await erasing.ended_before(conn, _before(settings), 1_000_000)
    finally:
        await engine.dispose()
    for no in numbers:
        typer.echo(no)
    return len(numbers)


async def _apply(settings: Settings) -> int:
    from models import attachments, citizen_links, erasing, sessions
    from ops.commands.erase import let_files_go, told
    from ops.database import create_engine

    engine = create_engine(settings.database_target(), pool_size=2)
    done = 0
    try:
        while True:
            async with engine.connect() as conn:
                numbers = await erasing.ended_before(conn, _before(settings), _PAGE)
            for no in numbers:
                at = datetime.now(UTC)
                async with engine.begin() as conn:
                    emptied = await erasing.erase_ticket(conn, no, at=at, by="retention", why="retention")
                await let_files_go(settings, emptied)
                typer.echo(told(emptied))
                done += 1
            if not numbers:
                break
        async with engine.connect() as conn:
            await attachments.sweep(conn, attachments.store_of(settings))
        async with engine.begin() as conn:
            messages = await erasing.erase_messages_before(
                conn, _before(settings), at=datetime.now(UTC), by="retention", why="retention"
            )
            await erasing.erase_reasons_before(conn, _before(settings))
        if messages.messages:
            typer.echo(told(messages))
        async with engine.begin() as conn:
            await sessions.forget_old(conn, datetime.now(UTC) - _LOGINS)
            await citizen_links.forget(conn, datetime.now(UTC))
    finally:
        await engine.dispose()
    return done

"""`jiesu calendar import`: a newly published arrangement of working days reaches what is open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.errors import OperationFailed
from ops.on_record import on_record
from ops.settings import Settings, load_settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from models.calendar_notices import ImportedNotice
    from models.revising import Move
    from policies.calendars.notices import LocalNotice, YearNotice

app = typer.Typer(
    help="Working days: import a notice.\n\nExample:  jiesu calendar import 2027.json --preview",
    no_args_is_help=True,
)


@app.callback()
def _calendar() -> None:
    """Working days: notices of the State Council, and days a place closes or opens."""


@app.command(
    "import", epilog="Example:  jiesu calendar import 2027.json --preview; jiesu calendar import 2027.json"
)
def import_command(
    file: Annotated[
        Path, typer.Argument(help="The notice as JSON (docs/operations.md).", show_default=False)
    ],
    preview: Annotated[bool, typer.Option("--preview", help="Only show which deadlines would move.")] = False,
    rate: Annotated[float, typer.Option(min=0.1, max=200, help="Tickets and supervisions a second.")] = 20,
) -> None:
    """Show which deadlines of open tickets and supervisions a notice moves, then move them.

    New tickets count by the new calendar from then on. A second run of the same notice goes on where the
    first one is. Exit code 1 with --preview if anything would move.
    """
    notice = read_notice(file)
    settings = load_settings()
    if preview:
        found = asyncio.run(_preview(settings, notice))
        if found:
            raise typer.Exit(1)
        return
    asyncio.run(_import(settings, notice, rate))


def read_notice(file: Path) -> YearNotice | LocalNotice:
    """The notice in a file. OperationFailed names what is wrong with it."""
    from pydantic import ValidationError

    from ops.field_errors import first_error
    from policies.calendars.notices import notice_adapter

    try:
        return notice_adapter.validate_json(file.read_bytes())
    except OSError as error:
        raise OperationFailed(f"{file}: {error.strerror}") from error
    except ValidationError as error:
        raise OperationFailed(f"{file}: {first_error(error)}") from error


async def _preview(settings: Settings, notice: YearNotice | LocalNotice) -> int:
    from api.services.calendar_import import with_notice

    count = 0
    async with _engine(settings) as engine:
        async with engine.connect() as conn:
            notices = await with_notice(conn, notice)
        async for move in _moves(engine, notices):
            typer.echo(_told(move))
            count += 1
    typer.echo(f"{notice.notice.number}: {count} deadlines would move" if count else "no deadline would move")
    return count


async def _moves(engine: AsyncEngine, notices: Sequence[ImportedNotice]) -> AsyncIterator[Move]:
    from api.services.calendar_import import FIRST, Place, foresee
    from models.known_laws import KnownLaws
    from ops.progress import progress_bar

    laws, now = KnownLaws(), datetime.now(UTC)
    with progress_bar() as bar:
        task = bar.add_task("Looking at what is open", total=None)
        place: Place | None = FIRST
        while place is not None:
            async with engine.connect() as conn:
                page = await foresee(conn, laws, notices, place, now)
            for move in page.moves:
                yield move
            bar.advance(task, page.looked_at)
            place = page.following


def _told(move: Move) -> str:
    provisional = "（暂定）" if move.provisional else ""
    return (
        f"{move.no}  {move.unit}  {move.clock}  "
        f"{move.was.astimezone(move.due.tzinfo):%Y-%m-%d %H:%M} → {move.due:%Y-%m-%d %H:%M}{provisional}"
    )


async def _import(settings: Settings, notice: YearNotice | LocalNotice, rate: float) -> None:
    from temporalio.client import WorkflowExecutionStatus

    from api.services.calendar_import import open_count, start
    from models import calendar_notices
    from models.contracts.revision import PROGRESS, RevisionInput
    from ops.progress import progress_bar
    from ops.temporal_client import connect, key_ring

    async with _engine(settings) as engine:
        try:
            async with engine.begin() as conn:
                notice_id = await calendar_notices.store(conn, notice)
                await on_record(conn, "import_calendar", subject=notice.notice.number, details={})
        except calendar_notices.OtherNotice as error:
            raise OperationFailed(
                f"another notice {error} was imported before: give this one its own number"
            ) from error
        async with engine.connect() as conn:
            total = await open_count(conn)
        client = await connect(settings, ring=key_ring(settings))
        handle = await start(client, settings.task_queue, notice_id, rate)
        with progress_bar() as bar:
            task = bar.add_task("Moving deadlines", total=total)
            while (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
                now = await handle.query(PROGRESS, result_type=RevisionInput)
                bar.update(task, completed=now.revised)
                await asyncio.sleep(1)
        done = await handle.result()
    told = f"{done.revised} open tickets and supervisions told"
    typer.echo(f"{notice.notice.number}: {told}, {done.moved} deadlines moved")


@asynccontextmanager
async def _engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    from ops.database import create_engine

    engine = create_engine(settings.database_target())
    try:
        yield engine
    finally:
        await engine.dispose()


def register(root: typer.Typer) -> None:
    """Add `jiesu calendar`."""
    root.add_typer(app, name="calendar")

"""`jiesu load`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from ops.on_record import on_record
from ops.settings import Settings, load_settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("load", epilog="Example:  jiesu load ops/demo/county.yaml")(load_command)


def load_command(
    file: Annotated[Path, typer.Argument(help="YAML file with units and their people.", show_default=False)],
) -> None:
    """Put units and people into the directory, or bring them up to date; doing it again changes nothing.

    All of the file is taken or none of it. What the file does not name stays as it is: a unit or person that
    is gone is marked `active: false`.
    """
    asyncio.run(_load(load_settings(), file))


async def _load(settings: Settings, file: Path) -> None:
    from models.directory_store import put_people, put_units
    from ops.database import create_engine
    from ops.directory_file import read_directory
    from ops.temporal_client import key_ring

    directory = read_directory(file)
    ring = key_ring(settings)
    engine = create_engine(settings.database_target())
    try:
        async with engine.begin() as conn:
            units = await put_units(conn, directory.units)
            people = await put_people(conn, ring, directory.people)
            await on_record(conn, "load_directory", details={"units": units, "people": people})
    finally:
        await engine.dispose()
    typer.echo(
        f"{len(directory.units)} units, {units} of them new or changed; "
        f"{len(directory.people)} people, {people} of them new or changed."
    )

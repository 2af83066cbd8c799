"""`jiesu keys`."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import typer

from ops.errors import OperationFailed
from ops.on_record import on_record
from ops.settings import Settings, load_settings


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    keys = typer.Typer(
        help="The keys of the installation.\n\nExample:  jiesu keys rotate",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    keys.command("rotate", epilog="Example:  jiesu keys rotate --cipher sm4-gcm")(rotate_command)
    keys.command("show", epilog="Example:  jiesu keys show")(show_command)
    app.add_typer(keys, name="keys")


def rotate_command(
    cipher: Annotated[
        Literal["aes-gcm", "sm4-gcm"] | None,
        typer.Option(help="Cipher of the new key; default that of the present one.", show_default=False),
    ] = None,
) -> None:
    """Make a new key and put everything stored under it, while the system runs.

    Running processes take the new key at once. Payloads in Temporal stay under their old key until Temporal
    forgets them, so old keys stay in the file. When it is interrupted nothing is lost; the next run ends it.
    """
    asyncio.run(_rotate(load_settings(), cipher))


def show_command() -> None:
    """Print each key and how much is stored under it."""
    asyncio.run(_show(load_settings()))


async def _rotate(settings: Settings, cipher: str | None) -> None:
    from models import sealed_tables
    from models.attachments import store_of
    from ops.database import create_engine
    from ops.keyring import Algorithm, KeyFile
    from ops.temporal_client import key_ring

    ring = key_ring(settings)
    file = KeyFile(settings.key_file)
    file.replace(file().rotated(Algorithm(cipher) if cipher else None))
    typer.echo(f"The active key is {ring.active}.")
    engine = create_engine(settings.database_target(), pool_size=2)
    try:
        async with engine.begin() as conn:
            await on_record(conn, "rotate_keys", subject=ring.active, details={})
        rows = await sealed_tables.reseal(engine, ring)
        files = await sealed_tables.reseal_files(engine, ring, store_of(settings))
        # A row that was written with the old key while the first pass ran.
        rows += await sealed_tables.reseal(engine, ring)
    finally:
        await engine.dispose()
    typer.echo(f"Put {rows} rows and {files} files under it.")


async def _show(settings: Settings) -> None:
    from models import sealed_tables
    from ops.database import create_engine
    from ops.keyring import KeyFile

    if not settings.key_file.exists():
        raise OperationFailed(f"there is no key file {settings.key_file}")
    keys = KeyFile(settings.key_file)()
    engine = create_engine(settings.database_target(), pool_size=1)
    try:
        async with engine.connect() as conn:
            used = await sealed_tables.keys_in_use(conn)
    finally:
        await engine.dispose()
    for key in keys.keys.values():
        stored = ", ".join(
            f"{number} {table}" for (table, key_id), number in used.items() if key_id == key.id
        )
        active = ", active" if key.id == keys.active else ""
        typer.echo(
            f"{key.id}  {key.algorithm}  {key.created_at:%Y-%m-%d}{active}: {stored or 'nothing stored'}"
        )

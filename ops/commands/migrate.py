"""`jiesu migrate`."""

from __future__ import annotations

import asyncio

import typer

from ops.settings import load_settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("migrate", epilog="Example:  JIESU_DATABASE_URL=postgresql://… jiesu migrate")(
        migrate_command
    )


def migrate_command() -> None:
    """Bring the database schema, the Temporal namespace and its search attributes up to date.

    `jiesu up` does this by itself; where the parts run apart, run it once before worker and API of a new
    version start. Doing it again changes nothing.
    """
    from ops import migrate
    from ops.temporal_namespace import prepare_namespace

    settings = load_settings()
    migrate.upgrade(settings.database_target())
    asyncio.run(prepare_namespace(settings))
    typer.echo(
        f"Database at revision {migrate.newest_revision()}, namespace {settings.temporal_namespace} ready."
    )

"""`jiesu up`."""

from __future__ import annotations

import typer

from ops.settings import load_settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("up", epilog="Example:  JIESU_PORT=8080 jiesu up")(up_command)


def up_command() -> None:
    """Start Jiesu on this machine: Postgres, Temporal, worker and API; Ctrl-C stops all in order.

    What dies is started again. JIESU_DATABASE_URL and JIESU_TEMPORAL_ADDRESS name engines that are there
    already. Ports and folders are settings, see docs/operations.md.
    """
    from ops.up import up

    up(load_settings(), lambda line: typer.echo(line))

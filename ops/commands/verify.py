"""`jiesu verify`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated

import typer

from ops.errors import OperationFailed
from ops.settings import Settings, load_settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from models.verification import Checked
    from ops.keyring import KeyRing


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("verify", epilog="Example:  jiesu verify --ticket 20260430000123")(verify_command)


def verify_command(
    ticket: Annotated[str | None, typer.Option(help="Only this ticket.", show_default=False)] = None,
) -> None:
    """Check the hash chain of every ticket and supervision, the texts that facts refer to, and the audit.

    Names each fact that is not as it was written. An erased text with its deletion record counts as whole.
    Exit code 1 if anything is broken.
    """
    if asyncio.run(_verify(load_settings(), ticket)):
        raise typer.Exit(1)


async def _verify(settings: Settings, ticket: str | None) -> int:
    from models import verification
    from ops.database import create_engine
    from ops.progress import progress_bar
    from ops.temporal_client import key_ring

    ring = key_ring(settings)
    engine = create_engine(settings.database_target())
    aggregates = facts = faults = 0
    try:
        async with engine.connect() as conn:
            if ticket is not None and not await verification.is_known(conn, ticket):
                raise OperationFailed(f"there is no ticket {ticket}")
            expected = 1 if ticket else await verification.count(conn)
        with progress_bar() as bar:
            task = bar.add_task("Verifying", total=expected)
            async for checked in _all(engine, ring, ticket):
                bar.advance(task)
                aggregates, facts = aggregates + 1, facts + checked.facts
                faults += len(checked.faults)
                for fault in checked.faults:
                    typer.echo(str(fault))
        if ticket is None:
            faults += await _verify_audit(engine)
    finally:
        await engine.dispose()
    held = "all chains hold" if not faults else f"{faults} faults"
    typer.echo(f"{aggregates} tickets and supervisions, {facts} facts: {held}")
    return faults


async def _verify_audit(engine: AsyncEngine) -> int:
    from models import audit

    found = [fault async for fault in audit.faults(engine)]
    for fault in found:
        typer.echo(fault)
    return len(found)


async def _all(engine: AsyncEngine, ring: KeyRing, ticket: str | None) -> AsyncIterator[Checked]:
    from models import verification

    async for checked in verification.check_tickets(engine, ring, ticket):
        yield checked
    if ticket is None:
        async for checked in verification.check_supervisions(engine, ring):
            yield checked

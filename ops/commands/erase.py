"""`jiesu erase`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ops.errors import OperationFailed
from ops.settings import Settings, load_settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from models.erasing import Emptied
    from ops.keyring import KeyRing

_Why = Literal["request", "mistake", "order"]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("erase", epilog="Example:  jiesu erase --ticket 20260430000123 --by hotline-chief")(
        erase_command
    )


def erase_command(
    by: Annotated[str, typer.Option(help="Who decided it: the code of a person.", show_default=False)],
    ticket: Annotated[str | None, typer.Option(help="Erase one ticket.", show_default=False)] = None,
    phone: Annotated[
        str | None,
        typer.Option(help="Erase whoever has this number, in every ticket.", show_default=False),
    ] = None,
    why: Annotated[_Why, typer.Option(help="The ground of it.")] = "request",
    open_too: Annotated[
        bool, typer.Option("--open", help="Also tickets that have not ended: nobody can be called back then.")
    ] = False,
) -> None:
    """Empty tickets of who called, what was written, their files and messages, for good and on record.

    The facts stay, without words; `jiesu verify` takes them as whole. Temporal holds nothing of it. Copies in
    backups go when the backups do. Exit code 1 if a ticket was left because it has not ended.
    """
    if (ticket is None) == (phone is None):
        raise OperationFailed("say either --ticket or --phone")
    left = asyncio.run(_erase(load_settings(), ticket, phone, by, why, open_too))
    for no in left:
        typer.echo(f"{no}: left, it has not ended; --open erases it all the same")
    if left:
        raise typer.Exit(1)


async def _erase(
    settings: Settings, ticket: str | None, phone: str | None, by: str, why: _Why, open_too: bool
) -> list[str]:
    from models import erasing
    from ops.database import create_engine
    from ops.temporal_client import key_ring

    ring = key_ring(settings)
    engine = create_engine(settings.database_target())
    indexes = _indexes(ring, phone)
    left = []
    try:
        meant = await _meant(engine, ticket, indexes)
        for no, ended in meant:
            if not (ended or open_too):
                left.append(no)
                continue
            at = datetime.now(UTC)
            async with engine.begin() as conn:
                if indexes and await erasing.has_others(conn, no, indexes):
                    emptied = await erasing.erase_callers(conn, no, indexes, at=at, by=by, why=why)
                else:
                    emptied = await erasing.erase_ticket(conn, no, at=at, by=by, why=why)
            await let_files_go(settings, emptied)
            typer.echo(told(emptied))
        if indexes:
            async with engine.begin() as conn:
                sent = await erasing.erase_messages_from(conn, indexes, at=datetime.now(UTC), by=by, why=why)
            if not (meant or sent.messages):
                raise OperationFailed("nobody with this number is known")
            typer.echo(told(sent))
        return left
    finally:
        await engine.dispose()


def _indexes(ring: KeyRing, phone: str | None) -> list[bytes]:
    from models.phones import normal_phone

    if phone is None:
        return []
    number = normal_phone(phone)
    if number is None:
        raise OperationFailed("that is no telephone number")
    return [ring.blind_index(number)]


async def _meant(engine: AsyncEngine, ticket: str | None, indexes: list[bytes]) -> list[tuple[str, bool]]:
    from models import erasing

    async with engine.connect() as conn:
        if ticket is None:
            return await erasing.tickets_of(conn, indexes)
        ended = await erasing.has_ended(conn, ticket)
        if ended is None:
            raise OperationFailed(f"there is no ticket {ticket}")
        return [(ticket, ended)]


async def let_files_go(settings: Settings, emptied: Emptied) -> None:
    """Deletes the files of an emptied ticket from the store."""
    from models.attachments import store_of

    store = store_of(settings)
    for file in emptied.files:
        await store.delete(file)


def told(emptied: Emptied) -> str:
    """What was erased, in a line."""
    return (
        f"{emptied.ticket_no}: erased {emptied.callers} callers, {emptied.texts} texts, "
        f"{emptied.messages} messages, {len(emptied.files)} files"
    )

"""`jiesu account`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from ops.errors import OperationFailed
from ops.on_record import on_record
from ops.settings import Settings, load_settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("account", epilog="Example:  jiesu account hotline-admin --person hotline-admin")(
        account_command
    )


def account_command(
    login: Annotated[str, typer.Argument(help="Login name of the account.", show_default=False)],
    person: Annotated[
        str | None,
        typer.Option(help="Open the account for this person of the directory.", show_default=False),
    ] = None,
) -> None:
    """Print a one-time link by which the holder of an account sets the password anew.

    The second factor is taken off and all sessions of the account end: for somebody who lost either, or for
    an administrator nobody else can help. With --person the account is opened first. `jiesu account admin`
    makes the first administrator, where nobody could be one yet.
    """
    typer.echo(asyncio.run(_renewed(load_settings(), login, person)))


async def _renewed(settings: Settings, login: str, person: str | None) -> str:
    from sqlalchemy.exc import IntegrityError

    from models import accounts, sessions
    from ops.database import create_engine
    from ops.first_accounts import LINK_LASTS

    now = datetime.now(UTC)
    engine = create_engine(settings.database_target(), pool_size=1)
    try:
        async with engine.begin() as conn:
            await on_record(
                conn, "renew_account", subject=login, details={"person": person} if person else {}
            )
            if person is not None:
                await accounts.add(conn, login, person_id=person)
            if login == accounts.FIRST_ADMINISTRATOR and not await accounts.has_administrator(conn):
                return settings.welcome_url(await accounts.first_administrator(conn, now, LINK_LASTS))
            account = await accounts.by_login(conn, login)
            if account is None:
                raise OperationFailed(f"there is no account {login}; open one with --person")
            await accounts.drop_second_factor(conn, account.id)
            await sessions.revoke_all(conn, account.id, now)
            return settings.welcome_url(await accounts.new_link(conn, account.id, now, LINK_LASTS))
    except IntegrityError:
        raise OperationFailed(
            f"{login} is taken, or {person} has an account or is not in the directory"
        ) from None
    finally:
        await engine.dispose()

"""The first logins: an administrator by a one-time link, the people of a demonstration by a password."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ops.database import create_engine
from ops.settings import Settings

LINK_LASTS = timedelta(hours=24)
_SHOWN = {
    "hotline-agent-1": "受话员",
    "hotline-agent-3": "受话员、外包受话员",
    "hotline-office": "热线办",
    "shuiwu-a": "承办单位经办人",
    "shuiwu-leader": "承办单位分管领导",
    "shuiwu-principal": "承办单位主要负责人",
    "gov-leader": "县领导",
    "city-review": "市热线办终审",
    "hotline-knowledge": "知识库编辑",
    "hotline-audit": "审计员",
}
"""Of the demonstration's people, one for each part in casework and beside it."""


def told(settings: Settings) -> Iterator[str]:
    """What the operator should know to log in; a link is made where nobody could administer yet."""
    link = asyncio.run(link_of_first_administrator(settings))
    if link is not None:
        yield f"  First administrator: open {link} (works once, for 24 hours)"
    password_file = settings.demonstration_password_file
    if password_file.exists():
        yield f"  Demonstration logins, all with the password {password_file.read_text().strip()}:"
        for login, part in _SHOWN.items():
            yield f"    {login:<18} {part}"
        yield "    and everybody else in ops/demo/county.yaml; an administrator has the first link"


async def link_of_first_administrator(settings: Settings) -> str | None:
    """A link for the account `admin`, made if need be; None where somebody can administer already."""
    from models import accounts

    engine = create_engine(settings.database_target(), pool_size=1)
    try:
        async with engine.begin() as conn:
            if await accounts.has_administrator(conn):
                return None
            link = await accounts.first_administrator(conn, datetime.now(UTC), LINK_LASTS)
            return settings.welcome_url(link)
    finally:
        await engine.dispose()


async def for_demonstration(settings: Settings) -> None:
    """Lets everybody of a demonstration log in with one password, kept in a file for its owner only."""
    from models import accounts, passwords

    password = f"Demo-{secrets.token_hex(4)}"
    engine = create_engine(settings.database_target(), pool_size=1)
    try:
        async with engine.begin() as conn:
            await accounts.add_for_people(conn, await passwords.hashed(password))
    finally:
        await engine.dispose()
    descriptor = os.open(settings.demonstration_password_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{password}\n")

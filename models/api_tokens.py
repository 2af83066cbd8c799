"""Tokens of other systems: one role each, perhaps only some operations of it, until a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from models.secrets_kept import digest, new_secret
from models.tables import ApiToken

PREFIX = "jiesu_"
"""So that a token that leaked into a file is recognised as one."""

_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Token:
    """A token that holds. Without `operations` it may do all that its role may."""

    id: UUID
    name: str
    role: str
    unit: str | None
    operations: frozenset[str]
    expires_at: datetime


async def issue(
    conn: AsyncConnection,
    *,
    name: str,
    role: str,
    unit: str | None,
    operations: Sequence[str],
    by: str,
    now: datetime,
    lasts: timedelta,
) -> tuple[UUID, str]:
    """A new token: its id, and the secret that is shown this once. IntegrityError for a name in use."""
    token_id, secret = uuid7(), PREFIX + new_secret()
    await conn.execute(
        insert(ApiToken).values(
            id=token_id,
            digest=digest(secret),
            name=name,
            role=role,
            unit=unit,
            operations=list(operations),
            created_at=now,
            created_by=by,
            expires_at=now + lasts,
        )
    )
    return token_id, secret


async def find(conn: AsyncConnection, secret: str, now: datetime) -> Token | None:
    """The token with this secret if it still holds."""
    row = ApiToken
    found = (
        await conn.execute(
            select(*row.__table__.c).where(
                row.digest == digest(secret), row.revoked_at.is_(None), row.expires_at > now
            )
        )
    ).one_or_none()
    if found is None:
        return None
    if found.used_at is None or found.used_at < now - _SEEN_EVERY:
        await conn.execute(update(row).where(row.id == found.id).values(used_at=now))
    return Token(found.id, found.name, found.role, found.unit, frozenset(found.operations), found.expires_at)


async def name_of(conn: AsyncConnection, secret: str) -> str | None:
    """Whose token this was, whether it still holds or not; None for one that never was."""
    name: str | None = await conn.scalar(select(ApiToken.name).where(ApiToken.digest == digest(secret)))
    return name


async def list_all(conn: AsyncConnection) -> Sequence[Any]:
    """Every token, newest first, without anything that would let somebody in."""
    row = ApiToken
    shown = (row.id, row.name, row.role, row.unit, row.operations, row.created_at, row.created_by)
    query = select(*shown, row.expires_at, row.used_at, row.revoked_at).order_by(row.id.desc())
    return (await conn.execute(query)).all()


async def revoke(conn: AsyncConnection, token_id: UUID, now: datetime) -> bool:
    """Ends a token at once; whether there was one to end."""
    row = ApiToken
    ended = await conn.execute(
        update(row).where(row.id == token_id, row.revoked_at.is_(None)).values(revoked_at=now)
    )
    return ended.rowcount == 1

"""Who is logged in: sessions that end when idle, when their time is over, or when they are revoked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from models.secrets_kept import digest, new_secret
from models.tables import Account, FailedLogin, OneTimeLink, Person, Unit
from models.tables import Session as SessionRow
from ops.direct import Direct

_SEEN_EVERY = timedelta(minutes=1)
"""How exact the last visit is kept: not every request writes."""


@dataclass(frozen=True)
class Session:
    """A session that holds, with the account and the person it is of, as the directory says now."""

    id: UUID
    account_id: UUID
    login: str
    person_id: str | None
    roles: tuple[str, ...]
    unit: str | None
    post: str | None
    absent: bool
    method: str
    second_factor: bool
    created_at: datetime
    expires_at: datetime

    @property
    def actor_id(self) -> str:
        """The code under which what is done is recorded."""
        return self.person_id or self.login


async def open_session(
    conn: AsyncConnection,
    account_id: UUID,
    *,
    method: str,
    second_factor: bool,
    now: datetime,
    lasts: timedelta,
    source: str | None,
) -> str:
    """A new session, at most `lasts` long; the secret that its holder shows."""
    secret = new_secret()
    await conn.execute(
        insert(SessionRow).values(
            digest=digest(secret),
            id=uuid7(),
            account_id=account_id,
            method=method,
            second_factor=second_factor,
            created_at=now,
            seen_at=now,
            expires_at=now + lasts,
            source=source,
        )
    )
    return secret


async def find(conn: AsyncConnection, secret: str, now: datetime, idle: timedelta) -> Session | None:
    """The session of this secret if it still holds; its last visit is noted."""
    shown = {"digest": digest(secret), "now": now, "idle_since": now - idle}
    found = next(iter(await _holding().rows(conn, shown)), None)
    if found is None:
        return None
    if found["seen_at"] < now - _SEEN_EVERY:
        await conn.execute(update(SessionRow).where(SessionRow.id == found["id"]).values(seen_at=now))
    return _session(found)


@cache
def _holding() -> Direct:
    row = SessionRow
    return Direct(
        select(
            row.id,
            row.account_id,
            row.method,
            row.second_factor,
            row.created_at,
            row.expires_at,
            row.seen_at,
            Account.login,
            Account.roles,
            Account.person_id,
            Person.roles.label("person_roles"),
            Person.post,
            Person.absent,
            Unit.name.label("unit"),
        )
        .join(Account, Account.id == row.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(
            row.digest == bindparam("digest"),
            row.revoked_at.is_(None),
            row.expires_at > bindparam("now"),
            row.seen_at > bindparam("idle_since"),
            Account.active,
            Person.active | Account.person_id.is_(None),
        )
    )


async def login_of(conn: AsyncConnection, secret: str) -> str | None:
    """Whose session this was, whether it still holds or not; None for one that never was."""
    query = (
        select(Account.login)
        .join(SessionRow, SessionRow.account_id == Account.id)
        .where(SessionRow.digest == digest(secret))
    )
    login: str | None = await conn.scalar(query)
    return login


async def revoke(conn: AsyncConnection, session_id: UUID, now: datetime) -> None:
    """Ends one session at once."""
    await conn.execute(update(SessionRow).where(SessionRow.id == session_id).values(revoked_at=now))


async def revoke_all(
    conn: AsyncConnection, account_id: UUID, now: datetime, *, but: UUID | None = None
) -> int:
    """Ends every session of an account, but one perhaps; how many there were."""
    ending = update(SessionRow).where(SessionRow.account_id == account_id, SessionRow.revoked_at.is_(None))
    if but is not None:
        ending = ending.where(SessionRow.id != but)
    return (await conn.execute(ending.values(revoked_at=now))).rowcount


async def forget_old(conn: AsyncConnection, before: datetime) -> int:
    """Deletes sessions that ended before an instant, links and failures of that age; how many sessions."""
    old = delete(SessionRow).where(or_(SessionRow.expires_at < before, SessionRow.revoked_at < before))
    number = (await conn.execute(old)).rowcount
    await conn.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < before))
    await conn.execute(delete(FailedLogin).where(FailedLogin.last_at < before))
    return number


async def confirm_second_factor(conn: AsyncConnection, session_id: UUID) -> None:
    """Notes that the holder of a session showed the second factor."""
    await conn.execute(update(SessionRow).where(SessionRow.id == session_id).values(second_factor=True))


def _session(row: Mapping[str, Any]) -> Session:
    return Session(
        id=row["id"],
        account_id=row["account_id"],
        login=row["login"],
        person_id=row["person_id"],
        roles=tuple(row["roles"] if row["person_id"] is None else row["person_roles"]),
        unit=row["unit"],
        post=row["post"],
        absent=bool(row["absent"]),
        method=row["method"],
        second_factor=row["second_factor"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
    )

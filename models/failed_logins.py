"""Guessing made slow: failures in a row lock a login name, and an address, for longer each time.

An attempt counts as failed until it is proven, so that many at once are no way around the count.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import case, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import FailedLogin


@dataclass(frozen=True)
class Patience:
    """How many failures are free, how long the first lock is, and how long the longest."""

    free: int
    first: timedelta
    longest: timedelta
    forgotten_after: timedelta


OF_A_NAME: Final = Patience(4, timedelta(seconds=30), timedelta(minutes=15), timedelta(days=1))
OF_AN_ADDRESS: Final = Patience(50, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=1))
"""An office shares one address, so it has more."""


def named(login: str) -> bytes:
    """The key of a login name, which need not exist."""
    return sha256(b"login:" + login.encode("utf-8", "surrogatepass")).digest()


def from_address(source: str) -> bytes:
    """The key of an address."""
    return sha256(b"source:" + source.encode()).digest()


async def attempt(
    conn: AsyncConnection, subject: bytes, patience: Patience, now: datetime
) -> datetime | None:
    """Counts an attempt as failed. Until when the subject is locked if it is, and then nothing is counted."""
    row = FailedLogin
    fresh = insert(row).values(subject=subject, failures=1, last_at=now)
    failures = case((row.last_at < now - patience.forgotten_after, 1), else_=row.failures + 1)
    # The pause doubles with each failure past the free ones; an exponent of 20 is past any longest pause.
    beyond = func.least(failures - patience.free - 1, 20)
    seconds = patience.first.total_seconds() * func.power(2.0, beyond)
    pause = func.least(func.make_interval(0, 0, 0, 0, 0, 0, seconds), literal(patience.longest))
    counted = await conn.execute(
        fresh.on_conflict_do_update(
            index_elements=["subject"],
            set_={
                "failures": failures,
                "last_at": now,
                "locked_until": case((failures > patience.free, literal(now) + pause), else_=None),
            },
            where=or_(row.locked_until.is_(None), row.locked_until <= now),
        ).returning(row.failures)
    )
    if counted.one_or_none() is not None:
        return None
    until: datetime | None = await conn.scalar(select(row.locked_until).where(row.subject == subject))
    return until


async def forget(conn: AsyncConnection, subject: bytes) -> None:
    """Begins anew for a name whose password was right."""
    await conn.execute(delete(FailedLogin).where(FailedLogin.subject == subject))


async def take_back(conn: AsyncConnection, subject: bytes) -> None:
    """Takes the last attempt back for an address from which somebody came in; earlier ones stay."""
    await conn.execute(
        update(FailedLogin)
        .where(FailedLogin.subject == subject)
        .values(failures=func.greatest(FailedLogin.failures - 1, 0), locked_until=None)
    )

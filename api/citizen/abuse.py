"""Limits on what strangers may try: guessing at tickets, and sending in demands by the hundred.

They are counted in Postgres, so that a restart or a second process is no way around them.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.problems import Problem
from models import failed_logins
from models.failed_logins import Patience
from models.phones import normal_phone
from ops.keyring import KeyRing

GUESSES_AT_A_TICKET: Final = Patience(5, timedelta(minutes=1), timedelta(hours=12), timedelta(days=7))
"""Ten thousand endings are possible: at two tries a day nobody gets through them."""

GUESSES_FROM_AN_ADDRESS: Final = Patience(30, timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))
"""Many people share the address of a mobile network, so it has more."""

DEMANDS_OF_A_PHONE: Final = Patience(5, timedelta(minutes=10), timedelta(days=1), timedelta(days=1))
DEMANDS_FROM_AN_ADDRESS: Final = Patience(30, timedelta(minutes=10), timedelta(hours=6), timedelta(days=1))


async def count_guess(engine: AsyncEngine, no: str, source: str | None, now: datetime) -> None:
    """Counts a try at a ticket, whether there is one or not. Problem 429 where there were too many."""
    async with engine.begin() as conn:
        locked = await _count(conn, [(of_ticket(no), GUESSES_AT_A_TICKET)], now)
        locked = locked or await _count(conn, [(_guessing(source), GUESSES_FROM_AN_ADDRESS)], now)
    if locked is not None:
        raise _too_many(locked, now, "查询次数过多。")


async def forget_guess(engine: AsyncEngine, no: str, source: str | None) -> None:
    """Takes the try back that was right."""
    async with engine.begin() as conn:
        await failed_logins.forget(conn, of_ticket(no))
        await failed_logins.take_back(conn, _guessing(source))


async def count_demand(
    engine: AsyncEngine, ring: KeyRing, phone: str, source: str | None, now: datetime
) -> None:
    """Counts a demand of this phone, from this address. Problem 429 where there were too many."""
    number = normal_phone(phone) or phone
    subjects = [
        (_key(b"demand phone:", ring.blind_index(number)), DEMANDS_OF_A_PHONE),
        (_key(b"demand source:", (source or "").encode()), DEMANDS_FROM_AN_ADDRESS),
    ]
    async with engine.begin() as conn:
        locked = await _count(conn, subjects, now)
    if locked is not None:
        raise _too_many(locked, now, "提交次数过多。情况紧急的请直接拨打12345。")


def of_ticket(no: str) -> bytes:
    """The key that tries at a ticket are counted under."""
    return _key(b"citizen ticket:", no.encode())


def _guessing(source: str | None) -> bytes:
    return _key(b"citizen source:", (source or "").encode())


def _key(kind: bytes, value: bytes) -> bytes:
    return sha256(kind + value).digest()


async def _count(
    conn: AsyncConnection, subjects: list[tuple[bytes, Patience]], now: datetime
) -> datetime | None:
    for subject, patience in subjects:
        locked = await failed_logins.attempt(conn, subject, patience, now)
        if locked is not None:
            return locked
    return None


def _too_many(until: datetime, now: datetime, why: str) -> Problem:
    seconds = max(1, int((until - now).total_seconds()))
    minutes = -(-seconds // 60)
    return Problem(429, "too_many", f"{why}请{minutes}分钟后再试。", headers={"Retry-After": str(seconds)})

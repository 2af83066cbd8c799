"""Links that open one caller's ticket until they expire: for messages, and for who has shown the number.

A link names the caller, never the ticket: who was merged into another ticket goes on with the same link. One
in a message has to be short (providers allow a variable a dozen characters), so what it stands for is kept;
one of a visit says everything itself.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import CitizenLink
from ops.keyring import KeyRing

OF_A_MESSAGE: Final = timedelta(days=30)
"""How long a link in a message opens: longer than a ticket takes to be rated."""

OF_A_VISIT: Final = timedelta(hours=1)
"""How long who has shown number and phone may look around."""

SHORT: Final = 12
"""Characters of a link in a message: 72 bits that nobody guesses."""

_ID, _SIGNATURE = 16, 16
_BYTES = _ID + 4 + _SIGNATURE


def made(ring: KeyRing, caller: UUID, until: datetime) -> str:
    """The token of a link that says itself whom it is for; nobody without the key can make or prolong one."""
    said = caller.bytes + int(until.timestamp()).to_bytes(4, "big")
    return urlsafe_b64encode(said + _signature(ring, said)).decode()


def short(ring: KeyRing, message: UUID) -> str:
    """The token in a message: the same however often the message is tried, and known from nothing else."""
    digest = bytes.fromhex(ring.digest("citizen link of a message", str(message)))
    return urlsafe_b64encode(digest).decode()[:SHORT]


async def keep(conn: AsyncConnection, token: str, caller: UUID, until: datetime) -> None:
    """Keeps what the token of a message stands for; only its digest, so that the database opens nothing."""
    row = {"digest": _digest(token), "caller_id": caller, "expires_at": until}
    await conn.execute(insert(CitizenLink).values(row).on_conflict_do_nothing())


async def read(conn: AsyncConnection, ring: KeyRing, token: str, now: datetime) -> UUID | None:
    """The caller that a token stands for; None for one that is not ours or has expired."""
    if len(token) != SHORT:
        return _said(ring, token, now)
    query = select(CitizenLink.caller_id).where(
        CitizenLink.digest == _digest(token), CitizenLink.expires_at > now
    )
    caller: UUID | None = await conn.scalar(query)
    return caller


async def forget(conn: AsyncConnection, before: datetime) -> None:
    """Lets go of links that expired before an instant."""
    await conn.execute(delete(CitizenLink).where(CitizenLink.expires_at < before))


def _said(ring: KeyRing, token: str, now: datetime) -> UUID | None:
    try:
        raw = urlsafe_b64decode(token.encode("ascii"))
    except ValueError:
        return None
    said = raw[:-_SIGNATURE]
    if len(raw) != _BYTES or not compare_digest(raw[-_SIGNATURE:], _signature(ring, said)):
        return None
    until = datetime.fromtimestamp(int.from_bytes(said[_ID:], "big"), UTC)
    return UUID(bytes=said[:_ID]) if now < until else None


def _signature(ring: KeyRing, said: bytes) -> bytes:
    return bytes.fromhex(ring.digest("citizen link", said.hex()))[:_SIGNATURE]


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()

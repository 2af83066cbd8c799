"""Links that open one caller's ticket until they expire: for messages, and for who has shown the number.

A link names the caller, never the ticket: who was merged into another ticket goes on with the same link.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from ops.keyring import KeyRing
from ops.settings import Settings

OF_A_MESSAGE = timedelta(days=30)
"""How long a link in a message opens: longer than a ticket takes to be rated."""

OF_A_VISIT = timedelta(hours=1)
"""How long who has shown number and phone may look around."""

_ID, _SIGNATURE = 16, 16
_BYTES = _ID + 4 + _SIGNATURE


def made(ring: KeyRing, caller: UUID, until: datetime) -> str:
    """The token of a link; nobody without the key can make one or move its end."""
    said = caller.bytes + int(until.timestamp()).to_bytes(4, "big")
    return urlsafe_b64encode(said + _signature(ring, said)).decode()


def read(ring: KeyRing, token: str, now: datetime) -> UUID | None:
    """The caller that a token stands for; None for one that is not ours or has expired."""
    try:
        raw = urlsafe_b64decode(token.encode("ascii"))
    except ValueError:
        return None
    said = raw[:-_SIGNATURE]
    if len(raw) != _BYTES or not compare_digest(raw[-_SIGNATURE:], _signature(ring, said)):
        return None
    until = datetime.fromtimestamp(int.from_bytes(said[_ID:], "big"), UTC)
    return UUID(bytes=said[:_ID]) if now < until else None


def for_message(settings: Settings, ring: KeyRing, caller: UUID, now: datetime) -> str:
    """The address to put into a message to this caller."""
    return f"{settings.api_url}/citizen/t/{made(ring, caller, now + OF_A_MESSAGE)}"


def _signature(ring: KeyRing, said: bytes) -> bytes:
    return bytes.fromhex(ring.digest("citizen link", said.hex()))[:_SIGNATURE]

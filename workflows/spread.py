"""Spreading reminders: thousands of limits fall on the same second, their warnings need not."""

from datetime import timedelta
from hashlib import sha256


def spread_of(no: str, longest: timedelta) -> timedelta:
    """How late this ticket's warnings come, below `longest`; always the same for the same ticket."""
    share = int.from_bytes(sha256(no.encode()).digest()[:4]) / 2**32
    return timedelta(seconds=int(longest.total_seconds() * share))

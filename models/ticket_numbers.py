"""Numbers of tickets.

The day and a running number, never given twice, with gaps where a transaction failed.
"""

from datetime import date

from sqlalchemy import Sequence, select
from sqlalchemy.ext.asyncio import AsyncConnection

_NUMBERS = Sequence("ticket_number")


async def next_number(conn: AsyncConnection, day: date) -> str:
    """A fresh number such as `20261121000042`; `day` is the local date of receipt."""
    running = await conn.scalar(select(_NUMBERS.next_value()))
    return f"{day:%Y%m%d}{running:06d}"

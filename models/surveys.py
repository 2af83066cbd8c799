"""Ratings by SMS: who was asked, and what a reply means.

A reply is a rating only while exactly one question is open for its number.
"""

import re
import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.vocabulary import Rating
from models.tables import Caller, Survey

TEMPLATE = "citizen_answered"
"""The notice that asks a caller to rate."""

OPEN_FOR = timedelta(days=7)
"""How long a reply still counts as the answer to it."""

_RATINGS = {
    "1": Rating.VERY_SATISFIED,
    "2": Rating.SATISFIED,
    "3": Rating.BASICALLY_SATISFIED,
    "4": Rating.DISSATISFIED,
    "5": Rating.VERY_DISSATISFIED,
}

_AROUND = re.compile(r"^[\s“”\"'【】\[\]()]*([1-5])[\s“”\"'【】\[\]().,。,!、分]*$")


def rating_of(words: str) -> Rating | None:
    """The rating that a reply is: one figure from 1 to 5, in whatever width and with a full stop at most."""
    found = _AROUND.fullmatch(unicodedata.normalize("NFKC", words))
    return None if found is None else _RATINGS[found[1]]


async def ask(
    conn: AsyncConnection,
    notification_id: UUID,
    ticket_no: str,
    caller_id: UUID,
    number_index: bytes,
    now: datetime,
) -> None:
    """Opens the question that a notice puts to a caller; a newer one of the same ticket replaces it."""
    await conn.execute(
        update(Survey)
        .where(Survey.ticket_no == ticket_no, Survey.caller_id == caller_id, Survey.answered_at.is_(None))
        .values(closes_at=now)
    )
    row = {
        "notification_id": notification_id,
        "ticket_no": ticket_no,
        "caller_id": caller_id,
        "number_index": number_index,
        "opened_at": now,
        "closes_at": now + OPEN_FOR,
    }
    again = {"opened_at": now, "closes_at": now + OPEN_FOR}
    await conn.execute(
        insert(Survey).values(row).on_conflict_do_update(index_elements=["notification_id"], set_=again)
    )


async def open_for(conn: AsyncConnection, number_index: bytes, at: datetime) -> list[tuple[str, UUID]]:
    """The questions open for a number: ticket and caller of each.

    One who has rated, was called back or withdrew in the meantime is asked no longer.
    """
    query = (
        select(Survey.ticket_no, Survey.caller_id)
        .join(Caller, Caller.id == Survey.caller_id)
        .where(
            Survey.number_index == number_index,
            Survey.answered_at.is_(None),
            Survey.closes_at > at,
            Caller.called_back_at.is_(None),
            Caller.withdrawn_at.is_(None),
            Caller.ratings == {},
        )
        .with_for_update(of=Survey)
    )
    return [(no, caller) for no, caller in await conn.execute(query)]


async def answered(conn: AsyncConnection, ticket_no: str, caller_id: UUID, at: datetime) -> None:
    """Closes a question that was answered."""
    await conn.execute(
        update(Survey)
        .where(Survey.ticket_no == ticket_no, Survey.caller_id == caller_id, Survey.answered_at.is_(None))
        .values(answered_at=at)
    )

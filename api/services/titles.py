"""What demands say, for lists: read for a whole page at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from api.services.parts import Parts
from models import texts
from models.tables import TicketText

BEGINNING = 40
"""Letters of a demand that stand for its title where it has none."""


@dataclass(frozen=True)
class Demand:
    """The title and the words of a demand; a demand without a title is called by its beginning."""

    title: str | None = field(repr=False)
    text: str = field(repr=False)


async def demands(conn: AsyncConnection, parts: Parts, numbers: Sequence[str]) -> dict[str, Demand]:
    """The demands of these tickets; those whose words were erased are missing."""
    if not numbers:
        return {}
    # A registration is the first to say anything: the oldest text of each field is the demand's own.
    first = (
        select(TicketText.id)
        .where(TicketText.ticket_no.in_(numbers), TicketText.field.in_(("title", "text", "subject")))
        .order_by(TicketText.ticket_no, TicketText.field, TicketText.id)
        .ext(distinct_on(TicketText.ticket_no, TicketText.field))
    )
    said: dict[str, dict[str, str]] = {}
    for one in (await texts.read(conn, parts.ring, await conn.scalars(first))).values():
        if one.words is not None:
            said.setdefault(one.ticket_no, {})[one.field] = one.words
    return {no: _demand(fields) for no, fields in said.items()}


def _demand(fields: dict[str, str]) -> Demand:
    text = fields.get("text", "")
    beginning = text if len(text) <= BEGINNING else f"{text[:BEGINNING]}…"
    return Demand(fields.get("title") or fields.get("subject") or beginning or None, text)

"""Tickets that may be about the same matter: the same caller, the same place and kind, or like words.

What people wrote is encrypted, so words are compared here and not in Postgres: among the latest tickets that
have the caller, the place or the kind in common, and no more of them than can be read at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rapidfuzz import fuzz, utils
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.moments import ZONE
from api.services.listing import COLUMNS
from api.services.parts import Parts
from api.services.reading import whole
from api.services.scope import visible_tickets
from api.services.titles import demands
from domain.commands import Actor
from models import callers
from models.phones import normal_phone
from models.tables import Caller, Ticket

WITHIN = timedelta(days=90)
COMPARED = 60
SHOWN = 5
LIKE_ENOUGH = 55
"""Of 100: below this, two texts only share the words that all demands share."""


@dataclass(frozen=True)
class Matter:
    """What a demand is compared by."""

    text: str
    area: str | None = None
    category: str | None = None
    phones: Sequence[str] = ()
    but: str | None = None


async def of_ticket(parts: Parts, actor: Actor, no: str) -> list[dict[str, Any]]:
    """Tickets like this one. Raises Problem 404."""
    async with parts.engine.connect() as conn:
        found = await whole(conn, parts, actor, no)
        people = await callers.read_ticket(conn, parts.ring, no)
        said = (await demands(conn, parts, [no])).get(no)
        about = found.state.about
        matter = Matter(
            text=said.text if said else "",
            area=about.area,
            category=about.category,
            phones=[one.phone for one in people if one.phone],
            but=no,
        )
        return await _alike(conn, parts, actor, matter)


async def of_matter(parts: Parts, actor: Actor, matter: Matter) -> list[dict[str, Any]]:
    """Tickets like a demand that is being taken down."""
    async with parts.engine.connect() as conn:
        return await _alike(conn, parts, actor, matter)


async def _alike(conn: AsyncConnection, parts: Parts, actor: Actor, matter: Matter) -> list[dict[str, Any]]:
    own = await _of_callers(conn, parts, matter.phones)
    query = (
        select(*COLUMNS)
        .where(visible_tickets(actor), Ticket.received_at > datetime.now(ZONE) - WITHIN)
        .where(_something_in_common(matter, own))
        .order_by(Ticket.received_at.desc(), Ticket.no.desc())
        .limit(COMPARED)
    )
    if matter.but is not None:
        query = query.where(Ticket.no != matter.but)
    rows = (await conn.execute(query)).all()
    said = await demands(conn, parts, [row.no for row in rows])
    compared = [_compared(matter, row, said.get(row.no), row.no in own) for row in rows]
    alike = [one for one in compared if one["reasons"]]
    return sorted(alike, key=lambda one: (-len(one["reasons"]), -one["likeness"]))[:SHOWN]


def _something_in_common(matter: Matter, own: frozenset[str]) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [Ticket.no.in_(own)]
    if matter.area:
        conditions.append(Ticket.area == matter.area)
    if matter.category:
        conditions.append(Ticket.category.startswith(_kind(matter.category), autoescape=True))
    if not (matter.area or matter.category):
        conditions.append(Ticket.received_at > datetime.now(ZONE) - timedelta(days=7))
    return or_(*conditions)


def _compared(matter: Matter, row: Any, said: Any, same_caller: bool) -> dict[str, Any]:
    text = said.text if said else None
    likeness = round(fuzz.ratio(matter.text, text, processor=utils.default_process)) if text else 0
    same_place = bool(matter.area) and row.area == matter.area
    same_matter = bool(matter.category) and row.category == matter.category
    reasons = []
    if same_caller:
        reasons.append("same_caller")
    if same_place and same_matter:
        reasons += ["same_place", "same_matter"]
    if likeness >= LIKE_ENOUGH:
        reasons.append("similar_text")
    ticket = {**row._mapping, "title": said.title if said else None}
    return {"ticket": ticket, "text": text, "likeness": likeness, "reasons": reasons}


def _kind(category: str) -> str:
    """The category without its last level, so that neighbours are compared too."""
    return category.rpartition("/")[0] or category


async def _of_callers(conn: AsyncConnection, parts: Parts, phones: Sequence[str]) -> frozenset[str]:
    numbers = {normal for phone in phones if (normal := normal_phone(phone)) is not None}
    if not numbers:
        return frozenset()
    index = [parts.ring.blind_index(number) for number in numbers]
    return frozenset(await conn.scalars(select(Caller.ticket_no).where(Caller.phone_index.in_(index))))

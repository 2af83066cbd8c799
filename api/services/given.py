"""What is looked up for a command before it reaches the core, which looks nothing up itself."""

from collections.abc import Iterator
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.services.knowledge_base import require_in_use
from domain.commands import (
    Amend,
    Answer,
    Dispatch,
    Given,
    JointMeeting,
    Merge,
    Order,
    PanelDecision,
    PriorTicket,
    Refuse,
    RequestReturn,
    Subdispatch,
)
from domain.law import Law
from models.directory import territorial_unit, unit_given
from models.tables import Precedent, Ticket


async def look_up(conn: AsyncConnection, law: Law, order: Order, *, no: str, area: str | None) -> Given:
    """What the directory, earlier decisions and other tickets say about this command.

    Problem 409 for an answer from a knowledge entry that is not in use.
    """
    if isinstance(order, Answer) and order.knowledge:
        await require_in_use(conn, law, order.knowledge)
    names = list(_units_named(order))
    units = await unit_given(conn, names, law.policy.dispatch.staffing.roles) if names else {}
    if isinstance(order, Dispatch):
        return Given(
            units=units,
            territorial_unit=await territorial_unit(conn, area) if area else None,
            precedent=await _precedent(conn, no) if area else None,
        )
    if isinstance(order, Merge):
        return Given(target_open=await _is_open(conn, order.into, law.policy.id))
    if isinstance(order, Amend) and order.upstream_no is not None:
        return Given(upstream_no_free=await _is_free(conn, order.upstream_no, no, law.policy.id))
    if isinstance(order, Refuse):
        return Given(prior=await _prior(conn, order.prior, no, law.policy.id))
    return Given(units=units)


def _units_named(order: Order) -> Iterator[str]:
    match order:
        case Dispatch():
            yield order.lead
            yield from order.assist
            if isinstance(order.first_receiver, str):
                yield order.first_receiver
        case Subdispatch():
            yield order.to
        case RequestReturn(suggested_unit=str(unit)) | PanelDecision(unit=str(unit)):
            yield unit
        case JointMeeting():
            yield from order.attendees


async def _precedent(conn: AsyncConnection, no: str) -> str | None:
    """The unit that a panel last decided on for a matter of the same category in the same area."""
    unit: str | None = await conn.scalar(_precedents(), {"no": no})
    return unit


@cache
def _precedents() -> Select[str]:
    return (
        select(Precedent.unit)
        .join(
            Ticket,
            (Ticket.jurisdiction == Precedent.jurisdiction)
            & (Ticket.area == Precedent.area)
            & (Ticket.category == Precedent.category),
        )
        .where(Ticket.no == bindparam("no"))
        .order_by(Precedent.decided_at.desc())
        .limit(1)
    )


async def _is_open(conn: AsyncConnection, no: str, jurisdiction: str) -> bool:
    query = select(Ticket.no).where(
        Ticket.no == no, Ticket.jurisdiction == jurisdiction, Ticket.ended_at.is_(None)
    )
    return await conn.scalar(query) is not None


async def _is_free(conn: AsyncConnection, upstream_no: str, no: str, jurisdiction: str) -> bool:
    """Whether no other ticket carries this number of the upper level."""
    query = select(Ticket.no).where(
        Ticket.upstream_no == upstream_no, Ticket.jurisdiction == jurisdiction, Ticket.no != no
    )
    return await conn.scalar(query) is None


async def _prior(conn: AsyncConnection, named: str | None, no: str, jurisdiction: str) -> PriorTicket:
    """How the earlier ticket stands that a refusal names, or the registration where the refusal names none.

    It is found by its own number or that of the upper level; a merged one stands as its main ticket does.
    """
    number = named or await conn.scalar(select(Ticket.prior).where(Ticket.no == no))
    if number is None:
        return "unknown"
    seen: set[str] = set()
    while True:
        row = (
            await conn.execute(
                select(Ticket.no, Ticket.merged_into, Ticket.closed_at).where(
                    Ticket.jurisdiction == jurisdiction,
                    (Ticket.no == number) | (Ticket.upstream_no == number),
                )
            )
        ).first()
        if row is None:
            return "unknown"
        if row.no == no:
            return "itself"
        if row.merged_into is None or row.no in seen:
            return "open" if row.closed_at is None else "handled"
        seen.add(row.no)
        number = row.merged_into

"""A ticket about a unit stays hidden from its people, so it is not given to a unit below it either."""

from sqlalchemy.ext.asyncio import AsyncConnection

from api.problems import Problem
from domain.commands import Dispatch, Order, Subdispatch
from models.unit_tree import with_those_above


async def require_visible_to_receivers(conn: AsyncConnection, subject: str | None, order: Order) -> None:
    """Problem 409 for a dispatch to a unit that belongs to the one the ticket is about.

    The unit itself is refused by the core, with the article of the policy.
    """
    if subject is None:
        return
    for unit in _receivers(order):
        if unit != subject:
            above = set(await conn.scalars(with_those_above(unit)))
            if subject in above:
                raise Problem(
                    409,
                    "below_the_subject",
                    f"诉求反映的是{subject}的问题，不能派给其下属的{unit}。请派给其主管单位或其他单位。",
                )


def _receivers(order: Order) -> list[str]:
    match order:
        case Dispatch():
            return [order.lead, *order.assist]
        case Subdispatch():
            return [order.to]
        case _:
            return []

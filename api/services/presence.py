"""Who is at work: two people on posts A and B cover each other, so both are never away at once."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from api.identity import Principal
from api.problems import Problem, not_found
from models.held_roles import HeldRole
from models.tables import Person, Unit

_FOR_ANYBODY = frozenset({HeldRole.OFFICE, HeldRole.ADMINISTRATOR})
_FOR_THEIR_UNIT = frozenset({HeldRole.UNIT_LEADER, HeldRole.UNIT_PRINCIPAL})


async def set_absence(conn: AsyncConnection, who: Principal, person_id: str, absent: bool) -> None:
    """Marks somebody as absent or back: themselves, or by their unit's leaders, the office, administrators.

    Problem 404 for whom one has no say over, 409 where nobody of the unit's handlers would be left.
    """
    person = (
        await conn.execute(
            select(Person.id, Person.unit_id, Person.roles, Unit.name.label("unit"))
            .join(Unit, Unit.id == Person.unit_id)
            .where(Person.id == person_id, Person.active)
        )
    ).one_or_none()
    if person is None or not _has_a_say(who, person):
        raise not_found("个人")
    if absent and HeldRole.HANDLER in person.roles:
        await _require_cover(conn, person)
    await conn.execute(update(Person).where(Person.id == person_id).values(absent=absent))


def _has_a_say(who: Principal, person: Any) -> bool:
    if who.held in _FOR_ANYBODY or who.actor.id == person.id:
        return True
    return who.held in _FOR_THEIR_UNIT and who.actor.unit == person.unit


async def _require_cover(conn: AsyncConnection, person: Any) -> None:
    handlers = (
        select(Person.id, Person.absent)
        .where(
            Person.unit_id == person.unit_id, Person.active, Person.roles.contains([HeldRole.HANDLER.value])
        )
        .order_by(Person.id)
        # Two who leave at the same moment must not each count on the other.
        .with_for_update()
    )
    there = [row.id for row in await conn.execute(handlers) if not row.absent and row.id != person.id]
    if not there:
        raise Problem(409, "nobody_left", "AB岗不能同时不在岗。请先让另一岗到岗。")

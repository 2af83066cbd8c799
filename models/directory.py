"""Who is who: the units, the people in them, and whom a notice reaches."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, String, and_, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from domain.commands import UnitGiven
from domain.vocabulary import Recipient
from models.kept_from import may_know
from models.sealed_columns import open_column
from models.tables import Caller, Person, Unit
from ops.direct import Direct
from ops.keyring import KeyRing

_OF_A_UNIT = frozenset({Recipient.HANDLER, Recipient.UNIT_LEADER, Recipient.UNIT_PRINCIPAL})


@dataclass(frozen=True)
class Addressee:
    """Somebody a notice is for, and the part they were chosen for."""

    recipient: str
    role: Recipient
    unit: str | None = None


async def unit_given(
    conn: AsyncConnection, names: Iterable[str], required: Mapping[str, int]
) -> dict[str, UnitGiven]:
    """What the core has to know of units before a command; `required` are the policy's roles and numbers.

    An inactive unit does not exist. People marked absent still count: the unit has named them.
    """
    wanted = list(dict.fromkeys(names))
    rows = await _active_units().rows(conn, {"names": wanted})
    found = {row["name"]: row for row in rows}
    held = {name: Counter[str]() for name in found}
    for row in rows:
        held[row["name"]].update(row["roles"] or ())
    return {
        name: UnitGiven(exists=False)
        if name not in found
        else UnitGiven(
            lacking=[role for role, number in required.items() if held[name][role] < number],
            supervised_by=found[name]["superior"],
            subordinate_to=found[name]["parent"] if found[name]["kind"] == "subordinate" else None,
            kind=found[name]["kind"],
        )
        for name in wanted
    }


@cache
def _active_units() -> Direct:
    """A row for each of the people in a unit, one for a unit without people."""
    superior, parent = aliased(Unit), aliased(Unit)
    told = (Unit.name, Unit.kind, superior.name.label("superior"), parent.name.label("parent"), Person.roles)
    return Direct(
        select(*told)
        .outerjoin(superior, superior.id == Unit.supervised_by_id)
        .outerjoin(parent, parent.id == Unit.parent_id)
        .outerjoin(Person, and_(Person.unit_id == Unit.id, Person.active))
        .where(Unit.name == any_(bindparam("names", type_=ARRAY(String))), Unit.active)
    )


async def territorial_unit(conn: AsyncConnection, area: str) -> str | None:
    """The township, or else another unit, whose territory names this area."""
    query = (
        select(Unit.name)
        .where(Unit.active, Unit.territory.contains([area]))
        .order_by(Unit.kind != "township", Unit.kind != "community", Unit.name)
        .limit(1)
    )
    name: str | None = await conn.scalar(query)
    return name


async def addressees(
    conn: AsyncConnection,
    ticket_no: str,
    roles: Sequence[Recipient],
    unit: str | None,
    callers: Sequence[str] | None = None,
) -> list[Addressee]:
    """Everybody whom these roles mean now; somebody who holds two of them once, for the first.

    Of two handlers who cover each other, the one on post A gets it, or B while A is absent. Nobody in a role
    leaves the role itself as addressee, so that it is on record that nobody was reached. Nobody is told from
    whom the ticket is kept.
    """
    chosen: dict[str, Addressee] = {}
    for role in roles:
        people = (
            await _callers(conn, ticket_no, callers)
            if role is Recipient.CITIZEN
            else await _holders(conn, ticket_no, role, unit if role in _OF_A_UNIT else None)
        )
        for one in people or [f"role:{role.value}"]:
            chosen.setdefault(one, Addressee(one, role, unit if role in _OF_A_UNIT else None))
    return list(chosen.values())


async def phone_of(conn: AsyncConnection, ring: KeyRing, recipient: str) -> str | None:
    """The number of a person or (`caller:<id>`) a caller; None where there is none."""
    return (await phones_of(conn, ring, [recipient])).get(recipient)


async def phones_of(conn: AsyncConnection, ring: KeyRing, recipients: Iterable[str]) -> dict[str, str]:
    """The same for several at once; who has no number is left out."""
    people, callers = set[str](), dict[UUID, str]()
    for recipient in recipients:
        caller = caller_of(recipient)
        if caller is None:
            people.add(recipient)
        else:
            callers[caller] = recipient
    numbers: dict[str, str] = {}
    if people:
        for row in await conn.execute(_numbers_of(Person), {"wanted": list(people)}):
            numbers[row.id] = open_column(ring, "person", row.id, "phone", row.key_id, row.phone)
    if callers:
        for row in await conn.execute(_numbers_of(Caller), {"wanted": list(callers)}):
            number = open_column(ring, "caller", row.id, "phone", row.key_id, row.phone)
            numbers[callers[row.id]] = number
    return numbers


@cache
def _numbers_of(table: type[Person] | type[Caller]) -> Select[*tuple[Any, ...]]:
    wanted = table.id.in_(bindparam("wanted", expanding=True))
    return select(table.id, table.key_id, table.phone).where(wanted, table.phone.is_not(None))


def caller_of(recipient: str) -> UUID | None:
    """The caller that a recipient is; None for people of the directory."""
    return UUID(recipient.removeprefix("caller:")) if recipient.startswith("caller:") else None


async def _holders(conn: AsyncConnection, ticket_no: str, role: Recipient, unit: str | None) -> list[str]:
    query = select(Person.id, Person.post, Person.absent).where(
        Person.active, Person.roles.contains([role.value]), await may_know(conn, ticket_no)
    )
    if role in _OF_A_UNIT:
        query = query.join(Unit, Unit.id == Person.unit_id).where(Unit.name == unit)
    rows = (await conn.execute(query.order_by(Person.post, Person.id))).all()
    there = [row for row in rows if not row.absent] or rows
    if role is Recipient.HANDLER and there:
        return [there[0].id]
    return [row.id for row in there]


async def _callers(conn: AsyncConnection, ticket_no: str, only: Sequence[str] | None) -> list[str]:
    query = select(Caller.id).where(Caller.ticket_no == ticket_no, Caller.withdrawn_at.is_(None))
    if only is not None:
        query = query.where(Caller.id.in_([UUID(one) for one in only]))
    return [f"caller:{one}" for one in await conn.scalars(query.order_by(Caller.joined_at, Caller.id))]

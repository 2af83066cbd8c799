"""Putting units and people into the directory; what is there and says the same is left alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from models.sealed_columns import RowSeal, open_column
from models.tables import Person, Unit
from ops.keyring import KeyRing


@dataclass(frozen=True)
class NewUnit:
    """A unit as it is to be; other units by name."""

    name: str
    kind: str
    parent: str | None
    supervised_by: str | None
    territory: tuple[str, ...]
    active: bool = True


@dataclass(frozen=True)
class NewPerson:
    """A person as they are to be; neither name nor number shows when it is printed."""

    id: str
    unit: str
    roles: tuple[str, ...]
    post: str | None
    name: str = field(repr=False)
    phone: str | None = field(repr=False)
    absent: bool = False
    active: bool = True


async def put_units(conn: AsyncConnection, units: Sequence[NewUnit]) -> int:
    """Adds units and brings known ones up to date; how many differed. Who is not named stays as they are."""
    known: dict[str, tuple[UUID, NewUnit]] = await _units(conn)
    ids = {name: unit_id for name, (unit_id, _) in known.items()}
    for unit in units:
        ids.setdefault(unit.name, uuid7())
    different = [unit for unit in units if unit.name not in known or known[unit.name][1] != unit]
    rows = [
        {
            "id": ids[unit.name],
            "name": unit.name,
            "kind": unit.kind,
            "parent_id": ids[unit.parent] if unit.parent else None,
            "supervised_by_id": ids[unit.supervised_by] if unit.supervised_by else None,
            "territory": list(unit.territory),
            "active": unit.active,
        }
        for unit in different
    ]
    # A unit may be answered for by one further down: first all are there, then they point at each other.
    pointers = ("parent_id", "supervised_by_id")
    fresh = [{**row, **dict.fromkeys(pointers)} for row in rows if row["name"] not in known]
    if fresh:
        await conn.execute(insert(Unit), fresh)
    if rows:
        statement = insert(Unit)
        changed = {name: statement.excluded[name] for name in rows[0] if name not in ("id", "name")}
        await conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changed), rows)
    return len(rows)


async def put_people(conn: AsyncConnection, ring: KeyRing, people: Sequence[NewPerson]) -> int:
    """Adds people and brings known ones up to date; how many differed.

    Raises KeyError for an unknown unit.
    """
    units = {name: unit_id for name, (unit_id, _) in (await _units(conn)).items()}
    known = await _people(conn, ring)
    rows = []
    for person in people:
        if known.get(person.id) == person:
            continue
        row_seal = RowSeal(ring, "person", person.id)
        rows.append(
            {
                "id": person.id,
                "unit_id": units[person.unit],
                "roles": list(person.roles),
                "post": person.post,
                "key_id": row_seal.key_id,
                "name": row_seal.close_text("name", person.name),
                "phone": row_seal.close("phone", person.phone),
                "absent": person.absent,
                "active": person.active,
            }
        )
    if rows:
        statement = insert(Person)
        changed = {name: statement.excluded[name] for name in rows[0] if name != "id"}
        await conn.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed), rows)
    return len(rows)


async def _units(conn: AsyncConnection) -> dict[str, tuple[UUID, NewUnit]]:
    rows = (await conn.execute(select(Unit.__table__))).all()
    names = {row.id: row.name for row in rows}
    return {
        row.name: (
            row.id,
            NewUnit(
                row.name,
                row.kind,
                names.get(row.parent_id),
                names.get(row.supervised_by_id),
                tuple(row.territory),
                row.active,
            ),
        )
        for row in rows
    }


async def _people(conn: AsyncConnection, ring: KeyRing) -> dict[str, NewPerson]:
    query = select(Person.__table__, Unit.name.label("unit")).join(Unit, Unit.id == Person.unit_id)
    return {
        row.id: NewPerson(
            row.id,
            row.unit,
            tuple(row.roles),
            row.post,
            open_column(ring, "person", row.id, "name", row.key_id, row.name),
            None
            if row.phone is None
            else open_column(ring, "person", row.id, "phone", row.key_id, row.phone),
            row.absent,
            row.active,
        )
        for row in await conn.execute(query)
    }

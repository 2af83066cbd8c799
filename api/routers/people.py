"""The people of the directory, by their names at work; their telephone numbers stay where they are."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select

from api.asking import PREFIX, Assembled, Words, problems
from api.desk_answers import PersonAnswer
from api.identity import UNIT_ROLES, Identity
from models.sealed_columns import open_column
from models.tables import Person, Unit

router = APIRouter(prefix=PREFIX, tags=["单位"])


@router.get("/people", summary="人员", operation_id="list_people", responses=problems(401, 403, 422, 503))
async def list_people(
    identity: Identity,
    parts: Assembled,
    unit: Annotated[Words | None, Query(description="只列这个单位的。")] = None,
) -> list[PersonAnswer]:
    """在岗登记的人员，按单位列出。承办单位的人只看到本单位的。"""
    query = (
        select(
            Person.id,
            Person.key_id,
            Person.name,
            Unit.name.label("unit"),
            Person.roles,
            Person.post,
            Person.absent,
        )
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.active, Unit.active)
        .order_by(Unit.name, Person.id)
    )
    for name in (unit, identity.unit if identity.role in UNIT_ROLES else None):
        if name is not None:
            query = query.where(Unit.name == name)
    async with parts.engine.connect() as conn:
        rows = (await conn.execute(query)).all()
    names = {row.id: open_column(parts.ring, "person", row.id, "name", row.key_id, row.name) for row in rows}
    return [PersonAnswer.model_validate({**row._mapping, "name": names[row.id]}) for row in rows]

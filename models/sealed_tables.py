"""Every encrypted column there is, and putting them under the key that encrypts now."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models import attachments
from models.attachments import Store
from models.sealed_columns import RowSeal, open_column_bytes
from models.tables import Attachment, Base, base
from ops.keyring import KeyRing


def _sealed() -> Iterator[tuple[Table, tuple[str, ...]]]:
    for table in Base.metadata.sorted_tables:
        names = tuple(column.name for column in table.c if column.info.get(base.SEALED))
        if names:
            yield table, names


SEALED: Final[Mapping[Table, tuple[str, ...]]] = dict(_sealed())
"""The encrypted columns of each table, as the tables declare them; `key_id` is the key of all of a row's."""

_BATCH = 200


async def keys_in_use(conn: AsyncConnection) -> dict[tuple[str, str], int]:
    """How many rows of each table are sealed with each key."""
    found: dict[tuple[str, str], int] = {}
    for table in SEALED:
        query = select(table.c.key_id, func.count()).where(table.c.key_id.is_not(None))
        for key_id, number in await conn.execute(query.group_by(table.c.key_id)):
            found[table.name, key_id] = number
    return found


async def reseal(engine: AsyncEngine, ring: KeyRing) -> int:
    """Puts every row under the active key, a few at a time while others work; how many rows there were."""
    done = 0
    for table, columns in SEALED.items():
        while number := await _reseal_some(engine, ring, table, columns):
            done += number
    return done


async def _reseal_some(engine: AsyncEngine, ring: KeyRing, table: Table, columns: tuple[str, ...]) -> int:
    active = ring.active
    async with engine.begin() as conn:
        rows = (
            await conn.execute(
                select(table.c.id, table.c.key_id, *(table.c[name] for name in columns))
                .where(table.c.key_id != active)
                .order_by(table.c.id)
                .limit(_BATCH)
                .with_for_update()
            )
        ).all()
        for row in rows:
            fresh = RowSeal(ring, table.name, row.id, active)
            values: dict[str, Any] = {"key_id": active}
            for name in columns:
                kept = getattr(row, name)
                if kept is not None:
                    plain = open_column_bytes(ring, table.name, row.id, name, row.key_id, kept)
                    values[name] = fresh.close_bytes(name, plain)
            await conn.execute(update(table).where(table.c.id == row.id).values(values))
    return len(rows)


async def reseal_files(engine: AsyncEngine, ring: KeyRing, store: Store) -> int:
    """Puts the contents of attachments under the active key; how many there were."""
    done = 0
    async with engine.connect() as conn:
        ids = (await conn.scalars(select(Attachment.id).where(Attachment.erased_at.is_(None)))).all()
    for file_id in ids:
        stored = await store.get(file_id)
        if attachments.key_of(stored) != ring.active:
            plain = attachments.open_sealed(ring, file_id, stored)
            await store.put(file_id, attachments.seal(ring, file_id, plain))
            done += 1
    return done

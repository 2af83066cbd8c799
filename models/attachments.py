"""Files along with tickets: their content encrypted in a folder or an object store, names in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

import obstore
from obstore.store import LocalStore, ObjectStore, from_url
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from models.sealed_columns import RowSeal, open_column
from models.tables import Attachment
from ops.keyring import KeyRing, Purpose, Sealed
from ops.settings import Settings


class Store(Protocol):
    """Where sealed contents lie."""

    async def put(self, file: UUID, sealed: bytes) -> None:
        """Keeps a content; one that is there is replaced whole."""

    async def get(self, file: UUID) -> bytes:
        """The content. Raises FileNotFoundError."""

    async def delete(self, file: UUID) -> None:
        """Lets a content go; one that is not there is fine."""


@dataclass(frozen=True)
class Files:
    """A folder, or a bucket of an object store."""

    store: ObjectStore

    async def put(self, file: UUID, sealed: bytes) -> None:
        await obstore.put_async(self.store, str(file), sealed)

    async def get(self, file: UUID) -> bytes:
        found = await obstore.get_async(self.store, str(file))
        return bytes(await found.bytes_async())

    async def delete(self, file: UUID) -> None:
        try:
            await obstore.delete_async(self.store, str(file))
        except FileNotFoundError:
            return


def store_of(settings: Settings) -> Files:
    """The store of this installation: `JIESU_ATTACHMENT_STORE`, or a folder of the data folder."""
    if settings.attachment_store is not None:
        return Files(from_url(settings.attachment_store))
    folder = settings.data_dir / "attachments"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Files(LocalStore(folder))


@dataclass(frozen=True)
class NewFile:
    """A file as it came in, checked."""

    name: str = field(repr=False)
    media_type: str
    content: bytes = field(repr=False)


async def keep(
    conn: AsyncConnection,
    ring: KeyRing,
    store: Store,
    ticket_no: str,
    file: NewFile,
    *,
    by: str | None,
    role: str,
    unit: str | None,
    at: datetime,
) -> UUID:
    """Keeps a file; its id. The content is there before the row, so that no row is without one."""
    file_id = uuid7()
    await store.put(file_id, seal(ring, file_id, file.content))
    row_seal = RowSeal(ring, "attachment", file_id)
    await conn.execute(
        insert(Attachment).values(
            id=file_id,
            ticket_no=ticket_no,
            key_id=row_seal.key_id,
            name=row_seal.close_text("name", file.name),
            media_type=file.media_type,
            size=len(file.content),
            digest=ring.digest(str(file_id), sha256(file.content).hexdigest()),
            uploaded_at=at,
            uploaded_by=by,
            role=role,
            unit=unit,
        )
    )
    return file_id


async def content(ring: KeyRing, store: Store, file_id: UUID) -> bytes:
    """What a file holds. Raises FileNotFoundError, KeyRingError for one that was altered."""
    return open_sealed(ring, file_id, await store.get(file_id))


def seal(ring: KeyRing, file_id: UUID, plain: bytes) -> bytes:
    """A content as it lies in the store: the id of its key, a line's end, the ciphertext."""
    sealed = ring.seal(Purpose.FILE, plain, file_id.bytes)
    return sealed.key_id.encode() + b"\n" + sealed.ciphertext


def open_sealed(ring: KeyRing, file_id: UUID, stored: bytes) -> bytes:
    """The content of what lies in the store. Raises KeyRingError."""
    key_id, _, ciphertext = stored.partition(b"\n")
    return ring.open(Purpose.FILE, Sealed(key_id.decode("ascii", "replace"), ciphertext), file_id.bytes)


def key_of(stored: bytes) -> str:
    """The id of the key that a stored content was sealed with."""
    return stored.partition(b"\n")[0].decode("ascii", "replace")


async def of_ticket(conn: AsyncConnection, ticket_no: str) -> Sequence[Any]:
    """The files of a ticket, oldest first, erased ones included."""
    query = select(*Attachment.__table__.c).where(Attachment.ticket_no == ticket_no)
    return (await conn.execute(query.order_by(Attachment.uploaded_at, Attachment.id))).all()


def name_of(ring: KeyRing, row: Any) -> str | None:
    """The name of a file, None once it was erased."""
    if row.name is None:
        return None
    return open_column(ring, "attachment", row.id, "name", row.key_id, row.name)


async def erase(conn: AsyncConnection, ticket_no: str, at: datetime) -> Sequence[UUID]:
    """Empties the rows of a ticket's files; the files to delete from the store once that is committed."""
    row = Attachment
    ids = (
        await conn.scalars(select(row.id).where(row.ticket_no == ticket_no, row.erased_at.is_(None)))
    ).all()
    await conn.execute(update(row).where(row.id.in_(ids)).values(name=None, erased_at=at))
    return ids


async def sweep(conn: AsyncConnection, store: Store) -> None:
    """Deletes every file whose row was emptied: what a crash in between left in the store."""
    for file_id in await conn.scalars(select(Attachment.id).where(Attachment.erased_at.is_not(None))):
        await store.delete(file_id)

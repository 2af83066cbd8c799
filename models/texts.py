"""What people wrote: sealed out of commands before they go anywhere, stored encrypted, read back, erased.

A reference, `text:<uuid7>:<keyed digest>`, stands in for the words in commands and facts. Whoever holds the
key can prove from it which words stood there; nobody can read them from it, and once erased nobody can at
all.
"""

import dataclasses
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from domain.commands import text_fields
from models.sealed_columns import RowSeal, open_column
from models.tables import TicketText
from ops.keyring import KeyRing, KeyRingError

_Command = TypeVar("_Command", bound=BaseModel)
_REFERENCE = re.compile(r"text:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([0-9a-f]{64})")


@dataclass(frozen=True)
class Reference:
    """Names a stored text and says what its words were, to whoever holds the key."""

    id: UUID
    digest: str

    def __str__(self) -> str:
        return f"text:{self.id}:{self.digest}"

    @classmethod
    def parse(cls, written: str) -> "Reference | None":
        """The reference a string is, or None for any other string."""
        found = _REFERENCE.fullmatch(written)
        return None if found is None else cls(UUID(found[1]), found[2])


@dataclass(frozen=True)
class NewText:
    """A text that is to be stored; the words do not show when it is printed."""

    reference: Reference
    field: str
    words: str = dataclasses.field(repr=False)


@dataclass(frozen=True)
class ReadText:
    """A stored text; `words` is None once it was erased."""

    id: UUID
    ticket_no: str
    field: str
    words: str | None = dataclasses.field(repr=False)
    created_at: datetime
    erased_at: datetime | None
    erased_by: str | None
    erased_reason: str | None


def new_text(ring: KeyRing, field_name: str, words: str) -> NewText:
    """A text with its fresh reference. Raises ValueError for what is no Unicode text."""
    text_id = uuid7()
    return NewText(Reference(text_id, ring.digest(str(text_id), words)), field_name, words)


def seal(ring: KeyRing, command: _Command) -> tuple[_Command, list[NewText]]:
    """The internal form of a command, and the texts to store before it is sent.

    Every field that the model marks as a text is replaced, whatever stands in it: words that look like a
    reference are words. Fields that may hold something else too (`bool | Text`) keep that.
    """
    texts: list[NewText] = []

    def reference(name: str, words: str) -> str:
        texts.append(new_text(ring, name, words))
        return str(texts[-1].reference)

    replaced: dict[str, Any] = {}
    for name in sorted(text_fields(type(command))):
        value = getattr(command, name)
        if isinstance(value, str):
            replaced[name] = reference(name, value)
        elif isinstance(value, list):
            replaced[name] = [reference(f"{name}.{place}", words) for place, words in enumerate(value)]
    if not replaced:
        return command, []
    changed = command.model_copy(update=replaced)
    # A default stays a default: only what was given is written into the internal form.
    changed.__pydantic_fields_set__.intersection_update(command.model_fields_set)
    return changed, texts


async def store(
    conn: AsyncConnection, ring: KeyRing, ticket_no: str, texts: Sequence[NewText], created_at: datetime
) -> None:
    """Writes texts, encrypted, in the caller's transaction."""
    if texts:
        await conn.execute(insert(TicketText), rows(ring, ticket_no, texts, created_at))


def rows(
    ring: KeyRing, ticket_no: str, texts: Sequence[NewText], created_at: datetime
) -> list[dict[str, Any]]:
    """Texts, encrypted, as rows of their table."""
    sealed = []
    for text in texts:
        row_seal = RowSeal(ring, "ticket_text", text.reference.id)
        sealed.append(
            {
                "id": text.reference.id,
                "ticket_no": ticket_no,
                "field": text.field,
                "digest": text.reference.digest,
                "key_id": row_seal.key_id,
                "ciphertext": row_seal.close_text("ciphertext", text.words),
                "created_at": created_at,
            }
        )
    return sealed


async def read(conn: AsyncConnection, ring: KeyRing, ids: Iterable[UUID]) -> dict[UUID, ReadText]:
    """The texts with these ids; those that were never stored are missing from the answer."""
    found = await conn.execute(select(TicketText.__table__).where(TicketText.id.in_(list(ids))))
    return {row.id: _opened(ring, row) for row in found}


async def read_ticket(conn: AsyncConnection, ring: KeyRing, ticket_no: str) -> list[ReadText]:
    """All texts of a ticket, oldest first."""
    found = await conn.execute(
        select(TicketText.__table__).where(TicketText.ticket_no == ticket_no).order_by(TicketText.id)
    )
    return [_opened(ring, row) for row in found]


async def erase(conn: AsyncConnection, ids: Iterable[UUID], *, at: datetime, by: str, reason: str) -> int:
    """Empties texts for good and leaves the record of it; how many there were to empty."""
    done = await conn.execute(
        update(TicketText)
        .where(TicketText.id.in_(list(ids)), TicketText.erased_at.is_(None))
        .values(ciphertext=None, erased_at=at, erased_by=by, erased_reason=reason)
    )
    return done.rowcount


async def erase_ticket(
    conn: AsyncConnection, ticket_no: str, *, keep: Iterable[UUID], at: datetime, by: str, reason: str
) -> int:
    """Empties all texts of a ticket but those to `keep`; how many there were to empty."""
    query = select(TicketText.id).where(TicketText.ticket_no == ticket_no, TicketText.id.not_in(list(keep)))
    return await erase(conn, await conn.scalars(query), at=at, by=by, reason=reason)


async def faults(
    conn: AsyncConnection, ring: KeyRing, references: Iterable[Reference]
) -> dict[Reference, str]:
    """Which stored texts are not those that were referred to, and why; one erased on record is whole."""
    wanted = list(references)
    query = select(TicketText.__table__).where(TicketText.id.in_([one.id for one in wanted]))
    stored = {row.id: row for row in await conn.execute(query)} if wanted else {}
    found = ((one, _fault(ring, one, stored.get(one.id))) for one in wanted)
    return {one: what for one, what in found if what is not None}


def _fault(ring: KeyRing, reference: Reference, row: Any) -> str | None:
    if row is None:
        return f"text {reference.id} is missing"
    if row.digest != reference.digest:
        return f"text {reference.id} was changed"
    if row.erased_at is not None:
        return None
    try:
        words = open_column(ring, "ticket_text", row.id, "ciphertext", row.key_id, row.ciphertext)
    except KeyRingError as error:
        return f"text {reference.id}: {error}"
    same = compare_digest(ring.digest(str(reference.id), words), reference.digest)
    return None if same else f"text {reference.id} was changed"


def _opened(ring: KeyRing, row: Any) -> ReadText:
    words = None
    if row.ciphertext is not None:
        words = open_column(ring, "ticket_text", row.id, "ciphertext", row.key_id, row.ciphertext)
    return ReadText(
        row.id,
        row.ticket_no,
        row.field,
        words,
        row.created_at,
        row.erased_at,
        row.erased_by,
        row.erased_reason,
    )

"""The knowledge base: versions of entries, from draft through the office's word to what agents answer from.

梳理、采编 make a draft, 审核 is the office's, 更新 makes another version that replaces the published one once
it is granted. Nobody but the unit that owns an entry writes it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, cast, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text
from uuid_utils.compat import uuid7

from models.tables import KnowledgeEntry


class State(StrEnum):
    """Where a version is on its way."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


_IN_WORK: Final = (State.DRAFT, State.SUBMITTED, State.RETURNED)
_GRAMS: Final = 120
"""Pairs of characters of a question that are looked for; the rest of a long one says little more."""
_LIKE_ENOUGH: Final = 3
"""A pair found in the title counts three, one found in the body one."""
FOUND: Final = 8
"""Entries that a search gives."""


class WrongState(Exception):
    """What is asked for does not fit where the version is; `state` says where that is."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True)
class Words:
    """What an entry says, and from the first to the last day on which it holds."""

    title: str
    body: str
    valid_from: date
    valid_until: date
    category: str | None = None
    basis: str | None = None

    def values(self) -> dict[str, Any]:
        """As columns."""
        return dict(vars(self))


@dataclass(frozen=True)
class Sought:
    """Which versions a list is to hold."""

    states: Collection[str] = ()
    units: Collection[str] = ()
    own_unit: str | None = None
    """The unit that sees what it has not published; None for who sees everybody's."""
    sees_all: bool = field(default=False)


async def write(conn: AsyncConnection, unit: str, words: Words, by: str | None, at: datetime) -> UUID:
    """Begins an entry; the id of its first version."""
    return await _put(conn, uuid7(), 1, unit, words, by, at)


async def change(conn: AsyncConnection, row: Any, words: Words, by: str | None, at: datetime) -> UUID:
    """Rewrites a draft, or begins the next version of a published entry; the id of what was written.

    Raises WrongState for a version that is with the office or is history, or whose successor is in work.
    """
    if row.state in (State.DRAFT, State.RETURNED):
        await conn.execute(
            update(KnowledgeEntry)
            .where(KnowledgeEntry.id == row.id)
            .values(**words.values(), state=State.DRAFT, written_by=by, written_at=at)
        )
        changed: UUID = row.id
        return changed
    if row.state != State.PUBLISHED:
        raise WrongState(row.state)
    in_work = await conn.scalar(
        select(KnowledgeEntry.state).where(
            KnowledgeEntry.entry == row.entry, KnowledgeEntry.state.in_(_IN_WORK)
        )
    )
    if in_work is not None:
        raise WrongState(in_work)
    newest = await conn.scalar(
        select(func.max(KnowledgeEntry.version)).where(KnowledgeEntry.entry == row.entry)
    )
    return await _put(conn, row.entry, (newest or 0) + 1, row.unit, words, by, at)


async def _put(
    conn: AsyncConnection, entry: UUID, version: int, unit: str, words: Words, by: str | None, at: datetime
) -> UUID:
    version_id = uuid7()
    await conn.execute(
        insert(KnowledgeEntry).values(
            id=version_id,
            entry=entry,
            version=version,
            unit=unit,
            state=State.DRAFT,
            written_by=by,
            written_at=at,
            **words.values(),
        )
    )
    return version_id


async def submit(conn: AsyncConnection, row: Any, at: datetime) -> None:
    """Puts a draft before the office. Raises WrongState."""
    if row.state not in (State.DRAFT, State.RETURNED):
        raise WrongState(row.state)
    await _move(conn, row.id, State.SUBMITTED, submitted_at=at)


async def decide(
    conn: AsyncConnection, row: Any, approve: bool, opinion: str | None, by: str | None, at: datetime
) -> None:
    """Publishes a version in the place of the one before it, or sends it back. Raises WrongState."""
    if row.state != State.SUBMITTED:
        raise WrongState(row.state)
    if approve:
        await conn.execute(
            update(KnowledgeEntry)
            .where(KnowledgeEntry.entry == row.entry, KnowledgeEntry.state == State.PUBLISHED)
            .values(state=State.SUPERSEDED)
        )
    state = State.PUBLISHED if approve else State.RETURNED
    await _move(conn, row.id, state, decided_by=by, decided_at=at, opinion=opinion)


async def withdraw(conn: AsyncConnection, row: Any, reason: str, by: str | None, at: datetime) -> None:
    """Takes a version out of use: nobody answers from it any more. Raises WrongState."""
    if row.state in (State.SUPERSEDED, State.WITHDRAWN):
        raise WrongState(row.state)
    await _move(conn, row.id, State.WITHDRAWN, decided_by=by, decided_at=at, opinion=reason)


async def _move(conn: AsyncConnection, version_id: UUID, state: State, **values: Any) -> None:
    await conn.execute(
        update(KnowledgeEntry).where(KnowledgeEntry.id == version_id).values(state=state, **values)
    )


async def find(conn: AsyncConnection, version_id: UUID, *, lock: bool = False) -> Any | None:
    """One version, or None."""
    query = select(*KnowledgeEntry.__table__.c).where(KnowledgeEntry.id == version_id)
    return (await conn.execute(query.with_for_update() if lock else query)).one_or_none()


async def versions(conn: AsyncConnection, entry: UUID) -> Sequence[Any]:
    """All versions of an entry, the newest first."""
    query = select(*KnowledgeEntry.__table__.c).where(KnowledgeEntry.entry == entry)
    return (await conn.execute(query.order_by(KnowledgeEntry.version.desc()))).all()


async def listed(conn: AsyncConnection, sought: Sought, before: UUID | None, limit: int) -> Sequence[Any]:
    """Versions, the newest first, from before one of them on."""
    row = KnowledgeEntry
    query = select(*row.__table__.c)
    if sought.states:
        query = query.where(row.state.in_(sought.states))
    if sought.units:
        query = query.where(row.unit.in_(sought.units))
    if not sought.sees_all:
        query = query.where(or_(row.state == State.PUBLISHED, row.unit == sought.own_unit))
    if before is not None:
        query = query.where(row.id < before)
    return (await conn.execute(query.order_by(row.id.desc()).limit(limit))).all()


async def search(conn: AsyncConnection, words: str, category: str | None, on: date) -> Sequence[Any]:
    """Published entries that hold on a day and share words with a question, the likest first.

    Words are compared as pairs of characters, so that nothing has to know where a Chinese word ends. Without
    words: the newest of the category.
    """
    row = KnowledgeEntry
    query = select(*row.__table__.c).where(_holds(on))
    if category is not None:
        query = query.where(
            or_(row.category == category, row.category.startswith(f"{category}/", autoescape=True))
        )
    grams = pairs(words)
    if not grams:
        return (await conn.execute(query.order_by(row.id.desc()).limit(FOUND))).all()
    wanted = func.unnest(bindparam("grams", grams, ARRAY(Text))).table_valued("gram").render_derived("g")
    gram = cast(wanted.c.gram, Text)
    hits = case((func.strpos(row.title, gram) > 0, 3), else_=0) + case(
        (func.strpos(row.body, gram) > 0, 1), else_=0
    )
    score = select(func.sum(hits)).select_from(wanted).correlate(row).scalar_subquery()
    query = query.where(score >= _LIKE_ENOUGH).order_by(score.desc(), row.id.desc())
    return (await conn.execute(query.limit(FOUND))).all()


def pairs(words: str) -> list[str]:
    """Each two characters that stand together in a text, once, in their order; signs and blanks divide."""
    found: dict[str, None] = {}
    for first, second in pairwise(words):
        if first.isalnum() and second.isalnum():
            found[first + second] = None
    return list(found)[:_GRAMS]


async def in_use(conn: AsyncConnection, ids: Collection[UUID], on: date) -> set[UUID]:
    """Those of some versions that may be answered from on a day."""
    return set(await conn.scalars(select(KnowledgeEntry.id).where(KnowledgeEntry.id.in_(ids), _holds(on))))


def _holds(on: date) -> ColumnElement[bool]:
    row = KnowledgeEntry
    valid: ColumnElement[bool] = (
        (row.state == State.PUBLISHED) & (row.valid_from <= on) & (row.valid_until >= on)
    )
    return valid

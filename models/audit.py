"""The audit: every command and every reading of personal data, in chained lines that no change escapes.

A line's hash is SHA-256 over the hash before it and the canonical JSON (RFC 8785) of what the line says. The
first of a lane stands on the SHA-256 of `audit` and its number. Lines hold ids, codes and references, never a
name, a number or words.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from zlib import crc32

import rfc8785
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    DateTime,
    Integer,
    LargeBinary,
    String,
    bindparam,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.tables import AuditHead, AuditLine

LANES: Final = 8
"""How many chains there are. Fixed: the migration made their heads."""

DONE: Final = "asked"
"""The outcome of what was let through; what became of a command is with the command."""

_PAGE = 1000


@dataclass(frozen=True)
class Line:
    """What somebody asked for: who, through what, from where, when, why, and how it ended."""

    at: datetime
    operation: str
    outcome: str
    actor: Mapping[str, str | None]
    source: str | None
    ticket_no: str | None = None
    subject: str | None = None
    why: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The line as it is kept and hashed; what it does not say is left out."""
        said = {
            "at": self.at.astimezone(UTC).isoformat(),
            "operation": self.operation,
            "outcome": self.outcome,
            "actor": {name: value for name, value in self.actor.items() if value is not None},
            "source": self.source,
            "ticket_no": self.ticket_no,
            "subject": self.subject,
            "why": self.why,
            "details": dict(self.details),
        }
        return {name: value for name, value in said.items() if value not in (None, {})}


def first_hash(lane: int) -> bytes:
    """What the first line of a lane stands on."""
    return sha256(f"audit {lane}".encode()).digest()


# One statement, as each request waits for it: the line gets its number and its hash where the head is.
ADDED: Final = """
    head AS (
        SELECT seq + 1 AS seq, hash FROM audit_head WHERE lane = :lane FOR UPDATE
    ), line AS (
        INSERT INTO audit_line
            (lane, seq, at, operation, outcome, actor_id, ticket_no, subject, data, prev_hash, hash)
        SELECT :lane, head.seq, :at, :operation, :outcome, :actor_id, :ticket_no, :subject, :data, head.hash,
            sha256(head.hash || :said || convert_to(head.seq || '}', 'UTF8'))
        FROM head
        RETURNING seq, hash
    ), added AS (
        UPDATE audit_head SET seq = line.seq, hash = line.hash FROM line WHERE lane = :lane RETURNING lane
    )
"""
"""The parts of a statement that add a line; `added` has no row where the lane has lost its head."""

PARAMETERS: Final[tuple[BindParameter[Any], ...]] = (
    bindparam("lane", type_=Integer),
    bindparam("at", type_=DateTime(timezone=True)),
    *(bindparam(name, type_=String) for name in ("operation", "outcome", "actor_id", "ticket_no", "subject")),
    bindparam("data", type_=JSONB),
    bindparam("said", type_=LargeBinary),
)
"""What such a statement is given, by `parameters`."""

_ADD = text(f"WITH {ADDED} SELECT lane FROM added").bindparams(*PARAMETERS)


async def write(conn: AsyncConnection, line: Line) -> None:
    """Adds a line, in the caller's transaction, which should be short: its lane waits for the end of it.

    Raises LookupError where the lane has lost its head.
    """
    given = parameters(line)
    if (await conn.execute(_ADD, given)).one_or_none() is None:
        raise headless(given)


def parameters(line: Line) -> dict[str, Any]:
    """What `ADDED` is to add."""
    actor_id, data = line.actor.get("id"), line.to_json()
    lane = crc32((line.ticket_no or actor_id or line.operation).encode()) % LANES
    return {
        "lane": lane,
        "at": line.at,
        "operation": line.operation,
        "outcome": line.outcome,
        "actor_id": actor_id,
        "ticket_no": line.ticket_no,
        "subject": line.subject,
        "data": data,
        "said": _before_the_number(lane, data),
    }


def headless(given: Mapping[str, Any]) -> LookupError:
    """What to raise where nothing was added."""
    return LookupError(f"audit lane {given['lane']} has lost its head")


async def lines(engine: AsyncEngine, since: datetime | None = None) -> AsyncIterator[Any]:
    """Every line, lane by lane in order, from an instant on if one is given."""
    for lane in range(LANES):
        async for row in _lane(engine, lane):
            if since is None or row.at >= since:
                yield row


async def faults(engine: AsyncEngine) -> AsyncIterator[str]:
    """Where the audit is not as it was written: a sentence for each lane that breaks, at its first break."""
    for lane in range(LANES):
        broken = await _break(engine, lane)
        if broken is not None:
            yield f"audit lane {lane} {broken}"


async def count(conn: AsyncConnection) -> int:
    """How many lines the heads say there are."""
    return sum(await conn.scalars(select(AuditHead.seq)))


async def _break(engine: AsyncEngine, lane: int) -> str | None:
    # The head is read first: lines that are added meanwhile come after it.
    async with engine.connect() as conn:
        head = (
            await conn.execute(select(AuditHead.seq, AuditHead.hash).where(AuditHead.lane == lane))
        ).one_or_none()
    if head is None:
        return "has lost its head"
    prev_hash, expected = first_hash(lane), 1
    async for row in _lane(engine, lane):
        if row.seq != expected:
            return f"line {expected}: missing"
        if row.prev_hash != prev_hash:
            return f"line {row.seq}: does not follow the line before it"
        if row.hash != _hash(lane, row.seq, row.data, prev_hash) or not _says_the_same(row):
            return f"line {row.seq}: changed"
        if row.seq == head.seq and row.hash != head.hash:
            return f"line {row.seq}: is not the one that the lane ended with"
        prev_hash, expected = row.hash, expected + 1
    return f"line {expected}: missing" if expected <= head.seq else None


def _says_the_same(row: Any) -> bool:
    data = row.data
    said = (data["operation"], data["outcome"], data.get("ticket_no"), data.get("subject"))
    repeated = (row.operation, row.outcome, row.ticket_no, row.subject)
    actor_id, at = data.get("actor", {}).get("id"), datetime.fromisoformat(data["at"])
    return bool((*said, actor_id, at) == (*repeated, row.actor_id, row.at))


async def _lane(engine: AsyncEngine, lane: int) -> AsyncIterator[Any]:
    after = 0
    while True:
        async with engine.connect() as conn:
            rows = (
                await conn.execute(
                    select(*AuditLine.__table__.c)
                    .where(AuditLine.lane == lane, AuditLine.seq > after)
                    .order_by(AuditLine.seq)
                    .limit(_PAGE)
                )
            ).all()
        for row in rows:
            yield row
        if len(rows) < _PAGE:
            return
        after = rows[-1].seq


@dataclass(frozen=True)
class Wanted:
    """Which lines somebody looks for."""

    ticket_no: str | None = None
    actor_id: str | None = None
    subject: str | None = None
    operation: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def find(
    conn: AsyncConnection,
    wanted: Wanted,
    after: tuple[datetime, int, int] | None,
    limit: int,
    visible: ColumnElement[bool] | None = None,
) -> Sequence[Any]:
    """Lines, newest first, from the place `after` on; `visible` is a condition on those that may be shown."""
    row = AuditLine
    place = (row.at, row.lane, row.seq)
    query = select(*place, row.operation, row.outcome, row.ticket_no, row.subject, row.data)
    for column, value in (
        (row.ticket_no, wanted.ticket_no),
        (row.actor_id, wanted.actor_id),
        (row.subject, wanted.subject),
        (row.operation, wanted.operation),
    ):
        if value is not None:
            query = query.where(column == value)
    if visible is not None:
        query = query.where(visible)
    if wanted.since is not None:
        query = query.where(row.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(row.at < wanted.until)
    if after is not None:
        query = query.where(tuple_(*place) < tuple_(*after))
    query = query.order_by(*(column.desc() for column in place)).limit(limit)
    return (await conn.execute(query)).all()


def _hash(lane: int, seq: int, data: Mapping[str, Any], prev_hash: bytes) -> bytes:
    said: dict[str, Any] = {"lane": lane, "seq": seq, "data": data}
    return sha256(prev_hash + rfc8785.dumps(said)).digest()


def _before_the_number(lane: int, data: Mapping[str, Any]) -> bytes:
    """The canonical JSON of a line up to its number, which comes last in it."""
    return rfc8785.dumps({"lane": lane, "data": dict(data)})[:-1] + b',"seq":'

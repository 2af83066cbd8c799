"""Commands as they were received: stored before they are sent on, marked once it is known what came of them.

A command's id is the digest of who said what to whom under which key: it is the update id, so that neither a
retry of the caller nor one of ours does anything twice.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.commands import Actor
from models import audit
from models.json_rows import as_json, insertion, table_of
from models.tables import Command, Refusal, TicketText
from ops.direct import Direct

STORED = "stored"
ACCEPTED = "accepted"
REFUSED = "refused"
FAILED = "failed"


@dataclass(frozen=True)
class Received:
    """A stored command; `body` is the envelope in its internal form, `result` what the caller is told."""

    id: str
    ticket_no: str
    do: str
    body_digest: str
    body: Mapping[str, Any]
    received_at: datetime
    state: str
    result: Mapping[str, Any] | None
    actor: Mapping[str, Any]


_COLUMNS = [getattr(Command, name) for name in Received.__dataclass_fields__]


def command_id(actor: Actor, no: str, do: str, key: str) -> str:
    """The id of what an actor says under a key; the same words under the same key have the same id."""
    said = json.dumps([actor.role.value, actor.unit, actor.id, no, do, key], ensure_ascii=False)
    return sha256(said.encode()).hexdigest()[:40]


async def find(conn: AsyncConnection, wanted: str) -> Received | None:
    """The command with this id."""
    row = (await conn.execute(select(*_COLUMNS).where(Command.id == wanted))).one_or_none()
    return None if row is None else Received(*row)


async def put(conn: AsyncConnection, received: Received, key: str) -> bool:
    """Writes a command in the caller's transaction; false when the same one is there.

    Waits for whoever is writing the same one at this moment.
    """
    row = {name: getattr(received, name) for name in received.__dataclass_fields__}
    done = await conn.execute(insert(Command).values(**row, key=key).on_conflict_do_nothing())
    return done.rowcount == 1


_COMMAND, _TEXT = table_of(Command), table_of(TicketText)

_STORED_WITH_WORDS = f"""
    fresh AS ({insertion(_COMMAND)} {{only_if}} ON CONFLICT DO NOTHING RETURNING id),
    words AS ({insertion(_TEXT)} WHERE EXISTS (SELECT FROM fresh))
"""
# One statement, because each command waits for it before it is sent.
_PUT = Direct(text(f"WITH {_STORED_WITH_WORDS.format(only_if='')} SELECT id FROM fresh"))
_PUT_ON_RECORD = Direct(
    text(
        f"""
        WITH {audit.ADDED}, {_STORED_WITH_WORDS.format(only_if="WHERE EXISTS (SELECT FROM added)")}
        SELECT fresh.id FROM added LEFT JOIN fresh ON true
        """
    ).bindparams(*audit.PARAMETERS)
)


async def put_with_words(
    conn: AsyncConnection,
    received: Received,
    key: str,
    words: Sequence[Mapping[str, Any]],
    line: audit.Line | None = None,
) -> bool:
    """Writes a command and rows of what was written in it, all or nothing, as `put` does.

    With `line` the audit says in the same statement that it was asked for, whether it is there already or
    not. Raises LookupError, and writes nothing, where the line's lane has lost its head.
    """
    row = {name: getattr(received, name) for name in received.__dataclass_fields__}
    values = {_COMMAND.name: as_json([{**row, "key": key}]), _TEXT.name: as_json(words)}
    if line is None:
        return bool(await _PUT.rows(conn, values))
    on_record = audit.parameters(line)
    done = await _PUT_ON_RECORD.rows(conn, {**values, **on_record})
    if not done:
        raise audit.headless(on_record)
    return done[0]["id"] is not None


async def stored_of(conn: AsyncConnection, ticket_no: str) -> list[Received]:
    """The commands of one ticket that nothing is known of yet, in the order they were received."""
    rows = await conn.execute(
        select(*_COLUMNS)
        .where(Command.ticket_no == ticket_no, Command.state == STORED)
        .order_by(Command.received_at, Command.id)
    )
    return [Received(*row) for row in rows]


async def subjects_with_stored(
    conn: AsyncConnection, before: datetime, after_no: str, limit: int
) -> list[str]:
    """Tickets and supervisions, in order, with commands received before an instant and still to be sent."""
    rows = await conn.scalars(
        select(Command.ticket_no)
        .where(Command.state == STORED, Command.received_at < before, Command.ticket_no > after_no)
        .group_by(Command.ticket_no)
        .order_by(Command.ticket_no)
        .limit(limit)
    )
    return list(rows)


async def settle(conn: AsyncConnection, wanted: str, state: str, result: Mapping[str, Any]) -> bool:
    """Writes what came of a command; false when that is written already, and then it stays."""
    done = await conn.execute(_SETTLE, {"wanted": wanted, "to": state, "told": result})
    return done.rowcount == 1


async def accept(conn: AsyncConnection, wanted: str, result: Mapping[str, Any]) -> None:
    """Writes that a command was accepted, by itself and without waiting for the disk.

    Its facts stand: they count for more than a refusal that another delivery of it met before. When this is
    lost, the command is brought again under its id, and its facts are found to be there.
    """
    await conn.execute(_ACCEPT, {"wanted": wanted, "told": result})


_ACCEPT = text(
    """
    WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE command SET state = 'accepted', result = :told, decided_at = now()
    FROM unhurried
    WHERE id = :wanted AND state IN ('stored', 'refused')
    """
).bindparams(bindparam("told", type_=JSONB))

_SETTLE = (
    update(Command)
    .where(Command.id == bindparam("wanted"), Command.state == STORED)
    .values(state=bindparam("to"), result=bindparam("told"), decided_at=func.now())
)


async def note_refusal(
    conn: AsyncConnection,
    *,
    ticket_no: str | None,
    at: datetime,
    do: str,
    code: str,
    basis: list[str],
    actor: Actor,
    command_id: str | None,
) -> None:
    """Leaves the audit line of a refused command, which is no fact."""
    await conn.execute(
        insert(Refusal).values(
            ticket_no=ticket_no,
            at=at,
            do=do,
            code=code,
            basis=basis,
            actor=actor.model_dump(mode="json"),
            command_id=command_id,
        )
    )

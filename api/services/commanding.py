"""Commands: stored before they are sent, so that none is lost and none is done twice.

A retry with the same key gets the first answer and keeps the first instant of receipt.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, String, all_, and_, bindparam, exists, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.delivery import Later, Settled
from activities.reaching import EngineAway
from api.bodies import strings
from api.problems import Problem, not_found, of_rejected
from api.services import given
from api.services.auditing import Asked
from api.services.hidden import require_visible_to_receivers
from api.services.parts import Parts
from api.services.registering import idempotency_conflict
from api.services.scope import visible_supervisions, visible_tickets
from api.services.secrets_kept_out import require_no_secrets
from domain import supervision as supervising
from domain.commands import (
    Actor,
    AnswerSupervision,
    Appeal,
    CloseSupervision,
    Envelope,
    Order,
    Supplement,
    Urge,
    Withdraw,
)
from domain.law import Law
from domain.rejected import Rejected
from models import facts_store, outbox, received_commands, texts
from models.contracts.casework import CommandResult, Refused
from models.facts_store import SUPERVISION, TICKET
from models.received_commands import ACCEPTED, FAILED, REFUSED, STORED, Received
from models.recording import START_SUPERVISION
from models.tables import Command, Outbox, Supervision, Ticket
from ops.database import at_once, is_away
from ops.direct import Direct

_TO_SUPERVISION = (AnswerSupervision, CloseSupervision)
_SAID_BY_CALLERS = (Supplement, Appeal, Urge, Withdraw)
"""What brings in more of a caller's own words, as a registration does."""


@dataclass(frozen=True)
class Answer:
    """What became of a command. Without `accepted` it is stored and will be done."""

    command_id: str
    received_at: datetime
    accepted: bool
    seq: int | None = None
    status: str | None = None
    facts: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class _Subject:
    """What a command is said to, and the law it runs under.

    `ready` says that its workflow runs and nothing older waits for it but `after`: the usual case, and the
    fast one.
    """

    no: str
    law: Law
    ticket_no: str
    area: str | None
    subject_unit: str | None = None
    ready: bool = False
    after: Sequence[asyncio.Future[Settled]] = ()


_Finding = Callable[[AsyncConnection], Awaitable[_Subject]]


async def to_ticket(
    parts: Parts,
    actor: Actor,
    no: str,
    order: Order,
    key: str,
    *,
    asked: Asked | None = None,
    later: Later | None = None,
) -> Answer:
    """Stores a command to a ticket and delivers it; one to its supervision goes there.

    `asked` is the line of the audit that is to be written with it, unless it stands already; `later` takes
    what may wait until the answer has been given.
    Raises Problem: 404 for a ticket the actor may not know of, 403 and 409 for what the rules refuse, 422 for
    a key used for something else.
    """

    async def subject(conn: AsyncConnection) -> _Subject:
        found = await _ticket(conn, parts, actor, no)
        await require_visible_to_receivers(conn, found.subject_unit, order)
        return await _supervision_meant(conn, found, order) if isinstance(order, _TO_SUPERVISION) else found

    return await _command(parts, _Said(actor, order, key, asked, later), subject)


async def to_supervision(
    parts: Parts,
    actor: Actor,
    no: str,
    order: Order,
    key: str,
    *,
    asked: Asked | None = None,
    later: Later | None = None,
) -> Answer:
    """Stores a command to a supervision and delivers it, as `to_ticket` does. Raises Problem."""

    async def subject(conn: AsyncConnection) -> _Subject:
        row = (
            await conn.execute(
                select(
                    func.coalesce(Supervision.ticket_no, Supervision.no).label("subject"),
                    Outbox.payload["law_id"].astext.label("law_id"),
                    Ticket.area,
                )
                .join(Outbox, and_(Outbox.kind == START_SUPERVISION, Outbox.subject == Supervision.no))
                .outerjoin(Ticket, Ticket.no == Supervision.ticket_no)
                .where(Supervision.no == no, visible_supervisions(actor))
            )
        ).one_or_none()
        if row is None:
            raise not_found("件督办")
        _, law = await parts.laws.get(conn, row.law_id)
        return _Subject(no, law, row.subject, row.area)

    return await _command(parts, _Said(actor, order, key, asked, later), subject)


async def find(parts: Parts, actor: Actor, command_id: str) -> Answer:
    """What became of a command this actor gave. Raises Problem: 404, or what refused it."""
    async with parts.engine.connect() as conn:
        received = await received_commands.find(conn, command_id)
        if received is None or received.actor != actor.model_dump(mode="json"):
            raise not_found("条操作记录")
        if received.state != STORED:
            return await _known(conn, received)
    # Answered this moment perhaps, here or by another process, and about to be noted.
    done = await parts.delivery.on_record(received)
    return _accepted(received, done) if done else Answer(received.id, received.received_at, accepted=False)


async def _ticket(conn: AsyncConnection, parts: Parts, actor: Actor, no: str) -> _Subject:
    asked, after = {"no": no, "answered": list(parts.delivery.answered)}, parts.delivery.unconfirmed(no)
    row = next(iter(await _ticket_for(actor).rows(conn, asked)), None)
    if row is None:
        raise not_found("件工单")
    _, law = await parts.laws.get(conn, row["law_id"])
    return _Subject(no, law, no, row["area"], row["subject_unit"], row["ready"], after)


@lru_cache(maxsize=1024)
def _ticket_for(actor: Actor) -> Direct:
    """To put this together takes longer than to ask it, so it is kept for whoever is at work."""
    unstarted = exists().where(
        Outbox.kind == outbox.TICKET, Outbox.subject == Ticket.no, Outbox.started_at.is_(None)
    )
    answered = bindparam("answered", type_=ARRAY(String))
    older = exists().where(
        Command.ticket_no == Ticket.no, Command.state == STORED, Command.id != all_(answered)
    )
    ready = and_(Ticket.ended_at.is_(None), ~unstarted, ~older).label("ready")
    found = select(Ticket.law_id, Ticket.area, Ticket.subject_unit, ready)
    return Direct(found.where(Ticket.no == bindparam("no"), visible_tickets(actor)))


async def _supervision_meant(
    conn: AsyncConnection, subject: _Subject, order: AnswerSupervision | CloseSupervision
) -> _Subject:
    rows = await conn.execute(
        select(Supervision.no, Supervision.unit).where(
            Supervision.ticket_no == subject.no, Supervision.closed_at.is_(None)
        )
    )
    try:
        no = supervising.meant({row.no: row.unit for row in rows}, order, subject.law.policy)
    except Rejected as refusal:
        raise of_rejected(refusal) from refusal
    return _Subject(no, subject.law, subject.ticket_no, subject.area)


@dataclass(frozen=True)
class _Said:
    """Who says what, under which key, and what goes with it."""

    actor: Actor
    order: Order
    key: str
    asked: Asked | None
    later: Later | None


async def _command(parts: Parts, said: _Said, finding: _Finding) -> Answer:
    # What is looked up needs no transaction, and what is stored is one statement.
    async with at_once(parts.engine) as conn:
        subject = await finding(conn)
        said_in_json = said.order.model_dump(mode="json", exclude_unset=True)
        if isinstance(said.order, _SAID_BY_CALLERS):
            require_no_secrets(subject.law.policy, strings(said_in_json))
        command_id = received_commands.command_id(said.actor, subject.no, said.order.do, said.key)
        words = json.dumps(said_in_json, sort_keys=True)
        digest = parts.ring.digest(command_id, words)
        fresh = await _store(conn, parts, said, subject, command_id, digest)
        received = fresh or await received_commands.find(conn, command_id)
    assert received is not None, "what is not stored now was stored before"
    if received.body_digest != digest:
        raise idempotency_conflict()
    if fresh is not None and subject.ready:
        return await _answer(parts, fresh, parts.delivery.deliver_now(fresh, subject.after, said.later))
    return await _deliver(parts, received)


async def _store(
    conn: AsyncConnection, parts: Parts, said: _Said, subject: _Subject, command_id: str, digest: str
) -> Received | None:
    """Writes the command and its words; None when it was received before."""
    received_at = datetime.now(UTC)
    looked_up = await given.look_up(conn, subject.law, said.order, no=subject.ticket_no, area=subject.area)
    internal, words = texts.seal(parts.ring, said.order)
    envelope = Envelope(
        command=internal,
        actor=said.actor,
        received_at=received_at,
        given=looked_up,
        key=said.key,
        id=command_id,
    )
    received = Received(
        id=command_id,
        ticket_no=subject.no,
        do=said.order.do,
        body_digest=digest,
        body=envelope.model_dump(mode="json"),
        received_at=received_at,
        state=STORED,
        result=None,
        actor=said.actor.model_dump(mode="json"),
    )
    rows = texts.rows(parts.ring, subject.ticket_no, words, received_at)
    line = said.asked.line if said.asked else None
    is_fresh = await received_commands.put_with_words(conn, received, said.key, rows, line)
    if said.asked is not None:
        said.asked.is_written = True
    return received if is_fresh else None


async def _deliver(parts: Parts, received: Received) -> Answer:
    """Delivers what is stored for the subject up to this command, and says what came of it."""
    if received.state == STORED:
        return await _answer(
            parts, received, parts.delivery.deliver_to(received.ticket_no, until=received.id)
        )
    async with parts.engine.connect() as conn:
        return await _known(conn, received)


async def _answer(parts: Parts, received: Received, delivering: Awaitable[Settled | None]) -> Answer:
    """What came of a stored command, or that it is stored: nobody is to give it again under another key."""
    try:
        return await _told(parts, received, delivering)
    except EngineAway:
        pass
    except (SQLAlchemyError, OSError) as error:
        if not is_away(error):
            raise
    return Answer(received.id, received.received_at, accepted=False)


async def _told(parts: Parts, received: Received, delivering: Awaitable[Settled | None]) -> Answer:
    settled = await delivering
    if settled is not None and settled.accepted is not None:
        return _accepted(received, settled.accepted)
    if settled is not None and settled.refused is not None:
        raise _problem(settled.refused)
    # Settled by somebody else at this moment, or failed: what is written is what is told.
    async with parts.engine.connect() as conn:
        known = await received_commands.find(conn, received.id)
        assert known is not None, "a stored command stays"
        return await _known(conn, known)


def _accepted(received: Received, done: CommandResult) -> Answer:
    return Answer(
        received.id,
        received.received_at,
        accepted=True,
        seq=done.seq,
        status=done.status,
        facts=tuple(done.facts),
    )


async def _known(conn: AsyncConnection, received: Received) -> Answer:
    """The answer that was given before."""
    if received.state == REFUSED:
        raise _problem(Refused.model_validate(received.result))
    if received.state == FAILED:
        raise Problem(500, "internal_error", "系统未能办理此项操作，已记录。请联系管理员。")
    if received.state != ACCEPTED or received.result is None:
        return Answer(received.id, received.received_at, accepted=False)
    facts: list[dict[str, Any]] = []
    for aggregate in (TICKET, SUPERVISION):
        stored = await facts_store.load(conn, aggregate, received.ticket_no)
        facts += [dict(row.data) for row in stored if row.command_id == received.id]
    return Answer(
        received.id,
        received.received_at,
        accepted=True,
        seq=received.result.get("seq"),
        status=received.result.get("status"),
        facts=tuple(facts),
    )


def _problem(refused: Refused) -> Problem:
    return Problem(
        403 if refused.forbidden else 409, refused.code, refused.message_zh, basis=tuple(refused.basis)
    )

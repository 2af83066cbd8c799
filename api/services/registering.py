"""Registering a demand: citizen, words, ticket, first facts and outbox in one transaction, then the start.

What the rules refuse is refused before anything is stored.
"""

import json
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.reaching import EngineAway
from api.bodies import RegisterBase, fields_from, strings
from api.moments import ZONE
from api.problems import Problem, of_rejected
from api.services.offices import law_for, law_to_open_by
from api.services.parts import Parts
from api.services.secrets_kept_out import require_no_secrets
from domain.casework import Rejected, register
from domain.commands import Actor, TicketFields
from domain.law import Law
from domain.vocabulary import Role
from models import callers, laws, outbox, received_commands, recording, texts
from models.callers import NewCaller
from models.contracts.notices import NotifyRequest
from models.received_commands import ACCEPTED, Received
from models.tables import Ticket
from models.texts import NewText, new_text
from models.ticket_numbers import next_number
from models.told import ticket_record

_log = structlog.get_logger(__name__)

_MAY_REGISTER = frozenset({Role.AGENT, Role.OFFICE, Role.UPSTREAM, Role.CITIZEN})
_REGISTER = "register"


class _MeanwhileThere(Exception):
    """Somebody else registered the same under the same key; what was written here is taken back."""


@dataclass(frozen=True)
class Registration:
    """The ticket a registration led to, and who is to be told; `fresh` is false where it was there before."""

    no: str
    received_at: datetime
    fresh: bool
    notices: NotifyRequest | None = None


async def register_ticket(parts: Parts, actor: Actor, body: RegisterBase, key: str) -> Registration:
    """Registers a demand once: the same key or upstream number again gives the ticket that is there.

    Raises Problem for what the role, the policy or the content forbids, DBAPIError while Postgres is away.
    """
    received_at = datetime.now(ZONE)
    command_id = received_commands.command_id(actor, "", _REGISTER, key)
    digest = parts.ring.digest(command_id, json.dumps(body.model_dump(mode="json", exclude_unset=True)))
    try:
        async with parts.engine.begin() as conn:
            stored, law = await law_to_open_by(conn, parts.settings, body.policy, received_at.date())
            if not _may_register(actor, law):
                raise Problem(403, "wrong_role", "你的角色不能登记诉求。", basis=law.policy.process.roles)
            require_no_secrets(law.policy, strings(body.model_dump(mode="json", exclude_unset=True)))
            about = fields_from(body, law.calendar.local(received_at))
            _check(law, about)
            known = await _known(conn, command_id, digest, law.policy.id, about.upstream_no)
            if known is not None:
                return known
            await laws.store(conn, stored)
            registration = await _store(conn, parts, _Intake(actor, body, about, law, stored.id), key, digest)
    except (IntegrityError, _MeanwhileThere):
        # The same registration came in twice at the same moment; the other one is there now.
        _, law = await law_for(parts.engine, parts.settings, body.policy, received_at.date())
        upstream_no = fields_from(body, received_at).upstream_no
        async with parts.engine.connect() as conn:
            known = await _known(conn, command_id, digest, law.policy.id, upstream_no)
        if known is None:
            raise
        return known
    await _start(parts, registration)
    return registration


def _may_register(actor: Actor, law: Law) -> bool:
    if actor.role is Role.CONTRACTOR:
        return law.policy.contractor is not None and _REGISTER in law.policy.contractor.commands
    return actor.role in _MAY_REGISTER


@dataclass(frozen=True)
class _Intake:
    actor: Actor
    body: RegisterBase
    about: TicketFields
    law: Law
    law_id: str


def _check(law: Law, about: TicketFields) -> None:
    try:
        register(law, "-", about, about.received_at)
    except Rejected as refusal:
        raise of_rejected(refusal) from refusal


async def _known(
    conn: AsyncConnection, command_id: str, digest: str, jurisdiction: str, upstream_no: str | None
) -> Registration | None:
    earlier = await received_commands.find(conn, command_id)
    if earlier is not None:
        if earlier.body_digest != digest:
            raise idempotency_conflict()
        return Registration(earlier.ticket_no, earlier.received_at, fresh=False)
    if upstream_no is None:
        return None
    row = (
        await conn.execute(
            select(Ticket.no, Ticket.received_at).where(
                Ticket.jurisdiction == jurisdiction, Ticket.upstream_no == upstream_no
            )
        )
    ).one_or_none()
    return None if row is None else Registration(row.no, row.received_at, fresh=False)


def idempotency_conflict() -> Problem:
    """The same key with other content."""
    return Problem(
        422, "idempotency_conflict", "同一 Idempotency-Key 已用于内容不同的请求。请换一个后重新提交。"
    )


async def _store(conn: AsyncConnection, parts: Parts, intake: _Intake, key: str, digest: str) -> Registration:
    about, received_at = intake.about, intake.about.received_at
    no = await next_number(conn, received_at.date())
    said = _words(parts, intake.body)
    people = [NewCaller(one.name, one.phone, one.address) for one in intake.body.callers]
    caller_ids = tuple(str(one) for one in await callers.store(conn, parts.ring, no, people, received_at))
    await texts.store(conn, parts.ring, no, said, received_at)
    written = {text.field: str(text.reference) for text in said}
    made = register(intake.law, no, about, received_at, callers=caller_ids, texts=written)
    request = ticket_record(
        no, intake.law_id, None, made, office=intake.law.policy.office.name, actor=intake.actor
    )
    await recording.write_first(conn, request)
    payload = {
        "law_id": intake.law_id,
        "about": about.model_dump(mode="json", exclude_unset=True),
        "registered_at": received_at.isoformat(),
        "registered_by": intake.actor.model_dump(mode="json"),
        "callers": caller_ids,
        "texts": written,
    }
    await outbox.put(conn, outbox.TICKET, no, payload)
    command = Received(
        id=received_commands.command_id(intake.actor, "", _REGISTER, key),
        ticket_no=no,
        do=_REGISTER,
        body_digest=digest,
        body=payload,
        received_at=received_at,
        state=ACCEPTED,
        result={"seq": len(made), "status": request.view["ticket"]["status"]},
        actor=intake.actor.model_dump(mode="json"),
    )
    if not await received_commands.put(conn, command, key):
        raise _MeanwhileThere(no)
    return Registration(no, received_at, fresh=True, notices=recording.notices_of(request))


def _words(parts: Parts, body: RegisterBase) -> list[NewText]:
    written = {"title": body.title, "text": body.text, "recording": body.recording}
    return [new_text(parts.ring, name, words) for name, words in written.items() if words is not None]


async def _start(parts: Parts, registration: Registration) -> None:
    """Starts the ticket's workflow at once; when that cannot be done the sweep does it, and sends notices."""
    try:
        await parts.starter.start_waiting(outbox.TICKET, registration.no)
    except EngineAway as error:
        _log.warning("start_left_to_the_sweep", ticket=registration.no, reason=str(error))
        return
    if registration.notices is not None and registration.notices.notices:
        parts.starter.notices.start_soon(registration.notices)

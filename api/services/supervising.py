"""Supervision that no ticket opened: of a unit, over a topic or at a leader's word."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.reaching import EngineAway
from api.bodies import OpenSupervisionBody
from api.moments import ZONE
from api.problems import Problem, of_rejected
from api.services.offices import law_to_open_by
from api.services.parts import Parts
from api.services.registering import idempotency_conflict
from domain import supervision as supervising
from domain.commands import Actor
from domain.facts import SupervisionOpened, to_json
from domain.law import Law
from domain.rejected import Rejected
from models import laws, outbox, received_commands, texts
from models.directory import unit_given
from models.fact_effects import supervision_row
from models.received_commands import ACCEPTED, Received
from models.recording import START_SUPERVISION
from models.tables import Supervision
from models.texts import NewText, new_text
from models.ticket_numbers import next_number

_log = structlog.get_logger(__name__)

_OPEN = "open_supervision"


@dataclass(frozen=True)
class Opening:
    """The supervision a request led to; `fresh` is false where it was there before."""

    no: str
    opened_at: datetime
    fresh: bool


async def open_supervision(parts: Parts, actor: Actor, body: OpenSupervisionBody, key: str) -> Opening:
    """Opens a supervision once; the same key again gives the one that is there.

    Raises Problem for what the policy, the directory or the content forbids, DBAPIError while Postgres is
    away.
    """
    now = datetime.now(ZONE)
    command_id = received_commands.command_id(actor, "", _OPEN, key)
    digest = parts.ring.digest(command_id, json.dumps(body.model_dump(mode="json", exclude_unset=True)))
    async with parts.engine.begin() as conn:
        stored, law = await law_to_open_by(conn, parts.settings, body.policy, now.date())
        opened = _opened(law, body, law.calendar.local(now))
        earlier = await received_commands.find(conn, command_id)
        if earlier is not None:
            if earlier.body_digest != digest:
                raise idempotency_conflict()
            return Opening(earlier.ticket_no, earlier.received_at, fresh=False)
        await _check_unit(conn, law, body.unit)
        await laws.store(conn, stored)
        no = f"D{await next_number(conn, now.date())}"
        subject = new_text(parts.ring, "subject", body.subject)
        payload = {
            "ticket_no": None,
            "subject": str(subject.reference),
            "law_id": stored.id,
            "opened": {**to_json(opened), "no": no},
        }
        received = Received(
            id=command_id,
            ticket_no=no,
            do=_OPEN,
            body_digest=digest,
            body=payload,
            received_at=now,
            state=ACCEPTED,
            result={"seq": 0, "status": "open"},
            actor=actor.model_dump(mode="json"),
        )
        await _store(conn, parts, law, received, subject, key)
    await _start(parts, no)
    return Opening(no, now, fresh=True)


def _opened(law: Law, body: OpenSupervisionBody, now: datetime) -> SupervisionOpened:
    try:
        return supervising.opened(law, "-", body.unit, body.cause, now, level=body.level, form=body.form)
    except Rejected as refusal:
        raise of_rejected(refusal) from refusal


async def _check_unit(conn: AsyncConnection, law: Law, unit: str) -> None:
    given = (await unit_given(conn, [unit], {}))[unit]
    if not given.exists:
        raise Problem(
            409,
            "unknown_unit",
            f"没有名为“{unit}”的承办单位。请核对单位名称。",
            basis=law.policy.supervision.basis,
        )


async def _store(
    conn: AsyncConnection, parts: Parts, law: Law, received: Received, subject: NewText, key: str
) -> None:
    no, payload = received.ticket_no, received.body
    await texts.store(conn, parts.ring, no, [subject], received.received_at)
    row: dict[str, Any] = supervision_row(no, None, law.policy.id, payload["opened"])
    await conn.execute(insert(Supervision).values(row))
    await outbox.put(conn, START_SUPERVISION, no, payload)
    await received_commands.put(conn, received, key)


async def _start(parts: Parts, no: str) -> None:
    """Starts the workflow at once; when that cannot be done the sweep does it."""
    try:
        await parts.starter.start_waiting(START_SUPERVISION, no)
    except EngineAway as error:
        _log.warning("start_left_to_the_sweep", supervision=no, reason=str(error))

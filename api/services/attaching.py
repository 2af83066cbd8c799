"""Files along with tickets: taken in after a look inside, and given out to those whose they are."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from api.identity import UNIT_ROLES, Principal
from api.problems import Problem, not_found
from api.services.parts import Parts
from api.services.scope import visible_tickets
from api.services.secrets_kept_out import require_no_secrets
from domain.commands import Actor
from domain.vocabulary import ENDS, Role
from models import attachments, file_kinds
from models.attachments import NewFile
from models.tables import Attachment, Ticket
from ops.keyring import KeyRingError

MAX_FILES = 100
"""Files a ticket may have."""

_CALLERS = (Role.CITIZEN.value, Role.AGENT.value, Role.CONTRACTOR.value, Role.UPSTREAM.value)
"""Who uploads for the caller: everybody on the ticket sees these."""


@dataclass(frozen=True)
class Given:
    """A file as it is given out."""

    name: str = field(repr=False)
    media_type: str
    content: bytes = field(repr=False)


async def take(parts: Parts, who: Principal, no: str, name: str, content: bytes) -> Any:
    """Keeps a file.

    Problem 404; 409 for a ticket that ended or is full, and for a name with a mark of state secrets; 422 for
    what is not taken.
    """
    try:
        # Unpacking a document takes a while.
        media_type = await asyncio.to_thread(file_kinds.media_type, name, content)
    except file_kinds.Refused as refused:
        raise Problem(422, "file_refused", f"{refused}。") from None
    async with parts.engine.begin() as conn:
        law_id = await _require_room(conn, who, no)
        _, law = await parts.laws.get(conn, law_id)
        require_no_secrets(law.policy, [name])
        file_id = await attachments.keep(
            conn,
            parts.ring,
            attachments.store_of(parts.settings),
            no,
            NewFile(name, media_type, content),
            by=who.actor.id,
            role=who.actor.role.value,
            unit=who.actor.unit if who.actor.role in UNIT_ROLES else None,
            at=datetime.now(UTC),
        )
        return (await conn.execute(select(*Attachment.__table__.c).where(Attachment.id == file_id))).one()


async def _require_room(conn: AsyncConnection, who: Principal, no: str) -> str:
    """The law of the ticket, when it takes another file."""
    query = (
        select(Ticket.status, Ticket.law_id)
        .where(Ticket.no == no, visible_tickets(who.actor))
        .with_for_update()
    )
    row = (await conn.execute(query)).one_or_none()
    if row is None:
        raise not_found("件工单")
    if row.status in ENDS:
        raise Problem(409, "ticket_ended", "工单已经结束，不能再上传。")
    if len(await attachments.of_ticket(conn, no)) >= MAX_FILES:
        raise Problem(409, "too_many_files", f"一件工单最多{MAX_FILES}个附件。")
    law_id: str = row.law_id
    return law_id


async def of_ticket(parts: Parts, who: Principal, no: str) -> Sequence[dict[str, Any]]:
    """The files of a ticket that somebody may see. Problem 404."""
    async with parts.engine.connect() as conn:
        if await conn.scalar(select(Ticket.no).where(Ticket.no == no, visible_tickets(who.actor))) is None:
            raise not_found("件工单")
        row = Attachment
        query = select(*row.__table__.c).where(row.ticket_no == no, _visible(who.actor))
        rows = (await conn.execute(query.order_by(row.uploaded_at, row.id))).all()
    return [{**one._mapping, "name": attachments.name_of(parts.ring, one)} for one in rows]


async def give(parts: Parts, who: Principal, no: str, file_id: UUID) -> Given:
    """One file with its content. Problem 404."""
    async with parts.engine.connect() as conn:
        query = (
            select(*Attachment.__table__.c)
            .join(Ticket, Ticket.no == Attachment.ticket_no)
            .where(
                Attachment.id == file_id,
                Ticket.no == no,
                Attachment.erased_at.is_(None),
                visible_tickets(who.actor),
                _visible(who.actor),
            )
        )
        row = (await conn.execute(query)).one_or_none()
    name = None if row is None else attachments.name_of(parts.ring, row)
    if row is None or name is None:
        raise not_found("个附件")
    try:
        content = await attachments.content(parts.ring, attachments.store_of(parts.settings), file_id)
    except (FileNotFoundError, KeyRingError):
        raise Problem(503, "file_unavailable", "附件暂时取不到。请联系管理员。") from None
    return Given(name, row.media_type, content)


def _visible(actor: Actor) -> ColumnElement[bool]:
    """A unit sees the caller's files, the office's, its own; a caller and a contractor the caller's alone."""
    row = Attachment
    if actor.role in UNIT_ROLES:
        return or_(row.unit.is_(None), row.unit == actor.unit)
    if actor.role in (Role.CITIZEN, Role.CONTRACTOR, Role.UPSTREAM):
        return row.role.in_(_CALLERS)
    return true()

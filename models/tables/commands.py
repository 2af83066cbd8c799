"""What was asked for: commands as they were received, and refusals as an audit line."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base


class Command(Base):
    """A command, stored before it is sent on.

    `id` is the digest of (actor, ticket, command, key) and the update id.

    `body` is the internal form: references where people wrote words. `result` is what the caller was or will
    be told.
    """

    __tablename__ = "command"
    __table_args__ = (
        CheckConstraint("state IN ('stored', 'accepted', 'refused', 'failed')", name="state"),
        Index("ix_command_ticket_no", "ticket_no", "received_at"),
        Index("ix_command_waiting", "received_at", "id", postgresql_where=text("state = 'stored'")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    ticket_no: Mapped[str]
    do: Mapped[str]
    key: Mapped[str]
    actor: Mapped[dict[str, Any]]
    body_digest: Mapped[str]
    body: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="stored")
    decided_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class Refusal(Base):
    """A command that was refused: an audit line beside the facts, not one of them."""

    __tablename__ = "refusal"
    __table_args__ = (Index("ix_refusal_ticket_no", "ticket_no", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    ticket_no: Mapped[str | None]
    at: Mapped[datetime]
    do: Mapped[str]
    code: Mapped[str]
    basis: Mapped[list[str]]
    actor: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    command_id: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())

"""What leaves the house, and what must start in it: notices, the outbox, the embedded gateway's messages."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Integer, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base


class Notification(Base):
    """One notice to one recipient, sent at most once: unique per (ticket, notice, recipient) and channel.

    `recipient` is a person's or caller's id, never a number; the number is looked up while sending. `params`
    holds only what the template declares, and no template declares personal data.

    `state` is what we did with it, `receipt` what became of it afterwards: `none` when the provider never
    said. `held_for` and `held_until` belong to `held`. `number_index` finds the messages to one number.
    """

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("ticket_no", "notice", "recipient", "channel"),
        CheckConstraint("state IN ('queued', 'held', 'sending', 'sent', 'failed', 'unknown')", name="state"),
        CheckConstraint("receipt IN ('delivered', 'undelivered', 'none')", name="receipt"),
        Index("ix_notification_open", "state", "queued_at", postgresql_where=text("state <> 'sent'")),
        Index("ix_notification_recipient", "recipient", "queued_at"),
        Index("ix_notification_number", "number_index", "sending_at"),
        Index("ix_notification_reference", "gateway", "gateway_ref"),
        Index("ix_notification_held", "held_until", postgresql_where=text("state = 'held'")),
        Index(
            "ix_notification_unconfirmed",
            "gateway",
            "asked_at",
            postgresql_where=text("state = 'sent' AND receipt IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_no: Mapped[str]
    notice: Mapped[str]
    recipient: Mapped[str]
    role: Mapped[str]
    unit: Mapped[str | None]
    channel: Mapped[str]
    template: Mapped[str]
    params: Mapped[dict[str, Any]]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    gateway: Mapped[str | None]
    gateway_ref: Mapped[str | None]
    last_error: Mapped[str | None]
    queued_at: Mapped[datetime]
    sending_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    number_index: Mapped[bytes | None]
    parts: Mapped[int | None] = mapped_column(Integer)
    held_for: Mapped[str | None]
    held_until: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    receipt: Mapped[str | None]
    receipt_code: Mapped[str | None]
    receipt_at: Mapped[datetime | None]


class OutboxMessage(Base):
    """A message as the embedded gateway would have sent it, readable on the console; the number is masked."""

    __tablename__ = "outbox_message"

    key: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    channel: Mapped[str]
    body: Mapped[str]
    accepted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Outbox(Base):
    """What must be started at Temporal because a transaction said so; the sweep goes by these rows alone."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        Index("ix_outbox_waiting", "created_at", "id", postgresql_where=text("started_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    last_error: Mapped[str | None]

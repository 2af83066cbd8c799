"""What lies beside tickets and is let go again: attachments, exports, and the records of erasures."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Encrypted


class Attachment(Base):
    """A file that somebody gave along with a ticket. Its content lies encrypted in the store, under its id.

    `unit` is the uploader's, whose files other units do not see; `public` ones are the caller's own. `digest`
    is keyed and of the content.
    """

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_ticket_no", "ticket_no", "uploaded_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_no: Mapped[str]
    key_id: Mapped[str]
    name: Mapped[Encrypted | None]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str | None]
    role: Mapped[str]
    unit: Mapped[str | None]
    erased_at: Mapped[datetime | None]


class ExportRequest(Base):
    """A list that somebody wants to take out of the system, which the office grants or not.

    What the list holds is looked up when it is fetched, with the requester's scope, and is masked. Reason and
    opinion are encrypted.
    """

    __tablename__ = "export_request"
    __table_args__ = (
        CheckConstraint("state IN ('requested', 'granted', 'refused')", name="state"),
        CheckConstraint("format IN ('csv', 'xlsx')", name="format"),
        Index("ix_export_request_requested_at", "requested_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    actor: Mapped[dict[str, Any]]
    requested_at: Mapped[datetime]
    format: Mapped[str]
    filters: Mapped[dict[str, Any]]
    key_id: Mapped[str]
    reason: Mapped[Encrypted | None]
    state: Mapped[str] = mapped_column(server_default="requested")
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    opinion: Mapped[Encrypted | None]
    expires_at: Mapped[datetime | None]
    fetched: Mapped[int] = mapped_column(server_default="0")


class Erasure(Base):
    """The record of an erasure: what was let go of, when, by whom and why. A trigger forbids changing it."""

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("why IN ('request', 'retention', 'mistake', 'order')", name="why"),
        Index("ix_erasure_ticket_no", "ticket_no"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    why: Mapped[str]
    ticket_no: Mapped[str]
    callers: Mapped[list[Any]]
    emptied: Mapped[dict[str, Any]] = mapped_column(JSONB)

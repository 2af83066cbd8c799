"""What names people: callers, their links, and the words they and the units wrote.

Encrypted, erasable, apart from the facts.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Encrypted


class Caller(Base):
    """A person behind a ticket; a burst main has many. Merging moves callers to the main ticket.

    Ciphertexts are bound to the row's id and their column, so that one cannot be put in another's place.
    """

    __tablename__ = "caller"
    __table_args__ = (
        Index("ix_caller_ticket_no", "ticket_no", "joined_at", "id"),
        Index("ix_caller_phone_index", "phone_index"),
        Index(
            "ix_caller_handling",
            text("(ratings ->> 'handling')"),
            "ticket_no",
            postgresql_where=text("(ratings ->> 'handling') IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_no: Mapped[str]
    first_ticket_no: Mapped[str]
    key_id: Mapped[str]
    name: Mapped[Encrypted | None]
    phone: Mapped[Encrypted | None]
    address: Mapped[Encrypted | None]
    phone_index: Mapped[bytes | None]
    joined_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    called_back_at: Mapped[datetime | None]
    ratings: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    withdrawn_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class CitizenLink(Base):
    """A link in a message to a caller, by which they follow their ticket. Only the digest of it is kept."""

    __tablename__ = "citizen_link"
    __table_args__ = (Index("ix_citizen_link_caller_id", "caller_id"),)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    caller_id: Mapped[UUID]
    expires_at: Mapped[datetime]


class TicketText(Base):
    """What somebody wrote in one field of one command. Facts refer to it by id and keyed digest.

    Erasing empties `ciphertext` and says when, by whom and why; the digest stays, so the chain stays whole.
    """

    __tablename__ = "ticket_text"
    __table_args__ = (
        Index("ix_ticket_text_ticket_no", "ticket_no"),
        CheckConstraint("(ciphertext IS NULL) = (erased_at IS NOT NULL)", name="text_or_erased"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_no: Mapped[str]
    field: Mapped[str]
    digest: Mapped[str]
    key_id: Mapped[str]
    ciphertext: Mapped[Encrypted | None]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    erased_by: Mapped[str | None]
    erased_reason: Mapped[str | None]

"""Who did what, from where, when and why: lines that are only ever added, each standing on the one before."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base


class AuditLine(Base):
    """One thing that somebody asked for. `data` says everything; the columns before it repeat it for queries.

    A trigger forbids UPDATE, DELETE and TRUNCATE. There are several chains (`lane`), so that requests need
    not wait for each other.
    """

    __tablename__ = "audit_line"
    __table_args__ = (
        Index("ix_audit_line_at", "at"),
        Index("ix_audit_line_ticket_no", "ticket_no", "at"),
        Index("ix_audit_line_actor_id", "actor_id", "at"),
        Index("ix_audit_line_subject", "subject", "at"),
    )

    lane: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    operation: Mapped[str]
    outcome: Mapped[str]
    actor_id: Mapped[str | None]
    ticket_no: Mapped[str | None]
    subject: Mapped[str | None]
    data: Mapped[dict[str, Any]]
    prev_hash: Mapped[bytes]
    hash: Mapped[bytes]


class AuditHead(Base):
    """Where each chain ends, so that one that is cut off at its end is found."""

    __tablename__ = "audit_head"

    lane: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(server_default="0")
    hash: Mapped[bytes]


class RefusalTally(Base):
    """How many refusals of one kind there were since an instant: wrong passwords, forged pushes.

    The first of them stand on the audit one by one, the rest as a number. There are as many rows as kinds;
    an `actor_id` or `via` that nobody knows is empty.
    """

    __tablename__ = "refusal_tally"

    operation: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(primary_key=True)
    actor_id: Mapped[str] = mapped_column(primary_key=True)
    via: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    until: Mapped[datetime]
    seen: Mapped[int] = mapped_column(Integer)

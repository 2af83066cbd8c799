"""The knowledge base: what agents may answer from, kept by the unit whose business it is."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base

_PUBLISHED = text("state = 'published'")
_IN_WORK = text("state IN ('draft', 'submitted', 'returned')")


class KnowledgeEntry(Base):
    """One version of an entry: question and answer, the unit that owns it, from when to when it holds.

    `entry` is what the versions of one entry share. At most one of them is published and at most one is being
    worked on; what was published once stays as it was, so that an answer given from it can be looked up.
    """

    __tablename__ = "knowledge_entry"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'published', 'superseded', 'withdrawn')",
            name="state",
        ),
        CheckConstraint("valid_from <= valid_until", name="validity"),
        UniqueConstraint("entry", "version"),
        Index("ix_knowledge_entry_published", "entry", unique=True, postgresql_where=_PUBLISHED),
        Index("ix_knowledge_entry_in_work", "entry", unique=True, postgresql_where=_IN_WORK),
        Index("ix_knowledge_entry_state", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    entry: Mapped[UUID]
    version: Mapped[int]
    unit: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    category: Mapped[str | None]
    basis: Mapped[str | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    state: Mapped[str] = mapped_column(server_default="draft")
    written_by: Mapped[str | None]
    written_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    opinion: Mapped[str | None]

"""The legal record: what happened, in order, never changed.

A trigger forbids UPDATE, DELETE and TRUNCATE; the hash of each row covers the one before it
(models/chain.py), so that a change made past the trigger is found.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base


class _Fact:
    """One fact of an aggregate. `data` is the whole fact as JSON; `at` and `fact` repeat it for queries.

    `law_id` is the law it was decided under.
    """

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    fact: Mapped[str]
    data: Mapped[dict[str, Any]]
    law_id: Mapped[str]
    actor: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    command_id: Mapped[str | None]
    recorded_at: Mapped[datetime]
    prev_hash: Mapped[bytes]
    hash: Mapped[bytes]


class TicketFact(_Fact, Base):
    """One fact of a ticket."""

    __tablename__ = "ticket_fact"
    __table_args__ = (
        Index("ix_ticket_fact_fact_at", "fact", "at"),
        Index("ix_ticket_fact_recorded_at", "recorded_at"),
    )

    ticket_no: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)


class SupervisionFact(_Fact, Base):
    """One fact of a supervision (督办件)."""

    __tablename__ = "supervision_fact"
    __table_args__ = (Index("ix_supervision_fact_recorded_at", "recorded_at"),)

    no: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)

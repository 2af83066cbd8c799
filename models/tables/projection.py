"""How tickets stand now, computed from their facts; `jiesu rebuild` makes all of it again."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base

_LAMP_RANK = (
    "CASE WHEN lamp = 'red' THEN 0 WHEN urgency = 'emergency' AND status = 'registered' THEN 0 "
    "WHEN lamp = 'yellow' THEN 1 WHEN lamp = 'warning' THEN 2 ELSE 3 END"
)
_DUE_ORDER = (
    "COALESCE(next_due, CASE WHEN status <> 'registered' THEN 'infinity'::timestamptz "
    "WHEN urgency = 'emergency' THEN '-infinity'::timestamptz WHEN urgency = 'urgent' THEN received_at "
    "ELSE 'infinity'::timestamptz END)"
)
_OPEN = text("ended_at IS NULL")


class Ticket(Base):
    """A ticket as lists show it. Intake writes the row; from the first fact on it follows the facts.

    Lists run through (lamp_rank, due_order, no): the most severe lamp first, then the earliest due. What
    nobody was sent yet has no clock to be judged by: until it is dispatched an emergency stands before
    everything, and what is urgent stands as if it had been due when it came in.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("jurisdiction", "upstream_no"),
        Index("ix_ticket_open", "lamp_rank", "due_order", "no", postgresql_where=_OPEN),
        Index("ix_ticket_all", "lamp_rank", "due_order", "no"),
        Index("ix_ticket_status", "status", "lamp_rank", "due_order", "no"),
        Index("ix_ticket_lead_unit", "lead_unit", "lamp_rank", "due_order", "no"),
        Index("ix_ticket_received_at", "received_at", "no"),
        Index("ix_ticket_dispatched_at", "dispatched_at", "no"),
        Index("ix_ticket_closed_at", "closed_at", "no"),
    )

    no: Mapped[str] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str]
    law_id: Mapped[str] = mapped_column(ForeignKey("law.id"))
    seq: Mapped[int] = mapped_column(server_default="0")
    status: Mapped[str]
    stage: Mapped[str | None]
    type: Mapped[str]
    urgency: Mapped[str]
    level: Mapped[str]
    source: Mapped[str]
    special: Mapped[str | None]
    complainant: Mapped[str]
    category: Mapped[str | None]
    area: Mapped[str | None]
    subject_unit: Mapped[str | None]
    prior: Mapped[str | None]
    lead_unit: Mapped[str | None]
    lamp: Mapped[str | None]
    lamp_rank: Mapped[int] = mapped_column(Integer, Computed(_LAMP_RANK, persisted=True))
    next_due: Mapped[datetime | None]
    due_order: Mapped[datetime] = mapped_column(Computed(_DUE_ORDER, persisted=True))
    next_due_clock: Mapped[str | None]
    provisional: Mapped[bool] = mapped_column(server_default="false")
    upstream_no: Mapped[str | None]
    upstream_due: Mapped[datetime | None]
    merged_into: Mapped[str | None]
    received_at: Mapped[datetime]
    registered_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    counters: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class Assignment(Base):
    """What one unit is at with one ticket; the facts tell of earlier turns of the same unit."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("ix_assignment_unit", "unit", "stage", "ticket_no"),
        Index("ix_assignment_unit_open", "unit", "stage", "ticket_no", postgresql_where=_OPEN),
        Index(
            "ix_assignment_subordinate",
            "subordinate",
            "ticket_no",
            postgresql_where=text("subordinate IS NOT NULL"),
        ),
    )

    ticket_no: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    stage: Mapped[str]
    subordinate: Mapped[str | None]
    lacking: Mapped[list[str]] = mapped_column(server_default="{}")
    dispatched_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    counters: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class Clock(Base):
    """One limit of one ticket, running or ended. `n` is the number of the fact that started it.

    `unit` is `office` for what the hotline office owes. A running clock past its due time is `breached`.
    """

    __tablename__ = "clock"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'breached', 'met', 'ended')", name="state"),
        Index("ix_clock_due", "due_at", "ticket_no", postgresql_where=text("ended_at IS NULL")),
        Index("ix_clock_unit", "unit", "name", "due_at"),
    )

    ticket_no: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    anchor: Mapped[datetime]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    basis: Mapped[list[str]]
    provisional: Mapped[bool]
    limit: Mapped[str]
    ladder: Mapped[list[Any]] = mapped_column(server_default="[]")
    lamp: Mapped[str | None]
    silent_since: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None]


class Supervision(Base):
    """How a supervision (督办件) stands now; it may outlive its ticket, or have none."""

    __tablename__ = "supervision"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'answered', 'closed')", name="status"),
        Index("ix_supervision_ticket_no", "ticket_no"),
        Index("ix_supervision_unit_status", "unit", "status", "due_at"),
    )

    no: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(server_default="0")
    ticket_no: Mapped[str | None]
    jurisdiction: Mapped[str]
    unit: Mapped[str]
    cause: Mapped[str]
    form: Mapped[str | None]
    level: Mapped[str]
    status: Mapped[str]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    provisional: Mapped[bool] = mapped_column(server_default="false")
    lamp: Mapped[str | None]
    breached_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Precedent(Base):
    """A panel's decision (研判) on who handles a matter of this kind here; it binds later routing."""

    __tablename__ = "precedent"
    __table_args__ = (Index("ix_precedent_area_category", "jurisdiction", "area", "category"),)

    ticket_no: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    jurisdiction: Mapped[str]
    area: Mapped[str | None]
    category: Mapped[str | None]
    unit: Mapped[str]
    decided_at: Mapped[datetime]

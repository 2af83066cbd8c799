"""What comes back from outside (receipts, replies), and what people do by phone: calls, duty, the inbox."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Encrypted


class Receipt(Base):
    """What a provider said became of a message, pushed or polled; each event once.

    `event` is a digest of what makes the event the same one when it is pushed again. One that belongs to no
    message yet keeps `notification_id` empty: a receipt may be faster than the answer to the submission.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        CheckConstraint("outcome IN ('delivered', 'undelivered')", name="outcome"),
        Index(
            "ix_receipt_unmatched", "gateway", "reference", postgresql_where=text("notification_id IS NULL")
        ),
        Index("ix_receipt_notification_id", "notification_id"),
    )

    event: Mapped[bytes] = mapped_column(primary_key=True)
    gateway: Mapped[str]
    reference: Mapped[str | None]
    message_key: Mapped[str | None]
    number_index: Mapped[bytes | None]
    outcome: Mapped[str]
    code: Mapped[str | None]
    reported_at: Mapped[datetime | None]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    notification_id: Mapped[UUID | None]


class SeenWebhook(Base):
    """The id of a signed webhook that was taken, kept for longer than its signature stays fresh."""

    __tablename__ = "seen_webhook"
    __table_args__ = (Index("ix_seen_webhook_at", "at"),)

    gateway: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class Survey(Base):
    """A caller who was asked to rate by SMS, until they did or the time is over."""

    __tablename__ = "survey"
    __table_args__ = (
        Index("ix_survey_number_open", "number_index", postgresql_where=text("answered_at IS NULL")),
    )

    notification_id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_no: Mapped[str]
    caller_id: Mapped[UUID]
    number_index: Mapped[bytes]
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class InboxMessage(Base):
    """An SMS that somebody sent us. Those that mean nothing certain wait here for a person.

    Number and words are encrypted. `became` is what it was taken for: a rating, an acknowledgement, or
    nothing yet; `why` says why a person has to look.
    """

    __tablename__ = "inbox_message"
    __table_args__ = (
        UniqueConstraint("gateway", "event"),
        CheckConstraint("became IN ('rating', 'acknowledgement', 'handled', 'open')", name="became"),
        Index("ix_inbox_message_open", "received_at", "id", postgresql_where=text("became = 'open'")),
        Index("ix_inbox_message_number_index", "number_index", "received_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    gateway: Mapped[str]
    event: Mapped[bytes]
    received_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    key_id: Mapped[str]
    number: Mapped[Encrypted | None]
    words: Mapped[Encrypted | None]
    number_index: Mapped[bytes]
    became: Mapped[str]
    why: Mapped[str | None]
    ticket_no: Mapped[str | None]
    command_id: Mapped[str | None]
    handled_by: Mapped[str | None]
    handled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class CallTask(Base):
    """A call that the office's seat has to make: phone as a channel of its own, or where an SMS failed.

    Whom to call is `recipient`; the number is looked up when the seat takes the task, never stored here.
    """

    __tablename__ = "call_task"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('channel', 'rejected', 'undelivered', 'no_receipt', 'no_number')", name="reason"
        ),
        CheckConstraint("state IN ('open', 'reached', 'unreachable', 'dropped')", name="state"),
        Index("ix_call_task_open", "opened_at", "id", postgresql_where=text("state = 'open'")),
        Index("ix_call_task_ticket_no", "ticket_no"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_no: Mapped[str]
    unit: Mapped[str | None]
    recipient: Mapped[str]
    template: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    opened_at: Mapped[datetime]
    taken_by: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class CallAttempt(Base):
    """The proof of one call: who called, when, and how it ended."""

    __tablename__ = "call_attempt"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('reached', 'no_answer', 'busy', 'switched_off', 'wrong_number', 'refused')",
            name="outcome",
        ),
        Index("ix_call_attempt_task_id", "task_id", "called_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("call_task.id"))
    called_by: Mapped[str]
    called_at: Mapped[datetime]
    outcome: Mapped[str]
    acknowledged: Mapped[bool] = mapped_column(server_default="false")
    seconds: Mapped[int | None]
    evidence: Mapped[str | None]


class Duty(Base):
    """Who is on duty for a unit in an interval; `line` 1 is called first, 2 when nobody acknowledges."""

    __tablename__ = "duty"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint("line >= 1", name="line"),
        UniqueConstraint("unit", "starts_at", "line"),
        Index("ix_duty_unit_ends_at", "unit", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit: Mapped[str]
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    line: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    entered_by: Mapped[str | None]
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DutyAlert(Base):
    """An emergency told to who is on duty, waiting for an acknowledgement.

    `step` counts down the line: the roster first, then the unit's leaders, then the office.
    """

    __tablename__ = "duty_alert"
    __table_args__ = (
        UniqueConstraint("ticket_no", "notice", "step"),
        CheckConstraint(
            "state IN ('waiting', 'acknowledged', 'passed_on', 'exhausted')",
            name="state",
        ),
        Index("ix_duty_alert_waiting", "wait_until", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_no: Mapped[str]
    notice: Mapped[str]
    unit: Mapped[str]
    step: Mapped[int]
    recipients: Mapped[list[str]]
    told_at: Mapped[datetime]
    wait_until: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="waiting")
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    acknowledged_through: Mapped[str | None]

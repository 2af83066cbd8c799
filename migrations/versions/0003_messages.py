"""Real messages: receipts, replies, rules of sending, calls, duty"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_STATES = "state IN ('queued', 'sending', 'sent', 'failed', 'unknown')"
_STATES_NOW = "state IN ('queued', 'held', 'sending', 'sent', 'failed', 'unknown')"


def upgrade() -> None:
    op.create_table(
        "call_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_no", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reason IN ('channel', 'rejected', 'undelivered', 'no_receipt', 'no_number')",
            name=op.f("ck_call_task_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'reached', 'unreachable', 'dropped')", name=op.f("ck_call_task_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_task")),
    )
    op.create_index(
        "ix_call_task_open",
        "call_task",
        ["opened_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_call_task_ticket_no", "call_task", ["ticket_no"], unique=False)
    op.create_table(
        "duty_alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_no", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("recipients", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_through", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'acknowledged', 'passed_on', 'exhausted')", name=op.f("ck_duty_alert_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_alert")),
        sa.UniqueConstraint("ticket_no", "notice", "step", name=op.f("uq_duty_alert_ticket_no_notice_step")),
    )
    op.create_index(
        "ix_duty_alert_waiting",
        "duty_alert",
        ["wait_until"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "inbound_refusal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("body_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_refusal")),
    )
    op.create_index("ix_inbound_refusal_at", "inbound_refusal", ["at"], unique=False)
    op.create_table(
        "inbox_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("number_index", sa.LargeBinary(), nullable=False),
        sa.Column("became", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("ticket_no", sa.Text(), nullable=True),
        sa.Column("command_id", sa.Text(), nullable=True),
        sa.Column("handled_by", sa.Text(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "became IN ('rating', 'acknowledgement', 'handled', 'open')", name=op.f("ck_inbox_message_became")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_message")),
        sa.UniqueConstraint("gateway", "event", name=op.f("uq_inbox_message_gateway_event")),
    )
    op.create_index(
        "ix_inbox_message_number_index", "inbox_message", ["number_index", "received_at"], unique=False
    )
    op.create_index(
        "ix_inbox_message_open",
        "inbox_message",
        ["received_at", "id"],
        unique=False,
        postgresql_where=sa.text("became = 'open'"),
    )
    op.create_table(
        "receipt",
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("message_key", sa.Text(), nullable=True),
        sa.Column("number_index", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("outcome IN ('delivered', 'undelivered')", name=op.f("ck_receipt_outcome")),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_receipt")),
    )
    op.create_index("ix_receipt_notification_id", "receipt", ["notification_id"], unique=False)
    op.create_index(
        "ix_receipt_unmatched",
        "receipt",
        ["gateway", "reference"],
        unique=False,
        postgresql_where=sa.text("notification_id IS NULL"),
    )
    op.create_table(
        "seen_webhook",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("gateway", "id", name=op.f("pk_seen_webhook")),
    )
    op.create_index("ix_seen_webhook_at", "seen_webhook", ["at"], unique=False)
    op.create_table(
        "survey",
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_no", sa.Text(), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_survey")),
    )
    op.create_index(
        "ix_survey_number_open",
        "survey",
        ["number_index"],
        unique=False,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "call_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("called_by", sa.Text(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("acknowledged", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('reached', 'no_answer', 'busy', 'switched_off', 'wrong_number', 'refused')",
            name=op.f("ck_call_attempt_outcome"),
        ),
        sa.ForeignKeyConstraint(["task_id"], ["call_task.id"], name=op.f("fk_call_attempt_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_attempt")),
    )
    op.create_index("ix_call_attempt_task_id", "call_attempt", ["task_id", "called_at"], unique=False)
    op.create_table(
        "duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_duty_order")),
        sa.CheckConstraint("line >= 1", name=op.f("ck_duty_line")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("unit", "starts_at", "line", name=op.f("uq_duty_unit_starts_at_line")),
    )
    op.create_index("ix_duty_unit_ends_at", "duty", ["unit", "ends_at"], unique=False)
    op.add_column("notification", sa.Column("number_index", sa.LargeBinary(), nullable=True))
    op.add_column("notification", sa.Column("parts", sa.Integer(), nullable=True))
    op.add_column("notification", sa.Column("held_for", sa.Text(), nullable=True))
    op.add_column("notification", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("notification", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("notification", sa.Column("receipt", sa.Text(), nullable=True))
    op.add_column("notification", sa.Column("receipt_code", sa.Text(), nullable=True))
    op.add_column("notification", sa.Column("receipt_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_notification_held",
        "notification",
        ["held_until"],
        unique=False,
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index("ix_notification_number", "notification", ["number_index", "sending_at"], unique=False)
    op.create_index("ix_notification_reference", "notification", ["gateway", "gateway_ref"], unique=False)
    op.create_index(
        "ix_notification_unconfirmed",
        "notification",
        ["gateway", "asked_at"],
        unique=False,
        postgresql_where=sa.text("state = 'sent' AND receipt IS NULL"),
    )
    op.drop_constraint("ck_notification_state", "notification")
    op.create_check_constraint("state", "notification", _STATES_NOW)
    op.create_check_constraint("receipt", "notification", "receipt IN ('delivered', 'undelivered', 'none')")


def downgrade() -> None:
    op.execute("UPDATE notification SET state = 'queued' WHERE state = 'held'")
    op.drop_constraint("ck_notification_receipt", "notification")
    op.drop_constraint("ck_notification_state", "notification")
    op.create_check_constraint("state", "notification", _STATES)
    op.drop_index("ix_notification_held", table_name="notification")
    op.drop_index("ix_notification_number", table_name="notification")
    op.drop_index("ix_notification_reference", table_name="notification")
    op.drop_index("ix_notification_unconfirmed", table_name="notification")
    op.drop_column("notification", "receipt_at")
    op.drop_column("notification", "receipt_code")
    op.drop_column("notification", "receipt")
    op.drop_column("notification", "asked_at")
    op.drop_column("notification", "held_until")
    op.drop_column("notification", "held_for")
    op.drop_column("notification", "parts")
    op.drop_column("notification", "number_index")
    op.drop_table("call_attempt")
    op.drop_table("call_task")
    op.drop_table("duty")
    op.drop_table("duty_alert")
    op.drop_table("inbound_refusal")
    op.drop_table("inbox_message")
    op.drop_table("receipt")
    op.drop_table("seen_webhook")
    op.drop_table("survey")

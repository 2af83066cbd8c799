"""The first tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_FACTS = ("ticket_fact", "supervision_fact")

_FORBID = """
CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("ticket_no", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("subordinate", sa.Text(), nullable=True),
        sa.Column("lacking", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counters", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("ticket_no", "unit", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_unit", "assignment", ["unit", "ticket_no"], unique=False)
    op.create_index(
        "ix_assignment_unit_open",
        "assignment",
        ["unit", "stage", "ticket_no"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "caller",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_no", sa.Text(), nullable=False),
        sa.Column("first_ticket_no", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ratings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller")),
    )
    op.create_index("ix_caller_phone_index", "caller", ["phone_index"], unique=False)
    op.create_index("ix_caller_ticket_no", "caller", ["ticket_no", "joined_at", "id"], unique=False)
    op.create_table(
        "clock",
        sa.Column("ticket_no", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("anchor", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("basis", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("limit", sa.Text(), nullable=False),
        sa.Column("ladder", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("lamp", sa.Text(), nullable=True),
        sa.Column("silent_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'breached', 'met', 'ended')", name=op.f("ck_clock_state")),
        sa.PrimaryKeyConstraint("ticket_no", "name", "unit", "n", name=op.f("pk_clock")),
    )
    op.create_index(
        "ix_clock_due",
        "clock",
        ["due_at", "ticket_no"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_clock_unit", "clock", ["unit", "name", "due_at"], unique=False)
    op.create_table(
        "command",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ticket_no", sa.Text(), nullable=False),
        sa.Column("do", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("actor", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body_digest", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="stored", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "state IN ('stored', 'accepted', 'refused', 'failed')", name=op.f("ck_command_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command")),
    )
    op.create_index("ix_command_ticket_no", "command", ["ticket_no", "received_at"], unique=False)
    op.create_index(
        "ix_command_waiting",
        "command",
        ["received_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'stored'"),
    )
    op.create_table(
        "law",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("calendar", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_law")),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_no", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("gateway", sa.Text(), nullable=True),
        sa.Column("gateway_ref", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'unknown')", name=op.f("ck_notification_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint(
            "ticket_no",
            "notice",
            "recipient",
            "channel",
            name=op.f("uq_notification_ticket_no_notice_recipient_channel"),
        ),
    )
    op.create_index(
        "ix_notification_open",
        "notification",
        ["state", "queued_at"],
        unique=False,
        postgresql_where=sa.text("state <> 'sent'"),
    )
    op.create_index("ix_notification_recipient", "notification", ["recipient", "queued_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_outbox_kind_subject")),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["created_at", "id"],
        unique=False,
        postgresql_where=sa.text("started_at IS NULL"),
    )
    op.create_table(
        "outbox_message",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_outbox_message")),
    )
    op.create_table(
        "precedent",
        sa.Column("ticket_no", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ticket_no", "seq", name=op.f("pk_precedent")),
    )
    op.create_index(
        "ix_precedent_area_category", "precedent", ["jurisdiction", "area", "category"], unique=False
    )
    op.create_table(
        "refusal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ticket_no", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("do", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("basis", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("actor", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("command_id", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
    )
    op.create_index("ix_refusal_ticket_no", "refusal", ["ticket_no", "at"], unique=False)
    op.create_table(
        "supervision",
        sa.Column("no", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ticket_no", sa.Text(), nullable=True),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provisional", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("lamp", sa.Text(), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('open', 'answered', 'closed')", name=op.f("ck_supervision_status")),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_supervision")),
    )
    op.create_index("ix_supervision_ticket_no", "supervision", ["ticket_no"], unique=False)
    op.create_index("ix_supervision_unit_status", "supervision", ["unit", "status", "due_at"], unique=False)
    op.create_table(
        "supervision_fact",
        sa.Column("no", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("law_id", sa.Text(), nullable=False),
        sa.Column("actor", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("command_id", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("no", "seq", name=op.f("pk_supervision_fact")),
    )
    op.create_table(
        "ticket_fact",
        sa.Column("ticket_no", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("law_id", sa.Text(), nullable=False),
        sa.Column("actor", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("command_id", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_no", "seq", name=op.f("pk_ticket_fact")),
    )
    op.create_index("ix_ticket_fact_fact_at", "ticket_fact", ["fact", "at"], unique=False)
    op.create_table(
        "ticket_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_no", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_by", sa.Text(), nullable=True),
        sa.Column("erased_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(ciphertext IS NULL) = (erased_at IS NOT NULL)", name=op.f("ck_ticket_text_text_or_erased")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_text")),
    )
    op.create_index("ix_ticket_text_ticket_no", "ticket_text", ["ticket_no"], unique=False)
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("supervised_by_id", sa.Uuid(), nullable=True),
        sa.Column("territory", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint(
            "kind IN ('county', 'department', 'subordinate', 'township', 'community', 'enterprise', 'party')",
            name=op.f("ck_unit_kind"),
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.ForeignKeyConstraint(["supervised_by_id"], ["unit.id"], name=op.f("fk_unit_supervised_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("name", name=op.f("uq_unit_name")),
    )
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"], unique=False)
    op.create_index(op.f("ix_unit_supervised_by_id"), "unit", ["supervised_by_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("absent", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("post IN ('A', 'B')", name=op.f("ck_person_post")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_person_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_roles", "person", ["roles"], unique=False, postgresql_using="gin")
    op.create_index("ix_person_unit_id", "person", ["unit_id"], unique=False)
    op.create_table(
        "ticket",
        sa.Column("no", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("law_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("special", sa.Text(), nullable=True),
        sa.Column("complainant", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("subject_unit", sa.Text(), nullable=True),
        sa.Column("prior", sa.Text(), nullable=True),
        sa.Column("lead_unit", sa.Text(), nullable=True),
        sa.Column("lamp", sa.Text(), nullable=True),
        sa.Column(
            "lamp_rank",
            sa.Integer(),
            sa.Computed(
                "CASE lamp WHEN 'red' THEN 0 WHEN 'yellow' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("next_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "due_order",
            sa.DateTime(timezone=True),
            sa.Computed("COALESCE(next_due, 'infinity'::timestamptz)", persisted=True),
            nullable=False,
        ),
        sa.Column("next_due_clock", sa.Text(), nullable=True),
        sa.Column("provisional", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("upstream_no", sa.Text(), nullable=True),
        sa.Column("upstream_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counters", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["law_id"], ["law.id"], name=op.f("fk_ticket_law_id")),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_ticket")),
        sa.UniqueConstraint("jurisdiction", "upstream_no", name=op.f("uq_ticket_jurisdiction_upstream_no")),
    )
    op.create_index("ix_ticket_all", "ticket", ["lamp_rank", "due_order", "no"], unique=False)
    op.create_index(
        "ix_ticket_lead_unit", "ticket", ["lead_unit", "lamp_rank", "due_order", "no"], unique=False
    )
    op.create_index(
        "ix_ticket_open",
        "ticket",
        ["lamp_rank", "due_order", "no"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_ticket_received_at", "ticket", ["received_at", "no"], unique=False)
    op.create_index("ix_ticket_status", "ticket", ["status", "lamp_rank", "due_order", "no"], unique=False)
    op.execute(_FORBID)
    for table in _FACTS:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
        )


def downgrade() -> None:
    op.drop_index("ix_ticket_status", table_name="ticket")
    op.drop_index("ix_ticket_received_at", table_name="ticket")
    op.drop_index("ix_ticket_open", table_name="ticket", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index("ix_ticket_lead_unit", table_name="ticket")
    op.drop_index("ix_ticket_all", table_name="ticket")
    op.drop_table("ticket")
    op.drop_index("ix_person_unit_id", table_name="person")
    op.drop_index("ix_person_roles", table_name="person", postgresql_using="gin")
    op.drop_table("person")
    op.drop_index(op.f("ix_unit_supervised_by_id"), table_name="unit")
    op.drop_index(op.f("ix_unit_parent_id"), table_name="unit")
    op.drop_table("unit")
    op.drop_index("ix_ticket_text_ticket_no", table_name="ticket_text")
    op.drop_table("ticket_text")
    op.drop_index("ix_ticket_fact_fact_at", table_name="ticket_fact")
    op.drop_table("ticket_fact")
    op.drop_table("supervision_fact")
    op.drop_index("ix_supervision_unit_status", table_name="supervision")
    op.drop_index("ix_supervision_ticket_no", table_name="supervision")
    op.drop_table("supervision")
    op.drop_index("ix_refusal_ticket_no", table_name="refusal")
    op.drop_table("refusal")
    op.drop_index("ix_precedent_area_category", table_name="precedent")
    op.drop_table("precedent")
    op.drop_table("outbox_message")
    op.drop_index("ix_outbox_waiting", table_name="outbox", postgresql_where=sa.text("started_at IS NULL"))
    op.drop_table("outbox")
    op.drop_index("ix_notification_recipient", table_name="notification")
    op.drop_index(
        "ix_notification_open", table_name="notification", postgresql_where=sa.text("state <> 'sent'")
    )
    op.drop_table("notification")
    op.drop_table("law")
    op.drop_index("ix_command_waiting", table_name="command", postgresql_where=sa.text("state = 'stored'"))
    op.drop_index("ix_command_ticket_no", table_name="command")
    op.drop_table("command")
    op.drop_index("ix_clock_unit", table_name="clock")
    op.drop_index("ix_clock_due", table_name="clock", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_table("clock")
    op.drop_index("ix_caller_ticket_no", table_name="caller")
    op.drop_index("ix_caller_phone_index", table_name="caller")
    op.drop_table("caller")
    op.drop_index(
        "ix_assignment_unit_open", table_name="assignment", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_index("ix_assignment_unit", table_name="assignment")
    op.drop_table("assignment")
    op.execute("DROP FUNCTION forbid_change()")

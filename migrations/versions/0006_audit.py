"""The audit"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


_LANES = 8


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("lane", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_audit_head")),
    )
    heads = ", ".join(f"({lane}, sha256('audit {lane}'::bytea))" for lane in range(_LANES))
    op.execute(f"INSERT INTO audit_head (lane, hash) VALUES {heads}")
    op.create_table(
        "audit_line",
        sa.Column("lane", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("ticket_no", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lane", "seq", name=op.f("pk_audit_line")),
    )
    op.create_index("ix_audit_line_actor_id", "audit_line", ["actor_id", "at"], unique=False)
    op.create_index("ix_audit_line_at", "audit_line", ["at"], unique=False)
    op.create_index("ix_audit_line_subject", "audit_line", ["subject", "at"], unique=False)
    op.create_index("ix_audit_line_ticket_no", "audit_line", ["ticket_no", "at"], unique=False)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_line "
        "FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    op.drop_index("ix_audit_line_ticket_no", table_name="audit_line")
    op.drop_index("ix_audit_line_subject", table_name="audit_line")
    op.drop_index("ix_audit_line_at", table_name="audit_line")
    op.drop_index("ix_audit_line_actor_id", table_name="audit_line")
    op.drop_table("audit_line")
    op.drop_table("audit_head")

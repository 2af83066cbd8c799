"""The knowledge base"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "knowledge_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("written_by", sa.Text(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'published', 'superseded', 'withdrawn')",
            name=op.f("ck_knowledge_entry_state"),
        ),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_knowledge_entry_validity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_entry")),
        sa.UniqueConstraint("entry", "version", name=op.f("uq_knowledge_entry_entry_version")),
    )
    op.create_index(
        "ix_knowledge_entry_published",
        "knowledge_entry",
        ["entry"],
        unique=True,
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index(
        "ix_knowledge_entry_in_work",
        "knowledge_entry",
        ["entry"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'returned')"),
    )
    op.create_index("ix_knowledge_entry_state", "knowledge_entry", ["state", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_knowledge_entry_state", table_name="knowledge_entry")
    op.drop_index("ix_knowledge_entry_in_work", table_name="knowledge_entry")
    op.drop_index("ix_knowledge_entry_published", table_name="knowledge_entry")
    op.drop_table("knowledge_entry")

"""Links of citizens in messages"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "citizen_link",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_citizen_link")),
    )
    op.create_index("ix_citizen_link_caller_id", "citizen_link", ["caller_id"], unique=False)


def downgrade() -> None:
    op.drop_table("citizen_link")

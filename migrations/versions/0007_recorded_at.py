"""When anything was last recorded, without reading it all"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ticket_fact_recorded_at", "ticket_fact", ["recorded_at"])
    op.create_index("ix_supervision_fact_recorded_at", "supervision_fact", ["recorded_at"])


def downgrade() -> None:
    op.drop_index("ix_supervision_fact_recorded_at", table_name="supervision_fact")
    op.drop_index("ix_ticket_fact_recorded_at", table_name="ticket_fact")

"""Lists by day, rating, stage and subordinate unit"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ticket_dispatched_at", "ticket", ["dispatched_at", "no"], unique=False)
    op.create_index("ix_ticket_closed_at", "ticket", ["closed_at", "no"], unique=False)
    op.drop_index("ix_assignment_unit", table_name="assignment")
    op.create_index("ix_assignment_unit", "assignment", ["unit", "stage", "ticket_no"], unique=False)
    op.create_index(
        "ix_assignment_subordinate",
        "assignment",
        ["subordinate", "ticket_no"],
        unique=False,
        postgresql_where=sa.text("subordinate IS NOT NULL"),
    )
    op.create_index(
        "ix_caller_handling",
        "caller",
        [sa.text("(ratings ->> 'handling')"), "ticket_no"],
        unique=False,
        postgresql_where=sa.text("(ratings ->> 'handling') IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_caller_handling", table_name="caller")
    op.drop_index("ix_assignment_subordinate", table_name="assignment")
    op.drop_index("ix_assignment_unit", table_name="assignment")
    op.create_index("ix_assignment_unit", "assignment", ["unit", "ticket_no"], unique=False)
    op.drop_index("ix_ticket_closed_at", table_name="ticket")
    op.drop_index("ix_ticket_dispatched_at", table_name="ticket")

"""Whatever strangers can have refused without end is counted by one tally, not forged pushes alone"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NOW_CALLED = {"what": "operation", "why": "outcome", "gateway": "via"}
_OPERATIONS = {"report": "receive_reports", "reply": "receive_replies"}


def upgrade() -> None:
    op.drop_constraint("pk_inbound_tally", "inbound_tally")
    op.rename_table("inbound_tally", "refusal_tally")
    for before, now in _NOW_CALLED.items():
        op.alter_column("refusal_tally", before, new_column_name=now)
    for before, now in _OPERATIONS.items():
        op.execute(f"UPDATE refusal_tally SET operation = '{now}' WHERE operation = '{before}'")
    op.add_column("refusal_tally", sa.Column("actor_id", sa.Text(), server_default="", nullable=False))
    op.alter_column("refusal_tally", "actor_id", server_default=None)
    op.create_primary_key(
        op.f("pk_refusal_tally"), "refusal_tally", ["operation", "outcome", "actor_id", "via"]
    )


def downgrade() -> None:
    op.drop_constraint("pk_refusal_tally", "refusal_tally")
    op.execute("DELETE FROM refusal_tally WHERE actor_id <> ''")
    op.drop_column("refusal_tally", "actor_id")
    for before, now in _OPERATIONS.items():
        op.execute(f"UPDATE refusal_tally SET operation = '{before}' WHERE operation = '{now}'")
    for before, now in _NOW_CALLED.items():
        op.alter_column("refusal_tally", now, new_column_name=before)
    op.rename_table("refusal_tally", "inbound_tally")
    op.create_primary_key(op.f("pk_inbound_tally"), "inbound_tally", ["gateway", "what", "why"])

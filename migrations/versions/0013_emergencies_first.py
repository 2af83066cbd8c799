"""Emergencies and urgent tickets that nobody was sent yet stand before the others"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_LAMP_RANK = (
    "CASE WHEN lamp = 'red' THEN 0 WHEN urgency = 'emergency' AND status = 'registered' THEN 0 "
    "WHEN lamp = 'yellow' THEN 1 WHEN lamp = 'warning' THEN 2 ELSE 3 END"
)
_DUE_ORDER = (
    "COALESCE(next_due, CASE WHEN status <> 'registered' THEN 'infinity'::timestamptz "
    "WHEN urgency = 'emergency' THEN '-infinity'::timestamptz WHEN urgency = 'urgent' THEN received_at "
    "ELSE 'infinity'::timestamptz END)"
)
_LAMP_RANK_BEFORE = "CASE lamp WHEN 'red' THEN 0 WHEN 'yellow' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END"
_DUE_ORDER_BEFORE = "COALESCE(next_due, 'infinity'::timestamptz)"
_PLACE = ("lamp_rank", "due_order", "no")


def upgrade() -> None:
    _order_by(_LAMP_RANK, _DUE_ORDER)


def downgrade() -> None:
    _order_by(_LAMP_RANK_BEFORE, _DUE_ORDER_BEFORE)


def _order_by(lamp_rank: str, due_order: str) -> None:
    # Before Postgres 17 what a column is computed from cannot be changed; its indexes go with it.
    op.drop_column("ticket", "lamp_rank")
    op.drop_column("ticket", "due_order")
    op.add_column(
        "ticket", sa.Column("lamp_rank", sa.Integer(), sa.Computed(lamp_rank, persisted=True), nullable=False)
    )
    op.add_column(
        "ticket",
        sa.Column(
            "due_order", sa.DateTime(timezone=True), sa.Computed(due_order, persisted=True), nullable=False
        ),
    )
    op.create_index("ix_ticket_open", "ticket", _PLACE, postgresql_where=sa.text("ended_at IS NULL"))
    op.create_index("ix_ticket_all", "ticket", _PLACE)
    op.create_index("ix_ticket_status", "ticket", ("status", *_PLACE))
    op.create_index("ix_ticket_lead_unit", "ticket", ("lead_unit", *_PLACE))

"""The running number of tickets"""

from alembic import op
from sqlalchemy.schema import CreateSequence, DropSequence, Sequence

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBERS = Sequence("ticket_number")


def upgrade() -> None:
    op.execute(CreateSequence(_NUMBERS))


def downgrade() -> None:
    op.execute(DropSequence(_NUMBERS))

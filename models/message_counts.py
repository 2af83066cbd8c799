"""Messages counted by what became of them, and what of all this waits for a person."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.notifications import State
from models.tables import CallTask, DutyAlert, InboxMessage, Notification


async def by_end(conn: AsyncConnection) -> dict[tuple[str, str], int]:
    """How many messages have this state and this receipt (empty: none yet)."""
    row = Notification
    receipt = func.coalesce(row.receipt, "")
    query = select(row.state, receipt, func.count()).group_by(row.state, receipt)
    return {(state, said): number for state, said, number in await conn.execute(query)}


async def waiting_for_people(conn: AsyncConnection) -> dict[str, int]:
    """What a person has to do: calls, the inbox, emergencies nobody has in hand, lost messages."""
    row = Notification
    questions = {
        "calls to make": select(func.count()).where(CallTask.state == "open"),
        "replies to read": select(func.count()).where(InboxMessage.became == "open"),
        "emergencies without acknowledgement": select(func.count()).where(
            DutyAlert.state.in_(("waiting", "exhausted"))
        ),
        "messages whose outcome is unknown": select(func.count()).where(row.state == State.UNKNOWN),
    }
    return {what: await conn.scalar(query) or 0 for what, query in questions.items()}

"""The office's seat as the phone channel: a notice becomes a call that a person makes and proves."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.gateways.gateway import Message, Outcome, SendResult
from models import call_tasks
from models.tables import CallTask


class SeatGateway:
    """Opens call tasks. The proof of the call is the receipt (models/call_tasks.py).

    A voice system takes its place by the same protocol: activities/gateways/webhook.py on the channel
    `phone`.
    """

    name = "seat"
    settling = timedelta(0)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def send(self, message: Message) -> SendResult:
        """Opens the task; the same key opens one."""
        async with self._engine.begin() as conn:
            opened = await call_tasks.open_channel(conn, UUID(message.key))
        return SendResult(Outcome.ACCEPTED, message.key) if opened else SendResult(Outcome.REJECTED)

    async def find(self, message: Message) -> SendResult:
        """How the task stands."""
        async with self._engine.connect() as conn:
            query = select(CallTask.state).where(CallTask.id == UUID(message.key))
            state = await conn.scalar(query)
        if state is None:
            return SendResult(Outcome.DEFERRED)
        return SendResult(_OUTCOMES.get(state, Outcome.ACCEPTED), message.key)


_OUTCOMES = {"reached": Outcome.DELIVERED, "unreachable": Outcome.UNDELIVERED}

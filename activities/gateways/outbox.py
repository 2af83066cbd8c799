"""The embedded gateway: keeps each message readable in Postgres, where the console shows it."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.gateways.gateway import Message, Outcome, SendResult
from models.notice_templates import TOKEN
from models.phones import masked_phone
from models.tables import OutboxMessage
from ops.database import at_once


class OutboxGateway:
    """Stores instead of sending.

    Like any provider it knows nothing of our transactions: it commits its own. A stored message has arrived
    where it can.
    """

    name = "outbox"
    settling = timedelta(0)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def send(self, message: Message) -> SendResult:
        """Stores the message with the middle of the number hidden; the same key is stored once."""
        row = {
            "key": message.key,
            "number": masked_phone(message.number),
            "channel": message.channel,
            "body": _readable(message),
        }
        async with at_once(self._engine) as conn:
            await conn.execute(insert(OutboxMessage).values(row).on_conflict_do_nothing())
        return SendResult(Outcome.DELIVERED, message.key)

    async def find(self, message: Message) -> SendResult:
        """Looks whether the message was stored."""
        async with at_once(self._engine) as conn:
            found = await conn.scalar(select(OutboxMessage.key).where(OutboxMessage.key == message.key))
        return SendResult(Outcome.DEFERRED) if found is None else SendResult(Outcome.DELIVERED, found)


def _readable(message: Message) -> str:
    """The words without what would open a citizen's page to whoever reads them here."""
    body, token = message.template.body(message.params), message.params.get(TOKEN)
    return body if token is None else body.replace(token, "…")

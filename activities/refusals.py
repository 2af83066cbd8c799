"""The activity `record_refusal`: the audit line of a command that a workflow itself refused."""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity

from models.contracts.refusals import RECORD_REFUSAL, RefusalRequest
from models.received_commands import note_refusal
from models.tables import Refusal


class Refusals:
    """Writes what was refused, once each."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @activity.defn(name=RECORD_REFUSAL)
    async def record_refusal(self, request: RefusalRequest) -> None:
        """Leaves the line, unless it is there from an attempt that was not heard of again."""
        async with self._engine.begin() as conn:
            if not await conn.scalar(select(exists().where(Refusal.command_id == request.command_id))):
                await note_refusal(conn, **dict(request))

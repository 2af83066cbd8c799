"""The activities `record` and `record_supervision`, short enough to run as local activities."""

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity

from models import recording
from models.contracts.record import (
    RECORD,
    RECORD_SUPERVISION,
    RecordRequest,
    RecordResult,
    SupervisionRecordRequest,
)


class Record:
    """Writes the legal record."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @activity.defn(name=RECORD)
    async def record(self, request: RecordRequest) -> RecordResult:
        """Stores a ticket's facts, or tells which are there; safe to run again."""
        return await recording.record(self._engine, request)

    @activity.defn(name=RECORD_SUPERVISION)
    async def record_supervision(self, request: SupervisionRecordRequest) -> RecordResult:
        """Stores a supervision's facts, or tells which are there; safe to run again."""
        return await recording.record_supervision(self._engine, request)

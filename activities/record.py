"""The activities `record` and `record_supervision`, short enough to run as local activities."""

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity

from activities.noticing import NoticeStarter
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

    def __init__(self, engine: AsyncEngine, notices: NoticeStarter) -> None:
        self._engine, self._notices = engine, notices

    @activity.defn(name=RECORD)
    async def record(self, request: RecordRequest) -> RecordResult:
        """Stores a ticket's facts, or tells which are there; safe to run again."""
        result = await recording.record(self._engine, request)
        self._send(request, result)
        return result

    @activity.defn(name=RECORD_SUPERVISION)
    async def record_supervision(self, request: SupervisionRecordRequest) -> RecordResult:
        """Stores a supervision's facts, or tells which are there; safe to run again."""
        result = await recording.record_supervision(self._engine, request)
        self._send(request, result)
        return result

    def _send(self, request: recording.Request, result: RecordResult) -> None:
        # What an attempt recorded before it was cut off is found there, and is our own all the same.
        is_ours = not result.adopted or result.facts == request.facts
        if request.notices and is_ours:
            self._notices.start_soon(recording.notices_of(request))

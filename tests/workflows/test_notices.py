"""Notices are handed over right after the facts they come from."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from models import recording
from models.contracts.record import RecordRequest, RecordResult
from models.recording import SEND_NOTICES
from models.tables import Outbox
from tests.waiting import eventually
from tests.workflows.office import Office


async def test_a_record_that_was_cut_off_after_its_commit_sends_its_notices_when_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_record, cut_off = recording.record, 0

    async def cut_off_after_the_commit(engine: AsyncEngine, request: RecordRequest) -> RecordResult:
        nonlocal cut_off
        done = await put_on_record(engine, request)
        if not done.adopted:
            cut_off += 1
            raise ConnectionResetError("the answer was lost")
        return done

    ticket = await office.open()
    monkeypatch.setattr(recording, "record", cut_off_after_the_commit)
    await office.say(ticket, "dispatch", lead="水务局")
    assert cut_off

    async def batches() -> list[bool]:
        query = select(Outbox.started_at.is_not(None)).where(
            Outbox.kind == SEND_NOTICES, Outbox.payload["ticket_no"].astext == ticket.no
        )
        async with office.engine.connect() as conn:
            return list(await conn.scalars(query))

    assert await eventually(batches, lambda sent: sent and all(sent))

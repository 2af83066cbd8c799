"""Recording: facts into the legal record and the projection after them, in one transaction. Postgres wins.

A command is not marked as done here but by whoever brought it, once the workflow has said so: when everything
dies in between, the workflow does not know of these facts; only the same command, brought again, tells it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models import callers, facts_store, texts
from models.announcing import announcement
from models.chain import ChainedFact, NewFact, chained, new_facts
from models.contracts.notices import NotifyRequest
from models.contracts.record import RecordRequest, RecordResult, SupervisionRecordRequest
from models.fact_effects import (
    about,
    joined_callers,
    opened_supervisions,
    supervision_changes,
    supervision_row,
)
from models.facts_store import SUPERVISION, TICKET, rows_to_insert
from models.json_rows import table_of
from models.projection import Projection, project
from models.projection_writer import is_out_of_place, write_record
from models.tables import Outbox, Supervision
from models.texts import Reference
from ops.database import at_once

START_SUPERVISION = "supervision"
"""The outbox kind of a supervision that is to be started; its subject is the supervision's number."""

SEND_NOTICES = "notices"
"""The outbox kind of a batch of notices; its subject is `notices_subject`."""

Request = RecordRequest | SupervisionRecordRequest


async def record(engine: AsyncEngine, request: RecordRequest) -> RecordResult:
    """Stores a ticket's facts and how it stands after them, or returns the facts that are there already.

    Raises FactsMissing, ValueError for a fact that cannot be written, and DBAPIError while the database is
    away; then nothing of it is written.
    """
    while True:
        try:
            await _write(engine, request)
        except IntegrityError as error:
            if not is_out_of_place(error):
                raise
        else:
            return RecordResult(facts=request.facts)
        # Somebody else recorded, perhaps at this very moment: look, and adopt what they wrote.
        async with at_once(engine) as conn:
            found = await facts_store.place(conn, TICKET, request.ticket_no, request.first_seq)
        if found.taken:
            return _adopted(found.taken)


async def record_supervision(engine: AsyncEngine, request: SupervisionRecordRequest) -> RecordResult:
    """The same for a supervision."""
    while True:
        async with engine.connect() as conn:
            found = await facts_store.place(conn, SUPERVISION, request.no, request.first_seq)
            if found.taken:
                return _adopted(found.taken)
            fresh = chained(found.prev_hash, _new(request.no, request))
            try:
                await conn.execute(SUPERVISION.table.insert(), rows_to_insert(SUPERVISION, request.no, fresh))
            except IntegrityError as error:
                if f"pk_{SUPERVISION.table.name}" not in str(error.orig):
                    raise
                continue
            await _project_supervision(conn, request, fresh)
            await conn.commit()
            return RecordResult(facts=request.facts)


async def write_first(conn: AsyncConnection, request: RecordRequest) -> None:
    """Stores the first facts of a ticket that the caller's transaction registers.

    IntegrityError where the ticket's number or its upstream number is there already.
    """
    await _Writing.of(request).put(conn)


async def _write(engine: AsyncEngine, request: RecordRequest) -> None:
    writing = _Writing.of(request)
    async with at_once(engine) if writing.is_one_statement else engine.begin() as conn:
        await writing.put(conn)


@dataclass(frozen=True)
class _Writing:
    """What a record writes: facts with the rows after them, and what follows from some of the facts."""

    request: RecordRequest
    facts: Sequence[NewFact]
    rows: Projection
    joined: Sequence[UUID]
    opened: Sequence[Mapping[str, Any]]
    dropped: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, request: RecordRequest) -> "_Writing":
        facts = _new(request.ticket_no, request)
        numbered = [(fact.seq, fact.data) for fact in facts]
        return cls(
            request,
            facts,
            project(request.view, request.law_id, numbered),
            joined_callers(numbered),
            opened_supervisions(numbered),
            [fact for fact in request.facts if fact["fact"] == "content_dropped"],
        )

    @property
    def is_one_statement(self) -> bool:
        """The usual record is, and by that a transaction by itself."""
        return not (self.rows.caller_marks or self.joined or self.opened or self.dropped)

    async def put(self, conn: AsyncConnection) -> None:
        no = self.request.ticket_no
        batches = _batches(notices_of(self.request))
        await write_record(conn, no, self.facts, self.rows, batches, announcement(self.request))
        await callers.move(conn, self.joined, no)
        for fact in self.dropped:
            await _drop_content(conn, self.request, fact)
        for one in self.opened:
            await _open_supervision(conn, self.request, one)


async def _drop_content(conn: AsyncConnection, request: RecordRequest, dropped: Mapping[str, Any]) -> None:
    """Erases what the caller said, where nothing of it may be kept; the words of the refusal itself stay."""
    said = [Reference.parse(text) for fact in request.facts for text in fact.get("texts", {}).values()]
    await texts.erase_ticket(
        conn,
        request.ticket_no,
        keep=[reference.id for reference in said if reference is not None],
        at=datetime.fromisoformat(dropped["at"]),
        by=str((request.actor or {}).get("id") or "system"),
        reason="、".join(dropped["basis"]),
    )


async def _open_supervision(conn: AsyncConnection, request: RecordRequest, opened: Mapping[str, Any]) -> None:
    jurisdiction = request.view["ticket"]["jurisdiction"]
    row = supervision_row(opened["no"], request.ticket_no, jurisdiction, opened)
    await conn.execute(insert(table_of(Supervision)).values(row).on_conflict_do_nothing())
    payload = {
        "ticket_no": request.ticket_no,
        "law_id": request.law_id,
        "opened": dict(opened),
        "about": about(request.view["ticket"]),
    }
    start = {"kind": START_SUPERVISION, "subject": opened["no"], "payload": payload}
    await conn.execute(insert(table_of(Outbox)).values(start).on_conflict_do_nothing())


async def _project_supervision(
    conn: AsyncConnection, request: SupervisionRecordRequest, fresh: Sequence[ChainedFact]
) -> None:
    table = table_of(Supervision)
    numbered = [(fact.seq, fact.data) for fact in fresh]
    if request.first_seq == 1:
        row = supervision_row(request.no, request.ticket_no, request.jurisdiction, fresh[0].data)
        await conn.execute(insert(table).values(row).on_conflict_do_nothing())
    changes = supervision_changes(numbered)
    await conn.execute(update(table).where(table.c.no == request.no).values(changes))
    if batches := _batches(notices_of(request)):
        await conn.execute(insert(table_of(Outbox)).values(batches).on_conflict_do_nothing())


def notices_of(request: Request) -> NotifyRequest:
    """The notices of a record, under the number that messages name."""
    about = request.ticket_no if isinstance(request, RecordRequest) else request.ticket_no or request.no
    return NotifyRequest(ticket_no=about, notices=request.notices)


def notices_subject(request: NotifyRequest) -> str:
    """What a batch of notices is known by: its ticket and its first notice's key, which is unique there."""
    return f"{request.ticket_no}:{request.notices[0].key}"


def _batches(request: NotifyRequest) -> list[dict[str, Any]]:
    """The row of the outbox that notices make, if there are any."""
    if not request.notices:
        return []
    subject = notices_subject(request)
    return [{"kind": SEND_NOTICES, "subject": subject, "payload": request.model_dump(mode="json")}]


def _new(no: str, request: Request) -> list[NewFact]:
    if not request.facts:
        raise ValueError(f"there is no fact to record for {no}")
    return new_facts(
        no,
        request.first_seq,
        request.facts,
        law_id=request.law_id,
        actor=request.actor,
        command_id=request.command_id,
        recorded_at=datetime.now(UTC),
    )


def _adopted(taken: Sequence[ChainedFact]) -> RecordResult:
    commands = dict.fromkeys(fact.command_id for fact in taken if fact.command_id is not None)
    return RecordResult(facts=[dict(fact.data) for fact in taken], adopted=True, commands=list(commands))

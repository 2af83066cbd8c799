"""A newly published arrangement of working days: what it would move, and carrying it to the open tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from api.problems import Problem, not_found
from api.services.parts import Parts
from domain.calendar_zone import CalendarError
from models import calendar_notices
from models.calendar_notices import ImportedNotice
from models.contracts.revision import (
    PROGRESS,
    REVISION_WORKFLOW,
    RevisionInput,
    Told,
    revision_workflow_id,
)
from models.known_laws import KnownLaws
from models.revising import Move, calendar_for, moves, open_supervisions, open_tickets, supervision_moves
from models.tables import CalendarNotice, Supervision, Ticket
from policies.calendars.notices import LocalNotice, YearNotice

PAGE = 200
"""Tickets or supervisions that are looked at in one go."""


@dataclass(frozen=True)
class Place:
    """Behind which number of which kind one looks on: first the open tickets, then the open supervisions."""

    told: Told
    after: str = ""

    def __str__(self) -> str:
        return f"{self.told}.{self.after}"

    @classmethod
    def parse(cls, written: str | None) -> "Place":
        """The place that a page named, the first without one. Problem 422 for what no page named."""
        if written is None:
            return FIRST
        told, _, after = written.partition(".")
        if told == "ticket":
            return cls("ticket", after)
        if told == "supervision":
            return cls("supervision", after)
        raise Problem(422, "bad_cursor", "翻页标记无效。请从第一页重新查起。")


FIRST: Final = Place("ticket")


@dataclass(frozen=True)
class Foreseen:
    """What a notice would move among some of what is open, and where to look on; None at the end."""

    looked_at: int
    moves: Sequence[Move]
    following: Place | None

    @property
    def next_cursor(self) -> str | None:
        """The place to look on, written."""
        return None if self.following is None else str(self.following)


@dataclass(frozen=True)
class Progress:
    """How far a notice is on its way to the open tickets."""

    running: bool
    open: int
    revised: int
    moved: int


async def with_notice(conn: AsyncConnection, notice: YearNotice | LocalNotice) -> Sequence[ImportedNotice]:
    """The notices as they would stand with this one on top."""
    before = await calendar_notices.load(conn)
    known = [one for one in before if one.notice.notice.number != notice.notice.number]
    return [*known, ImportedNotice(await calendar_notices.newest(conn) + 1, notice)]


async def foresee(
    conn: AsyncConnection, laws: KnownLaws, notices: Sequence[ImportedNotice], place: Place, now: datetime
) -> Foreseen:
    """What notices would move among the next of what is open; nothing is changed."""
    is_ticket = place.told == "ticket"
    page_of, moves_of = (open_tickets, moves) if is_ticket else (open_supervisions, supervision_moves)
    page = await page_of(conn, place.after, PAGE)
    found: list[Move] = []
    for case in page:
        stored, law = await laws.get(conn, case.law_id)
        found += await moves_of(conn, case, law, calendar_for(case, stored, notices), now)
    return Foreseen(len(page), found, _following(place, [case.no for case in page]))


def _following(place: Place, numbers: Sequence[str]) -> Place | None:
    if len(numbers) == PAGE:
        return Place(place.told, numbers[-1])
    return Place("supervision") if place.told == "ticket" else None


async def preview(parts: Parts, notice: YearNotice | LocalNotice, cursor: str | None) -> Foreseen:
    """A page of what a notice would move. Problem 422 for one that leaves no time to work in."""
    async with parts.engine.connect() as conn:
        notices = await with_notice(conn, notice)
        try:
            return await foresee(conn, parts.laws, notices, Place.parse(cursor), datetime.now(UTC))
        except CalendarError as error:
            raise Problem(422, "calendar_unusable", f"按这份通知，{error}。") from None


async def begin(parts: Parts, notice: YearNotice | LocalNotice) -> int:
    """Stores a notice and starts carrying it to the open tickets; its id. One that was begun goes on.

    Problem 409 for another text under the same number, 503 while Temporal is away.
    """
    async with parts.engine.begin() as conn:
        try:
            notice_id = await calendar_notices.store(conn, notice)
        except calendar_notices.OtherNotice as error:
            raise Problem(409, "other_notice", f"已导入过另一份文号为{error}的通知。请核对文号。") from None
    try:
        await start(parts.client, parts.settings.task_queue, notice_id)
    except RPCError:
        raise Problem(
            503,
            "engine_unavailable",
            "通知已保存，新工单已按新日历计算。流程引擎恢复后请再次导入，以更新在办工单。",
        ) from None
    return notice_id


async def start(
    client: Client, task_queue: str, notice_id: int, rate: float = 20
) -> WorkflowHandle[object, RevisionInput]:
    """Starts the workflow that tells what is open of a notice, or finds it where it is."""
    return await client.start_workflow(
        REVISION_WORKFLOW,
        RevisionInput(notice_id=notice_id, rate=rate),
        id=revision_workflow_id(notice_id),
        task_queue=task_queue,
        result_type=RevisionInput,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )


async def listed(parts: Parts) -> Sequence[CalendarNotice]:
    """The notices that were imported, the newest first."""
    async with parts.engine.connect() as conn:
        query = select(*CalendarNotice.__table__.c).order_by(CalendarNotice.id.desc())
        return (await conn.execute(query)).all()  # type: ignore[return-value]


async def progress(parts: Parts, notice_id: int) -> Progress:
    """How far a notice is. Problem 404 for one that is unknown or long done, 503 without Temporal."""
    async with parts.engine.connect() as conn:
        known = await conn.scalar(select(CalendarNotice.id).where(CalendarNotice.id == notice_id))
        if known is None:
            raise not_found("份通知")
        total = await open_count(conn)
    handle = parts.client.get_workflow_handle(revision_workflow_id(notice_id))
    try:
        described = await handle.describe()
        done = await handle.query(PROGRESS, result_type=RevisionInput)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise Problem(404, "not_found", "没有这份通知的办理进度。") from None
        raise Problem(503, "engine_unavailable", "流程引擎暂时不可用，请稍后再看。") from None
    assert described.status is not None, "the server says where a workflow is"
    return Progress(described.close_time is None, total, done.revised, done.moved)


async def open_count(conn: AsyncConnection) -> int:
    """How many tickets have not ended and supervisions were not struck off."""
    tickets = await conn.scalar(select(func.count()).where(Ticket.ended_at.is_(None))) or 0
    supervisions = await conn.scalar(select(func.count()).where(Supervision.closed_at.is_(None))) or 0
    return tickets + supervisions

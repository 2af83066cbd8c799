"""The notices that were imported, and the calendar they make of the shipped one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar_data import CalendarData
from models.tables import CalendarNotice as Row
from policies.calendars.notices import LocalNotice, YearNotice, notice_adapter, revised

_NOTICES = 7_204_418_115
"""Locks the notices, imported one at a time, while somebody opens a ticket or supervision by them."""


class OtherNotice(ValueError):
    """A notice with that number is there already and says something else."""


@dataclass(frozen=True)
class ImportedNotice:
    """A notice with its place in the order of imports."""

    id: int
    notice: YearNotice | LocalNotice


async def store(conn: AsyncConnection, notice: YearNotice | LocalNotice) -> int:
    """Keeps a notice once; its id. Raises OtherNotice for another text under the same number.

    Waits for every transaction that holds the notices still, so that what it opened is there to be told.
    """
    await conn.execute(select(func.pg_advisory_xact_lock(_NOTICES)))
    document = notice.model_dump(mode="json")
    await conn.execute(
        insert(Row).values(number=notice.notice.number, document=document).on_conflict_do_nothing()
    )
    row = (await conn.execute(select(Row.id, Row.document).where(Row.number == notice.notice.number))).one()
    if row.document != document:
        raise OtherNotice(notice.notice.number)
    notice_id: int = row.id
    return notice_id


async def hold_still(conn: AsyncConnection) -> None:
    """Lets no notice in until the caller's transaction ends: what it opens counts by every one there is."""
    await conn.execute(select(func.pg_advisory_xact_lock_shared(_NOTICES)))


async def load(conn: AsyncConnection, through: int | None = None) -> Sequence[ImportedNotice]:
    """The notices in the order of their import, up to one of them."""
    query = select(Row.id, Row.document).order_by(Row.id)
    if through is not None:
        query = query.where(Row.id <= through)
    return [
        ImportedNotice(row.id, notice_adapter.validate_python(row.document))
        for row in await conn.execute(query)
    ]


async def newest(conn: AsyncConnection) -> int:
    """The id of the last notice, 0 when none was imported."""
    return await conn.scalar(select(func.coalesce(func.max(Row.id), 0))) or 0


def applied(calendar: CalendarData, notices: Sequence[ImportedNotice]) -> CalendarData:
    """A shipped calendar with the imported notices on top, in their order."""
    for one in notices:
        calendar = revised(calendar, one.notice)
    return calendar

"""Lists that leave the system: asked for with a reason, granted by somebody else, masked and marked."""

import asyncio
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import xlsxwriter
from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from api import wording
from api.identity import Principal
from api.moments import ZONE
from api.problems import Problem, not_found
from api.services.auditing import actor_of
from api.services.parts import Parts
from api.services.reading import masked_name
from api.services.scope import visible_tickets
from domain.casework.deciding import STATUS_WORDS
from domain.vocabulary import Status
from models import callers
from models.held_roles import HeldRole
from models.phones import masked_phone
from models.sealed_columns import RowSeal, open_column
from models.tables import ExportRequest, Ticket

MAX_ROWS: Final = 20_000
"""Tickets a list may hold."""
FETCHED_WITHIN: Final = timedelta(days=7)
"""How long a granted list may be fetched."""

TABLE: Final = "export_request"
"""What sealed words of a request are bound to."""
_PAGE = 500
_HEADINGS = (
    *("工单编号", "状态", "诉求类型", "紧急程度", "来源", "类别", "属地", "主办单位", "灯"),
    *("受理时间", "派单时间", "办结时间", "最近期限", "诉求人", "电话"),
)


@dataclass(frozen=True)
class Wanted:
    """Which tickets a list is to hold; several values of one are alternatives."""

    status: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    received_from: datetime | None = None
    received_until: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "status": list(self.status),
            "type": list(self.type),
            "unit": list(self.unit),
            "received_from": self.received_from and self.received_from.isoformat(),
            "received_until": self.received_until and self.received_until.isoformat(),
        }


async def request(parts: Parts, who: Principal, wanted: Wanted, file_format: str, reason: str) -> UUID:
    """Asks for a list; the number of the request."""
    export_id = uuid7()
    seal = RowSeal(parts.ring, TABLE, export_id)
    async with parts.engine.begin() as conn:
        await conn.execute(
            insert(ExportRequest).values(
                id=export_id,
                actor=actor_of(who),
                requested_at=datetime.now(UTC),
                format=file_format,
                filters=wanted.to_json(),
                key_id=seal.key_id,
                reason=seal.close_text("reason", reason),
            )
        )
    return export_id


async def listed(parts: Parts, who: Principal) -> list[dict[str, Any]]:
    """The requests somebody may know of, newest first: the office all of them, others their own."""
    row = ExportRequest
    query = select(*row.__table__.c).order_by(row.requested_at.desc(), row.id.desc()).limit(200)
    if who.held not in (HeldRole.OFFICE, HeldRole.AUDITOR):
        query = query.where(row.actor["id"].astext == (who.actor.id or ""))
    async with parts.engine.connect() as conn:
        return [_shown(parts, one) for one in await conn.execute(query)]


async def decide(parts: Parts, who: Principal, export_id: UUID, approve: bool, opinion: str | None) -> None:
    """Grants or refuses a request. Problem 404; 403 for one's own; 409 for one that was decided before."""
    now = datetime.now(UTC)
    async with parts.engine.begin() as conn:
        row = await _find(conn, export_id, lock=True)
        if row.actor.get("id") == who.actor.id:
            raise Problem(403, "own_request", "不能审批自己的申请。请由热线办其他人员审批。")
        if row.state != "requested":
            raise Problem(409, "already_decided", "这项申请已经审批过。")
        seal = RowSeal(parts.ring, TABLE, export_id, row.key_id)
        await conn.execute(
            update(ExportRequest)
            .where(ExportRequest.id == export_id)
            .values(
                state="granted" if approve else "refused",
                decided_by=who.actor.id,
                decided_at=now,
                opinion=seal.close("opinion", opinion),
                expires_at=now + FETCHED_WITHIN if approve else None,
            )
        )


async def fetch(parts: Parts, who: Principal, export_id: UUID) -> tuple[str, bytes]:
    """The format and content of a granted list. Problem 404, 409 for one that is not granted or too old."""
    now = datetime.now(UTC)
    async with parts.engine.begin() as conn:
        row = await _find(conn, export_id)
        if row.actor.get("id") != who.actor.id or row.actor.get("role") != who.held.value:
            raise not_found("项导出申请")
        if row.state != "granted" or row.expires_at <= now:
            raise Problem(409, "not_granted", "申请未获批准，或已超过可以下载的期限。")
        lines = await _lines(conn, parts, who, row.filters)
        await conn.execute(
            update(ExportRequest).where(ExportRequest.id == export_id).values(fetched=row.fetched + 1)
        )
    mark = f"由 {who.actor.id} 于 {now.astimezone(ZONE):%Y-%m-%d %H:%M} 导出，申请编号 {export_id}，不得外传"
    make = _xlsx if row.format == "xlsx" else _csv
    return row.format, await asyncio.to_thread(make, mark, lines)


async def _find(conn: AsyncConnection, export_id: UUID, *, lock: bool = False) -> Row[Any]:
    query = select(*ExportRequest.__table__.c).where(ExportRequest.id == export_id)
    row = (await conn.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise not_found("项导出申请")
    return row


async def _lines(
    conn: AsyncConnection, parts: Parts, who: Principal, filters: dict[str, Any]
) -> list[list[str]]:
    row = Ticket
    query = select(*row.__table__.c).where(visible_tickets(who.actor)).order_by(row.received_at, row.no)
    for column, values in (
        (row.status, filters["status"]),
        (row.type, filters["type"]),
        (row.lead_unit, filters["unit"]),
    ):
        if values:
            query = query.where(column.in_(values))
    if filters["received_from"]:
        query = query.where(row.received_at >= datetime.fromisoformat(filters["received_from"]))
    if filters["received_until"]:
        query = query.where(row.received_at < datetime.fromisoformat(filters["received_until"]))
    tickets = (await conn.execute(query.limit(MAX_ROWS + 1))).all()
    if len(tickets) > MAX_ROWS:
        raise Problem(409, "too_many_rows", f"超过{MAX_ROWS}件。请缩小范围后重新申请。")
    lines = []
    for start in range(0, len(tickets), _PAGE):
        page = tickets[start : start + _PAGE]
        people = await callers.first_of(conn, parts.ring, [one.no for one in page])
        lines += [_line(one, people.get(one.no)) for one in page]
    return lines


def _line(row: Any, caller: callers.ReadCaller | None) -> list[str]:
    return [
        row.no,
        STATUS_WORDS[Status(row.status)],
        row.type,
        row.urgency,
        row.source,
        row.category or "",
        row.area or "",
        row.lead_unit or "",
        wording.LAMPS.get(row.lamp, "") if row.lamp else "",
        *(_moment(at) for at in (row.received_at, row.dispatched_at, row.closed_at, row.next_due)),
        masked_name(caller.name) if caller and caller.name else "",
        masked_phone(caller.phone) if caller and caller.phone else "",
    ]


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}" if at else ""


def _csv(mark: str, lines: Sequence[Sequence[str]]) -> bytes:
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow([mark])
    rows.writerow(_HEADINGS)
    rows.writerows([_harmless(cell) for cell in line] for line in lines)
    # Spreadsheets take a file without this mark for another encoding.
    return written.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _xlsx(mark: str, lines: Sequence[Sequence[str]]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet("工单")
        sheet.write_string(0, 0, mark)
        for number, cells in enumerate((_HEADINGS, *lines), start=1):
            for column, cell in enumerate(cells):
                # As strings, so that none is taken for a formula.
                sheet.write_string(number, column, cell)
        sheet.freeze_panes(2, 1)
    return written.getvalue()


def _shown(parts: Parts, row: Any) -> dict[str, Any]:
    def words(column: str) -> str | None:
        kept = getattr(row, column)
        return None if kept is None else open_column(parts.ring, TABLE, row.id, column, row.key_id, kept)

    return {
        **row._mapping,
        "requested_by": row.actor.get("id"),
        "unit": row.actor.get("unit"),
        "reason": words("reason"),
        "opinion": words("opinion"),
    }

"""Lists of tickets: filtered, most urgent first, paged by the place of the last row and not by counting."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from api.moments import within_reach
from api.problems import Problem
from api.services.scope import visible_tickets
from domain.commands import Actor
from domain.vocabulary import WINDOWS, UnitRole, UnitStage
from models.tables import Assignment, Caller, Clock, Ticket

_ENDS: Final = ("-infinity", "infinity")
"""Where tickets without a clock stand among the due times: before them all, or after."""

Asked = Literal["return", "extension", "first_review", "final_review"]
"""What a unit can wait for a decision on: a reply passes its first review, then what comes after it."""


@dataclass(frozen=True)
class Span:
    """From an instant on, and before another; either end may be open."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, column: Any) -> list[ColumnElement[bool]]:
        """The conditions that a column meets within it."""
        since = [column >= self.since] if self.since is not None else []
        return [*since, column < self.until] if self.until is not None else since


@dataclass(frozen=True)
class Owed:
    """Tickets by what became of one of their limits, among those due in a span.

    `result`: `in_time` done before it was due, `overdue` not (even if done later), `running` still open.
    """

    clock: str | None = None
    result: str | None = None
    due: Span = Span()


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; several values of one filter are alternatives.

    Where units are named, `dispatched` means to one of them, be it the first or a later one.
    """

    status: Sequence[str] = ()
    unit: Sequence[str] = ()
    lead: Sequence[str] = ()
    lamp: Sequence[str] = ()
    type: Sequence[str] = ()
    level: Sequence[str] = ()
    source: Sequence[str] = ()
    area: Sequence[str] = ()
    urgency: Sequence[str] = ()
    number: str | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None
    open_only: bool = False
    category: str | None = None
    unit_stage: Sequence[str] = ()
    asked: Asked | None = None
    rating: Sequence[str] = ()
    received: Span = Span()
    dispatched: Span = Span()
    closed: Span = Span()
    owed: Owed = Owed()


@dataclass(frozen=True)
class Page:
    """Rows of one page, and where the next one begins; None after the last."""

    rows: Sequence[Any] = field(repr=False)
    next_cursor: str | None


COLUMNS = (
    Ticket.no,
    Ticket.jurisdiction,
    Ticket.status,
    Ticket.stage,
    Ticket.type,
    Ticket.urgency,
    Ticket.level,
    Ticket.source,
    Ticket.category,
    Ticket.area,
    Ticket.lead_unit,
    Ticket.lamp,
    Ticket.next_due,
    Ticket.next_due_clock,
    Ticket.provisional,
    Ticket.upstream_no,
    Ticket.received_at,
    Ticket.dispatched_at,
    Ticket.closed_at,
    Ticket.ended_at,
    Ticket.counters,
)
"""What a list shows of a ticket, beside what people wrote."""

_LIT = case({"red": 0, "yellow": 1, "warning": 2}, value=Clock.lamp, else_=3)

_PLACE = (Ticket.lamp_rank, Ticket.due_order, Ticket.no)
_WHERE = (Ticket.lamp_rank, cast(Ticket.due_order, Text).label("due_place"))
"""What the place of a row is written down from; as text, for Python has no infinite times."""


async def tickets(
    conn: AsyncConnection, actor: Actor, filters: Filters, cursor: str | None, limit: int
) -> Page:
    """One page of the tickets an actor may know of. 422 for a cursor that no page gave."""
    rows = (await conn.execute(asked_for_page(actor, filters, cursor, limit))).all()
    return Page(rows[:limit], _cursor(rows[limit - 1]) if len(rows) > limit else None)


async def limits(conn: AsyncConnection, actor: Actor, numbers: Sequence[str]) -> Mapping[str, Any]:
    """The running limit to show of each ticket: a unit's own before others', then by lamp, then the earliest.

    What a row shows is one limit with its own lamp, never the lamp of one beside the due time of another.
    """
    others = Clock.unit != (actor.unit or "")
    query = (
        select(Clock.ticket_no, Clock.name, Clock.unit, Clock.due_at, Clock.lamp, Clock.provisional)
        .ext(distinct_on(Clock.ticket_no))
        .where(
            Clock.ticket_no.in_(numbers),
            Clock.ended_at.is_(None),
            Clock.silent_since.is_(None),
            Clock.name.not_in(WINDOWS),
        )
        .order_by(Clock.ticket_no, others, _LIT, Clock.due_at, Clock.name, Clock.unit)
    )
    return {row.ticket_no: row for row in await conn.execute(query)}


def asked_for_page(actor: Actor, filters: Filters, cursor: str | None, limit: int) -> Select[Any]:
    """The question for the rows of a page and one more. 422 for a cursor that no page gave."""
    query = _filtered(select(*COLUMNS, *_WHERE), filters).where(visible_tickets(actor))
    if cursor is not None:
        query = query.where(_after(cursor))
    return query.order_by(*_PLACE).limit(limit + 1)


def _filtered(query: Select[Any], filters: Filters) -> Select[Any]:
    for column in (
        Ticket.status,
        Ticket.lamp,
        Ticket.type,
        Ticket.level,
        Ticket.source,
        Ticket.urgency,
    ):
        wanted: Sequence[str] = getattr(filters, column.key)
        if wanted:
            query = query.where(column.in_(wanted))
    if filters.area:
        query = query.where(_of_area(filters.area))
    if filters.lead:
        query = query.where(Ticket.lead_unit.in_(filters.lead))
    if filters.unit or filters.unit_stage or filters.asked:
        query = query.where(_with_a_unit(filters).exists())
    if filters.owed != Owed():
        query = query.where(_owing(filters).exists())
    if filters.rating:
        rated = Caller.ratings["handling"].as_string().in_(filters.rating)
        query = query.where(select(Caller.id).where(Caller.ticket_no == Ticket.no, rated).exists())
    if filters.category is not None:
        query = query.where(_of_category(filters.category))
    query = query.where(
        *filters.received.holds(Ticket.received_at),
        *(() if filters.unit else filters.dispatched.holds(Ticket.dispatched_at)),
        *filters.closed.holds(Ticket.closed_at),
    )
    if filters.number is not None:
        query = query.where(
            or_(Ticket.no.startswith(filters.number, autoescape=True), Ticket.upstream_no == filters.number)
        )
    if filters.due_before is not None:
        query = query.where(Ticket.next_due < filters.due_before)
    if filters.due_after is not None:
        query = query.where(Ticket.next_due >= filters.due_after)
    return query.where(Ticket.ended_at.is_(None)) if filters.open_only else query


def _with_a_unit(filters: Filters) -> Select[Any]:
    """An assignment that meets what is said of units: one of these, at these stages, asking for something."""
    query = select(Assignment.unit).where(Assignment.ticket_no == Ticket.no)
    if filters.unit:
        query = query.where(
            Assignment.unit.in_(filters.unit), *filters.dispatched.holds(Assignment.dispatched_at)
        )
    if filters.unit_stage:
        query = query.where(Assignment.stage.in_(filters.unit_stage))
    if filters.asked is not None:
        query = query.where(Assignment.ended_at.is_(None), asked_for(filters.asked, Assignment))
    return query


def asked_for(what: Asked, part: type[Assignment]) -> ColumnElement[bool]:
    """The condition on an assignment that its unit waits for a decision on this."""
    counters = part.counters
    asked: ColumnElement[bool]
    if what == "return":
        asked = counters["return_asked"].as_boolean()
    elif what == "extension":
        asked = counters["extension_asked"].as_integer().is_not(None)
    else:
        passed = func.coalesce(counters["reviews_passed"].as_integer(), 0)
        replied = and_(part.role == UnitRole.LEAD, part.stage == UnitStage.REPLIED)
        asked = and_(replied, passed == 0 if what == "first_review" else passed > 0)
    return asked


def _owing(filters: Filters) -> Select[Any]:
    owed = filters.owed
    query = select(Clock.n).where(Clock.ticket_no == Ticket.no, *owed.due.holds(Clock.due_at))
    if owed.clock is not None:
        query = query.where(Clock.name == owed.clock)
    if filters.unit:
        query = query.where(Clock.unit.in_(filters.unit))
    return query if owed.result is None else query.where(RESULTS[owed.result])


RESULTS: Mapping[str, ColumnElement[bool]] = {
    "in_time": Clock.state == "met",
    "overdue": Clock.breached_at.is_not(None),
    "running": Clock.state == "running",
}
"""What may become of a limit, as conditions on `clock`."""


def _of_area(areas: Sequence[str]) -> ColumnElement[bool]:
    """In one of these areas; an empty one stands for tickets without any."""
    named = Ticket.area.in_([area for area in areas if area])
    return named if "" not in areas else or_(named, Ticket.area.is_(None))


def _of_category(category: str) -> ColumnElement[bool]:
    if not category:
        return Ticket.category.is_(None)
    return or_(Ticket.category == category, Ticket.category.startswith(f"{category}/", autoescape=True))


def _after(cursor: str) -> ColumnElement[bool]:
    rank, due, no = _read(cursor)
    place = literal_column(f"'{due}'::timestamptz") if isinstance(due, str) else literal(due)
    return tuple_(*_PLACE) > tuple_(literal(rank), place, literal(no))


def _cursor(row: Any) -> str:
    place = [row.lamp_rank, row.due_place, row.no]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[int, datetime | str, str]:
    """The place in a cursor; its time is one of `_ENDS` or a moment."""
    try:
        rank, due, no = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not (type(rank) is int and 0 <= rank <= 9 and isinstance(no, str) and no.isascii()):
            raise ValueError
        return (
            rank,
            due if due in _ENDS else within_reach(_aware(datetime.fromisoformat(due))),
            no.replace("\x00", ""),
        )
    except (ValueError, TypeError, binascii.Error):
        raise Problem(422, "bad_cursor", "翻页标记无效。请从第一页重新查起。") from None


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError
    return at

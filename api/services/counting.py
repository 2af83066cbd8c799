"""Figures of screens. Each comes with the question to the ticket list that gives the very rows it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, get_args

from sqlalchemy import ColumnElement, Date, and_, cast, distinct, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from api.moments import ZONE
from api.services import calling_back
from api.services.listing import RESULTS, Asked, asked_for
from api.services.scope import visible_supervisions, visible_tickets
from domain.commands import Actor
from domain.vocabulary import DISSATISFACTION, Rating, Role
from models.tables import Assignment, Caller, Clock, Supervision, Ticket

_SATISFIED = [rating.value for rating in Rating if rating not in DISSATISFACTION]
_RATED = Caller.ratings["handling"].as_string()
_KIND = func.coalesce(func.split_part(Ticket.category, "/", 1), "")
_AREA = func.coalesce(Ticket.area, "")

Query = dict[str, str | list[str]]


@dataclass(frozen=True)
class Period:
    """From an instant on, and before another."""

    since: datetime
    until: datetime

    def within(self, column: Any) -> ColumnElement[bool]:
        """The condition that a column lies within it."""
        return and_(column >= self.since, column < self.until)

    def asked(self, name: str) -> Query:
        """The same for the ticket list, about one of its instants."""
        return {f"{name}_from": self.since.isoformat(), f"{name}_to": self.until.isoformat()}


def _part(count: int, query: Query, of: int | None = None) -> dict[str, Any]:
    return {"count": count, "of": of, "query": query}


async def dashboard(conn: AsyncConnection, actor: Actor, period: Period) -> dict[str, Any]:
    """Intake, dispatch, signing and completion of a period; lamps and statuses as they are now."""
    ours = visible_tickets(actor)
    figures = {
        name: _part(await _tickets(conn, ours, period.within(column)), period.asked(name))
        for name, column in (
            ("received", Ticket.received_at),
            ("dispatched", Ticket.dispatched_at),
            ("closed", Ticket.closed_at),
        )
    }
    for clock in ("sign", "handle"):
        figures |= await _results(conn, ours, period, clock)
    figures |= await _ratings(conn, ours, period)
    now_open = Ticket.ended_at.is_(None)
    return {
        "since": period.since,
        "until": period.until,
        "figures": figures,
        "lamps": {
            row.value: _part(row.number, {"lamp": [row.value], "open": "true"})
            for row in await _grouped(conn, Ticket.lamp, ours, now_open, Ticket.lamp.is_not(None))
        },
        "open": {
            row.value: _part(row.number, {"status": [row.value], "open": "true"})
            for row in await _grouped(conn, Ticket.status, ours, now_open)
        },
    }


async def _tickets(conn: AsyncConnection, *conditions: ColumnElement[bool]) -> int:
    return await conn.scalar(select(func.count()).select_from(Ticket).where(*conditions)) or 0


async def _grouped(conn: AsyncConnection, column: Any, *conditions: ColumnElement[bool]) -> Sequence[Any]:
    query = select(column.label("value"), func.count().label("number")).where(*conditions).group_by(column)
    return (await conn.execute(query)).all()


async def _results(
    conn: AsyncConnection, ours: ColumnElement[bool], period: Period, clock: str
) -> dict[str, Any]:
    """How many tickets had this limit fall due in the period, and of those how many kept or broke it."""
    counted = [
        func.count(distinct(Ticket.no)).filter(condition).label(name) for name, condition in RESULTS.items()
    ]
    query = (
        select(func.count(distinct(Ticket.no)).filter(_decided()).label("decided"), *counted)
        .select_from(Clock)
        .join(Ticket, Ticket.no == Clock.ticket_no)
        .where(ours, Clock.name == clock, period.within(Clock.due_at))
    )
    row = (await conn.execute(query)).one()
    asked = {"clock": clock, **period.asked("clock_due")}
    return {
        f"{clock}_{result}": _part(getattr(row, result), {**asked, "clock_result": result}, row.decided)
        for result in ("in_time", "overdue")
    }


def _decided() -> ColumnElement[bool]:
    """Limits that were kept or broken; one that still runs or was dropped counts for neither."""
    return or_(RESULTS["in_time"], RESULTS["overdue"])


async def _ratings(conn: AsyncConnection, ours: ColumnElement[bool], period: Period) -> dict[str, Any]:
    query = (
        select(
            func.count(distinct(Ticket.no)).label("rated"),
            func.count(distinct(Ticket.no)).filter(_RATED.in_(_SATISFIED)).label("satisfied"),
        )
        .select_from(Caller)
        .join(Ticket, Ticket.no == Caller.ticket_no)
        .where(ours, _RATED.is_not(None), period.within(Ticket.closed_at))
    )
    row = (await conn.execute(query)).one()
    asked: Query = {"rating": _SATISFIED, **period.asked("closed")}
    return {"satisfied": _part(row.satisfied, asked, row.rated)}


async def units(conn: AsyncConnection, actor: Actor, period: Period) -> list[dict[str, Any]]:
    """Every unit that had tickets in the period, with the denominators of its rates."""
    ours = visible_tickets(actor)
    rows = {
        row.unit: row
        for row in await conn.execute(
            select(Assignment.unit, func.count().label("number"))
            .join(Ticket, Ticket.no == Assignment.ticket_no)
            .where(ours, period.within(Assignment.dispatched_at))
            .group_by(Assignment.unit)
        )
    }
    owed = await _owed_by_units(conn, ours, period)
    rated = await _rated_units(conn, ours, period)
    names = sorted({*rows, *(unit for unit, _ in owed), *rated})
    figures = [_unit(name, rows, owed, rated, period) for name in names]
    return sorted(figures, key=_rank)


def _rank(one: Mapping[str, Any]) -> tuple[float, int, str]:
    handled = one["handled_in_time"]
    rate = handled["count"] / handled["of"] if handled["of"] else -1.0
    return (-rate, -one["dispatched"]["count"], one["unit"])


def _unit(
    name: str,
    dispatched: Mapping[str, Any],
    owed: Mapping[tuple[str, str], Any],
    rated: Mapping[str, Any],
    period: Period,
) -> dict[str, Any]:
    def result(clock: str, of: str) -> dict[str, Any]:
        row = owed.get((name, clock))
        query: Query = {"unit": [name], "clock": clock, "clock_result": of, **period.asked("clock_due")}
        return _part(getattr(row, of) if row else 0, query, row.decided if row else 0)

    there, satisfied = dispatched.get(name), rated.get(name)
    return {
        "unit": name,
        "dispatched": _part(there.number if there else 0, {"unit": [name], **period.asked("dispatched")}),
        "signed_in_time": result("sign", "in_time"),
        "handled_in_time": result("handle", "in_time"),
        "overdue": result("handle", "overdue"),
        "satisfied": _part(
            satisfied.satisfied if satisfied else 0,
            {"lead": [name], "rating": _SATISFIED, **period.asked("closed")},
            satisfied.rated if satisfied else 0,
        ),
    }


async def _owed_by_units(
    conn: AsyncConnection, ours: ColumnElement[bool], period: Period
) -> dict[tuple[str, str], Any]:
    query = (
        select(
            Clock.unit,
            Clock.name,
            func.count(distinct(Ticket.no)).filter(_decided()).label("decided"),
            *(func.count(distinct(Ticket.no)).filter(what).label(name) for name, what in RESULTS.items()),
        )
        .join(Ticket, Ticket.no == Clock.ticket_no)
        .where(ours, Clock.name.in_(("sign", "handle")), period.within(Clock.due_at))
        .group_by(Clock.unit, Clock.name)
    )
    return {(row.unit, row.name): row for row in await conn.execute(query)}


async def _rated_units(conn: AsyncConnection, ours: ColumnElement[bool], period: Period) -> dict[str, Any]:
    query = (
        select(
            Ticket.lead_unit,
            func.count(distinct(Ticket.no)).label("rated"),
            func.count(distinct(Ticket.no)).filter(_RATED.in_(_SATISFIED)).label("satisfied"),
        )
        .join(Caller, Caller.ticket_no == Ticket.no)
        .where(ours, _RATED.is_not(None), Ticket.lead_unit.is_not(None), period.within(Ticket.closed_at))
        .group_by(Ticket.lead_unit)
    )
    return {row.lead_unit: row for row in await conn.execute(query)}


async def heat(conn: AsyncConnection, actor: Actor, period: Period) -> Sequence[Any]:
    """Demands received in the period, by area and first level of category."""
    query = (
        select(_AREA.label("area"), _KIND.label("category"), func.count().label("number"))
        .where(visible_tickets(actor), period.within(Ticket.received_at))
        .group_by(_AREA, _KIND)
    )
    cells: Sequence[Any] = (await conn.execute(query)).all()
    return cells


async def trend(conn: AsyncConnection, actor: Actor, period: Period) -> Sequence[Any]:
    """Each day's intake, completions and handling limits that were broken, days without any left out."""
    ours = visible_tickets(actor)
    broken = select(_day(Clock.breached_at), literal("overdue").label("what"))
    each = union_all(
        select(_day(Ticket.received_at), literal("received").label("what")).where(
            ours, period.within(Ticket.received_at)
        ),
        select(_day(Ticket.closed_at), literal("closed").label("what")).where(
            ours, period.within(Ticket.closed_at)
        ),
        broken.join(Ticket, Ticket.no == Clock.ticket_no).where(
            ours, Clock.name == "handle", period.within(Clock.breached_at)
        ),
    ).subquery()
    query = (
        select(
            each.c.day,
            *(
                func.count().filter(each.c.what == name).label(name)
                for name in ("received", "closed", "overdue")
            ),
        )
        .group_by(each.c.day)
        .order_by(each.c.day)
    )
    days: Sequence[Any] = (await conn.execute(query)).all()
    return days


def _day(column: Any) -> ColumnElement[date]:
    """The day of an instant by the offices' clocks."""
    return cast(func.timezone(ZONE.key, column), Date).label("day")


_CALL_BACK = (Role.AGENT, Role.CONTRACTOR, Role.OFFICE)


async def desk(conn: AsyncConnection, actor: Actor) -> dict[str, Any]:
    """How much waits for this actor, for the menu."""
    ours, now_open = visible_tickets(actor), Ticket.ended_at.is_(None)
    # Under a name of its own: what is visible to a unit is itself a question about assignments.
    part = aliased(Assignment)
    at_units = select(func.count(distinct(Ticket.no))).join(part, part.ticket_no == Ticket.no)
    waiting = at_units.where(ours, now_open, part.ended_at.is_(None))
    asked = {what: await conn.scalar(waiting.where(asked_for(what, part))) for what in get_args(Asked)}
    stages = select(part.stage.label("value"), func.count().label("number")).join(
        Ticket, Ticket.no == part.ticket_no
    )
    own = stages.where(ours, now_open, part.unit == actor.unit).group_by(part.stage)
    supervised = select(func.count()).select_from(Supervision)
    open_ones = supervised.where(visible_supervisions(actor), Supervision.status == "open")
    return {
        "status": {row.value: row.number for row in await _grouped(conn, Ticket.status, ours, now_open)},
        "lamp": {
            row.value: row.number
            for row in await _grouped(conn, Ticket.lamp, ours, now_open, Ticket.lamp.is_not(None))
        },
        "stage": {row.value: row.number for row in await conn.execute(own)} if actor.unit else {},
        "asked": asked,
        "supervisions": await conn.scalar(open_ones) or 0,
        "callbacks": await calling_back.how_many_wait(conn, actor) if actor.role in _CALL_BACK else 0,
    }

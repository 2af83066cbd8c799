"""Tickets: registering, listing, one ticket, what happened, its clocks and why they fall where they do."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from api.answers import (
    ClockAnswer,
    Entry,
    ExplanationAnswer,
    Registered,
    TicketDetail,
    TicketLine,
    TicketPage,
)
from api.asking import PREFIX, READING, Assembled, Cursor, Key, Limit, Number, Words, WordsOrNone, problems
from api.bodies import RegisterBody
from api.identity import Identity, Who
from api.moments import AskedMoment
from api.permissions import may_ask
from api.services import explaining, listing, reading
from api.services.listing import Asked, Filters, Owed, Span
from api.services.registering import register_ticket
from api.services.titles import demands
from domain.vocabulary import (
    ClockName,
    Lamp,
    Level,
    Rating,
    Source,
    Status,
    TicketType,
    UnitStage,
    Urgency,
)

router = APIRouter(prefix=f"{PREFIX}/tickets", tags=["工单"])


async def register(
    body: Any, identity: Identity, parts: Assembled, key: Key, response: Response
) -> Registered:
    """登记一件诉求，得到工单编号。同一 Idempotency-Key 或同一上级编号再次登记，得到原来的工单（200）。"""
    done = await register_ticket(parts, identity, body, key)
    response.status_code = 201 if done.fresh else 200
    response.headers["Location"] = f"{PREFIX}/tickets/{done.no}"
    return Registered(no=done.no, received_at=done.received_at)


register.__annotations__["body"] = RegisterBody
router.post(
    "",
    summary="登记诉求",
    operation_id="register",
    status_code=201,
    responses={
        200: {"model": Registered, "description": "已登记过，返回原工单"},
        **problems(401, 403, 409, 413, 415, 422, 503),
    },
)(register)


@router.get("", summary="工单列表", operation_id="list_tickets", responses=problems(401, 422, 503))
async def list_tickets(
    identity: Identity,
    parts: Assembled,
    status: Annotated[list[Status], Query(description="状态，可多选。")] = [],  # noqa: B006
    unit: Annotated[list[Words], Query(description="承办单位（主办或协办），可多选。")] = [],  # noqa: B006
    lead: Annotated[list[Words], Query(description="主办单位，可多选。")] = [],  # noqa: B006
    lamp: Annotated[list[Lamp], Query(description="预警、黄牌、红牌，可多选。")] = [],  # noqa: B006
    type: Annotated[list[TicketType], Query(description="诉求类型，可多选。")] = [],  # noqa: B006
    urgency: Annotated[list[Urgency], Query(description="紧急程度，可多选。")] = [],  # noqa: B006
    level: Annotated[list[Level], Query(description="层级，可多选。")] = [],  # noqa: B006
    source: Annotated[list[Source], Query(description="来源渠道，可多选。")] = [],  # noqa: B006
    area: Annotated[list[WordsOrNone], Query(description="属地，可多选；空的指没有填写属地的。")] = [],  # noqa: B006
    q: Annotated[Words | None, Query(description="工单编号（可只写开头）或上级编号。")] = None,
    due_before: Annotated[AskedMoment | None, Query(description="最近的期限早于。")] = None,
    due_after: Annotated[AskedMoment | None, Query(description="最近的期限不早于。")] = None,
    open: Annotated[bool, Query(description="只列未结束的工单。")] = False,
    category: Annotated[
        WordsOrNone | None, Query(description="诉求类别；上一级类别包括其下各级；空的指没有填写类别的。")
    ] = None,
    unit_stage: Annotated[list[UnitStage], Query(description="承办单位的办理状态，可多选。")] = [],  # noqa: B006
    asked: Annotated[
        Asked | None, Query(description="有待审核的退单、延期申请，有待初审或初审后待终审的答复。")
    ] = None,
    rating: Annotated[list[Rating], Query(description="诉求人对办理的评价，可多选。")] = [],  # noqa: B006
    received_from: Annotated[AskedMoment | None, Query(description="受理时间不早于。")] = None,
    received_to: Annotated[AskedMoment | None, Query(description="受理时间早于。")] = None,
    dispatched_from: Annotated[
        AskedMoment | None, Query(description="派单时间不早于；有承办单位时为派给它的时间。")
    ] = None,
    dispatched_to: Annotated[AskedMoment | None, Query(description="派单时间早于。")] = None,
    closed_from: Annotated[AskedMoment | None, Query(description="办结时间不早于。")] = None,
    closed_to: Annotated[AskedMoment | None, Query(description="办结时间早于。")] = None,
    clock: Annotated[ClockName | None, Query(description="有这一项时限。")] = None,
    clock_result: Annotated[
        Literal["in_time", "overdue", "running"] | None,
        Query(description="这项时限的结果：in_time 按时完成；overdue 逾期；running 计时中。"),
    ] = None,
    clock_due_from: Annotated[AskedMoment | None, Query(description="这项时限的期限不早于。")] = None,
    clock_due_to: Annotated[AskedMoment | None, Query(description="这项时限的期限早于。")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> TicketPage:
    """你可以查看的工单，最紧急的在前：先看灯，再看期限。"""
    filters = Filters(
        status=[one.value for one in status],
        unit=unit,
        lead=lead,
        lamp=[one.value for one in lamp],
        type=[one.value for one in type],
        urgency=[one.value for one in urgency],
        level=[one.value for one in level],
        source=[one.value for one in source],
        area=area,
        number=q,
        due_before=due_before,
        due_after=due_after,
        open_only=open,
        category=category,
        unit_stage=[one.value for one in unit_stage],
        asked=asked,
        rating=[one.value for one in rating],
        received=Span(received_from, received_to),
        dispatched=Span(dispatched_from, dispatched_to),
        closed=Span(closed_from, closed_to),
        owed=Owed(clock, clock_result, Span(clock_due_from, clock_due_to)),
    )
    async with parts.engine.connect() as conn:
        page = await listing.tickets(conn, identity, filters, cursor, limit)
        numbers = [row.no for row in page.rows]
        said = await demands(conn, parts, numbers)
        limits = await listing.limits(conn, identity, numbers)
    lines = [
        {
            **row._mapping,
            "title": said[row.no].title if row.no in said else None,
            "limit_shown": limits.get(row.no),
        }
        for row in page.rows
    ]
    return TicketPage(
        tickets=[TicketLine.model_validate(line) for line in lines], next_cursor=page.next_cursor
    )


@router.get("/{no}", summary="工单", operation_id="get_ticket", responses=READING)
async def get_ticket(no: Number, who: Who, parts: Assembled) -> TicketDetail:
    """一件工单：登记的内容、承办单位、计时、诉求人（已脱敏），以及你此刻可以办理的操作。"""
    found = await reading.detail(parts, who.actor, no)
    return TicketDetail.model_validate(
        {
            **found.ticket._mapping,
            "title": found.title,
            "text": found.text,
            "original_received_at": found.about.original_received_at,
            "assignments": found.assignments,
            "clocks": found.clocks,
            "limit_shown": found.limit_shown,
            "callers": found.callers,
            "allowed": [name for name in found.allowed if may_ask(name, who)],
            "policy": found.policy,
        }
    )


@router.get("/{no}/timeline", summary="办理经过", operation_id="get_timeline", responses=READING)
async def get_timeline(no: Number, identity: Identity, parts: Assembled) -> list[Entry]:
    """按先后列出发生的每件事：何人所为、一句话说明、对时限的影响、所写的文字。"""
    return [Entry.model_validate(entry) for entry in await reading.timeline(parts, identity, no)]


@router.get("/{no}/clocks", summary="时限", operation_id="list_clocks", responses=READING)
async def list_clocks(no: Number, identity: Identity, parts: Assembled) -> list[ClockAnswer]:
    """工单的各项时限，包括已经结束的。"""
    return [ClockAnswer.model_validate(row) for row in await reading.clocks(parts, identity, no)]


@router.get(
    "/{no}/clocks/{clock}/explanation",
    summary="时限的由来",
    operation_id="explain_clock",
    responses=READING,
)
async def explain_clock(
    no: Number,
    clock: ClockName,
    identity: Identity,
    parts: Assembled,
    unit: Annotated[Words | None, Query(description="承办单位；不填时取最近的一个。")] = None,
) -> ExplanationAnswer:
    """这个期限依据哪一条、从何时起算、计入了哪些时间、哪些日子不计入及其原因、用的是哪一版工作日历。"""
    return ExplanationAnswer.model_validate(await explaining.explain(parts, identity, no, clock, unit))

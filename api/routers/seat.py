"""The seat's desk: calls to make and prove, replies that a person has to read."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.asking import PREFIX, Assembled, Key, Limit, problems
from api.identity import Identity, Who
from api.problems import Problem, not_found
from api.seat_bodies import (
    CallAnswer,
    CallbackPage,
    CallbackWaiting,
    CallBody,
    CallState,
    CallTaken,
    HandledBody,
    ReplyAnswer,
)
from api.services import calling_back
from api.services.revealing import record_shown
from api.services.scope import hidden_tickets
from domain.commands import Actor
from models import call_tasks, uplinks
from models.access import Field, Purpose
from models.call_tasks import Call, NoOpenTask
from models.directory import caller_of, phone_of
from models.notice_templates import template
from models.phones import masked_phone
from models.tables import Notification

router = APIRouter(prefix=PREFIX, tags=["坐席"])

CallId = Annotated[UUID, Path(description="电话编号。")]
After = Annotated[
    str | None,
    Query(max_length=64, pattern=r"^[0-9A-Za-z._-]+$", description="上一页给出的 next_cursor。"),
]
ReplyId = Annotated[UUID, Path(description="来信编号。")]

_CHANGING = problems(401, 403, 404, 409, 413, 415, 422, 503)


@router.get("/calls", summary="待拨打的电话", operation_id="list_calls", responses=problems(422))
async def list_calls(identity: Identity, parts: Assembled, limit: Limit = 50) -> list[CallAnswer]:
    """最早的在前。号码在领取后显示。"""
    async with parts.engine.connect() as conn:
        tasks = await call_tasks.waiting(conn, limit)
        hidden = await hidden_tickets(conn, identity, [task.ticket_no for task in tasks])
        return [
            CallAnswer.model_validate(await _told(conn, task))
            for task in tasks
            if task.ticket_no not in hidden
        ]


@router.post("/calls/{id}/take", summary="领取电话", operation_id="take_call", responses=_CHANGING)
async def take_call(id: CallId, who: Who, parts: Assembled) -> CallTaken:
    """记下由谁拨打，并显示号码。号码是诉求人的，记入查阅记录。"""
    async with parts.engine.begin() as conn:
        try:
            task = await call_tasks.take(conn, id, _name(who.actor))
        except NoOpenTask:
            raise _not_open() from None
        if await hidden_tickets(conn, who.actor, [task.ticket_no]):
            raise _not_open()
        caller = caller_of(task.recipient)
        if caller is not None:
            shown, call = [Field.PHONE], {"call": str(id)}
            await record_shown(conn, who, task.ticket_no, caller, shown, Purpose.CONTACT, call)
        number = await phone_of(conn, parts.ring, task.recipient)
        return CallTaken.model_validate({**await _told(conn, task), "number": number})


@router.post("/calls/{id}/attempts", summary="登记拨打结果", operation_id="record_call", responses=_CHANGING)
async def record_call(
    id: CallId, body: CallBody, identity: Identity, parts: Assembled, key: Key
) -> CallState:
    """谁在何时拨打、结果如何：即送达的凭证。"""
    call = Call(
        _name(identity),
        body.outcome,
        acknowledged=body.acknowledged,
        seconds=body.seconds,
        evidence=body.evidence,
        key=f"{_name(identity)}:{key}",
    )
    try:
        async with parts.engine.begin() as conn:
            return CallState(state=await call_tasks.record(conn, id, call))
    except NoOpenTask:
        raise _not_open() from None


@router.get(
    "/callbacks", summary="待回访", operation_id="list_callbacks", responses=problems(401, 403, 422, 503)
)
async def list_callbacks(
    identity: Identity,
    parts: Assembled,
    cursor: After = None,
    limit: Limit = 50,
) -> CallbackPage:
    """有诉求人尚待回访的工单，最早的在前；各人已回访几次、办法规定几次未联系上即止。"""
    rows, following = await calling_back.waiting(parts, identity, cursor, limit)
    return CallbackPage(waiting=[CallbackWaiting.model_validate(row) for row in rows], next_cursor=following)


@router.get("/replies", summary="待处理的来信", operation_id="list_replies", responses=problems(422))
async def list_replies(parts: Assembled, limit: Limit = 50) -> list[ReplyAnswer]:
    """群众回复的短信中，不能自动办理的。"""
    async with parts.engine.connect() as conn:
        found = await uplinks.waiting(conn, parts.ring, limit)
    return [
        ReplyAnswer(
            id=one.id,
            received_at=one.received_at,
            number=masked_phone(one.number) if one.number else None,
            words=one.words,
            why=one.why,
        )
        for one in found
    ]


@router.post(
    "/replies/{id}/handle",
    summary="来信已处理",
    operation_id="handle_reply",
    status_code=204,
    responses=_CHANGING,
)
async def handle_reply(id: ReplyId, body: HandledBody, identity: Identity, parts: Assembled) -> None:
    """记下由谁处理，归入哪件工单。"""
    async with parts.engine.begin() as conn:
        if not await uplinks.handled(conn, id, _name(identity), body.ticket_no):
            raise not_found("条待处理的来信")


async def _told(conn: AsyncConnection, task: Any) -> dict[str, Any]:
    """A call with what is to be said."""
    params = await conn.scalar(select(Notification.params).where(Notification.id == task.id))
    return {**task._mapping, "words": template(task.template).words(params or {})}


def _name(actor: Actor) -> str:
    return actor.id or actor.role.value


def _not_open() -> Problem:
    return Problem(409, "call_closed", "没有这个待拨打的电话，或者已经办结。请刷新后再试。")

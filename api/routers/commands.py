"""Commands: one operation for each, made from the table of commands."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from fastapi import APIRouter, BackgroundTasks, Response

from activities.delivery import Later
from api import wording
from api.answers import CommandAnswer
from api.asking import PREFIX, READING, WRITING, Assembled, Key, Number
from api.bodies import BODIES, Body, order_from
from api.identity import Identity
from api.services import commanding
from api.services.auditing import Asked, OnRecord
from api.services.commanding import Answer
from api.services.parts import Parts
from api.services.reading import shown_fact
from domain.commands import Actor, Order
from domain.supervision import ROLES as SUPERVISION_ROLES

router = APIRouter(prefix=PREFIX)


class _Send(Protocol):
    def __call__(
        self, parts: Parts, actor: Actor, no: str, order: Order, key: str, /, *, asked: Asked, later: Later
    ) -> Awaitable[Answer]: ...


_Endpoint = Callable[..., Awaitable[CommandAnswer]]

_STORED: dict[int | str, dict[str, Any]] = {
    202: {"model": CommandAnswer, "description": "已保存，系统恢复后按收到的时间办理"},
}


def answered(answer: Answer, response: Response) -> CommandAnswer:
    """The answer to a caller: 200 when it is done, 202 and where to look when it is stored."""
    if not answer.accepted:
        response.status_code = 202
        response.headers["Location"] = f"{PREFIX}/commands/{answer.command_id}"
    return CommandAnswer(
        state="accepted" if answer.accepted else "stored",
        command_id=answer.command_id,
        received_at=answer.received_at,
        seq=answer.seq,
        status=answer.status,
        facts=[shown_fact(fact) for fact in answer.facts],
    )


def _endpoint(name: str, body_model: type[Body], send: _Send) -> _Endpoint:
    async def take(
        no: Number,
        identity: Identity,
        parts: Assembled,
        key: Key,
        response: Response,
        asked: OnRecord,
        later: BackgroundTasks,
        body: Any,
    ) -> CommandAnswer:
        order = order_from(name, body)
        answer = await send(parts, identity, no, order, key, asked=asked, later=later)
        return answered(answer, response)

    take.__annotations__["body"] = body_model
    if not any(field.is_required() for field in body_model.model_fields.values()):
        # A command that needs to say nothing more may be sent without a body.
        take.__kwdefaults__ = None
        take.__defaults__ = (body_model(),)
    return take


def _add(path: str, name: str, send: _Send, *, operation_id: str, tag: str) -> None:
    words = wording.command(name)
    router.post(
        f"{path}/{name}",
        summary=words.name,
        description=words.gist,
        operation_id=operation_id,
        tags=[tag],
        response_model=CommandAnswer,
        response_model_exclude_none=True,
        responses={**_STORED, **WRITING},
    )(_endpoint(name, BODIES[name], send))


for _name in BODIES:
    _add("/tickets/{no}", _name, commanding.to_ticket, operation_id=_name, tag="操作")
for _name in (name for name in SUPERVISION_ROLES if name in BODIES):
    _add(
        "/supervisions/{no}",
        _name,
        commanding.to_supervision,
        operation_id=f"supervision_{_name}",
        tag="督办",
    )


@router.get(
    "/commands/{no}",
    summary="操作的结果",
    operation_id="get_command",
    tags=["操作"],
    response_model_exclude_none=True,
    responses={**READING, **WRITING},
)
async def get_command(no: Number, identity: Identity, parts: Assembled, response: Response) -> CommandAnswer:
    """查询一项操作的结果。被拒绝的，返回当时的拒绝。只能查询自己的操作。"""
    return answered(await commanding.find(parts, identity, no), response)

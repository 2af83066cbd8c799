"""Who a caller is, shown for a purpose; who was shown it; and the audit."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.answers import _Answer
from api.asking import PREFIX, Assembled, Limit, Number, Words, problems
from api.bodies import Body
from api.identity import Who
from api.moments import AskedMoment, Moment, within_reach
from api.problems import Problem
from api.services import revealing
from api.services.scope import visible_lines
from models import access, audit
from models.audit import Wanted

router = APIRouter(prefix=PREFIX, tags=["隐私"])

CallerId = Annotated[UUID, Path(description="诉求人编号。")]


class RevealBody(Body):
    """查看诉求人信息。"""

    fields: Annotated[
        list[access.Field],
        Field(min_length=1, max_length=3, description="name 姓名；phone 电话；address 地址。"),
    ]
    purpose: Annotated[
        access.Purpose,
        Field(description="；".join(f"{one.value} {access.NAMES[one]}" for one in access.Purpose) + "。"),
    ]
    reason: Annotated[str, Field(min_length=4, max_length=500, description="理由，记入查阅记录。")]


class Revealed(_Answer):
    """What was asked for of a caller."""

    name: str | None = None
    phone: str | None = None
    address: str | None = None


class AccessAnswer(_Answer):
    """One time that a caller's details were shown."""

    at: Moment
    role: str | None
    unit: str | None
    person: str | None = Field(description="查阅者的人员代码。")
    purpose: str
    fields: list[str]


class AuditAnswer(_Answer):
    """One line of the audit."""

    lane: int
    seq: int
    at: Moment
    operation: str
    outcome: str = Field(description="asked 已受理；shown 已查看；其余为拒绝的代码。")
    actor: dict[str, Any]
    source: str | None
    ticket_no: str | None
    subject: str | None
    why: str | None
    details: dict[str, Any]


class AuditPage(_Answer):
    """One page of the audit, newest first."""

    lines: list[AuditAnswer]
    next_cursor: str | None


@router.post(
    "/tickets/{no}/callers/{caller}/reveal",
    summary="查看诉求人信息",
    operation_id="reveal_caller",
    response_model_exclude_unset=True,
    responses=problems(401, 403, 404, 413, 415, 422, 503),
)
async def reveal_caller(
    no: Number, caller: CallerId, body: RevealBody, who: Who, parts: Assembled
) -> Revealed:
    """按目的查看诉求人的姓名、电话或地址。须说明理由，每次查看都记入查阅记录，诉求人可以要求查阅。"""
    shown = await revealing.reveal(parts, who, no, caller, body.fields, body.purpose, body.reason)
    return Revealed.model_validate(shown)


@router.get(
    "/tickets/{no}/callers/{caller}/accesses",
    summary="查阅记录",
    operation_id="list_accesses",
    responses=problems(401, 403, 404, 422, 503),
)
async def list_accesses(no: Number, caller: CallerId, who: Who, parts: Assembled) -> list[AccessAnswer]:
    """谁在何时、为何目的查看过这位诉求人的信息。诉求人有权得到这份记录。"""
    return [AccessAnswer.model_validate(one) for one in await revealing.accesses(parts, who, no, caller)]


@router.get("/audit", summary="审计记录", operation_id="list_audit", responses=problems(401, 403, 422, 503))
async def list_audit(
    who: Who,
    parts: Assembled,
    ticket: Annotated[Words | None, Query(description="工单编号。")] = None,
    person: Annotated[Words | None, Query(description="人员代码。")] = None,
    operation: Annotated[Words | None, Query(description="操作（operationId）。")] = None,
    since: Annotated[AskedMoment | None, Query(description="不早于。")] = None,
    until: Annotated[AskedMoment | None, Query(description="早于。")] = None,
    cursor: Annotated[str | None, Query(max_length=100, description="上一页给出的 next_cursor。")] = None,
    limit: Limit = 50,
) -> AuditPage:
    """每项操作、每次查看个人信息：何人、从何处、何时、为何。最新的在前。"""
    wanted = Wanted(ticket, person, None, operation, since, until)
    async with parts.engine.connect() as conn:
        rows = await audit.find(conn, wanted, _place(cursor), limit + 1, visible_lines(who.actor))
    lines = [AuditAnswer.model_validate(_line(row)) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    return AuditPage(lines=lines, next_cursor=last and f"{last.at.isoformat()}|{last.lane}|{last.seq}")


def _line(row: Any) -> dict[str, Any]:
    said = row.data
    return {
        **row._mapping,
        "actor": said.get("actor", {}),
        "source": said.get("source"),
        "why": said.get("why"),
        "details": said.get("details", {}),
    }


def _place(cursor: str | None) -> tuple[datetime, int, int] | None:
    if cursor is None:
        return None
    try:
        at, lane, seq = cursor.split("|")
        place = within_reach(datetime.fromisoformat(at)), int(lane), int(seq)
        if place[0].tzinfo is None or not (0 <= place[1] < audit.LANES and 0 < place[2] < 2**62):
            raise ValueError
    except ValueError:
        raise Problem(422, "bad_cursor", "翻页标记无效。请从第一页重新查起。") from None
    return place

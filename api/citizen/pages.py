"""The pages: start, submit, follow, and one ticket with what its caller may do now."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from pydantic import ValidationError
from uuid_utils.compat import uuid7

from api.asking import Assembled
from api.citizen import following, notice, stages, submitting
from api.citizen.following import TAIL, Followed
from api.citizen.forms import posted
from api.citizen.showing import HEADERS, STYLE, Page, page
from api.identity import source_of
from api.problems import Problem
from api.services import commanding, reading, revealing
from api.services.parts import Parts
from domain.commands import Appeal, Order, Rate, Withdraw
from domain.policy import Standing
from models.access import FIELD_NAMES, Field
from models.held_roles import NAMES as ROLE_NAMES
from models.held_roles import HeldRole
from ops.policy_pages.words import RATINGS, STANDINGS, TYPES

router = APIRouter(prefix="/citizen", include_in_schema=False, route_class=Page)

_KEY = re.compile(r"[0-9a-f-]{36}")
_NUMBER = re.compile(r"[0-9A-Za-z._-]{1,64}")
_DONE: Final[Mapping[str, str]] = {
    "submitted": "您的诉求已经收到。请记下工单编号，凭编号和手机号后四位可以随时查询。",
    "rate": "感谢您的评价。",
    "withdraw": "您的诉求已经撤回。",
    "appeal": "您的意见已经收到，热线办将予以核实。",
    "waiting": "已经收到，系统正在处理。请稍后刷新本页查看。",
}

Token = Annotated[str, Path(max_length=64)]
Deed = Annotated[str, Path(max_length=20)]


@router.get("")
@router.get("/")
async def start(parts: Assembled) -> Response:
    """What the hotline takes, and the ways on."""
    return page("start", notice=await notice.current(parts), urgent=notice.URGENT)


@router.get("/style.css")
async def style() -> Response:
    """How the pages look."""
    return FileResponse(STYLE, media_type="text/css", headers={"cache-control": "max-age=3600"})


@router.get("/submit")
async def ask_demand(parts: Assembled) -> Response:
    """The form of a demand."""
    return await _demand_form(parts, {}, str(uuid7()))


@router.post("/submit")
async def take_demand(request: Request, parts: Assembled) -> Response:
    """Registers the demand; what was typed stays where something is wrong with it."""
    form = await posted(request, parts.settings)
    key = _key(form)
    try:
        token = await submitting.submit(parts, form, key, source_of(request))
    except Problem as problem:
        # A key that was used for other words is no use to the citizen any more.
        fresh = str(uuid7()) if problem.code == "idempotency_conflict" else key
        return await _demand_form(parts, form, fresh, problem)
    return _to(token, "submitted")


@router.get("/follow")
async def ask_number() -> Response:
    """The form for number and phone."""
    return page("follow", form={}, tail=TAIL)


@router.post("/follow")
async def take_number(request: Request, parts: Assembled) -> Response:
    """Leads to the ticket, if number and phone belong together."""
    form = await posted(request, parts.settings)
    no, tail = form.get("no", ""), form.get("tail", "")
    try:
        if not _NUMBER.fullmatch(no) or not re.fullmatch(rf"[0-9]{{{TAIL}}}", tail):
            raise Problem(422, "malformed", "请填写工单编号和手机号后四位数字。")
        token = await following.by_number(parts, no, tail, source_of(request))
    except Problem as problem:
        answer = page("follow", problem.status, form=form, tail=TAIL, fault=problem.detail)
        answer.headers.update(problem.headers)
        return answer
    return _to(token)


@router.get("/t/{token}")
async def show(
    token: Token, request: Request, parts: Assembled, told: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """One ticket."""
    followed = await following.by_token(parts, token, source_of(request))
    return await _ticket(parts, followed, token, done=_DONE.get(told))


@router.get("/t/{token}/accesses")
async def accesses(token: Token, request: Request, parts: Assembled) -> Response:
    """Who was shown the caller's name, number or address: unit, role, purpose and time, and nobody's name."""
    followed = await following.by_token(parts, token, source_of(request))
    await following.record(parts, followed, "list_accesses", source_of(request))
    async with parts.engine.connect() as conn:
        found = await revealing.looked_at(conn, followed.caller.id)
    told = [
        {
            "at": stages.said(one["at"]),
            "unit": one["unit"] or "12345热线",
            "role": ROLE_NAMES[HeldRole(one["role"])],
            "purpose": one["purpose"],
            "fields": "、".join(FIELD_NAMES[Field(field)] for field in one["fields"]),
        }
        for one in found
    ]
    return page("accesses", no=followed.no, here=f"/citizen/t/{token}", accesses=told)


@router.post("/t/{token}/{do}")
async def act(token: Token, do: Deed, request: Request, parts: Assembled) -> Response:
    """Rates, takes back or objects, as the caller whose link it is."""
    form = await posted(request, parts.settings)
    followed = await following.by_token(parts, token, source_of(request))
    try:
        order = _order(do, form, str(followed.caller.id))
        await following.record(parts, followed, order.do, source_of(request))
        answer = await commanding.to_ticket(parts, followed.actor, followed.no, order, _key(form))
    except Problem as problem:
        return await _ticket(parts, followed, token, problem=problem, form=form)
    return _to(token, do if answer.accepted else "waiting")


def _order(do: str, form: Mapping[str, str], caller: str) -> Order:
    try:
        match do:
            case "rate":
                said = {name: form[name] for name in ("handling", "intake") if name in form}
                solved = {"solved": form["solved"] == "yes"} if "solved" in form else {}
                return Rate.model_validate({**said, **solved, "caller": caller})
            case "withdraw":
                if form.get("sure") != "yes":
                    raise Problem(422, "malformed", "请勾选确认后再撤回。")
                reason = {"reason": form["reason"]} if "reason" in form else {}
                return Withdraw.model_validate({**reason, "caller": caller})
            case "appeal":
                return Appeal.model_validate({"text": form["text"]} if "text" in form else {})
    except ValidationError:
        raise Problem(422, "malformed", "填写的内容不完整或过长。请核对后重新提交。") from None
    raise Problem(404, "not_found", "没有这个页面。")


async def _demand_form(
    parts: Parts, form: Mapping[str, str], key: str, problem: Problem | None = None
) -> Response:
    answer = page(
        "submit",
        problem.status if problem else 200,
        notice=await notice.current(parts),
        urgent=notice.URGENT,
        form=form,
        key=key,
        longest=submitting.LONGEST,
        fault=problem.detail if problem else None,
    )
    answer.headers.update(problem.headers if problem else {})
    return answer


async def _ticket(
    parts: Parts,
    followed: Followed,
    token: str,
    *,
    done: str | None = None,
    problem: Problem | None = None,
    form: Mapping[str, str] | None = None,
) -> Response:
    detail = followed.detail
    timeline = await reading.timeline(parts, followed.actor, followed.no)
    told: dict[str, Any] = {
        "no": followed.no,
        "here": f"/citizen/t/{token}",
        "own_no": followed.caller.first_ticket_no,
        "type": TYPES[detail.about.type],
        "not_law": _not_law(detail.policy),
        "tail": followed.caller.phone[-TAIL:] if followed.caller.phone else None,
        "now": stages.now_in_words(detail),
        "stages": stages.stages(detail, followed.caller.called_back_at, datetime.now(UTC)),
        "answers": list(stages.answers(timeline)),
        "allowed": [] if followed.caller.withdrawn_at else detail.allowed,
        "withdrawn": followed.caller.withdrawn_at is not None,
        "ratings": RATINGS,
        "rated": {name: RATINGS[value] for name, value in _rated(followed).items()},
        "key": str(uuid7()),
        "done": done,
        "form": form or {},
        "fault": problem.detail if problem else None,
    }
    return page("ticket", problem.status if problem else 200, **told)


def _not_law(policy: Mapping[str, Any]) -> str | None:
    """What is to be known of a ticket that is handled by something that does not bind yet, or no more."""
    standing = Standing(policy["standing"])
    if standing is Standing.IN_FORCE:
        return None
    return f"本工单参照《{policy['title']}》办理：{STANDINGS[standing]}。"


def _rated(followed: Followed) -> dict[str, Any]:
    given = followed.caller.ratings
    return {name: given[name] for name in ("handling", "intake") if given.get(name)}


def _key(form: Mapping[str, str]) -> str:
    """The key that the page carried, so that a form sent twice is done once."""
    given = form.get("key", "")
    return given if _KEY.fullmatch(given) else str(uuid7())


def _to(token: str, told: str | None = None) -> Response:
    query = f"?told={told}" if told else ""
    return RedirectResponse(f"/citizen/t/{token}{query}", 303, HEADERS)

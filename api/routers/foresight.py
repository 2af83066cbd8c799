"""What helps before deciding on a ticket: previews, terms, units that fit, tickets that look alike."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path
from pydantic import ValidationError

from api.asking import PREFIX, READING, WRITING, Assembled, Number
from api.bodies import BODIES, order_from
from api.desk_answers import LookAlike, PreviewAnswer, SuggestedUnit, TermsAnswer
from api.identity import Identity
from api.problems import malformed, not_found
from api.services import likeness, previewing, suggesting
from api.services.reading import whole
from api.services.terms import terms

router = APIRouter(prefix=f"{PREFIX}/tickets", tags=["工单"])

Command = Annotated[str, Path(pattern=r"^[a-z_]+$", max_length=40, description="操作的名称。")]


@router.post(
    "/{no}/{command}/preview",
    summary="预览操作",
    operation_id="preview_command",
    responses=WRITING,
)
async def preview_command(
    no: Number,
    command: Command,
    identity: Identity,
    parts: Assembled,
    body: Annotated[dict[str, Any], Body(description="与该项操作相同的内容。")],
) -> PreviewAnswer:
    """一项操作会产生什么结果、各项时限会怎样变化。只是预览，不办理、不保存。会被拒绝的，返回同样的拒绝。"""
    if command not in BODIES:
        raise not_found("项操作")
    try:
        order = order_from(command, BODIES[command].model_validate(body))
    except ValidationError as error:
        raise malformed(error.errors(include_input=False)) from None
    return PreviewAnswer.model_validate(await previewing.preview(parts, identity, no, order))


@router.get("/{no}/terms", summary="办法的要求", operation_id="get_ticket_terms", responses=READING)
async def get_ticket_terms(no: Number, identity: Identity, parts: Assembled) -> TermsAnswer:
    """这件工单所依据的办法对各项操作的要求和可选的情形。"""
    async with parts.engine.connect() as conn:
        found = await whole(conn, parts, identity, no)
    return TermsAnswer.model_validate(terms(found.law.policy, found.state.about))


@router.get("/{no}/suggestions", summary="建议的承办单位", operation_id="list_suggestions", responses=READING)
async def list_suggestions(no: Number, identity: Identity, parts: Assembled) -> list[SuggestedUnit]:
    """可以派给哪些单位，理由是什么：研判意见、原工单、同类诉求的办理情况、属地。"""
    return [SuggestedUnit.model_validate(one) for one in await suggesting.suggestions(parts, identity, no)]


@router.get("/{no}/similar", summary="相似的工单", operation_id="list_similar_tickets", responses=READING)
async def list_similar_tickets(no: Number, identity: Identity, parts: Assembled) -> list[LookAlike]:
    """近九十日内可能反映同一事项的工单，附诉求全文。"""
    return [LookAlike.model_validate(one) for one in await likeness.of_ticket(parts, identity, no)]

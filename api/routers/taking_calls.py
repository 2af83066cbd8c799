"""What an agent needs while somebody is on the phone."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.answers import TicketLine
from api.asking import PREFIX, Assembled, problems
from api.bodies import Body
from api.desk_answers import CallerKnown, CategoryAnswer, LookAlike, TermsAnswer
from api.identity import Identity
from api.moments import ZONE
from api.services import callers_known, likeness
from api.services.likeness import Matter
from api.services.offices import law_for
from api.services.terms import terms
from domain.commands import MAX_TEXT
from policies.matters import Category, categories

router = APIRouter(prefix=f"{PREFIX}/intake", tags=["受理"])

_ASKING = problems(401, 403, 413, 415, 422, 503)


class PhoneBody(Body):
    """A number that calls; in a body, so that it stands in no log."""

    phone: Annotated[str, Field(min_length=3, max_length=40, description="来电号码。")]


class MatterBody(Body):
    """A demand as far as it has been taken down."""

    text: Annotated[str, Field(max_length=MAX_TEXT, description="诉求内容。")] = ""
    area: Annotated[str | None, Field(max_length=100, description="属地。")] = None
    category: Annotated[str | None, Field(max_length=200, description="诉求类别。")] = None
    phone: Annotated[str | None, Field(max_length=40, description="来电号码。")] = None


@router.post("/caller", summary="识别来电", operation_id="recognise_caller", responses=_ASKING)
async def recognise_caller(body: PhoneBody, identity: Identity, parts: Assembled) -> CallerKnown:
    """这个号码此前的诉求，未结束的在前。"""
    known = await callers_known.by_phone(parts, identity, body.phone)
    return CallerKnown(name=known.name, tickets=[TicketLine.model_validate(line) for line in known.tickets])


@router.post("/similar", summary="可能重复的诉求", operation_id="find_similar", responses=_ASKING)
async def find_similar(body: MatterBody, identity: Identity, parts: Assembled) -> list[LookAlike]:
    """近九十日内可能反映同一事项的工单，附诉求全文，供登记前比对。"""
    matter = Matter(body.text, body.area, body.category, [body.phone] if body.phone else [])
    return [LookAlike.model_validate(one) for one in await likeness.of_matter(parts, identity, matter)]


@router.get(
    "/terms",
    summary="受理的要求",
    operation_id="get_intake_terms",
    responses=problems(401, 403, 409, 422, 503),
)
async def get_intake_terms(identity: Identity, parts: Assembled) -> TermsAnswer:
    """本热线的办法受理什么、不受理什么、能否即办答复。"""
    _, law = await law_for(parts.engine, parts.settings, None, datetime.now(ZONE).date())
    return TermsAnswer.model_validate(terms(law.policy, None))


@router.get(
    "/categories", summary="诉求类别", operation_id="list_categories", responses=problems(401, 403, 422, 503)
)
async def list_categories(identity: Identity) -> list[CategoryAnswer]:
    """三级诉求类别，附受理时应当问清的事项。"""
    return [CategoryAnswer.model_validate(_shown(one)) for one in categories()]


def _shown(one: Category) -> dict[str, object]:
    children = [_shown(child) for child in one.children]
    return {"name": one.name, "asks": one.asks, "words": one.words, "children": children}

"""The law that is worked by: policies with their standing and explanation, and the working calendar."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path

from api.asking import PREFIX, Assembled, problems
from api.desk_answers import ArticleAnswer, CalendarAnswer, OfficeHoursAnswer, PolicyLine, PolicyPage
from api.identity import Identity
from api.moments import ZONE
from api.problems import not_found
from api.services import offices, work_days
from domain.policy import Policy
from ops.policy_pages.citing import article
from ops.policy_pages.page import policy_page
from policies.loading import lapsed

router = APIRouter(prefix=PREFIX, tags=["办法"])

PolicyId = Annotated[str, Path(pattern=r"^[a-z0-9_-]+$", max_length=64, description="办法的标识。")]
Year = Annotated[int, Path(ge=2000, le=2100, description="年份。")]


@router.get("/policies", summary="办法", operation_id="list_policies", responses=problems(401, 403, 422, 503))
async def list_policies(identity: Identity, parts: Assembled) -> list[PolicyLine]:
    """系统里的办法和各自的效力。"""
    return [
        PolicyLine.model_validate(_line(one, parts.settings.policy))
        for one in offices.policies(parts.settings)
    ]


@router.get(
    "/policies/{policy}",
    summary="办法的说明",
    operation_id="get_policy",
    responses=problems(401, 403, 404, 422, 503),
)
async def get_policy(policy: PolicyId, identity: Identity, parts: Assembled) -> PolicyPage:
    """由办法的数据生成的说明：谁在什么时候之前做什么，依据哪一条，没有写明的怎样办。"""
    found = next((one for one in offices.policies(parts.settings) if one.id == policy), None)
    if found is None:
        raise not_found("个办法")
    return PolicyPage.model_validate({**_line(found, parts.settings.policy), "page": policy_page(found)})


def _line(policy: Policy, current: str) -> dict[str, object]:
    return {
        "id": policy.id,
        "title": policy.title,
        "number": policy.number,
        "place": policy.place,
        "standing": policy.standing.value,
        "lapsed": lapsed(policy, datetime.now(ZONE).date()),
        "current": policy.id == current,
    }


@router.get("/articles", summary="条文", operation_id="list_articles", responses=problems(401, 403, 422, 503))
async def list_articles(identity: Identity, parts: Assembled) -> dict[str, ArticleAnswer]:
    """各条依据的出处和原文，以依据的编号为键。"""
    return {
        rule: ArticleAnswer(policy=policy.title, article=article(rule), text=text)
        for policy in offices.policies(parts.settings)
        for rule, text in policy.articles.items()
    }


@router.get(
    "/office-hours",
    summary="办公时间",
    operation_id="get_office_hours",
    responses=problems(401, 403, 409, 422, 503),
)
async def get_office_hours(identity: Identity, parts: Assembled) -> OfficeHoursAnswer:
    """前六十日至后二百日的办公时段，用来计算期限还剩多少工作时间。"""
    _, law = await offices.law_for(parts.engine, parts.settings, None, datetime.now(ZONE).date())
    return OfficeHoursAnswer.model_validate(work_days.office_hours(law.calendar))


@router.get(
    "/calendar/{year}",
    summary="工作日历",
    operation_id="get_calendar",
    responses=problems(401, 403, 409, 422, 503),
)
async def get_calendar(year: Year, identity: Identity, parts: Assembled) -> CalendarAnswer:
    """一年中的每一天：工作日、休息日、放假、补班及其原因。"""
    _, law = await offices.law_for(parts.engine, parts.settings, None, datetime.now(ZONE).date())
    return CalendarAnswer.model_validate(work_days.year(law.calendar, year))

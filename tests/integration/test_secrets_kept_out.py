"""What bears a mark of state secrets is refused with its article, and nothing of it is kept."""

import logging
from collections.abc import AsyncIterator, Mapping
from html import unescape
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.tables import AuditLine, Base
from ops.settings import Settings
from ops.temporal_client import connect, key_ring
from tests.hotline import Hotline, found_units, headers, number_apart, working

SECRET = "此件标有绝密，坐标在蟠龙岭靶场。"
TOLD = "蟠龙岭"
CLEAN = "门前路灯三天不亮。"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


@pytest.fixture
def policy() -> str:
    """The policy the hotline works by."""
    return "jingchuan"


@pytest.fixture
def settings(settings: Settings, policy: str) -> Settings:
    """The installation's settings, with the policy of the test."""
    return settings.model_copy(update={"policy": policy})


@pytest.fixture
async def hotline(settings: Settings, engine: AsyncEngine) -> AsyncIterator[Hotline]:
    ring = key_ring(settings)
    await number_apart(engine)
    await found_units(engine, ring, "水务局")
    async with working(settings, engine, await connect(settings, ring=ring), ring) as made:
        yield made


async def rows(engine: AsyncEngine) -> Mapping[str, int]:
    """How many rows each table has, but for who tried what how often, and what a worker sends in its time."""
    others = {"audit_line", "failed_login", "notification", "outbox_message"}
    async with engine.connect() as conn:
        return {
            name: (await conn.execute(select(func.count()).select_from(table))).scalar_one()
            for name, table in Base.metadata.tables.items()
            if name not in others
        }


async def audited(engine: AsyncEngine) -> str:
    """Everything the audit says, as Postgres writes it out."""
    async with engine.connect() as conn:
        lines = await conn.scalars(text(f"select row_to_json(one)::text from {AuditLine.__tablename__} one"))
        return "\n".join(lines)


def expect_refusal(answer: httpx2.Response, *articles: str) -> None:
    """The problem names mark, article and the way on, and repeats nothing else."""
    assert answer.status_code == 409, answer.text
    problem = answer.json()
    assert problem["code"] == "state_secret"
    assert problem.get("basis", []) == list(articles)
    assert "“绝密”" in problem["detail"]
    assert "保密行政管理部门" in problem["detail"]
    assert TOLD not in answer.text


@pytest.mark.rule("JC-5.1")
@pytest.mark.parametrize(
    "fields",
    [
        {"text": SECRET},
        {"title": SECRET},
        {"area": SECRET},
        {"callers": [{"name": "王芳", "phone": "13800138000", "address": SECRET}]},
    ],
    ids=lambda fields: next(iter(fields)),
)
async def test_a_registration_with_a_mark_is_refused_and_leaves_nothing(
    hotline: Hotline, engine: AsyncEngine, caplog: pytest.LogCaptureFixture, fields: dict[str, Any]
) -> None:
    before = await rows(engine)
    with caplog.at_level(logging.DEBUG):
        answer = await hotline.register(key="one", **fields)
    expect_refusal(answer, "JC-5.1")
    assert "《泾川县12345政务服务便民热线运行管理办法（试行）》第5条" in answer.json()["detail"]
    assert await rows(engine) == before
    assert TOLD not in await audited(engine)
    assert TOLD not in caplog.text
    # The same key is still good for what may be registered.
    assert (await hotline.register(key="one", text=CLEAN)).status_code == 201


@pytest.mark.rule("JC-5.1")
async def test_nothing_more_of_that_kind_comes_to_a_ticket(hotline: Hotline, engine: AsyncEngine) -> None:
    no = await hotline.ticket(text=CLEAN)
    # Answered by its workflow: what a registration writes has all been written.
    await hotline.done(no, "supplement", text=CLEAN)
    before = await rows(engine)
    expect_refusal(await hotline.post(no, "supplement", text=SECRET), "JC-5.1")
    expect_refusal(await hotline.post(no, "supplement", materials=[SECRET]), "JC-5.1")
    expect_refusal(await hotline.post(no, "urge", text=SECRET), "JC-5.1")
    expect_refusal(await hotline.post(no, "appeal", text=SECRET), "JC-5.1")
    expect_refusal(await hotline.post(no, "withdraw", "agent", reason=SECRET), "JC-5.1")
    upload = f"/api/v1/tickets/{no}/attachments"
    named = {"name": f"{SECRET}.jpg"}
    expect_refusal(
        await hotline.http.post(upload, params=named, content=JPEG, headers=headers("agent")), "JC-5.1"
    )
    assert await rows(engine) == before


@pytest.mark.rule("JC-5.1")
async def test_everyday_words_are_registered(hotline: Hotline) -> None:
    assert (await hotline.register(text="手机密码忘了，无法登录；请对我保密。")).status_code == 201


@pytest.mark.rule("JC-5.1")
async def test_agents_are_told_the_marks_before_they_send_anything(hotline: Hotline) -> None:
    terms = (await hotline.read("/intake/terms", "agent"))["secrecy"]
    assert {"绝密", "机密", "国家秘密"} <= set(terms["stop"])
    assert "秘密" in terms["warn"]
    assert terms["basis"] == ["JC-5.1"]


@pytest.mark.rule("JC-5.1")
async def test_a_citizen_is_told_politely_and_may_write_it_otherwise(
    hotline: Hotline, engine: AsyncEngine
) -> None:
    form = await hotline.http.get("/citizen/submit")
    assert "涉及国家秘密的事项不得在热线系统登记" in form.text
    before = await rows(engine)
    said = {"type": "complaint", "phone": "13800138000", "key": str(uuid4())}
    refused = await hotline.http.post("/citizen/submit", data={**said, "text": SECRET})
    assert refused.status_code == 409
    assert "可能涉及国家秘密" in unescape(refused.text)
    assert await rows(engine) == before
    assert TOLD not in await audited(engine)
    assert (await hotline.http.post("/citizen/submit", data={**said, "text": CLEAN})).status_code == 303


class TestElsewhere:
    """The other regulations have an article of their own, or none."""

    @pytest.mark.rule("HY-6.6")
    @pytest.mark.parametrize("policy", ["heyuan"])
    async def test_the_article_is_that_of_the_policy(self, hotline: Hotline) -> None:
        expect_refusal(await hotline.register(source="phone", text=SECRET), "HY-6.6")

    @pytest.mark.parametrize("policy", ["taian"])
    async def test_where_the_regulation_is_silent_the_law_is_named(self, hotline: Hotline) -> None:
        answer = await hotline.register(source="phone", text=SECRET)
        expect_refusal(answer)
        assert "《中华人民共和国保守国家秘密法》" in answer.json()["detail"]

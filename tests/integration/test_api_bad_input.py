"""What callers get wrong: each thing refused in its place, in words, with nothing half-written."""

import logging
import sys
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.limits import MAX_BODY
from api.problems import WithoutWords
from models.tables import Caller, Command, Outbox, Refusal, Ticket, TicketText
from ops.settings import Settings
from ops.temporal_client import connect, key_ring
from tests.hotline import Hotline, found_units, headers, working

WATER = "水务局"
SECRET = "13877776666"


async def rows(engine: AsyncEngine) -> dict[str, int]:
    """How many rows a registration would leave."""
    async with engine.connect() as conn:
        return {
            table.__tablename__: await conn.scalar(select(func.count()).select_from(table)) or 0
            for table in (Ticket, Caller, TicketText, Outbox, Command)
        }


def problem(answer: httpx2.Response) -> dict[str, Any]:
    """The problem that an answer is."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told: dict[str, Any] = answer.json()
    assert told["status"] == answer.status_code
    assert told["title"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told["detail"])
    return told


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"type": "complain"}, "malformed", "type"),
        ({"source": "pigeon"}, "malformed", "source"),
        ({"text": ""}, "malformed", "text"),
        ({"text": " \n\u3000"}, "malformed", "text"),
        ({"text": "长" * 20_001}, "malformed", "text"),
        ({"callers": []}, "malformed", "callers"),
        ({"callers": [{"nmae": "王芳"}]}, "malformed", "callers.0.nmae"),
        ({"upstream_due": "明天"}, "malformed", "upstream_due"),
        ({"upstream_due": "2026-02-30T10:00"}, "malformed", "upstream_due"),
        ({"upstream_due": 1_800_000_000}, "malformed", "upstream_due"),
        ({"received_at": "2026-01-01T00:00:00+08:00"}, "malformed", "received_at"),
        ({"clock_shift": 3600}, "malformed", "clock_shift"),
        ({"category": "供水\x00"}, "malformed", "请求内容"),
        ({"units_involved": 0}, "malformed", "units_involved"),
        ({"policy": "atlantis"}, "unknown_policy", None),
        ({"policy": "../jingchuan"}, "unknown_policy", None),
    ],
)
async def test_a_malformed_registration_leaves_nothing(
    hotline: Hotline, engine: AsyncEngine, said: dict[str, Any], code: str, field: str | None
) -> None:
    before = await rows(engine)
    answer = await hotline.register(**said)
    assert answer.status_code == 422
    told = problem(answer)
    assert told["code"] == code
    if field is not None:
        assert [fault["field"] for fault in told["fields"]] == [field]
    assert await rows(engine) == before


async def test_a_source_that_the_policy_does_not_take_is_refused_with_its_article(
    hotline: Hotline, engine: AsyncEngine
) -> None:
    before = await rows(engine)
    answer = await hotline.register(source="weibo")
    assert answer.status_code == 409
    told = problem(answer)
    assert (told["code"], told["basis"]) == ("source_not_in_policy", ["JC-2", "JC-9", "JC-20"])
    assert await rows(engine) == before


async def test_a_policy_that_is_no_longer_law_takes_nothing_in(
    settings: Settings, engine: AsyncEngine
) -> None:
    strict = settings.model_copy(update={"allow_lapsed_policy": False})
    ring = key_ring(settings)
    async with working(strict, engine, await connect(strict, ring=ring), ring) as hotline:
        answer = await hotline.register()
    assert answer.status_code == 409
    assert problem(answer)["code"] == "policy_lapsed"


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"null", b"[]", b'"register"', "你好".encode(), b"\xff\xfe", b'{"type":"\\ud800"}', b"NaN"],
)
async def test_a_body_that_is_no_json_object_is_malformed(hotline: Hotline, body: bytes) -> None:
    answer = await hotline.http.post(
        "/api/v1/tickets", content=body, headers={**headers("agent"), "content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert problem(answer)["code"] in ("not_json", "malformed")


async def test_a_body_of_another_kind_is_not_taken(hotline: Hotline) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = await hotline.http.post(
            "/api/v1/tickets", content=b"{}", headers={**headers("agent"), "content-type": kind}
        )
        assert answer.status_code == 415
        assert problem(answer)["code"] == "media_type"


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]
)
async def test_a_moment_that_cannot_be_told_everywhere_is_malformed(hotline: Hotline, moment: str) -> None:
    asked = [
        ("/tickets", "office", {"received_from": moment}),
        ("/tickets", "office", {"due_before": moment}),
        ("/tickets", "office", {"cursor": urlsafe_b64encode(f'[0, "{moment}", "1"]'.encode()).decode()}),
        ("/audit", "auditor", {"since": moment}),
        ("/audit", "auditor", {"cursor": f"{moment}|0|1"}),
        ("/statistics/dashboard", "office", {"since": moment}),
        ("/duty", "office", {"unit": "水务局", "start": moment}),
    ]
    for path, role, params in asked:
        answer = await hotline.http.get(f"/api/v1{path}", params=params, headers=headers(role))
        assert answer.status_code == 422, (path, params, answer.text)
    body = {"format": "csv", "reason": "月度汇总", "received_from": moment}
    export = await hotline.http.post("/api/v1/exports", json=body, headers=headers("office"))
    assert export.status_code == 422
    shift = {"person_id": "x", "starts_at": moment, "ends_at": "2026-01-01T00:00:00+08:00"}
    roster = {"unit": "水务局", "shifts": [shift]}
    entered = await hotline.http.put("/api/v1/duty", json=roster, headers=headers("office"))
    assert entered.status_code == 422


async def test_ten_megabytes_of_text_are_too_much(hotline: Hotline, engine: AsyncEngine) -> None:
    before = await rows(engine)
    answer = await hotline.register(text="长" * (10 * 1024 * 1024))
    assert answer.status_code == 413
    assert problem(answer)["code"] == "body_too_large"

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 65536 + 2):
            yield b" " * 65536

    answer = await hotline.http.post(
        "/api/v1/tickets",
        content=unannounced(),
        headers={**headers("agent"), "content-type": "application/json"},
    )
    assert answer.status_code == 413
    assert await rows(engine) == before


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "identity_required"),
        ({"X-Jiesu-Role": "emperor"}, "identity_unknown"),
        ({"X-Jiesu-Role": "system"}, "identity_unknown"),
        ({"X-Jiesu-Role": "system_operator"}, "identity_unknown"),
        ({"X-Jiesu-Role": "unit"}, "identity_incomplete"),
        ({"X-Jiesu-Role": "unit", "X-Jiesu-Unit": "%00"}, "identity_unknown"),
        ({"X-Jiesu-Role": "unit", "X-Jiesu-Unit": "%ff"}, "identity_unknown"),
        ({"X-Jiesu-Role": "office", "X-Jiesu-Actor": "x" * 65}, "identity_unknown"),
    ],
)
async def test_whoever_does_not_say_who_they_are_gets_nothing(
    hotline: Hotline, said: dict[str, str], code: str
) -> None:
    answer = await hotline.http.get("/api/v1/tickets", headers=said)
    assert answer.status_code == 401
    assert problem(answer)["code"] == code


async def test_the_wrong_role_is_refused_with_its_article_and_audited(
    hotline: Hotline, engine: AsyncEngine
) -> None:
    no = await hotline.ticket()
    answer = await hotline.post(no, "dispatch", "agent", lead=WATER)
    assert answer.status_code == 403
    told = problem(answer)
    assert (told["code"], told["basis"]) == ("wrong_role", ["JC-6.3"])
    async with engine.connect() as conn:
        (line,) = await conn.execute(select(Refusal.do, Refusal.code, Refusal.ticket_no))
    assert tuple(line) == ("dispatch", "wrong_role", no)
    assert (await hotline.register("leader")).status_code == 403


async def test_a_unit_cannot_speak_for_another(hotline: Hotline, engine: AsyncEngine) -> None:
    await found_units(engine, hotline.parts.ring, "住建局")
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER, assist=["住建局"])
    answer = await hotline.post(no, "sign", "unit", unit="住建局", as_unit=WATER)
    assert (answer.status_code, problem(answer)["code"]) == (403, "wrong_unit")


async def test_an_unknown_unit_is_refused_with_its_article(hotline: Hotline) -> None:
    no = await hotline.ticket()
    for said in ({"lead": "没有的局"}, {"lead": WATER, "assist": ["没有的镇"]}):
        answer = await hotline.post(no, "dispatch", **said)
        assert answer.status_code == 409
        told = problem(answer)
        assert (told["code"], told["basis"]) == ("unknown_unit", ["JC-10.2.1", "JC-10.2.2"])
    assert (await hotline.read(f"/tickets/{no}"))["status"] == "registered"


async def test_a_command_out_of_turn_is_refused_with_its_article(hotline: Hotline) -> None:
    no = await hotline.ticket()
    answer = await hotline.post(no, "first_review", approve=True)
    assert answer.status_code == 409
    told = problem(answer)
    assert (told["code"], told["basis"]) == ("wrong_status", ["JC-8"])


async def test_a_missing_part_is_refused_and_a_wrong_kind_is_malformed(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    missing = await hotline.post(no, "request_extension", unit=WATER, working_days=2, reason="改造")
    assert (missing.status_code, problem(missing)["code"]) == (409, "citizen_not_informed")
    for said in (
        {"unit": WATER},
        {"unit": WATER, "working_days": "几天"},
        {"unit": WATER, "working_days": 0},
        {"unit": WATER, "working_days": 2, "days": 3},
        {"unit": "", "working_days": 2},
    ):
        answer = await hotline.post(no, "request_extension", "office", **said)
        assert (answer.status_code, problem(answer)["code"]) == (422, "malformed")


async def test_what_does_not_exist_is_not_found(hotline: Hotline) -> None:
    for path in (
        "/tickets/20990101000001",
        "/tickets/20990101000001/timeline",
        "/supervisions/x",
        "/nothing",
    ):
        answer = await hotline.get(path)
        assert (answer.status_code, problem(answer)["code"]) == (404, "not_found")
    answer = await hotline.post("20990101000001", "sign", unit=WATER)
    assert answer.status_code == 404
    no = await hotline.ticket()
    assert (await hotline.post(no, "explode")).status_code == 404
    for internal in ("join", "revise_calendar"):
        assert (await hotline.post(no, internal, "office")).status_code == 404
    assert (await hotline.get(f"/tickets/{no}/clocks/doomsday/explanation")).status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "abc"},
        {"cursor": "WzEsMiwzXQ"},
        {"cursor": "\x00"},
        {"limit": 0},
        {"limit": 10_000},
        {"status": "flying"},
        {"due_before": "yesterday"},
        {"due_before": "1800000000"},
        {"area": "\x00"},
        {"q": "\x00"},
    ],
)
async def test_a_list_asked_for_wrongly_is_malformed(hotline: Hotline, query: dict[str, Any]) -> None:
    answer = await hotline.get("/tickets", **query)
    assert answer.status_code == 422
    problem(answer)


async def test_nothing_personal_comes_back_in_errors_or_goes_into_logs(
    hotline: Hotline,
    engine: AsyncEngine,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    answers = [
        await hotline.register(text=SECRET, type=SECRET),
        await hotline.register(callers=[{"phone": SECRET * 10}]),
        await hotline.register(text=SECRET, upstream_due=SECRET),
        await hotline.register(text=SECRET, source="weibo"),
    ]
    no = await hotline.ticket(text=SECRET, callers=[{"phone": SECRET}])
    answers.append(await hotline.post(no, "appeal", text=SECRET))
    answers.append(await hotline.post(no, "supplement", text=f"\x00{SECRET}"))
    async with engine.begin() as conn:
        await conn.execute(text("ALTER TABLE ticket_text RENAME TO elsewhere"))
    broken = await hotline.register(text=SECRET, callers=[{"phone": SECRET, "name": SECRET}])
    assert (broken.status_code, problem(broken)["code"]) == (500, "internal_error")
    assert [answer.status_code for answer in answers] == [422, 422, 422, 409, 409, 422]
    logged = capfd.readouterr()
    assert "ProgrammingError" in logged.out
    for told in (*(answer.text for answer in [*answers, broken]), caplog.text, logged.out, logged.err):
        assert SECRET not in told


def test_an_error_is_logged_without_its_message() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        record = logging.LogRecord("uvicorn.error", 40, __file__, 1, "failed", (), sys.exc_info())
    assert WithoutWords().filter(record)
    told = logging.Formatter().format(record)
    assert "ValueError" in told
    assert "test_an_error_is_logged_without_its_message" in told
    assert SECRET not in told

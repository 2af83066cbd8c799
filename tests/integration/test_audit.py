"""What is written to the audit, who was shown a caller, and that no change to it goes unseen."""

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from models import audit, counted_refusals, texts
from models.audit import Line
from models.counted_refusals import ONE_BY_ONE, WINDOW
from models.tables import CallTask, Notification, RefusalTally
from models.texts import Reference
from ops.commands import account, keys, load
from ops.commands import audit as audit_command
from ops.demonstration import DEMONSTRATION
from ops.on_record import system_user
from ops.settings import Settings
from tests.hotline import Hotline, headers
from tests.logins import Browser, browsing, found_person
from tests.waiting import eventually

WATER, TOWN = "水务局", "城关镇"


@asynccontextmanager
async def somebody(hotline: Hotline, unit: str, *roles: str) -> AsyncIterator[tuple[str, Browser]]:
    """Somebody of a unit who is logged in."""
    person = await found_person(hotline.parts.engine, hotline.parts.ring, unit, *roles)
    async with browsing(hotline.parts) as browser:
        yield person, await browser.logged_in(person)


async def written(engine: AsyncEngine, **wanted: str) -> list[dict[str, Any]]:
    """What the audit says, oldest first, of what is wanted."""
    rows = sorted([row async for row in audit.lines(engine)], key=lambda row: row.at)
    return [row.data for row in rows if all(row.data.get(name) == value for name, value in wanted.items())]


async def reveal(browser: Browser, no: str, caller: str, **changed: Any) -> Any:
    body = {"fields": ["name", "phone"], "purpose": "contact", "reason": "约定上门时间", **changed}
    return await browser.send("POST", f"/tickets/{no}/callers/{caller}/reveal", json=body)


async def caller_of(hotline: Hotline, no: str) -> str:
    caller: str = (await hotline.read(f"/tickets/{no}"))["callers"][0]["id"]
    return caller


@pytest.mark.rule("JC-19.4")
@pytest.mark.rule("HY-19.8")
async def test_commands_and_readings_are_on_record_with_who_from_where_and_when(
    hotline: Hotline, engine: AsyncEngine
) -> None:
    before = datetime.now(UTC)
    async with somebody(hotline, "县热线办", "office") as (person, office):
        no = await hotline.ticket()
        await office.get(f"/tickets/{no}")
        await office.send("POST", f"/tickets/{no}/dispatch", json={"lead": WATER})
    lines = [line for line in await written(engine, ticket_no=no) if line["actor"].get("id") == person]
    assert [line["operation"] for line in lines] == ["get_ticket", "dispatch"]
    for line in lines:
        assert line["actor"]["role"] == "office"
        assert line["actor"]["via"] == "session"
        assert line["source"] == "127.0.0.1"
        assert datetime.fromisoformat(line["at"]) >= before


async def test_a_command_that_is_never_stored_is_on_record_too_and_a_repeated_one_twice(
    hotline: Hotline, engine: AsyncEngine
) -> None:
    async with somebody(hotline, "县热线办", "office") as (person, office):
        no = await hotline.ticket()
        malformed = await office.send("POST", f"/tickets/{no}/dispatch", json={"lead": 7})
        assert malformed.status_code == 422
        missing = await office.send("POST", "/tickets/no-such-one/dispatch", json={"lead": WATER})
        assert missing.status_code == 404
        for _ in range(2):
            key = {"Idempotency-Key": "the-same"}
            given = await office.send("POST", f"/tickets/{no}/dispatch", json={"lead": WATER}, headers=key)
            assert given.is_success, given.text
    lines = [
        line for line in await written(engine, operation="dispatch") if line["actor"].get("id") == person
    ]
    assert [(line["ticket_no"], line["outcome"]) for line in lines] == [
        (no, "asked"),
        ("no-such-one", "asked"),
        ("no-such-one", "not_found"),
        (no, "asked"),
        (no, "asked"),
    ]
    assert [fault async for fault in audit.faults(engine)] == []


async def test_a_command_that_cannot_be_put_on_record_is_not_stored(
    hotline: Hotline, engine: AsyncEngine
) -> None:
    no = await hotline.ticket()
    async with engine.begin() as conn:
        await conn.execute(text("ALTER TABLE audit_head DISABLE TRIGGER USER"))
        await conn.execute(text("DELETE FROM audit_head"))
    with pytest.raises(LookupError, match="has lost its head"):
        await hotline.post(no, "dispatch", lead=WATER)
    async with engine.connect() as conn:
        stored = "SELECT count(*) FROM command WHERE ticket_no = :no AND \"do\" = 'dispatch'"
        assert await conn.scalar(text(stored), {"no": no}) == 0


async def test_what_is_refused_is_on_record(hotline: Hotline, engine: AsyncEngine) -> None:
    async with somebody(hotline, TOWN, "handler") as (person, stranger):
        no = await hotline.ticket()
        await hotline.done(no, "dispatch", lead=WATER)
        assert (await stranger.get(f"/tickets/{no}")).status_code == 404
        assert (await stranger.get("/accounts")).status_code == 403
        stolen = dict(stranger.http.cookies)
        await stranger.send("DELETE", "/session")
        stranger.http.cookies.update(stolen)
        assert (await stranger.get(f"/tickets/{no}")).status_code == 401
        assert (await stranger.log_in(person, "wrong")).status_code == 401
    told = [
        (line["operation"], line["outcome"])
        for line in await written(engine)
        if line["actor"].get("id") == person
    ]
    assert told == [
        ("login", "asked"),
        ("get_ticket", "asked"),
        ("get_ticket", "not_found"),
        ("list_accounts", "wrong_role"),
        ("logout", "asked"),
        ("get_ticket", "ended"),
        ("login", "login_refused"),
    ]


async def test_what_is_too_large_or_no_picture_or_from_elsewhere_is_on_record(
    hotline: Hotline, engine: AsyncEngine
) -> None:
    async with somebody(hotline, "县热线办", "agent") as (person, agent):
        no = await hotline.ticket()
        path = f"/tickets/{no}/attachments?name=a.jpg"
        bytes_ = {"Content-Type": "application/octet-stream"}
        script = await agent.send("POST", path, content=b"<script>alert(1)</script>", headers=bytes_)
        assert (script.status_code, script.json()["code"]) == (422, "file_refused")
        huge = {**bytes_, "Content-Length": str(1024**3)}
        assert (await agent.send("POST", path, content=_nothing(), headers=huge)).status_code == 413
        foreign = {"Origin": "https://elsewhere.example"}
        assert (await agent.send("POST", path, content=b"x", headers=foreign)).status_code == 403
        office = {"X-Jiesu-Role": "office"}
        assert (await agent.get("/tickets", headers=office)).status_code == 403
        # A stranger may not fill the audit.
        before = len(await written(engine))
        assert (
            await hotline.http.post(f"/api/v1{path}", content=_nothing(), headers=huge)
        ).status_code == 413
        assert len(await written(engine)) == before
    told = [
        (line["operation"], line["outcome"], line.get("ticket_no"))
        for line in await written(engine)
        if line["actor"].get("id") == person
    ]
    assert [one for one in told if one[1] != "asked"] == [
        ("upload_attachment", "file_refused", no),
        ("request", "body_too_large", no),
        ("upload_attachment", "csrf", None),
        ("list_tickets", "role_not_held", None),
    ]


async def test_what_is_refused_without_end_leaves_ten_lines_and_their_number(
    hotline: Hotline, engine: AsyncEngine
) -> None:
    huge = {"Content-Type": "application/json", "Content-Length": str(1024**3)}
    async with somebody(hotline, "县热线办", "agent") as (person, agent):
        for _ in range(ONE_BY_ONE + 3):
            answer = await agent.send("POST", "/tickets", content=_nothing(), headers=huge)
            assert answer.status_code == 413
        csrf = {"X-CSRF-Token": "another"}
        for _ in range(ONE_BY_ONE + 4):
            assert (await agent.http.delete("/api/v1/session", headers=csrf)).status_code == 403
    guessed = await found_person(engine, hotline.parts.ring, WATER, "handler")
    async with browsing(hotline.parts) as stranger:
        told = [(await stranger.log_in(guessed, "wrong")).status_code for _ in range(ONE_BY_ONE + 9)]
    assert set(told) == {401, 429}

    async def refused_of(who: str) -> list[tuple[str, str, int | None]]:
        return [
            (line["operation"], line["outcome"], line.get("details", {}).get("more"))
            for line in await written(engine)
            if line["actor"].get("id") == who and line["outcome"] != audit.DONE
        ]

    one_by_one = {
        person: [("request", "body_too_large", None)] * ONE_BY_ONE + [("logout", "csrf", None)] * ONE_BY_ONE,
        guessed: [("login", "login_refused", None)] * told.count(401)
        + [("login", "locked_out", None)] * ONE_BY_ONE,
    }
    assert {who: await refused_of(who) for who in one_by_one} == one_by_one
    async with engine.begin() as conn:
        of_these = RefusalTally.actor_id.in_(one_by_one)
        await conn.execute(update(RefusalTally).where(of_these).values(since=RefusalTally.since - WINDOW))
        await counted_refusals.sum_up(conn, datetime.now(UTC))
    assert sorted((await refused_of(person))[2 * ONE_BY_ONE :]) == [
        ("logout", "csrf", 4),
        ("request", "body_too_large", 3),
    ]
    assert (await refused_of(guessed))[-1] == ("login", "locked_out", told.count(429) - ONE_BY_ONE)
    assert [fault async for fault in audit.faults(engine)] == []


async def _nothing() -> AsyncIterator[bytes]:
    yield b""


async def test_what_callers_do_through_their_page_is_on_record(hotline: Hotline, engine: AsyncEngine) -> None:
    form = {"type": "complaint", "text": "路灯不亮", "phone": "13800138000", "key": str(uuid4())}
    place = (await hotline.http.post("/citizen/submit", data=form)).headers["location"].partition("?")[0]
    taken_back = await hotline.http.post(f"{place}/withdraw", data={"sure": "yes", "key": str(uuid4())})
    assert taken_back.status_code == 303
    lines = [line for line in await written(engine) if line["actor"].get("role") == "citizen"]
    assert [line["operation"] for line in lines] == ["register", "citizen_page", "withdraw"]
    assert {line["source"] for line in lines} == {"127.0.0.1"}
    assert len({line["ticket_no"] for line in lines}) == 1


async def test_what_is_done_on_the_machine_is_on_record(
    hotline: Hotline, engine: AsyncEngine, settings: Settings, tmp_path: Path
) -> None:
    person = await found_person(engine, hotline.parts.ring, WATER, "handler")
    await account._renewed(settings, person, None)
    await keys._rotate(settings, None)
    await load._load(settings, DEMONSTRATION)
    await audit_command._export(settings, tmp_path / "audit.jsonl", None)
    lines = [line for line in await written(engine) if line["actor"].get("via") == "cli"]
    assert [line["operation"] for line in lines] == [
        "renew_account",
        "rotate_keys",
        "load_directory",
        "export_audit",
    ]
    assert {(line["actor"]["id"], line["source"]) for line in lines} == {
        (system_user(), socket.gethostname())
    }
    assert lines[0]["subject"] == person


async def test_a_name_that_nobody_has_is_not_written_down(hotline: Hotline, engine: AsyncEngine) -> None:
    # It may be a password that was typed into the wrong field.
    async with browsing(hotline.parts) as browser:
        assert (await browser.log_in("My-secret-word-9")).status_code == 401
    (line,) = await written(engine, operation="login")
    assert line["outcome"] == "login_refused"
    assert "secret" not in str(line).lower()


@pytest.mark.rule("JC-5.2")
@pytest.mark.rule("JC-15")
@pytest.mark.rule("HY-26.0")
async def test_a_caller_is_shown_for_a_purpose_and_the_caller_may_know(
    hotline: Hotline, engine: AsyncEngine
) -> None:
    async with AsyncExitStack() as stack:
        agent_id, agent = await stack.enter_async_context(somebody(hotline, "县热线办", "agent"))
        no = await hotline.ticket()
        caller = await caller_of(hotline, no)
        shown = await reveal(agent, no, caller, reason="约王芳上门的时间")
        assert shown.json() == {"name": "王芳", "phone": "+8613800138000"}
        own = await hotline.get(f"/tickets/{no}/callers/{caller}/accesses", "citizen", actor=caller)
        (access,) = own.json()
        assert (access["person"], access["purpose"], access["fields"]) == (
            agent_id,
            "联系诉求人",
            ["name", "phone"],
        )
        another = await hotline.get(
            f"/tickets/{no}/callers/{caller}/accesses",
            "citizen",
            actor="01890000-0000-7000-8000-000000000000",
        )
        assert another.status_code == 404
    (line,) = await written(engine, outcome="shown")
    assert "王芳" not in str(line)
    reference = Reference.parse(line["details"]["reason"])
    assert reference is not None
    async with engine.connect() as conn:
        kept = await texts.read(conn, hotline.parts.ring, [reference.id])
    assert kept[reference.id].words == "约王芳上门的时间"


async def test_a_number_that_a_seat_is_to_call_is_on_the_callers_record(
    hotline: Hotline, engine: AsyncEngine
) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    caller = await caller_of(hotline, no)
    call, words = await delivered(engine, no)
    async with engine.begin() as conn:
        await conn.execute(
            insert(CallTask).values(
                id=call,
                ticket_no=no,
                recipient=f"caller:{caller}",
                template=words,
                reason="undelivered",
                opened_at=datetime.now(UTC),
            )
        )
    said = headers("agent", actor="agent-1")
    taken = await hotline.http.post(f"/api/v1/calls/{call}/take", headers=said)
    assert taken.status_code == 200, taken.text
    assert taken.json()["number"] == "+8613800138000"
    (access,) = await hotline.read(f"/tickets/{no}/callers/{caller}/accesses")
    assert (access["person"], access["fields"]) == ("agent-1", ["phone"])


async def delivered(engine: AsyncEngine, no: str) -> tuple[UUID, str]:
    """A message of the ticket that has arrived: nothing happens to it, or to a call about it, any more."""
    arrived = (Notification.ticket_no == no, Notification.receipt == "delivered")
    query = select(Notification.id, Notification.template).where(*arrived).limit(1)

    async def there() -> Sequence[tuple[UUID, str]]:
        async with engine.connect() as conn:
            return [(row.id, row.template) for row in await conn.execute(query)]

    return (await eventually(there))[0]


async def test_no_more_is_shown_than_the_purpose_needs_and_the_role_has(hotline: Hotline) -> None:
    async with AsyncExitStack() as stack:
        _, agent = await stack.enter_async_context(somebody(hotline, "县热线办", "agent"))
        _, auditor = await stack.enter_async_context(somebody(hotline, "县热线办", "auditor"))
        no = await hotline.ticket()
        caller = await caller_of(hotline, no)
        more = await reveal(agent, no, caller, fields=["address"])
        assert (more.status_code, more.json()["code"]) == (403, "more_than_needed")
        other = await reveal(agent, no, caller, purpose="visit")
        assert (other.status_code, other.json()["code"]) == (403, "wrong_purpose")
        assert (await reveal(agent, no, caller, reason="看")).status_code == 422
        assert (await reveal(auditor, no, caller)).status_code == 403
        wrong_ticket = await hotline.ticket()
        assert (await reveal(agent, wrong_ticket, caller)).status_code == 404


async def test_a_unit_is_shown_the_number_once_it_has_signed(hotline: Hotline) -> None:
    async with AsyncExitStack() as stack:
        _, handler = await stack.enter_async_context(somebody(hotline, WATER, "handler"))
        _, other = await stack.enter_async_context(somebody(hotline, TOWN, "handler"))
        no = await hotline.ticket()
        caller = await caller_of(hotline, no)
        await hotline.done(no, "dispatch", lead=WATER)
        masked = (await handler.get(f"/tickets/{no}")).json()["callers"][0]
        assert (masked["name"], masked["phone"]) == ("王**", "138****8000")
        early = await reveal(handler, no, caller)
        assert (early.status_code, early.json()["code"]) == (403, "not_signed")
        await hotline.done(no, "sign", unit=WATER)
        assert (await reveal(handler, no, caller)).json()["phone"] == "+8613800138000"
        assert (await reveal(other, no, caller)).status_code == 404


async def test_where_the_site_says_never_a_unit_is_not_shown_the_number(hotline: Hotline) -> None:
    hotline.parts.settings.units_see_callers = "never"
    async with somebody(hotline, WATER, "handler") as (_, handler):
        no = await hotline.ticket()
        caller = await caller_of(hotline, no)
        await hotline.done(no, "dispatch", lead=WATER)
        await hotline.done(no, "sign", unit=WATER)
        answer = await reveal(handler, no, caller)
        assert (answer.status_code, answer.json()["code"]) == (403, "relay_only")


async def test_an_auditor_pages_through_the_audit(hotline: Hotline) -> None:
    no = await hotline.ticket()
    for _ in range(7):
        await hotline.read(f"/tickets/{no}")
    seen, cursor = [], None
    while True:
        query: dict[str, Any] = {"ticket": no, "limit": 3, **({"cursor": cursor} if cursor else {})}
        page = (await hotline.get("/audit", "auditor", **query)).json()
        seen += [(line["lane"], line["seq"]) for line in page["lines"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7
    answer = await hotline.http.get("/api/v1/audit", headers=headers("office"))
    assert answer.status_code == 403


@pytest.mark.rule("HY-26.0")
async def test_a_caller_is_not_told_which_person_handled_the_ticket(hotline: Hotline) -> None:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    await hotline.done(no, "sign", unit=WATER)
    caller = await caller_of(hotline, no)
    timeline = (await hotline.get(f"/tickets/{no}/timeline", "citizen", actor=caller)).json()
    actors = [entry["actor"] for entry in timeline if entry["actor"]]
    assert {actor.get("unit") for actor in actors} >= {WATER}
    assert not any("id" in actor for actor in actors)


async def some_lines(engine: AsyncEngine, number: int = 3) -> None:
    for n in range(number):
        async with engine.begin() as conn:
            line = Line(datetime.now(UTC), f"op_{n}", audit.DONE, {"id": "x"}, None, ticket_no="T1")
            await audit.write(conn, line)


@pytest.mark.parametrize("statement", ["UPDATE audit_line SET outcome = 'x'", "DELETE FROM audit_line"])
async def test_the_audit_is_only_ever_added_to(engine: AsyncEngine, statement: str) -> None:
    await some_lines(engine)
    with pytest.raises(DBAPIError, match="append-only"):
        async with engine.begin() as conn:
            await conn.execute(text(statement))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE audit_line SET outcome = 'x' WHERE seq = 2", "line 2: changed"),
        ('UPDATE audit_line SET data = data || \'{"why": "x"}\' WHERE seq = 2', "line 2: changed"),
        ("DELETE FROM audit_line WHERE seq = 2", "line 2: missing"),
        ("DELETE FROM audit_line WHERE seq = 3", "line 3: missing"),
        ("DELETE FROM audit_line", "line 1: missing"),
        ("DELETE FROM audit_head", "has lost its head"),
    ],
)
async def test_a_change_past_the_trigger_is_found(engine: AsyncEngine, change: str, told: str) -> None:
    await some_lines(engine)
    assert [fault async for fault in audit.faults(engine)] == []
    async with engine.begin() as conn:
        await conn.execute(text("ALTER TABLE audit_line DISABLE TRIGGER USER"))
        await conn.execute(text(change))
    found = [fault async for fault in audit.faults(engine)]
    assert found
    assert all(fault.endswith(told) for fault in found)

"""Coming in and staying out: passwords, sessions, codes, links, tokens."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from api.services.parts import Parts, assemble
from models import audit, second_factor, sessions
from models.tables import Account, ApiToken, FailedLogin, Session
from ops.keyring import KeyRing
from ops.settings import Settings
from ops.temporal_client import connect
from tests.logins import PASSWORD, Browser, browsing, found_person, set_account

WATER = "水务局"


@pytest.fixture
def settings(tmp_path: Path, own_postgres_url: str) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=own_postgres_url,
        temporal_address="127.0.0.1:9",
        public_url="https://hotline.example",
    )


@pytest.fixture
async def parts(settings: Settings, engine: AsyncEngine, ring: KeyRing) -> Parts:
    client = await connect(settings, ring=ring, lazy=True)
    return assemble(settings, engine, client, ring)


@pytest.fixture
async def browser(parts: Parts) -> AsyncIterator[Browser]:
    async with browsing(parts) as made:
        yield made


@pytest.fixture
async def handler(engine: AsyncEngine, ring: KeyRing) -> str:
    return await found_person(engine, ring, WATER, "handler", "knowledge_editor", post="A")


async def test_who_logs_in_is_told_who_they_are(browser: Browser, handler: str) -> None:
    await browser.logged_in(handler)
    me = (await browser.get("/me")).json()
    assert (me["id"], me["unit"], me["post"], me["role"]) == (handler, WATER, "A", "handler")
    assert [(one["role"], one["acts_as"]) for one in me["roles"]] == [
        ("handler", "unit"),
        ("knowledge_editor", "knowledge_editor"),
    ]
    assert me["watermark"]["text"] == f"李明 {handler}"
    assert me["csrf"] == browser.http.cookies.get("jiesu_csrf")


async def test_the_cookie_is_for_this_site_over_tls_and_no_script(browser: Browser, handler: str) -> None:
    answer = await browser.log_in(handler)
    session, csrf = sorted(answer.headers.get_list("set-cookie"), key=lambda one: "csrf" in one)
    assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= set(session.split("; "))
    assert {"Secure", "SameSite=strict"} <= set(csrf.split("; "))
    assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_without_a_login_nothing_is_shown(browser: Browser) -> None:
    for path in ("/me", "/tickets", "/units", "/accounts"):
        answer = await browser.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "identity_required")


async def test_headers_are_no_identity_unless_a_setting_says_so(browser: Browser) -> None:
    answer = await browser.get("/tickets", headers={"X-Jiesu-Role": "office"})
    assert answer.status_code == 401


async def test_somebody_chooses_among_their_roles_only(browser: Browser, handler: str) -> None:
    await browser.logged_in(handler)
    editor = await browser.get("/me", headers={"X-Jiesu-Role": "knowledge_editor"})
    assert editor.json()["role"] == "knowledge_editor"
    by_part = await browser.get("/me", headers={"X-Jiesu-Role": "unit"})
    assert by_part.json()["role"] == "handler"
    other = await browser.get("/me", headers={"X-Jiesu-Role": "office"})
    assert (other.status_code, other.json()["code"]) == (403, "role_not_held")


async def test_a_hundred_wrong_passwords_lock_the_name_for_longer_and_longer(
    browser: Browser, handler: str, engine: AsyncEngine
) -> None:
    told = [await browser.log_in(handler, f"Wrong-{n}") for n in range(100)]
    codes = [answer.status_code for answer in told]
    assert codes[:5] == [401] * 5
    assert set(codes[5:]) == {429}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in told[5:])
    right = await browser.log_in(handler)
    assert right.status_code == 429
    async with engine.begin() as conn:
        (failures,) = await conn.scalars(
            select(FailedLogin.failures).where(FailedLogin.locked_until.is_not(None))
        )
        assert failures == 5
        await conn.execute(update(FailedLogin).values(locked_until=datetime.now(UTC)))
    pauses = []
    for _ in range(3):
        assert (await browser.log_in(handler, "Wrong")).status_code == 401
        async with engine.begin() as conn:
            pauses.append(await conn.scalar(select(FailedLogin.locked_until - FailedLogin.last_at)))
            await conn.execute(update(FailedLogin).values(locked_until=datetime.now(UTC)))
    assert pauses == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    await browser.logged_in(handler)
    async with engine.connect() as conn:
        assert await conn.scalar(select(func.count()).where(FailedLogin.failures > 10)) == 0


async def test_guesses_at_the_same_moment_are_all_counted(browser: Browser, handler: str) -> None:
    told = await asyncio.gather(*(browser.log_in(handler, f"Wrong-{n}") for n in range(20)))
    assert sum(answer.status_code == 401 for answer in told) == 5


async def test_a_name_that_is_not_there_is_told_the_same_and_locked_the_same(browser: Browser) -> None:
    told = [await browser.log_in("nobody-here") for _ in range(7)]
    assert [answer.status_code for answer in told] == [401] * 5 + [429] * 2
    assert told[0].json()["code"] == "login_refused"


async def test_a_stolen_cookie_is_worth_nothing_after_logout(browser: Browser, handler: str) -> None:
    await browser.logged_in(handler)
    stolen = dict(browser.http.cookies)
    assert (await browser.send("DELETE", "/session")).status_code == 204
    browser.http.cookies.update(stolen)
    answer = await browser.get("/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")


async def test_the_database_does_not_hold_what_a_cookie_holds(
    browser: Browser, handler: str, engine: AsyncEngine
) -> None:
    await browser.logged_in(handler)
    secret = browser.http.cookies["jiesu_session"]
    async with engine.connect() as conn:
        rows = (await conn.execute(select(Session.__table__))).all()
    assert len(rows) == 1
    assert secret not in str(rows)
    assert secret.encode() not in rows[0].digest


@pytest.mark.parametrize(
    "ended",
    [
        {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"seen_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"revoked_at": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
    ids=["too-old", "idle", "revoked"],
)
async def test_a_session_ends(
    browser: Browser, handler: str, engine: AsyncEngine, ended: dict[str, datetime]
) -> None:
    await browser.logged_in(handler)
    async with engine.begin() as conn:
        await conn.execute(update(Session).values(**ended))
    assert (await browser.get("/me")).status_code == 401


async def test_ended_sessions_are_forgotten_in_the_end(
    browser: Browser, handler: str, engine: AsyncEngine
) -> None:
    await browser.logged_in(handler)
    async with engine.begin() as conn:
        assert await sessions.forget_old(conn, datetime.now(UTC)) == 0
    assert (await browser.get("/me")).status_code == 200
    await browser.send("DELETE", "/session")
    async with engine.begin() as conn:
        assert await sessions.forget_old(conn, datetime.now(UTC)) == 1
        assert await conn.scalar(select(func.count()).select_from(Session)) == 0


async def test_a_page_of_somebody_else_can_do_nothing_with_the_cookie(browser: Browser, handler: str) -> None:
    await browser.logged_in(handler)
    for headers in (
        {"X-Jiesu-CSRF": ""},
        {"X-Jiesu-CSRF": "0" * 64},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        answer = await browser.send("DELETE", "/session", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf"), headers
    assert (await browser.get("/me")).status_code == 200


async def test_an_origin_that_no_browser_writes_is_nobody_s(browser: Browser, handler: str) -> None:
    for odd in ("http://[::1", "null", "//"):
        answer = await browser.http.post(
            "/api/v1/session", json={"login": handler, "password": PASSWORD}, headers={"Origin": odd}
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


async def test_a_page_of_somebody_else_cannot_log_anybody_in(browser: Browser, handler: str) -> None:
    body = {"login": handler, "password": PASSWORD}
    answer = await browser.http.post("/api/v1/session", json=body, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


async def test_a_changed_password_ends_the_sessions_elsewhere(
    parts: Parts, browser: Browser, handler: str
) -> None:
    async with browsing(parts) as elsewhere:
        await elsewhere.logged_in(handler)
        await browser.logged_in(handler)
        fresh = "Another-horse-8"
        weak = await browser.send(
            "PUT", "/me/password", json={"present": PASSWORD, "password": "aaaaaaaaaaaa"}
        )
        assert (weak.status_code, weak.json()["code"]) == (422, "weak_password")
        changed = await browser.send("PUT", "/me/password", json={"present": PASSWORD, "password": fresh})
        assert changed.status_code == 204, changed.text
        assert (await elsewhere.get("/me")).status_code == 401
        assert (await browser.get("/me")).status_code == 200
        assert (await elsewhere.log_in(handler)).status_code == 401
        assert (await elsewhere.log_in(handler, fresh)).status_code == 200


async def test_a_closed_account_is_out_at_once(browser: Browser, handler: str, engine: AsyncEngine) -> None:
    await browser.logged_in(handler)
    await set_account(engine, handler, active=False)
    assert (await browser.get("/me")).status_code == 401
    assert (await browser.log_in(handler)).status_code == 401


async def _administrator(engine: AsyncEngine, ring: KeyRing, browser: Browser) -> tuple[str, bytes, str]:
    """An administrator who is logged in and showed a code; the login, the secret of codes, the one shown."""
    login = await found_person(engine, ring, "县热线办", "administrator")
    await browser.logged_in(login)
    begun = (await browser.send("POST", "/me/second-factor")).json()
    secret = base64.b32decode(begun["secret"])
    code = second_factor.code_at(secret, time.time())
    shown = await browser.send("PUT", "/me/second-factor", json={"code": code})
    assert shown.status_code == 204, shown.text
    return login, secret, code


async def test_an_administrator_does_nothing_before_the_second_factor(
    browser: Browser, engine: AsyncEngine, ring: KeyRing
) -> None:
    login = await found_person(engine, ring, "县热线办", "administrator")
    answer = await browser.log_in(login)
    assert answer.json()["second_factor_required"] is True
    refused = await browser.get("/accounts")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_required")


async def test_a_code_counts_once_and_is_asked_for_when_logging_in(
    browser: Browser, engine: AsyncEngine, ring: KeyRing
) -> None:
    login, secret, used = await _administrator(engine, ring, browser)
    assert (await browser.get("/accounts")).status_code == 200
    without = await browser.log_in(login)
    assert (without.status_code, without.json()["code"]) == (401, "code_required")
    assert (await browser.log_in(login, code=used)).status_code == 401
    fresh = second_factor.code_at(secret, time.time() + second_factor.STEP)
    answer = await browser.log_in(login, code=fresh)
    assert (answer.status_code, answer.json()["second_factor_required"]) == (200, False)


async def test_the_secret_of_the_codes_is_not_readable_in_the_database(
    browser: Browser, engine: AsyncEngine, ring: KeyRing
) -> None:
    login, secret, _ = await _administrator(engine, ring, browser)
    async with engine.connect() as conn:
        kept = await conn.scalar(select(Account.totp).where(Account.login == login))
    assert kept is not None
    assert secret not in kept


async def test_temporals_payloads_are_decrypted_for_administrators_alone(
    parts: Parts, browser: Browser, engine: AsyncEngine, ring: KeyRing, handler: str
) -> None:
    reached = parts.settings.model_copy(update={"host": "0.0.0.0"})
    async with browsing(assemble(reached, engine, parts.client, ring)) as outside:
        asked: dict[str, list[str]] = {"payloads": []}
        assert (await outside.http.post("/codec/decode", json=asked)).status_code == 403
        await outside.logged_in(handler)
        assert (await outside.http.post("/codec/decode", json=asked)).status_code == 403
        administrator, _, _ = await _administrator(engine, ring, outside)
        assert (await outside.http.post("/codec/decode", json=asked)).status_code == 200
    lines = [row.data async for row in audit.lines(engine) if row.operation == "decrypt_payloads"]
    told = {(one["outcome"], one["actor"]["id"]) for one in lines}
    assert told == {("wrong_role", handler), ("asked", administrator)}


async def test_an_opened_account_sets_its_password_by_a_link_that_works_once(
    parts: Parts, browser: Browser, engine: AsyncEngine, ring: KeyRing
) -> None:
    await _administrator(engine, ring, browser)
    person = await found_person(engine, ring, WATER, "handler")
    await set_account(engine, person, person_id=None)
    opened = await browser.send("POST", "/accounts", json={"login": "water-a", "person": person})
    assert opened.status_code == 201, opened.text
    link = opened.json()["link"]
    async with browsing(parts) as fresh:
        form = {"password": "Water-board-1", "again": "Water-board-1"}
        assert "设置密码" in (await fresh.http.get(link)).text
        assert (await fresh.http.post(link, data={**form, "again": "x"})).status_code == 422
        assert (await fresh.http.post(link, data=form)).status_code == 200
        assert (await fresh.get("/me")).json()["id"] == person
        assert (await fresh.http.post(link, data=form)).status_code == 404


async def test_a_token_works_until_its_day_and_within_its_operations(
    parts: Parts, browser: Browser, engine: AsyncEngine, ring: KeyRing
) -> None:
    await _administrator(engine, ring, browser)
    asked = {"name": "city-platform", "role": "upstream", "operations": ["list_tickets"], "days": 30}
    issued = await browser.send("POST", "/tokens", json=asked)
    assert issued.status_code == 201, issued.text
    async with browsing(parts) as system:
        bearer = {"Authorization": f"Bearer {issued.json()['token']}"}
        assert (await system.get("/tickets", headers=bearer)).status_code == 200
        outside = await system.get("/units", headers=bearer)
        assert (outside.status_code, outside.json()["code"]) == (403, "token_scope")
        async with engine.begin() as conn:
            await conn.execute(update(ApiToken).values(expires_at=datetime.now(UTC)))
        late = await system.get("/tickets", headers=bearer)
        assert (late.status_code, late.json()["code"]) == (401, "token_ended")


async def test_a_revoked_token_and_one_that_never_was_are_refused(
    parts: Parts, browser: Browser, engine: AsyncEngine, ring: KeyRing
) -> None:
    await _administrator(engine, ring, browser)
    asked = {"name": "city-platform", "role": "upstream", "days": 30}
    issued = (await browser.send("POST", "/tokens", json=asked)).json()
    assert (await browser.send("POST", "/tokens", json=asked)).status_code == 409
    assert (await browser.send("DELETE", f"/tokens/{issued['id']}")).status_code == 204
    async with browsing(parts) as system:
        for token in (issued["token"], "jiesu_guess", ""):
            bearer = {"Authorization": f"Bearer {token}"}
            assert (await system.get("/tickets", headers=bearer)).status_code == 401


@pytest.mark.rule("JC-7.0")
async def test_of_two_posts_one_stays(parts: Parts, engine: AsyncEngine, ring: KeyRing) -> None:
    first = await found_person(engine, ring, WATER, "handler", post="A")
    second = await found_person(engine, ring, WATER, "handler", post="B")
    async with AsyncExitStack() as stack:
        a = await (await stack.enter_async_context(browsing(parts))).logged_in(first)
        b = await (await stack.enter_async_context(browsing(parts))).logged_in(second)
        assert (await a.send("PUT", f"/people/{first}/absence", json={"absent": True})).status_code == 204
        both = await b.send("PUT", f"/people/{second}/absence", json={"absent": True})
        assert (both.status_code, both.json()["code"]) == (409, "nobody_left")
        away = await a.send("POST", "/tickets/20261121000042/sign", json={"unit": WATER})
        assert (away.status_code, away.json()["code"]) == (403, "absent")
        covering = await b.send("POST", "/tickets/20261121000042/sign", json={"unit": WATER})
        assert covering.status_code == 404
        for_other = await b.send("PUT", f"/people/{first}/absence", json={"absent": False})
        assert for_other.status_code == 404

"""Logging in at an OpenID provider, which listens on a port and checks what it is sent."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.services.parts import Parts, assemble
from ops.settings import Settings
from ops.temporal_client import connect, key_ring
from tests.logins import Browser, browsing, found_person, set_account
from tests.openid_provider import CLIENT, SECRET, Provider, providing


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with providing() as made:
        yield made


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.login, running.lie, running.forge = "nobody", {}, False
    return running


@pytest.fixture
def settings(tmp_path: Path, own_postgres_url: str, provider: Provider) -> Settings:
    (tmp_path / "oidc").write_text(f"{SECRET}\n")
    return Settings(
        data_dir=tmp_path,
        database_url=own_postgres_url,
        temporal_address="127.0.0.1:9",
        public_url="https://hotline.example",
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret_file=tmp_path / "oidc",
    )


@pytest.fixture
async def parts(settings: Settings, engine: AsyncEngine) -> Parts:
    ring = key_ring(settings)
    return assemble(settings, engine, await connect(settings, ring=ring, lazy=True), ring)


@pytest.fixture
async def browser(parts: Parts) -> AsyncIterator[Browser]:
    async with browsing(parts) as made:
        yield made


async def sign_on(browser: Browser, **changed: str) -> httpx2.Response:
    """Goes to the provider and comes back with its answer, some of it changed."""
    left = await browser.get("/session/oidc")
    assert left.status_code == 303, left.text
    async with httpx2.AsyncClient() as outside:
        there = await outside.get(left.headers["location"])
    back = httpx2.URL(there.headers["location"])
    assert str(back).startswith("https://hotline.example/api/v1/session/oidc/callback?")
    return await browser.http.get(back.copy_merge_params(changed))


async def test_whom_the_provider_vouches_for_is_logged_in(
    browser: Browser, engine: AsyncEngine, parts: Parts, provider: Provider
) -> None:
    provider.login = await found_person(engine, parts.ring, "水务局", "handler")
    answer = await sign_on(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/")
    me = (await browser.get("/me")).json()
    assert (me["id"], me["unit"]) == (provider.login, "水务局")
    assert (await browser.send("DELETE", "/session")).status_code == 204
    assert (await browser.get("/me")).status_code == 401


async def test_an_account_stays_with_the_identity_that_came_first(
    browser: Browser, engine: AsyncEngine, parts: Parts, provider: Provider
) -> None:
    provider.login = login = await found_person(engine, parts.ring, "水务局", "handler")
    assert (await sign_on(browser)).status_code == 303
    provider.login = "renamed-over-there"
    assert (await sign_on(browser)).status_code == 303
    provider.login, provider.subject = login, "somebody-else"
    refused = await sign_on(browser)
    provider.subject = "s-1"
    assert (refused.status_code, refused.json()["code"]) == (403, "no_account")


async def test_who_has_no_account_or_a_closed_one_stays_out(
    browser: Browser, engine: AsyncEngine, parts: Parts, provider: Provider
) -> None:
    assert (await sign_on(browser)).status_code == 403
    provider.login = await found_person(engine, parts.ring, "水务局", "handler")
    await set_account(engine, provider.login, active=False)
    assert (await sign_on(browser)).status_code == 403
    assert (await browser.get("/me")).status_code == 401


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"nonce": "of another login"},
        {"exp": 1_500_000_000},
        {"sub": None},
    ],
    ids=lambda lie: next(iter(lie)),
)
async def test_a_token_that_is_not_for_this_login_is_not_believed(
    browser: Browser, engine: AsyncEngine, parts: Parts, provider: Provider, lie: dict[str, Any]
) -> None:
    provider.login = await found_person(engine, parts.ring, "水务局", "handler")
    provider.lie = lie
    answer = await sign_on(browser)
    assert (answer.status_code, answer.json()["code"]) == (403, "sign_on_failed")


async def test_a_token_that_somebody_else_signed_is_not_believed(
    browser: Browser, engine: AsyncEngine, parts: Parts, provider: Provider
) -> None:
    provider.login = await found_person(engine, parts.ring, "水务局", "handler")
    provider.forge = True
    assert (await sign_on(browser)).status_code == 403


@pytest.mark.parametrize("changed", [{"state": "guessed"}, {"code": "guessed"}], ids=["state", "code"])
async def test_an_answer_that_was_tampered_with_is_not_believed(
    browser: Browser, engine: AsyncEngine, parts: Parts, provider: Provider, changed: dict[str, str]
) -> None:
    provider.login = await found_person(engine, parts.ring, "水务局", "handler")
    answer = await sign_on(browser, **changed)
    assert (answer.status_code, answer.json()["code"]) == (403, "sign_on_failed")


async def test_an_answer_without_a_question_is_not_believed(browser: Browser) -> None:
    answer = await browser.get("/session/oidc/callback?state=a&code=b")
    assert (answer.status_code, answer.json()["code"]) == (403, "sign_on_failed")


async def test_a_provider_that_is_away_is_told_so(parts: Parts) -> None:
    settings = parts.settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:9"})
    away = assemble(settings, parts.engine, parts.client, parts.ring)
    async with browsing(away) as browser:
        answer = await browser.get("/session/oidc")
        assert (answer.status_code, answer.json()["code"]) == (503, "sign_on_unavailable")

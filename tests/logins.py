"""People who log in: accounts for tests, and a browser that holds on to its cookies."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from api.services.parts import Parts
from models import accounts, passwords
from models.sealed_columns import RowSeal
from models.tables import Account, Person, Unit
from ops.keyring import KeyRing
from tests.applications import running

PASSWORD = "Correct-horse-7"


async def found_person(
    engine: AsyncEngine,
    ring: KeyRing,
    unit: str,
    *roles: str,
    person: str | None = None,
    post: str | None = None,
    parent: str | None = None,
) -> str:
    """A person of a unit, which is founded where there is none, with an account; the code of both."""
    code = person or f"p-{uuid4().hex[:12]}"
    async with engine.begin() as conn:
        unit_id = await conn.scalar(select(Unit.id).where(Unit.name == unit))
        if unit_id is None:
            unit_id = uuid7()
            above = await conn.scalar(select(Unit.id).where(Unit.name == parent)) if parent else None
            kind = "subordinate" if parent else "department"
            await conn.execute(insert(Unit).values(id=unit_id, name=unit, kind=kind, parent_id=above))
        seal = RowSeal(ring, "person", code)
        await conn.execute(
            insert(Person).values(
                id=code,
                unit_id=unit_id,
                roles=list(roles),
                post=post,
                key_id=seal.key_id,
                name=seal.close_text("name", "李明"),
                phone=seal.close("phone", "13900139000"),
            )
        )
        account = await accounts.add(conn, code, person_id=code)
        await accounts.set_password(conn, account, await _hash())
    return code


_hashes: list[str] = []


async def _hash() -> str:
    # Making one takes a while, and all of them are of one password.
    if not _hashes:
        _hashes.append(await passwords.hashed(PASSWORD))
    return _hashes[0]


async def set_account(engine: AsyncEngine, login: str, **values: Any) -> None:
    """Changes the row of an account."""
    async with engine.begin() as conn:
        await conn.execute(update(Account).where(Account.login == login).values(**values))


@dataclass
class Browser:
    """Somebody's browser: it keeps cookies, and repeats the token in a header as a page of ours does."""

    http: httpx2.AsyncClient

    async def log_in(self, login: str, password: str = PASSWORD, **more: Any) -> httpx2.Response:
        """Sends the login form."""
        return await self.http.post("/api/v1/session", json={"login": login, "password": password, **more})

    async def logged_in(self, login: str, **more: Any) -> "Browser":
        """Itself, logged in."""
        answer = await self.log_in(login, **more)
        assert answer.status_code == 200, answer.text
        return self

    async def send(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """A request below /api/v1 as a page makes it."""
        headers = {"X-Jiesu-CSRF": self.http.cookies.get("jiesu_csrf") or "", **more.pop("headers", {})}
        return await self.http.request(method, f"/api/v1{path}", headers=headers, **more)

    async def get(self, path: str, **more: Any) -> httpx2.Response:
        """A GET as a page makes it."""
        return await self.send("GET", path, **more)


@asynccontextmanager
async def browsing(parts: Parts) -> AsyncIterator[Browser]:
    """A fresh browser before the application on these connections."""
    async with (
        running(parts) as app,
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url=parts.settings.api_url, timeout=30
        ) as http,
    ):
        yield Browser(http)

"""A hotline that is asked over HTTP: the application in this process, its worker, and who asks."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx2
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from uuid_utils.compat import uuid7

from api.services.parts import Parts, assemble
from models.sealed_columns import RowSeal
from models.tables import Person, Unit
from ops.keyring import KeyRing
from ops.settings import Settings
from tests.applications import running
from worker import build_worker

ROLES_OF_COMMANDS: Mapping[str, str] = {
    "sign": "unit",
    "contact": "unit",
    "progress": "unit",
    "request_return": "unit",
    "request_extension": "unit",
    "submit_to_lead": "unit",
    "reply": "unit",
    "explain_overdue": "unit",
    "answer_supervision": "unit",
    "answer": "agent",
    "supplement": "agent",
    "callback": "agent",
    "appeal": "agent",
    "refuse": "agent",
}
"""In which role a command is given here where nobody says otherwise; the office's are left out."""


def headers(role: str, unit: str | None = None, actor: str | None = None) -> dict[str, str]:
    """The headers by which somebody says who they are."""
    said = {"X-Jiesu-Role": role, "X-Jiesu-Unit": unit, "X-Jiesu-Actor": actor}
    return {name: quote(value) for name, value in said.items() if value is not None}


@dataclass
class Hotline:
    """What tests say over HTTP."""

    http: httpx2.AsyncClient
    parts: Parts
    _stack: AsyncExitStack = field(repr=False, default_factory=AsyncExitStack)

    async def register(
        self, role: str = "agent", key: str | None = None, actor: str | None = None, **fields: Any
    ) -> httpx2.Response:
        """Registers a demand; what is not said is a complaint from the city platform."""
        body = {
            "type": "complaint",
            "source": "city_platform",
            "callers": [{"name": "王芳", "phone": "13800138000", "address": "水泉街5号"}],
            "title": "自来水浑浊",
            "text": "小区自来水连续三天浑浊，请尽快处理。",
            **fields,
        }
        extra = {"Idempotency-Key": key} if key else {}
        return await self.http.post(
            "/api/v1/tickets", json=body, headers={**headers(role, actor=actor), **extra}
        )

    async def ticket(self, **fields: Any) -> str:
        """The number of a fresh ticket."""
        answer = await self.register(**fields)
        assert answer.status_code == 201, answer.text
        no: str = answer.json()["no"]
        return no

    async def post(
        self,
        no: str,
        do: str,
        role: str | None = None,
        *,
        key: str | None = None,
        as_unit: str | None = None,
        **body: Any,
    ) -> httpx2.Response:
        """Gives a command in its usual role, or another."""
        role = role or ROLES_OF_COMMANDS.get(do, "office")
        unit = as_unit or (body.get("unit") if role.startswith("unit") else None)
        said = {**headers(role, unit, f"{role}-1"), "Idempotency-Key": key or uuid4().hex}
        return await self.http.post(f"/api/v1/tickets/{no}/{do}", json=body, headers=said)

    async def done(self, no: str, do: str, role: str | None = None, **body: Any) -> dict[str, Any]:
        """Gives a command that must be accepted; asks again on a machine too busy to answer in time."""
        key = uuid4().hex
        for _ in range(5):
            answer = await self.post(no, do, role, key=key, **body)
            if answer.status_code != 202:
                break
        assert answer.status_code == 200, f"{do}: {answer.status_code} {answer.text}"
        told: dict[str, Any] = answer.json()
        return told

    async def get(
        self, path: str, role: str = "office", unit: str | None = None, actor: str | None = None, **query: Any
    ) -> httpx2.Response:
        """Asks for something below /api/v1."""
        return await self.http.get(f"/api/v1{path}", params=query, headers=headers(role, unit, actor))

    async def read(self, path: str, role: str = "office", **query: Any) -> Any:
        """What an office reads there."""
        answer = await self.get(path, role, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()


@asynccontextmanager
async def serving(
    settings: Settings, engine: AsyncEngine, client: Client, ring: KeyRing
) -> AsyncIterator[Hotline]:
    """The application on these connections, without a worker. Who asks says so in headers."""
    settings = settings.model_copy(update={"development_identities": True})
    parts = assemble(settings, engine, client, ring)
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(running(parts))
        http = await stack.enter_async_context(
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app),
                base_url="http://hotline",
                timeout=30,
            )
        )
        yield Hotline(http, parts)


@asynccontextmanager
async def working(
    settings: Settings, engine: AsyncEngine, client: Client, ring: KeyRing
) -> AsyncIterator[Hotline]:
    """The application and a running worker."""
    async with (
        build_worker(client, settings, engine, ring),
        serving(settings, engine, client, ring) as hotline,
    ):
        yield hotline


async def number_apart(engine: AsyncEngine) -> None:
    """Lets this database number its tickets from some far place: databases of tests share one Temporal."""
    async with engine.begin() as conn:
        await conn.execute(text("SELECT setval('ticket_number', :place)"), {"place": uuid4().int % 10**12})


async def found_units(engine: AsyncEngine, ring: KeyRing, *names: str, kind: str = "department") -> None:
    """Founds fully staffed units."""
    async with engine.begin() as conn:
        for name in names:
            unit_id = uuid7()
            await conn.execute(insert(Unit).values(id=unit_id, name=name, kind=kind))
            for number, role in enumerate(("unit_leader", "handler", "handler", "unit_principal")):
                person = f"p-{uuid4().hex[:10]}-{number}"
                seal = RowSeal(ring, "person", person)
                await conn.execute(
                    insert(Person).values(
                        id=person,
                        unit_id=unit_id,
                        roles=[role],
                        post="A" if number == 1 else "B" if number == 2 else None,
                        key_id=seal.key_id,
                        name=seal.close_text("name", "李明"),
                        phone=seal.close("phone", "13900139000"),
                    )
                )

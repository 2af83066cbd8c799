"""Providers, the application they push to, people to write to."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from activities.gateways.aliyun import AliyunGateway
from activities.gateways.cmcc import CmccGateway
from activities.gateways.provider_templates import ProviderTemplates
from api.app import create_app
from models.notice_templates import TEMPLATES
from models.sealed_columns import RowSeal
from models.tables import Person, Unit
from ops.database import create_engine
from ops.keyring import KeyRing, ring_from_file
from ops.message_settings import MessageSettings, load_message_settings
from ops.settings import Settings
from tests.integration.messages.hooks import Hooks
from tests.integration.messages.standins import Aliyun, Mas
from tests.serving import served

TOKEN = "pushes-come-in-by-this-token"
WEBHOOK_SECRET = "whsec_c2lnbmluZyBpbiBib3RoIGRpcmVjdGlvbnM="

TABLES = (
    "call_attempt, call_task, duty_alert, duty, survey, inbox_message, receipt, refusal_tally, "
    "seen_webhook, command, notification, outbox_message, assignment, caller, person, unit"
)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK would send even loopback through a proxy of the environment."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "keys.json"


@pytest.fixture(scope="module")
def ring(key_file: Path) -> KeyRing:
    return ring_from_file(key_file)


@pytest.fixture
async def engine(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a database that is emptied before each test."""
    made = create_engine(postgres_url)
    async with made.begin() as conn:
        await conn.execute(text(f"TRUNCATE {TABLES} CASCADE"))
    yield made
    await made.dispose()


People = Callable[..., Awaitable[None]]


@pytest.fixture
def people(engine: AsyncEngine, ring: KeyRing) -> People:
    """Puts people (id, roles, post, absent, phone) into a unit that is made with them."""

    async def put(unit: str, *members: dict[str, Any]) -> None:
        unit_id = uuid7()
        async with engine.begin() as conn:
            await conn.execute(insert(Unit).values(id=unit_id, name=unit, kind="department"))
            for member in members:
                seal = RowSeal(ring, "person", member["id"])
                values = {"phone": "+8613800138000", "post": None, "absent": False, **member}
                values["phone"] = seal.close("phone", values["phone"])
                named = {"name": seal.close_text("name", "甲"), "key_id": seal.key_id, "unit_id": unit_id}
                await conn.execute(insert(Person).values(**values, **named))

    return put


@pytest.fixture
def aliyun() -> Iterator[Aliyun]:
    """Alibaba Cloud's stand-in, serving."""
    standin = Aliyun({"id": "LTAI-test", "secret": "aliyun-secret", "sign": "12345热线"})
    with served(standin.app()) as address:
        standin.access["address"] = address
        yield standin


@pytest.fixture
def mas() -> Iterator[Mas]:
    """云MAS's stand-in, serving."""
    standin = Mas({"id": "ap12345", "secret": "mas-secret", "sign": "sIgnCode"})
    with served(standin.app()) as address:
        standin.access["address"] = address
        yield standin


@pytest.fixture
def through_aliyun(aliyun: Aliyun) -> AliyunGateway:
    """The gateway that is set up for the stand-in; it may be asked at once."""
    codes = {name: f"SMS_{number}" for number, name in enumerate(TEMPLATES, 1000)}
    return AliyunGateway(
        ProviderTemplates(aliyun.access["sign"], codes),
        access_key_id=aliyun.access["id"],
        access_key_secret=aliyun.access["secret"],
        endpoint=aliyun.access["address"].removeprefix("http://"),
        protocol="http",
        settling=timedelta(0),
    )


@pytest.fixture
def through_mas(mas: Mas) -> CmccGateway:
    """The gateway that is set up for the stand-in."""
    return CmccGateway(
        ProviderTemplates(mas.access["sign"]),
        base_url=mas.access["address"],
        ec_name="泾川县政务热线",
        ap_id=mas.access["id"],
        secret_key=mas.access["secret"],
        settling=timedelta(0),
    )


@pytest.fixture(scope="module")
def hooks(
    postgres_url: str, key_file: Path, ring: KeyRing, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hooks]:
    """The real application, where providers push to."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"), database_url=postgres_url, payload_key_file=key_file
    )
    chosen = MessageSettings(push_token=SecretStr(TOKEN), webhook_secret=SecretStr(WEBHOOK_SECRET))
    app = create_app(settings)
    app.dependency_overrides[load_message_settings] = lambda: chosen
    with served(app) as address:
        yield Hooks(address, TOKEN, WEBHOOK_SECRET)

"""What is measured: one installation as `jiesu up` starts it, with the bare worker beside it."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from temporalio.client import Client

from ops.database import create_engine
from ops.demonstration import DEMONSTRATION
from ops.settings import Settings
from ops.temporal_client import connect, key_ring
from tests.e2e.people import somebody
from tests.running import Jiesu
from tests.workflows.office import Office

AGENT, OFFICE, HANDLER = "hotline-agent-1", "hotline-office", "shuiwu-a"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--small", action="store_true", help="measure little, to see whether it runs")


@pytest.fixture(scope="session")
def small(request: pytest.FixtureRequest) -> bool:
    """Whether to measure little."""
    return bool(request.config.getoption("--small"))


@pytest.fixture(scope="session")
def jiesu(open_dir: Path) -> Iterator[Jiesu]:
    """A running installation with the demonstration's people, and a bare worker on its server."""
    folder = open_dir / "bench"
    folder.mkdir()
    installation = Jiesu(folder, {"JIESU_DEMONSTRATION": "false", "JIESU_ALLOW_LAPSED_POLICY": "true"})
    installation.start()
    assert installation.run("load", str(DEMONSTRATION)).returncode == 0
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.bare_worker"],
        env={**installation.environment, "PYTHONPATH": os.getcwd()},
        stdout=subprocess.PIPE,
    ) as bare:
        assert bare.stdout is not None
        assert bare.stdout.readline() == b"at work\n"
        yield installation
        bare.terminate()
    installation.stop()


@pytest.fixture(scope="session")
def settings(jiesu: Jiesu) -> Settings:
    """The installation's own settings."""
    said = {name.removeprefix("JIESU_").lower(): value for name, value in jiesu.settings.items()}
    return Settings.model_validate(said)


@pytest.fixture
async def client(settings: Settings) -> Client:
    return await connect(settings)


@pytest.fixture
async def bench_office(settings: Settings, client: Client) -> AsyncIterator[Office]:
    """The installation as its worker's own tests see it: tickets are started without the API."""
    engine = create_engine(settings.database_target(), pool_size=20)
    yield Office(client, engine, key_ring(settings), settings.task_queue)
    await engine.dispose()


@dataclass(frozen=True)
class Speaker:
    """Somebody who is logged in, as their browser sends it."""

    cookies: dict[str, str]

    @property
    def headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": cookies, "X-Jiesu-CSRF": self.cookies["jiesu_csrf"]}


@pytest.fixture(scope="session")
def speakers(jiesu: Jiesu) -> dict[str, Speaker]:
    """An agent, somebody of the office and a handler of a unit, with their sessions."""
    with ExitStack() as stack:
        people = {code: stack.enter_context(somebody(jiesu, code)) for code in (AGENT, OFFICE, HANDLER)}
        return {code: Speaker(dict(one.http.cookies)) for code, one in people.items()}


@dataclass(frozen=True)
class Counter:
    """The hotline as its people use it, over HTTP."""

    http: aiohttp.ClientSession
    speakers: dict[str, Speaker]
    stored: list[str] = field(default_factory=list)
    """Tickets with a command that was stored and not done at once: the machine was too slow."""

    async def register(self) -> str:
        """Registers a demand; the ticket's number."""
        told = await self._post(AGENT, "/tickets", _DEMAND)
        no: str = told["no"]
        return no

    async def command(self, code: str, no: str, do: str, **body: Any) -> None:
        """Gives a command, unless one before it waits."""
        if no not in self.stored:
            told = await self._post(code, f"/tickets/{no}/{do}", body)
            if told["state"] != "accepted":
                self.stored.append(no)

    async def _post(self, code: str, path: str, body: Any) -> dict[str, Any]:
        headers = self.speakers[code].headers
        async with self.http.post(f"/api/v1{path}", json=body, headers=headers) as answer:
            assert answer.ok, f"{path}: {answer.status} {await answer.text()}"
            told: dict[str, Any] = await answer.json()
        return told


_DEMAND = {
    "type": "complaint",
    "source": "city_platform",
    "callers": [{"name": "王芳", "phone": "10000000099", "address": "水泉街5号"}],
    "title": "自来水浑浊",
    "text": "小区自来水连续三天浑浊，请尽快处理。",
}


@pytest.fixture
async def counter(jiesu: Jiesu, speakers: dict[str, Speaker]) -> AsyncIterator[Counter]:
    # What the client takes of the machine counts as the command's: this one takes half of what others do.
    connector, jar = aiohttp.TCPConnector(limit=200), aiohttp.DummyCookieJar()
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(jiesu.url, connector=connector, cookie_jar=jar, timeout=timeout) as http:
        yield Counter(http, speakers)


@pytest.fixture
def progress() -> Iterator[Callable[[str, int], Callable[[], None]]]:
    """Call it with what is done and how often, then what it gives after each."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as bars:

        def begin(what: str, number: int) -> Callable[[], None]:
            task = bars.add_task(what, total=number)
            return lambda: bars.advance(task)

        yield begin

"""Postgres goes away and comes back: a ticket waits for it without filling its history."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops import migrate
from ops.embedded_postgres import EmbeddedPostgres
from ops.ports import free_port
from ops.process import spawn, stop
from ops.settings import Settings
from tests.waiting import eventually
from tests.workflows.histories import kinds
from tests.workflows.office import Office, names


class Database:
    """A Postgres server that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.embedded = EmbeddedPostgres(
            folder=folder,
            port=free_port(),
            password_file=folder / "postgres.password",
            log=folder / "postgres.log",
        )
        self.embedded.initialise()
        self.start()
        self.embedded.ensure_database()
        migrate.upgrade(self.embedded.database_url())

    def start(self) -> None:
        self.service = self.embedded.service()
        self.process = spawn(self.service)
        while not self.service.is_ready(self.process):
            if self.process.poll() is not None:
                # After a kill -9 it refuses to start until its orphans are gone.
                self.process = spawn(self.service)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        stop(self.process, self.service)


@pytest.fixture
def database(open_dir: Path) -> Iterator[Database]:
    folder = open_dir / "outage"
    folder.mkdir()
    folder.chmod(0o755)
    database = Database(folder)
    yield database
    database.stop()


@pytest.fixture
def settings(settings: Settings, database: Database) -> Settings:
    return settings.model_copy(update={"database_url": database.embedded.database_url()})


async def test_a_command_waits_for_the_database_and_counts_from_its_receipt(
    office: Office, database: Database
) -> None:
    ticket = await office.open()
    await office.say(ticket, "dispatch", lead="水务局")
    envelope = await office.envelope(ticket, "sign", unit="水务局")
    await asyncio.to_thread(database.kill)
    await ticket.handle.signal("sign", envelope)

    async def scheduled() -> int:
        return kinds(await ticket.handle.fetch_history()).count("ACTIVITY_TASK_SCHEDULED")

    assert await eventually(scheduled, bool) == 1
    during = len((await ticket.handle.fetch_history()).events)
    await asyncio.to_thread(database.start)
    made = await eventually(lambda: office.facts(ticket.no), lambda facts: "clock_met" in names(facts))
    signed = next(fact for fact in reversed(made) if fact.NAME == "done")
    assert signed.at == envelope.received_at
    assert (await scheduled()) == 1
    assert during < 30, "a short local try, then one activity that waits on the server"
    assert (await office.say(ticket, "contact", unit="水务局", told="正在处理")).status == "handling"

"""A new notice reaches the open tickets: seen first, then moved, each once, through a kill."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from activities.reaching import EngineAway
from activities.supervising import Supervising
from api.services.offices import law_to_open_by
from models import calendar_notices
from models.contracts.casework import START_SUPERVISION, SupervisionInput
from models.contracts.revision import (
    REVISION_WORKFLOW,
    RevisionInput,
    revision_workflow_id,
)
from models.facts_store import SUPERVISION
from models.tables import Supervision, TicketFact
from ops.commands import calendar as command
from ops.database import create_engine
from ops.embedded_temporal import EmbeddedTemporal
from ops.errors import OperationFailed
from ops.keyring import KeyRing
from ops.settings import Settings
from tests.hotline import Hotline, found_units, number_apart, serving, working
from tests.waiting import eventually

WATER = "水务局"


@pytest.fixture
def settings(
    tmp_path: Path,
    temporal_server: EmbeddedTemporal,
    own_postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    said = {
        "JIESU_DATA_DIR": str(tmp_path),
        "JIESU_DATABASE_URL": own_postgres_url,
        "JIESU_TEMPORAL_ADDRESS": temporal_server.address,
        "JIESU_TEMPORAL_NAMESPACE": temporal_server.namespace,
        "JIESU_TASK_QUEUE": tmp_path.name,
        "JIESU_ALLOW_LAPSED_POLICY": "true",
        "JIESU_DEVELOPMENT_IDENTITIES": "true",
        "JIESU_GRACEFUL_SHUTDOWN_SECONDS": "2",
    }
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    return Settings()


@pytest.fixture
async def engine(settings: Settings, ring: KeyRing) -> AsyncIterator[AsyncEngine]:
    made = create_engine(settings.database_target())
    await number_apart(made)
    await found_units(made, ring, WATER)
    yield made
    await made.dispose()


def notice(path: Path, closed: date, number: str = "区府办〔2026〕9号") -> Path:
    said = {
        "kind": "local",
        "notice": {"title": "关于停止办公的通知", "number": number, "issued": "2026-11-20"},
        "closed": {closed.isoformat(): "大雪停办"},
    }
    file = path / f"{number}.json"
    file.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    return file


async def dispatched(hotline: Hotline) -> str:
    no = await hotline.ticket()
    await hotline.done(no, "dispatch", lead=WATER)
    return no


async def handling_due(hotline: Hotline, no: str) -> datetime:
    clocks = await hotline.read(f"/tickets/{no}/clocks")
    return datetime.fromisoformat(next(c["due_at"] for c in clocks if c["name"] == "handle"))


async def moved_facts(engine: AsyncEngine, no: str) -> list[dict[str, Any]]:
    query = select(TicketFact.data).where(TicketFact.ticket_no == no, TicketFact.fact == "clock_moved")
    async with engine.connect() as conn:
        return [dict(row.data) for row in await conn.execute(query)]


async def test_a_local_closing_day_moves_open_deadlines_and_says_so(
    settings: Settings,
    engine: AsyncEngine,
    client: Client,
    ring: KeyRing,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with working(settings, engine, client, ring) as hotline:
        no = await dispatched(hotline)
        before = await handling_due(hotline, no)
        file = notice(tmp_path, before.date())

        assert await command._preview(settings, command.read_notice(file)) >= 1
        assert f"{no}  {WATER}  handle  {before:%Y-%m-%d %H:%M} →" in capsys.readouterr().out
        assert await handling_due(hotline, no) == before, "a preview changes nothing"

        await command._import(settings, command.read_notice(file), rate=50)
        after = await handling_due(hotline, no)
        assert after > before
        moved = next(fact for fact in await moved_facts(engine, no) if fact["clock"] == "handle")
        assert datetime.fromisoformat(moved["was"]) == before
        assert datetime.fromisoformat(moved["due"]) == after
        assert "区府办〔2026〕9号" in moved["calendar"]

        later = await dispatched(hotline)
        assert await handling_due(hotline, later) == after, "new tickets count by the new calendar"

        told = len(await moved_facts(engine, no))
        await command._import(settings, command.read_notice(file), rate=50)
        assert len(await moved_facts(engine, no)) == told, "a second run moves nothing again"


@pytest.mark.rule("HY-18.1")
async def test_a_closing_day_moves_what_is_owed_to_a_supervision_also_when_its_ticket_is_over(
    settings: Settings,
    engine: AsyncEngine,
    client: Client,
    ring: KeyRing,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = settings.model_copy(update={"policy": "heyuan"})
    async with working(settings, engine, client, ring) as hotline:
        no = await hotline.ticket(source="phone")
        await hotline.done(no, "dispatch", lead=WATER)
        await hotline.done(no, "supervise", unit=WATER, form="written", cause="other")
        await hotline.done(no, "withdraw", "agent", reason="已自行解决")
        supervision = await begun_supervision(engine, f"{no}-D1")
        file = notice(tmp_path, supervision.due_at.astimezone(ZoneInfo("Asia/Shanghai")).date())

        await command._preview(settings, command.read_notice(file))
        assert f"{no}-D1  {WATER}  supervision  " in capsys.readouterr().out
        assert (await begun_supervision(engine, f"{no}-D1")).due_at == supervision.due_at

        await command._import(settings, command.read_notice(file), rate=50)
        after = await begun_supervision(engine, f"{no}-D1")
        assert after.due_at > supervision.due_at
        moved = [fact for fact in after.facts if fact["fact"] == "clock_moved"]
        assert [(fact["clock"], fact["cause"]) for fact in moved] == [("supervision", "calendar")]
        assert datetime.fromisoformat(moved[0]["was"]) == supervision.due_at
        assert datetime.fromisoformat(moved[0]["due"]) == after.due_at
        assert "区府办〔2026〕9号" in moved[0]["calendar"]


@pytest.mark.rule("HY-18.1")
async def test_a_supervision_that_had_not_begun_when_the_revision_passed_counts_by_the_new_calendar(
    settings: Settings,
    engine: AsyncEngine,
    client: Client,
    ring: KeyRing,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = settings.model_copy(update={"policy": "heyuan"})
    held, release = [], asyncio.Event()

    class Held(Supervising):
        """A start that is on its way with what it was given, and arrives only later."""

        @activity.defn(name=START_SUPERVISION)
        async def start_supervision(self, given: SupervisionInput) -> None:
            if given.no in held:
                await release.wait()
            await super().start_supervision(given)

    monkeypatch.setattr("worker.Supervising", Held)
    async with working(settings, engine, client, ring) as hotline:
        no = await hotline.ticket(source="phone")
        await hotline.done(no, "dispatch", lead=WATER)
        await hotline.done(no, "supervise", unit=WATER, form="written", cause="other")
        before = await begun_supervision(engine, f"{no}-D1")
        held.append(f"{no}-D2")
        await hotline.done(no, "supervise", unit=WATER, form="written", cause="other")
        day = before.due_at.astimezone(ZoneInfo("Asia/Shanghai")).date()

        await command._import(settings, command.read_notice(notice(tmp_path, day)), rate=50)
        late = await begun_supervision(engine, f"{no}-D2")
        release.set()
        assert late.due_at.date() > day
        assert late.due_at.date() == (await begun_supervision(engine, f"{no}-D1")).due_at.date()
        assert [fact["do"] for fact in late.facts if fact["fact"] == "done"] == ["revise_calendar"]


async def test_a_ticket_whose_workflow_has_not_begun_when_the_revision_passes_is_begun_and_told(
    settings: Settings,
    engine: AsyncEngine,
    client: Client,
    ring: KeyRing,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with working(settings, engine, client, ring) as hotline:
        due = await handling_due(hotline, await dispatched(hotline))

        async def away(kind: str, subject: str) -> None:
            raise EngineAway("the start is left to the sweep")

        monkeypatch.setattr(hotline.parts.starter, "start_waiting", away)
        late = await hotline.ticket()
        await command._import(settings, command.read_notice(notice(tmp_path, due.date())), rate=50)
        await hotline.done(late, "dispatch", lead=WATER)
        assert await handling_due(hotline, late) > due


async def test_what_is_being_opened_while_a_notice_arrives_is_there_before_the_notice_holds(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    arriving = command.read_notice(notice(tmp_path, date(2026, 12, 1)))

    async def arrive() -> None:
        async with engine.begin() as conn:
            await calendar_notices.store(conn, arriving)

    async with engine.begin() as opening:
        await law_to_open_by(opening, settings, None, date(2026, 11, 20))
        arrival = asyncio.create_task(arrive())
        await until_somebody_waits_for_a_lock(engine)
        assert await calendar_notices.newest(opening) == 0
        assert not arrival.done()
    await arrival
    async with engine.connect() as conn:
        assert await calendar_notices.newest(conn) == 1


async def until_somebody_waits_for_a_lock(engine: AsyncEngine) -> None:
    query = text(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )

    async def waits() -> bool:
        async with engine.connect() as conn:
            return bool(await conn.scalar(query))

    await eventually(waits)


@dataclass
class Begun:
    """A supervision as the record has it."""

    due_at: datetime
    facts: list[dict[str, Any]]


async def begun_supervision(engine: AsyncEngine, no: str) -> Begun:
    """The supervision, once its workflow has stored its first facts."""
    table = SUPERVISION.table

    async def there() -> list[Begun]:
        async with engine.connect() as conn:
            facts = await conn.scalars(select(table.c.data).where(table.c.no == no).order_by(table.c.seq))
            due = await conn.scalar(select(Supervision.due_at).where(Supervision.no == no))
        stored = [dict(data) for data in facts]
        return [Begun(due, stored)] if stored and due is not None else []

    return (await eventually(there))[0]


async def test_a_revision_goes_on_after_its_worker_was_killed(
    settings: Settings, engine: AsyncEngine, client: Client, ring: KeyRing, tmp_path: Path
) -> None:
    async with working(settings, engine, client, ring) as hotline:
        numbers = [await dispatched(hotline) for _ in range(8)]
        due = await handling_due(hotline, numbers[0])
    async with engine.begin() as conn:
        notice_id = await calendar_notices.store(conn, command.read_notice(notice(tmp_path, due.date())))
    handle = await client.start_workflow(
        REVISION_WORKFLOW,
        RevisionInput(notice_id=notice_id, rate=2),
        id=f"{revision_workflow_id(notice_id)}-{settings.task_queue}",
        task_queue=settings.task_queue,
        result_type=RevisionInput,
    )
    first = worker_process()
    try:
        await until_some_but_not_all_moved(engine, len(numbers))
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    second = worker_process()
    try:
        await until_over(handle)
        done = await handle.result()
    finally:
        second.terminate()
        second.wait()
    assert done.revised == len(numbers)
    async with serving(settings, engine, client, ring) as hotline:
        for no in numbers:
            moved = [fact for fact in await moved_facts(engine, no) if fact["clock"] == "handle"]
            assert len(moved) == 1, "each ticket is moved once"
            assert await handling_due(hotline, no) > due


def worker_process() -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "worker"], env=dict(os.environ))


async def until_over(handle: WorkflowHandle[Any, RevisionInput]) -> None:
    """Ask now and then: the wait is longer than one call to the server may take."""

    async def over() -> bool:
        return (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING

    await eventually(over)


async def until_some_but_not_all_moved(engine: AsyncEngine, total: int) -> None:
    query = select(func.count(TicketFact.ticket_no.distinct())).where(TicketFact.fact == "clock_moved")

    async def moved() -> int:
        async with engine.connect() as conn:
            return await conn.scalar(query) or 0

    assert await eventually(moved) < total, "the worker is killed in the middle"


async def test_another_notice_under_the_same_number_is_refused(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    first = command.read_notice(notice(tmp_path, date(2026, 12, 1)))
    other = command.read_notice(notice(tmp_path, date(2026, 12, 2)))
    async with engine.begin() as conn:
        await calendar_notices.store(conn, first)
    with pytest.raises(OperationFailed, match="its own number"):
        await command._import(settings, other, rate=1)


def test_a_notice_that_says_nothing_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    file.write_text(
        '{"kind": "local", "notice": {"title": "通知", "number": "1号", "issued": "2026-01-01"}}', "utf-8"
    )
    with pytest.raises(OperationFailed, match="没有写明任何一天"):
        command.read_notice(file)

"""`jiesu verify` finds what was changed; `jiesu rebuild` makes the projection again from the facts."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.commands import Progress
from models import callers, laws, texts
from models.callers import NewCaller
from models.contracts.record import SupervisionRecordRequest
from models.facts_store import TICKET, load
from models.rebuilding import rebuild_supervision, rebuild_ticket
from models.recording import record, record_supervision
from models.texts import seal
from models.verification import check_supervisions, check_tickets
from ops.database import create_engine
from ops.keyring import KeyRing, ring_from_file
from tests.casework import Life, shipped_law

ROOT = Path(__file__).parents[2]
LAW = shipped_law()
PROJECTED = ("ticket", "assignment", "clock", "precedent", "supervision", "caller")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def ring(data_dir: Path) -> KeyRing:
    return ring_from_file(data_dir / "keys.json")


@pytest.fixture
async def engine(own_postgres_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_engine(own_postgres_url)
    async with made.begin() as conn:
        await laws.store(conn, LAW)
    yield made
    await made.dispose()


Jiesu = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def jiesu(own_postgres_url: str, data_dir: Path) -> Jiesu:
    """Runs the command line on the test's database and keys."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ops.cli", *arguments],
            cwd=ROOT,
            env={"JIESU_DATABASE_URL": own_postgres_url, "JIESU_DATA_DIR": str(data_dir), "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


async def tampered(engine: AsyncEngine, statement: str) -> None:
    """What somebody with the rights of the database's owner may do."""
    async with engine.begin() as conn:
        await conn.execute(text("SET LOCAL session_replication_role = replica"))
        assert (await conn.execute(text(statement))).rowcount


async def lived(engine: AsyncEngine, ring: KeyRing, no: str = "V1") -> Life:
    """A ticket with callers, a text and a supervision."""
    async with engine.begin() as conn:
        mine = await callers.store(
            conn, ring, no, [NewCaller("甲", "13800138000")], datetime(2026, 4, 30, tzinfo=UTC)
        )
    life = Life(no, LAW, callers=tuple(map(str, mine)))
    for request in life.standard():
        await record(engine, request)
    return life


async def neglected(engine: AsyncEngine, no: str) -> None:
    """A ticket whose unit does nothing until supervision is opened."""
    life = Life(no, LAW)
    await record(engine, life.begin())
    await record(engine, life.step("2026-04-30T16:40", {"do": "dispatch", "lead": "水务局"}))
    await record(engine, life.wait("2026-06-01T00:00"))
    at = "2026-05-11T18:00:00+08:00"
    begun = {"at": at, "fact": "supervision_begun", "no": f"{no}-D1", "unit": "水务局", "cause": "overdue"}
    await record_supervision(
        engine,
        SupervisionRecordRequest(
            no=f"{no}-D1",
            law_id=LAW.id,
            jurisdiction="jingchuan",
            ticket_no=no,
            first_seq=1,
            facts=[
                {**begun, "level": "internal", "subject": no},
                {"at": at, "fact": "supervision_raised", "level": "upgraded"},
            ],
        ),
    )


async def faults(engine: AsyncEngine, ring: KeyRing) -> list[str]:
    return [str(fault) async for checked in check_tickets(engine, ring) for fault in checked.faults] + [
        str(fault) async for checked in check_supervisions(engine, ring) for fault in checked.faults
    ]


async def snapshot(engine: AsyncEngine) -> dict[str, Any]:
    async with engine.connect() as conn:
        return {name: sorted(await conn.scalars(text(f"SELECT t::text FROM {name} t"))) for name in PROJECTED}


async def rebuild(engine: AsyncEngine, no: str, *, write: bool) -> list[str]:
    async with engine.begin() as conn:
        return await rebuild_ticket(conn, no, write=write)


async def test_the_projection_of_facts_is_what_was_recorded_step_by_step(
    engine: AsyncEngine, ring: KeyRing
) -> None:
    await lived(engine, ring)
    await neglected(engine, "V2")
    assert await rebuild(engine, "V1", write=False) == []
    assert await rebuild(engine, "V2", write=False) == []
    async with engine.begin() as conn:
        assert await rebuild_supervision(conn, "V2-D1", write=False) == []


async def test_a_projection_thrown_away_comes_back_the_same(engine: AsyncEngine, ring: KeyRing) -> None:
    await lived(engine, ring)
    await neglected(engine, "V2")
    before = await snapshot(engine)
    for table in ("ticket", "assignment", "clock", "supervision"):
        await tampered(engine, f"DELETE FROM {table}")
    await tampered(engine, "UPDATE caller SET called_back_at = NULL, answered_at = NULL, ratings = '{}'")
    assert "ticket V1: missing" in await rebuild(engine, "V1", write=True)
    await rebuild(engine, "V2", write=True)
    async with engine.begin() as conn:
        assert await rebuild_supervision(conn, "V2-D1", write=True) == ["supervision V2-D1: missing"]
    assert await snapshot(engine) == before


async def test_what_no_fact_accounts_for_is_named_and_removed(engine: AsyncEngine, ring: KeyRing) -> None:
    await lived(engine, ring)
    await tampered(engine, "UPDATE ticket SET lead_unit = '住建局', seq = 99")
    await tampered(engine, "UPDATE clock SET unit = '住建局' WHERE name = 'handle'")
    found = await rebuild(engine, "V1", write=True)
    assert "ticket V1: seq, lead_unit" in found
    assert any("handle/水务局" in entry and "missing" in entry for entry in found)
    assert any("handle/住建局" in entry and "no fact accounts for it" in entry for entry in found)
    assert await rebuild(engine, "V1", write=False) == []


async def test_a_ticket_of_intake_without_facts_is_left_alone(engine: AsyncEngine, ring: KeyRing) -> None:
    await lived(engine, ring)
    await tampered(engine, "UPDATE ticket SET no = 'V0', seq = 0")
    assert await rebuild(engine, "V0", write=True) == []
    assert await faults(engine, ring) == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ('UPDATE ticket_fact SET data = data || \'{"unit": "住建局"}\' WHERE seq = 7', "V1 fact 7: changed"),
        ('UPDATE ticket_fact SET actor = \'{"role": "leader"}\' WHERE seq = 4', "V1 fact 4: changed"),
        (
            "UPDATE ticket_fact SET at = at - interval '1 hour' WHERE seq = 5",
            "V1 fact 5: its columns differ from what it says",
        ),
        ("DELETE FROM ticket_fact WHERE seq = 3", "V1 fact 3: missing"),
        ("DELETE FROM ticket_fact WHERE seq > 5", "V1 fact 6: missing"),
        ("DELETE FROM ticket_fact", "V1 fact 1: missing"),
        ("UPDATE ticket SET seq = 2", "V1 fact 3: not in the projection"),
    ],
)
async def test_every_change_of_the_record_is_named(
    engine: AsyncEngine, ring: KeyRing, statement: str, found: str
) -> None:
    await lived(engine, ring)
    assert await faults(engine, ring) == []
    await tampered(engine, statement)
    assert await faults(engine, ring) == [found]


async def test_a_changed_supervision_is_named(engine: AsyncEngine, ring: KeyRing) -> None:
    await neglected(engine, "V2")
    await tampered(engine, 'UPDATE supervision_fact SET data = data || \'{"level": "media"}\' WHERE seq = 2')
    assert await faults(engine, ring) == ["V2-D1 fact 2: changed"]


async def test_a_changed_text_is_named_and_an_erased_one_is_whole(engine: AsyncEngine, ring: KeyRing) -> None:
    life = Life("V3", LAW)
    await record(engine, life.begin())
    await record(engine, life.step("2026-04-30T16:40", {"do": "dispatch", "lead": "水务局"}))
    await record(engine, life.step("2026-05-06T09:00", {"do": "sign", "unit": "水务局"}))
    command, new = seal(ring, Progress(unit="水务局", text="已联系施工队"))
    async with engine.begin() as conn:
        await texts.store(conn, ring, "V3", new, datetime.now(UTC))
    await record(
        engine, life.step("2026-05-06T10:00", {"do": "progress", **command.model_dump(exclude_unset=True)})
    )
    assert await faults(engine, ring) == []
    async with engine.begin() as conn:
        await texts.erase(
            conn, [new[0].reference.id], at=datetime.now(UTC), by="office-1", reason="retention"
        )
    assert await faults(engine, ring) == []
    await tampered(engine, "DELETE FROM ticket_text")
    [fault] = await faults(engine, ring)
    assert fault.endswith(f"text {new[0].reference.id} is missing")


async def test_the_command_verify_says_whole_or_names_the_fact(
    engine: AsyncEngine, ring: KeyRing, jiesu: Jiesu
) -> None:
    life = await lived(engine, ring)
    assert life.ticket is not None
    whole = jiesu("verify")
    assert (whole.returncode, whole.stderr) == (0, "")
    assert whole.stdout == f"1 tickets and supervisions, {life.ticket.seq} facts: all chains hold\n"
    await tampered(engine, 'UPDATE ticket_fact SET data = data || \'{"unit": "住建局"}\' WHERE seq = 7')
    for broken in (jiesu("verify"), jiesu("verify", "--ticket", "V1")):
        assert broken.returncode == 1
        assert broken.stdout.splitlines()[0] == "V1 fact 7: changed"
    unknown = jiesu("verify", "--ticket", "V9")
    assert (unknown.returncode, unknown.stderr) == (2, "jiesu: there is no ticket V9\n")


async def test_the_command_rebuild_compares_or_puts_right(
    engine: AsyncEngine, ring: KeyRing, jiesu: Jiesu
) -> None:
    await lived(engine, ring)
    assert (jiesu("rebuild", "--check").returncode) == 0
    await tampered(engine, "UPDATE ticket SET status = 'handling'")
    different = jiesu("rebuild", "--check")
    assert different.returncode == 1
    assert different.stdout.splitlines()[0] == "ticket V1: status"
    assert jiesu("rebuild").stdout.endswith("1 rows put right\n")
    assert jiesu("rebuild", "--check").stdout.endswith("all as their facts say\n")


def test_a_database_that_is_away_is_one_line(tmp_path: Path) -> None:
    away = subprocess.run(
        [sys.executable, "-m", "ops.cli", "verify"],
        cwd=ROOT,
        env={
            "JIESU_DATABASE_URL": "postgresql://x:y@127.0.0.1:1/none",
            "JIESU_DATA_DIR": str(tmp_path),
            "PATH": "",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert away.returncode == 2
    assert len(away.stderr.splitlines()) == 1


async def test_facts_are_read_in_order_however_many(engine: AsyncEngine, ring: KeyRing) -> None:
    for n in range(3):
        await lived(engine, ring, f"W{n}")
    async with engine.connect() as conn:
        assert [fact.seq for fact in await load(conn, TICKET, "W1")][:3] == [1, 2, 3]
    assert [checked.no async for checked in check_tickets(engine, ring)] == ["W0", "W1", "W2"]

"""`jiesu messages`: texts for approval, the roster, what waits."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from ops.cli import run
from ops.keyring import KeyRing
from ops.settings import load_settings
from tests.integration.messages.conftest import People
from tests.integration.messages.ledger import Desk, notice


@pytest.fixture
def installation(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command's settings name the tests' database."""
    monkeypatch.setenv("JIESU_DATABASE_URL", postgres_url)
    monkeypatch.setenv("JIESU_DATA_DIR", str(tmp_path))
    load_settings.cache_clear()
    return tmp_path


async def jiesu(*arguments: str) -> int:
    """Runs the command away from the loop of the test."""
    return await asyncio.to_thread(run, arguments)


@pytest.mark.parametrize(
    ("provider", "line"),
    [
        ("aliyun", "redo\t工单${ticket}重办，请${unit}于${due}前办结。\tticket, unit, due"),
        ("tencent", "redo\t工单{1}重办，请{2}于{3}前办结。\tticket, unit, due"),
        ("cmcc", "redo\t工单${1}重办，请${2}于${3}前办结。\tticket, unit, due"),
    ],
)
def test_texts_are_printed_in_the_providers_form(
    capsys: pytest.CaptureFixture[str], provider: str, line: str
) -> None:
    assert run(["messages", "templates", "--provider", provider]) == 0
    assert line in capsys.readouterr().out.splitlines()


async def test_a_roster_is_entered_whole_or_not_at_all(
    engine: AsyncEngine, people: People, installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await people("水务局", {"id": "sw-n1", "roles": []})
    file = installation / "roster.yaml"
    shift = "{unit: 水务局, person: sw-n1, from: 2026-05-11T18:00+08:00, to: 2026-05-12T08:30+08:00}"
    file.write_text(f"- {shift}\n")
    assert await jiesu("messages", "roster", str(file)) == 0
    assert capsys.readouterr().out == "1 shifts entered.\n"
    file.write_text(f"- {shift}\n- {shift.replace('sw-n1', 'nobody')}\n")
    assert await jiesu("messages", "roster", str(file)) == 2
    assert "not in the directory: nobody" in capsys.readouterr().err
    async with engine.connect() as conn:
        starts = await conn.scalar(text("SELECT starts_at AT TIME ZONE 'Asia/Shanghai' FROM duty"))
    assert str(starts) == "2026-05-11 18:00:00"


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("- {unit: a, person: b, from: 2026-05-11T18:00, to: 2026-05-12T08:30+08:00}", "0.from"),
        ("- {unit: a, person: b, from: 2026-05-12T18:00Z, to: 2026-05-12T08:30Z}", "0.to: must be after"),
        ("- {unit: a, persons: b}", "0.person"),
        ("a: [", "roster.yaml"),
    ],
)
async def test_a_roster_that_is_wrong_is_named(
    installation: Path, capsys: pytest.CaptureFixture[str], words: str, fault: str
) -> None:
    file = installation / "roster.yaml"
    file.write_text(words)
    assert await jiesu("messages", "roster", str(file)) == 2
    assert fault in capsys.readouterr().err


async def test_the_status_counts_and_says_whether_a_person_is_waited_for(
    engine: AsyncEngine,
    ring: KeyRing,
    people: People,
    installation: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await jiesu("messages", "status") == 0
    await people("水务局", {"id": "sw-a", "roles": ["handler"], "post": "A"})
    desk = Desk.of(engine, ring)
    await desk.send("T1", notice("red", "T1"), notice("urged", "T1", via=["phone"]))
    capsys.readouterr()
    assert await jiesu("messages", "status") == 1
    lines = capsys.readouterr().out.splitlines()
    assert "       1  sent, delivered" in lines
    assert "       1  calls to make" in lines

"""`jiesu intake` and `jiesu drive` on a whole installation."""

from pathlib import Path

from ops.ports import free_port
from tests.e2e.conftest import demands, messages
from tests.running import Jiesu


def test_messages_become_tickets_once_and_go_to_archive(jiesu: Jiesu, tmp_path: Path) -> None:
    file = messages(
        tmp_path, [*demands(8), "", "not json", {"no": "M9"}, "[]", {"no": "M10", "text": "长" * 20_001}]
    )
    first = jiesu.run("intake", str(file))
    assert first.returncode == 1, first.stderr
    account = first.stdout.splitlines()
    assert account[:2] == ["accepted 8: 8 new, 0 there already", "refused 4:"]
    assert sorted(account[2:]) == [
        "  1 x malformed：text：文字过长，最多20000个字。 (line 13)",
        "  1 x not JSON (line 10)",
        "  1 x not a JSON object (line 12)",
        "  1 x without text (line 11)",
    ]
    again = jiesu.run("intake", str(file), "--limit", "8")
    assert (again.returncode, again.stdout) == (0, "accepted 8: 0 new, 8 there already\n")
    driven = jiesu.run("drive", "--count", "5")
    assert (driven.returncode, driven.stdout) == (0, "archived 5\n")
    assert "8 tickets" in jiesu.run("verify").stdout


def test_an_api_that_is_not_there_is_one_line_on_stderr(tmp_path: Path, jiesu: Jiesu) -> None:
    file = messages(tmp_path, demands(1))
    away = jiesu.run("intake", str(file), "--url", f"http://127.0.0.1:{free_port()}")
    assert away.returncode == 2
    assert len(away.stderr.splitlines()) == 1
    assert "is `jiesu up` running?" in away.stderr
    missing = jiesu.run("intake", str(tmp_path / "nothing.jsonl"))
    assert missing.returncode == 2
    assert len(missing.stderr.splitlines()) == 1

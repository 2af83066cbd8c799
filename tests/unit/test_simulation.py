"""What-if: past tickets under two policies."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain import facts
from domain.vocabulary import ClockName
from ops.cli import run
from ops.simulation.comparing import compare
from ops.simulation.past import PastTicket
from ops.simulation.replaying import replayed
from policies.loading import law_of, load_policy

SHANGHAI = ZoneInfo("Asia/Shanghai")
END = datetime(2026, 10, 31, tzinfo=SHANGHAI)
JINGCHUAN = law_of(load_policy("jingchuan"))
TAIAN = law_of(load_policy("taian"))


def past(**changes: object) -> PastTicket:
    """A ticket that was received and dispatched on Monday 7 September 2026 at nine, unless changed."""
    whole = {
        "type": "complaint",
        "received_at": "2026-09-07T09:00",
        "dispatched_at": "2026-09-07T09:00",
        **changes,
    }
    return PastTicket.model_validate(whole)


def test_a_reply_between_two_limits_is_late_under_one_policy_only() -> None:
    consultation = past(type="consultation", signed_at="2026-09-07T10:00", replied_at="2026-09-10T10:00")
    compared = compare((JINGCHUAN, TAIAN), [consultation], END).to_json()
    assert compared["handling"] == {
        "late_under_neither": 0,
        "late_under_both": 0,
        "late_only_under_jingchuan": 1,
        "late_only_under_taian": 0,
    }
    assert compared["policies"]["jingchuan"]["clocks"]["handle"]["breached"] == 1
    assert compared["policies"]["taian"]["clocks"]["handle"]["on_time"] == 1


def test_a_reply_at_the_very_due_instant_is_in_time() -> None:
    on_time = compare(
        (JINGCHUAN, TAIAN), [past(signed_at="2026-09-07T10:00", replied_at="2026-09-14T18:00")], END
    )
    late = compare(
        (JINGCHUAN, TAIAN), [past(signed_at="2026-09-07T10:00", replied_at="2026-09-14T18:00:01")], END
    )
    assert on_time.handling == {"neither": 1}
    assert late.handling == {"both": 1}


def test_an_open_ticket_is_followed_to_the_end() -> None:
    open_one = past(signed_at="2026-09-07T10:00")
    early = compare((JINGCHUAN, TAIAN), [open_one], datetime(2026, 9, 8, tzinfo=SHANGHAI)).tallies[1]
    later = compare((JINGCHUAN, TAIAN), [open_one], END).tallies[1]
    assert early.verdicts[ClockName.HANDLE] == {"running": 1}
    assert later.verdicts[ClockName.HANDLE] == {"breached": 1}
    assert later.lamps[ClockName.HANDLE] == {"warning": 1, "red": 1}


def test_what_a_policy_does_not_take_is_counted_apart_with_the_reason() -> None:
    tickets = [past(type="praise"), past(complainant="organisation"), past()]
    compared = compare((JINGCHUAN, TAIAN), tickets, END)
    assert compared.tallies[0].taken == 3
    assert compared.tallies[1].not_taken == {"type_not_in_policy": 1, "complainant_out_of_scope": 1}
    assert compared.handling.total() == 1


def test_a_replay_gives_the_facts_of_the_core() -> None:
    made = replayed(JINGCHUAN, past(signed_at="2026-09-07T11:30", replied_at="2026-09-08T10:00"), END)
    assert [f.clock for f in made if isinstance(f, facts.ClockBreached)] == []
    assert {f.clock for f in made if isinstance(f, facts.ClockMet)} >= {ClockName.SIGN, ClockName.HANDLE}


def test_two_versions_of_one_policy_are_told_apart() -> None:
    compared = compare((JINGCHUAN, JINGCHUAN), [past()], END).to_json()
    assert set(compared["policies"]) == {"jingchuan-1", "jingchuan-2"}
    assert compared["policies"]["jingchuan-1"] == compared["policies"]["jingchuan-2"]


def written(folder: Path, *lines: str) -> str:
    """The path of a file with these lines."""
    file = folder / "past.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    return str(file)


GOOD = (
    '{"type": "help", "received_at": "2026-09-07T09:00", "dispatched_at": "2026-09-07T10:00", "remark": "x"}'
)


def test_the_command_prints_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, GOOD, "", GOOD)
    assert run(["simulate", "--policy", "jingchuan", "--against", "taian", "--tickets", file, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tickets"] == 2


def test_the_table_has_a_row_for_each_clock_and_policy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, GOOD)
    options = ["--tickets", file, "--until", "2026-09-30"]
    assert run(["simulate", "--policy", "jingchuan", "--against", "taian", *options]) == 0
    printed = capsys.readouterr().out
    assert printed.count("办理时限 │") == 2
    assert "都逾期1件" in printed.replace("\n", "")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "第2行"),
        ('{"type": "help"}', "第2行 received_at"),
        ('{"type": "rumour", "received_at": "2026-09-07T09:00"}', "第2行 type"),
        (
            '{"type": "help", "received_at": "2026-09-07T09:00", "dispatched_at": "2026-09-06T09:00"}',
            "时间应按受理、派单、签收、答复先后",
        ),
        (
            '{"type": "help", "received_at": "2026-09-07T09:00", "replied_at": "2026-09-08T09:00"}',
            "没有派单时间",
        ),
        (
            '{"type": "help", "received_at": "2026-09-07T09:00", "dispatched_at": "2026-09-07T09:00+08:00"}',
            "要么都带时区",
        ),
    ],
)
def test_a_bad_line_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, says: str
) -> None:
    file = written(tmp_path, GOOD, line)
    assert run(["simulate", "--policy", "jingchuan", "--against", "taian", "--tickets", file]) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.strip().count("\n") == 0


def test_an_unknown_policy_is_said_in_one_line(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    assert run(["simulate", "--policy", "atlantis", "--against", "taian", "--tickets", file]) == 2

"""`jiesu due`: one JSON object in, one out, a bad line never stops the rest."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from ops.commands.due import due, register
from tests.unit.calendars import OFFICE

WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE)
NATIONAL = {"calendar": "cn", "office_hours": OFFICE}


def ask(**line: Any) -> dict[str, Any]:
    (reply,) = ask_all(json.dumps(line).encode())
    return reply


def ask_all(*lines: bytes) -> list[dict[str, Any]]:
    answers = io.BytesIO()
    due([line + b"\n" for line in lines], answers)
    return [json.loads(answer) for answer in answers.getvalue().splitlines()]


def test_the_example_of_the_interface() -> None:
    line = (
        b'{"calendar": {"timezone": "Asia/Shanghai", '
        b'"weekly": {"mon": [["08:30","12:00"],["14:30","18:00"]]}, '
        b'"holidays": ["2026-10-01"], "days": {"2026-10-10": [["08:30","12:00"],["14:30","18:00"]]}}, '
        b'"op": "add_working_time", "start": "2026-09-30T16:40:00", "seconds": 10800}'
    )
    assert ask_all(line) == [{"due": "2026-10-05T11:30:00+08:00"}]


@pytest.mark.parametrize(
    ("op", "given", "answer"),
    [
        (
            "add_working_time",
            {"start": "2026-09-30T16:40", "seconds": 10800},
            {"due": "2026-10-08T10:10:00+08:00"},
        ),
        (
            "add_working_time",
            {"start": "2026-10-08T10:10", "seconds": -10800},
            {"due": "2026-09-30T16:40:00+08:00"},
        ),
        (
            "add_working_time",
            {"start": "2026-03-04T09:00", "seconds": 0.5},
            {"due": "2026-03-04T09:00:00.500000+08:00"},
        ),
        (
            "working_time_between",
            {"start": "2026-09-30T16:40", "end": "2026-10-08T10:10"},
            {"seconds": 10800},
        ),
        ("working_time_between", {"start": "2026-10-08T10:10", "end": "2026-09-30T16:40"}, {"seconds": 0}),
        (
            "working_time_between",
            {"start": "2026-03-04T09:00:00.25", "end": "2026-03-04T09:00:01"},
            {"seconds": 0.75},
        ),
        ("add_working_days", {"start": "2026-04-30T16:40", "days": 5}, {"due": "2026-05-11T18:00:00+08:00"}),
        (
            "add_working_days",
            {"start": "2026-04-30T16:40", "days": 5.0},
            {"due": "2026-05-11T18:00:00+08:00"},
        ),
        ("add_working_days", {"start": "2026-05-11T18:00", "days": -1}, {"due": "2026-05-09T18:00:00+08:00"}),
        ("next_working_moment", {"start": "2026-03-04T12:00"}, {"at": "2026-03-04T14:30:00+08:00"}),
        ("is_working_time", {"start": "2026-03-04T12:00"}, {"is": False}),
        ("is_working_time", {"start": "2026-03-04T14:30"}, {"is": True}),
        ("is_working_day", {"date": "2026-05-09"}, {"is": True}),
        ("is_working_day", {"date": "2026-10-01"}, {"is": False}),
    ],
)
def test_every_operation(op: str, given: dict[str, Any], answer: dict[str, Any]) -> None:
    assert ask(**NATIONAL, op=op, **given) == answer


@pytest.mark.parametrize(
    ("start", "at"),
    [
        ("2026-03-04T09:00:00", "2026-03-04T09:00:00+08:00"),
        ("2026-03-04 09:00", "2026-03-04T09:00:00+08:00"),
        ("2026-03-04T09:00:00.000125", "2026-03-04T09:00:00.000125+08:00"),
        ("2026-03-04T01:00:00Z", "2026-03-04T09:00:00+08:00"),
        ("2026-03-03T20:00:00-0500", "2026-03-04T09:00:00+08:00"),
        ("2026-03-03T20:00:00-05:00", "2026-03-04T09:00:00+08:00"),
        ("2026-03-04T09:00+08", "2026-03-04T09:00:00+08:00"),
        ("2026-03-03T24:00", "2026-03-04T08:30:00+08:00"),
        ("2026-03-04", "2026-03-04T08:30:00+08:00"),
    ],
)
def test_times_are_local_unless_they_carry_an_offset(start: str, at: str) -> None:
    assert ask(**NATIONAL, op="next_working_moment", start=start) == {"at": at}


NIGHTS = {"sat": [["22:00", "24:00"]], "sun": [["00:00", "06:00"]]}


def test_answers_carry_the_offset_of_their_own_season() -> None:
    new_york = {
        "timezone": "America/New_York",
        "weekly": {"sat": [["22:00", "24:00"]], "sun": [["00:00", "06:00"]]},
    }
    start = {"op": "add_working_time", "start": "2026-03-07T22:00:00"}
    assert ask(calendar=new_york, **start, seconds=7200) == {"due": "2026-03-08T00:00:00-05:00"}
    assert ask(calendar=new_york, **start, seconds=14400) == {"due": "2026-03-08T03:00:00-04:00"}


def test_local_times_that_are_skipped_or_come_twice() -> None:
    all_sunday = {"timezone": "America/New_York", "weekly": {"sun": [["00:00", "24:00"]]}}
    skipped = ask(calendar=all_sunday, op="next_working_moment", start="2026-03-08T02:30:00")
    assert skipped == {"at": "2026-03-08T03:30:00-04:00"}
    twice = ask(calendar=all_sunday, op="next_working_moment", start="2026-11-01T01:30:00")
    assert twice == {"at": "2026-11-01T01:30:00-04:00"}


def test_days_beat_holidays_and_the_weekly_pattern() -> None:
    calendar = {
        "weekly": WEEK,
        "holidays": ["2026-03-04"],
        "days": {"2026-03-04": [["09:00", "24:00"]], "2026-03-05": []},
    }
    assert ask(calendar=calendar, op="is_working_day", date="2026-03-04") == {"is": True}
    assert ask(calendar=calendar, op="is_working_day", date="2026-03-05") == {"is": False}
    late = ask(calendar=calendar, op="add_working_time", start="2026-03-04T23:00", seconds=3600)
    assert late == {"due": "2026-03-05T00:00:00+08:00"}


def test_office_hours_beside_the_shipped_calendar_may_differ_by_weekday() -> None:
    hours = {"mon": [["09:00", "17:00"]], "sat": [["09:00", "12:00"]]}
    line = {"calendar": "cn", "office_hours": hours, "op": "add_working_days", "start": "2026-03-02T10:00"}
    assert ask(**line, days=1) == {"due": "2026-03-07T12:00:00+08:00"}
    assert ask(**line, days=2) == {"due": "2026-03-09T17:00:00+08:00"}
    made_up = ask(calendar="cn", office_hours=hours, op="add_working_days", start="2026-05-08T10:00", days=1)
    assert made_up == {"due": "2026-05-09T17:00:00+08:00"}


ADD_TIME = {"calendar": "cn", "op": "add_working_time", "start": "2026-03-04T09:00"}
ADD_DAYS = {"calendar": "cn", "op": "add_working_days", "start": "2026-03-04T09:00"}
IS_OPEN = {"op": "is_working_time", "start": "2026-03-04T09:00"}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ({"calendar": "cn"}, "缺少 op"),
        ({"calendar": "cn", "op": "add_hours"}, "未知的 op：'add_hours'"),
        ({"calendar": "cn", "op": ["add_hours"]}, "未知的 op"),
        (IS_OPEN, "is_working_time 缺少字段 'calendar'"),
        ({"calendar": "cn", "op": "is_working_time"}, "缺少字段 'start'"),
        ({"calendar": "cn", "op": "add_working_days", "start": "2026-03-04T09:00"}, "缺少字段 'days'"),
        ({"calendar": "cn", **IS_OPEN, "end": "2026-03-05T09:00"}, "没有字段 'end'"),
        ({"calendar": "cn", **IS_OPEN, "office_hour": OFFICE}, "没有字段 'office_hour'"),
        ({"calendar": "us", **IS_OPEN}, "没有随附的日历：'us'"),
        ({"calendar": "../cn", **IS_OPEN}, "没有随附的日历"),
        ({"calendar": 5, **IS_OPEN}, "calendar 应为对象或随附日历的名称"),
        ({"calendar": None, **IS_OPEN}, "calendar 应为对象或随附日历的名称"),
        (
            {"calendar": {"weekly": WEEK}, "office_hours": OFFICE, **IS_OPEN},
            "office_hours 只与随附日历一起使用",
        ),
        ({"calendar": {}, **IS_OPEN}, "日历没有任何工作时间"),
        ({"calendar": {"weekly": {"mon": []}}, **IS_OPEN}, "日历没有任何工作时间"),
        ({"calendar": "cn", "office_hours": [], **IS_OPEN}, "日历没有任何工作时间"),
        (
            {"calendar": {"weekly": {"mon": [["12:00", "08:00"]]}}, **IS_OPEN},
            "weekly.mon.0：时段的结束",
        ),
        ({"calendar": {"weekly": {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}}, **IS_OPEN}, "不得重叠"),
        ({"calendar": {"weekly": {"mon": [["08:00"]]}}, **IS_OPEN}, "weekly.mon.0.1：缺少"),
        ({"calendar": {"weekly": {"mon": [["08:00", "12:00", "13:00"]]}}, **IS_OPEN}, "元素过多"),
        ({"calendar": {"weekly": {"mon": [["08:00", "24:30"]]}}, **IS_OPEN}, "不是有效的钟点：'24:30'"),
        ({"calendar": {"weekly": {"monday": OFFICE}}, **IS_OPEN}, "weekly.monday：取值不在允许的范围内"),
        ({"calendar": {"weekly": WEEK, "holiday": []}, **IS_OPEN}, "holiday：未知的字段"),
        (
            {"calendar": {"weekly": WEEK, "holidays": ["2026-02-30"]}, **IS_OPEN},
            "日期：'2026-02-30'",
        ),
        ({"calendar": {"weekly": WEEK, "days": {"tomorrow": []}}, **IS_OPEN}, "不是有效的日期：'tomorrow'"),
        ({"calendar": {"weekly": WEEK, "timezone": "Asia/Lanzhou"}, **IS_OPEN}, "未知的时区：'Asia/Lanzhou'"),
        ({"calendar": "cn", "op": "is_working_time", "start": "2026-02-30T09:00"}, "start 不是有效的时间"),
        ({"calendar": "cn", "op": "is_working_time", "start": "tomorrow"}, "start 不是有效的时间"),
        ({"calendar": "cn", "op": "is_working_time", "start": "2026-02-03T24:30"}, "start 不是有效的时间"),
        ({"calendar": "cn", "op": "is_working_time", "start": 1772586000}, "start 不是有效的时间"),
        ({"calendar": "cn", "op": "is_working_time", "start": "9999-12-31T24:00"}, "start 不是有效的时间"),
        ({"calendar": "cn", "op": "is_working_time", "start": "0001-01-01T00:00"}, "超出可计算的范围"),
        ({"calendar": "cn", "op": "is_working_day", "date": "2026-2-3"}, "date 不是有效的日期"),
        ({"calendar": "cn", "op": "is_working_day", "date": 20260203}, "date 不是有效的日期"),
        ({**ADD_DAYS, "days": 1.5}, "days 应为整数"),
        ({**ADD_DAYS, "days": True}, "days 应为整数"),
        (
            {**ADD_DAYS, "days": 10**12},
            "100年内没有届满",
        ),
        (
            {**ADD_TIME, "seconds": "60"},
            "seconds 应为数字",
        ),
        (
            {**ADD_TIME, "seconds": None},
            "seconds 应为数字",
        ),
        (
            {**ADD_TIME, "seconds": 1e300},
            "100年内没有届满",
        ),
        ({**ADD_TIME, "seconds": 1.7e308}, "100年内没有届满"),
        ({**ADD_TIME, "seconds": 10**400}, "100年内没有届满"),
        ({**ADD_TIME, "seconds": -(10**400)}, "期限向前超过100年"),
        ({**ADD_DAYS, "days": -(10**400)}, "期限向前超过100年"),
    ],
)
def test_a_line_that_makes_no_sense_says_why(line: dict[str, Any], complaint: str) -> None:
    reply = ask(**line)
    assert list(reply) == ["error"]
    assert complaint in reply["error"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"{", "不是有效的 JSON"),
        (b"[1, 2]", "每行应为一个 JSON 对象"),
        (b'"cn"', "每行应为一个 JSON 对象"),
        (b"\xff\xfe", "不是 UTF-8 文本"),
        (b"[" * 200_000, "不是有效的 JSON"),
        (
            b'{"calendar": "cn", "op": "add_working_time", "start": "2026-03-04", "seconds": NaN}',
            "seconds 应为数字",
        ),
        (
            b'{"calendar": "cn", "op": "add_working_time", "start": "2026-03-04", "seconds": 1e999}',
            "seconds 应为数字",
        ),
    ],
)
def test_a_line_that_is_no_request_says_why(line: bytes, complaint: str) -> None:
    (reply,) = ask_all(line)
    assert complaint in reply["error"]


def test_the_rest_goes_on_in_order_and_blank_lines_are_skipped() -> None:
    good = json.dumps({**NATIONAL, **IS_OPEN}).encode()
    replies = ask_all(b"\xef\xbb\xbf" + good, b"", b"nonsense", b"   ", good)
    assert replies == [{"is": True}, {"error": "不是有效的 JSON"}, {"is": True}]


def app() -> typer.Typer:
    application = typer.Typer()
    application.callback()(lambda: None)
    register(application)
    return application


def test_the_command_ends_with_0_when_every_line_could_be_answered() -> None:
    result = CliRunner().invoke(app(), ["due"], input=json.dumps({**NATIONAL, **IS_OPEN}))
    assert (result.stdout, result.exit_code) == ('{"is": true}\n', 0)


def test_the_command_ends_with_1_when_a_line_was_in_error() -> None:
    result = CliRunner().invoke(app(), ["due"], input="nonsense\n")
    assert (result.stdout, result.exit_code) == ('{"error": "不是有效的 JSON"}\n', 1)


def test_the_command_shows_an_example() -> None:
    result = CliRunner().invoke(app(), ["due", "--help"])
    assert "2026-05-11T18:00:00+08:00" in result.stdout
    assert result.exit_code == 0

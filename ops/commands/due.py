"""`jiesu due`: working-time arithmetic over JSON lines, for other programs and for checking by hand.

Times without offset are read by the clocks of the calendar's zone: one that comes twice is its first
coming, one that the clocks skip is read with the offset before the change.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, BinaryIO, Final

import typer
from pydantic import TypeAdapter, ValidationError

from domain.calendar import CalendarData, CalendarError, WorkCalendar
from domain.calendar_data import OfficeHours, parse_date
from ops.field_errors import first_error
from policies.calendars import shipped_calendar

_MOMENT: Final = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(?P<offset>Z|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_END_OF_DAY: Final = re.compile(r"24:00(:00(\.0+)?)?", re.ASCII)
_CALENDARS_KEPT: Final = 64
_OFFICE_HOURS: Final[TypeAdapter[OfficeHours]] = TypeAdapter(OfficeHours)


class BadLine(ValueError):
    """A line that asks nothing that can be answered; the message is the Chinese sentence to print."""


@dataclass(frozen=True, slots=True)
class _Operation:
    """What an `op` reads from its line, field by field, and what it answers with those values."""

    fields: Mapping[str, Callable[[WorkCalendar, str, object], Any]]
    answer: Callable[..., dict[str, Any]]


def due(stdin: Iterable[bytes], stdout: BinaryIO) -> int:
    """Answer every line of `stdin` on `stdout`, in order, and return how many were in error.

    Blank lines are skipped. Each answer is written out at once, so that a program may ask as it goes.
    """
    errors = 0
    for line in stdin:
        if not line.strip():
            continue
        try:
            reply = answer(line)
        except ValidationError as rejected:
            reply = {"error": f"日历有误：{first_error(rejected)}"}
        except (BadLine, CalendarError) as refused:
            reply = {"error": str(refused)}
        errors += "error" in reply
        stdout.write(json.dumps(reply, ensure_ascii=False).encode() + b"\n")
        stdout.flush()
    return errors


def answer(line: bytes) -> dict[str, Any]:
    """The answer to one line.

    Raises BadLine for a malformed line, ValidationError or CalendarError for a calendar or a date
    that cannot be used.
    """
    asked = _parse(line)
    operation = _operation(asked)
    calendar = _calendar(json.dumps([asked["calendar"], asked.get("office_hours")]))
    values = (read(calendar, name, asked[name]) for name, read in operation.fields.items())
    return operation.answer(calendar, *values)


def _parse(line: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadLine("不是 UTF-8 文本") from None
    except (ValueError, RecursionError):
        raise BadLine("不是有效的 JSON") from None
    if not isinstance(asked, dict):
        raise BadLine("每行应为一个 JSON 对象")
    return asked


def _operation(asked: dict[str, Any]) -> _Operation:
    name = asked.get("op")
    operation = _OPERATIONS.get(name) if isinstance(name, str) else None
    if operation is None:
        known = "、".join(_OPERATIONS)
        raise BadLine(f"未知的 op：{name!r}，可用：{known}" if "op" in asked else f"缺少 op，可用：{known}")
    required = {"calendar", *operation.fields}
    for field in sorted(asked.keys() - required - {"op", "office_hours"}):
        raise BadLine(f"{name} 没有字段 {field!r}")
    for field in sorted(required - asked.keys()):
        raise BadLine(f"{name} 缺少字段 {field!r}")
    return operation


@lru_cache(maxsize=_CALENDARS_KEPT)
def _calendar(written: str) -> WorkCalendar:
    """The calendar of a line, kept between lines that write it alike."""
    calendar, office_hours = json.loads(written)
    hours = None if office_hours is None else _OFFICE_HOURS.validate_python(office_hours)
    if isinstance(calendar, str):
        return WorkCalendar(shipped_calendar(calendar, hours))
    if not isinstance(calendar, dict):
        raise BadLine("calendar 应为对象或随附日历的名称")
    if hours is not None:
        raise BadLine("office_hours 只与随附日历一起使用，自写的日历请用 weekly")
    return WorkCalendar(CalendarData.model_validate(calendar))


def _moment(calendar: WorkCalendar, name: str, value: object) -> datetime:
    written = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if written is None:
        raise BadLine(f'{name} 不是有效的时间：{value!r}，应写作 "2026-09-30T16:40:00"')
    time, offset = written["time"] or "00:00", written["offset"] or ""
    ends_day = _END_OF_DAY.fullmatch(time) is not None
    try:
        at = datetime.fromisoformat(f"{written['date']}T{'00:00' if ends_day else time}{offset}")
        if ends_day:
            at += timedelta(days=1)
    except (ValueError, OverflowError):
        raise BadLine(f"{name} 不是有效的时间：{value!r}") from None
    return calendar.at_wall_clock(at) if at.tzinfo is None else at


def _seconds(_calendar: WorkCalendar, name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadLine(f"{name} 应为数字：{value!r}")
    if isinstance(value, int):
        return value
    if not math.isfinite(value):
        raise BadLine(f"{name} 应为数字：{value!r}")
    # A whole number as an integer: what is multiplied from it stays exact, and no size overflows.
    return int(value) if value.is_integer() else value


def _days(_calendar: WorkCalendar, name: str, value: object) -> int:
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not isinstance(value, int | float) or not whole:
        raise BadLine(f"{name} 应为整数：{value!r}")
    return int(value)


def _date(_calendar: WorkCalendar, name: str, value: object) -> Any:
    try:
        return parse_date(value)
    except ValueError as refused:
        raise BadLine(f"{name} {refused}") from None


_OPERATIONS: Final[Mapping[str, _Operation]] = {
    "add_working_time": _Operation(
        {"start": _moment, "seconds": _seconds},
        lambda calendar, start, seconds: {"due": calendar.add_working_time(start, seconds).isoformat()},
    ),
    "working_time_between": _Operation(
        {"start": _moment, "end": _moment},
        lambda calendar, start, end: {"seconds": calendar.working_time_between(start, end)},
    ),
    "add_working_days": _Operation(
        {"start": _moment, "days": _days},
        lambda calendar, start, days: {"due": calendar.add_working_days(start, days).isoformat()},
    ),
    "next_working_moment": _Operation(
        {"start": _moment},
        lambda calendar, start: {"at": calendar.next_working_moment(start).isoformat()},
    ),
    "is_working_time": _Operation(
        {"start": _moment}, lambda calendar, start: {"is": calendar.is_working_time(start)}
    ),
    "is_working_day": _Operation({"date": _date}, lambda calendar, day: {"is": calendar.is_working_day(day)}),
}


def due_command() -> None:
    """Answer working-time questions: a JSON object a line in, one a line out, in order.

    A line has a calendar (an object, or "cn" with office_hours beside it) and an op: add_working_time,
    working_time_between, add_working_days, next_working_moment, is_working_time or is_working_day.
    A bad line is answered with {"error": ...} and the rest goes on. Exit code 1 when a line was in error.

    \b
    Example:
      echo '{"calendar": "cn", "op": "add_working_days", "start": "2026-04-30T16:40", "days": 5}' | jiesu due
      {"due": "2026-05-11T18:00:00+08:00"}
    """
    if due(typer.get_binary_stream("stdin"), typer.get_binary_stream("stdout")):
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add `jiesu due`."""
    app.command("due")(due_command)

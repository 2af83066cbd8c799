"""How a ticket stands, in plain words: what is done and when, what is next and by when it is promised."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from api.moments import ZONE
from api.services.reading import Detail
from domain.vocabulary import ENDS, ClockName, Status, UnitRole, UnitStage

_NOW: Final[Mapping[Status, str]] = {
    Status.REGISTERED: "您的诉求已受理，等待转办。",
    Status.AWAITING_INSTRUCTION: "您的诉求已呈报领导批办。",
    Status.DISPATCHED: "您的诉求已转给承办单位，等待签收。",
    Status.HANDLING: "承办单位正在办理。",
    Status.REVIEWING: "承办单位已经答复，热线办正在审核。",
    Status.PLANNED: "您的诉求已列入计划，将按计划办理。",
    Status.CALLBACK: "事项已经办理，请您评价。",
    Status.CLOSED: "事项已经办结，欢迎评价。",
    Status.ARCHIVED: "事项已经办结并归档。",
    Status.WITHDRAWN: "诉求已撤销。",
    Status.REFUSED: "您的诉求不属于热线受理范围，未予受理。办理途径见下。",
    Status.TRANSFERRED: "您的诉求已转交紧急服务专线。",
    Status.MERGED: "您的诉求已与同一事项合并办理。",
    Status.RETURNED_UPSTREAM: "您的诉求已退回上级热线，由上级热线处理。",
}

ANSWERS: Final[Mapping[str, str]] = {
    "answer": "热线答复",
    "answer_citizen": "承办单位答复",
    "refuse": "不予受理的说明",
    "reply": "办理结果",
    "complete_plan": "计划完成情况",
}
"""Commands whose words are said to the citizen; what other callers of the ticket wrote is not shown.

The words of a reply come here only once every review has passed it.
"""


@dataclass(frozen=True)
class Stage:
    """One stage. Without `done_at` it is still to come; `promised` is when it is due, then."""

    name: str
    done_at: str | None = None
    promised: str | None = None
    late: bool = False


@dataclass(frozen=True)
class Answer:
    """What the citizen was told."""

    at: str
    title: str
    words: tuple[str, ...]


def now_in_words(detail: Detail) -> str:
    """Where the ticket stands, in a sentence."""
    return _NOW[Status(detail.ticket.status)]


def stages(detail: Detail, rated_at: datetime | None, now: datetime) -> list[Stage]:
    """The way from receipt to the end: what lies behind with its moment, what lies ahead with its promise."""
    ticket = detail.ticket
    lead = next((one for one in detail.assignments if _leads(one)), None)
    unit = lead.unit if lead else None
    at_units = f"{unit}签收" if unit else "承办单位签收"
    way = [
        Stage("受理", said(ticket.received_at)),
        _stage("转办", ticket.dispatched_at, detail.clocks, ClockName.DISPATCH, now),
        _stage(at_units, lead.signed_at if lead else None, detail.clocks, ClockName.SIGN, now, unit),
        _stage("办理并答复您", lead.replied_at if lead else None, detail.clocks, ClockName.HANDLE, now, unit),
        _stage("办结", ticket.closed_at, detail.clocks, ClockName.REVIEW, now),
        Stage("回访评价", said(rated_at) if rated_at else None),
    ]
    if Status(ticket.status) in ENDS - {Status.ARCHIVED}:
        return [stage for stage in way if stage.done_at]
    return way


def _leads(assignment: Any) -> bool:
    gone = (UnitStage.RETURNED, UnitStage.RECALLED)
    return bool(assignment.role == UnitRole.LEAD and assignment.stage not in gone)


def answers(timeline: Iterable[Mapping[str, Any]]) -> Iterator[Answer]:
    """What was said to the citizen, in order."""
    for entry in timeline:
        title = ANSWERS.get(entry["do"] or "")
        words = tuple(one["text"] for one in entry["texts"].values() if "text" in one)
        if title is not None and words:
            yield Answer(said(entry["at"]), title, words)


def _stage(
    name: str,
    done_at: datetime | None,
    clocks: Sequence[Any],
    clock: ClockName,
    now: datetime,
    unit: str | None = None,
) -> Stage:
    # A limit that runs counts more than what was done before: the work may have been sent back.
    owed = [one.due_at for one in clocks if one.name == clock and unit in (None, one.unit)]
    if owed:
        return Stage(name, promised=said(min(owed)), late=min(owed) < now)
    return Stage(name, said(done_at) if done_at else None)


def said(at: datetime) -> str:
    """A moment the Chinese way, by the offices' clocks: 2026年11月21日 16:40."""
    local = at.astimezone(ZONE)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"

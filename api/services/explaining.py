"""Why a deadline falls where it does: the article, the anchor, what was counted and what was skipped.

Told step by step: the limit counted from its anchor, then each thing that moved the due time since.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from api import wording
from api.problems import not_found
from api.services.parts import Parts
from api.services.reading import Whole, whole
from domain.calendar import WorkCalendar
from domain.calendar_data import CalendarData
from domain.commands import Actor
from domain.explain import (
    Explanation,
    explain_calendar_days,
    explain_working_days,
    explain_working_time,
)
from domain.limit import Limit, LimitUnit
from domain.policy import Policy
from domain.vocabulary import ClockName
from models import texts
from models.texts import Reference

_RECOMPUTED = frozenset({"amended", "calendar"})
_UNIT_WORDS = {
    LimitUnit.MINUTES: "分钟（昼夜连续计算）",
    LimitUnit.HOURS: "小时（昼夜连续计算）",
    LimitUnit.WORKING_HOURS: "个工作小时",
    LimitUnit.WORKING_DAYS: "个工作日",
    LimitUnit.CALENDAR_DAYS: "日",
    LimitUnit.SAME_DAY: "当日",
}


@dataclass(frozen=True)
class Step:
    """One step to the due time. `counted` is None where nothing was counted: somebody named the instant."""

    cause: str
    said: str
    at: datetime
    start: datetime
    due: datetime
    basis: tuple[str, ...]
    counted: Explanation | None
    citation: str | None = None


@dataclass(frozen=True)
class Explained:
    """A clock with the whole way to its due time."""

    clock: str
    unit: str
    anchor: datetime
    due: datetime
    provisional: bool
    limit: str
    unspecified: bool
    basis: Sequence[Mapping[str, str | None]]
    choice: Mapping[str, str] | None
    calendar_version: str
    steps: Sequence[Step]
    lines: Sequence[str]


async def explain(parts: Parts, actor: Actor, no: str, clock: ClockName, unit: str | None) -> Explained:
    """The explanation of the latest clock of this name, of this unit if one is given. Problem 404."""
    async with parts.engine.connect() as conn:
        found = await whole(conn, parts, actor, no)
        told = _tell([fact.data for fact in found.facts], found, clock, unit)
        ids = [one.id for one in map(Reference.parse, _citations(told)) if one is not None]
        words = {str(key): text.words for key, text in (await texts.read(conn, parts.ring, ids)).items()}
    return _explained(found, told, words)


@dataclass(frozen=True)
class _Told:
    started: Mapping[str, Any]
    moves: Sequence[tuple[Mapping[str, Any], WorkCalendar, datetime | None]]
    calendar: WorkCalendar
    hangs_on: datetime | None


def _tell(facts: Iterable[Mapping[str, Any]], found: Whole, clock: ClockName, unit: str | None) -> _Told:
    """The clock's start and moves, each with the calendar in force then and the due time it hangs on."""
    calendar = found.law.calendar
    dues: dict[tuple[str, str], datetime] = {}
    told: _Told | None = None
    for fact in facts:
        if fact["fact"] == "done" and fact["do"] == "revise_calendar":
            calendar = WorkCalendar(CalendarData.model_validate(fact["details"]["calendar"]))
        if fact["fact"] not in ("clock_started", "clock_moved"):
            continue
        dues[fact["clock"], fact["unit"]] = datetime.fromisoformat(fact["due"])
        if fact["clock"] != clock or (unit is not None and fact["unit"] != unit):
            continue
        hangs_on = _due_it_hangs_on(found, fact, dues)
        if fact["fact"] == "clock_started":
            told = _Told(fact, [], calendar, hangs_on)
        elif told is not None and fact["unit"] == told.started["unit"]:
            told = replace(told, moves=[*told.moves, (fact, calendar, hangs_on)])
    if told is None:
        raise not_found("项时限")
    return told


def _due_it_hangs_on(
    found: Whole, fact: Mapping[str, Any], dues: Mapping[tuple[str, str], datetime]
) -> datetime | None:
    _, _, on = str(fact.get("limit") or "").partition(" before ")
    lead = found.state.lead
    candidates = [fact["unit"], lead.unit if lead else None]
    return next((dues[on, unit] for unit in candidates if unit and (on, unit) in dues), None)


def _citations(told: _Told) -> list[str]:
    return [fact["citation"] for fact, _, _ in told.moves if fact.get("citation")]


def _explained(found: Whole, told: _Told, words: Mapping[str, str | None]) -> Explained:
    policy, started = found.law.policy, told.started
    steps = list(_steps(told, policy, words))
    last = told.moves[-1][0] if told.moves else started
    limits = [fact["limit"] for fact in (started, *(move for move, _, _ in told.moves)) if fact.get("limit")]
    rules = list(dict.fromkeys(rule for step in steps for rule in step.basis))
    calendar = told.moves[-1][1] if told.moves else told.calendar
    ruled = next((fact for fact, _, _ in reversed(told.moves) if "unspecified" in fact), started)
    choice = policy.choices.get(ruled.get("choice") or "")
    return Explained(
        clock=started["clock"],
        unit=started["unit"],
        anchor=datetime.fromisoformat(started["anchor"]),
        due=datetime.fromisoformat(last["due"]),
        provisional=last["provisional"],
        limit=limit_words(limits[-1]),
        unspecified=bool(ruled.get("unspecified")),
        basis=[{"rule": rule, "text": policy.articles.get(rule)} for rule in rules],
        choice={"question": choice.question, "answer": choice.answer, "why": choice.why} if choice else None,
        calendar_version=calendar.version,
        steps=steps,
        lines=list(_lines(steps, policy, started, rules)),
    )


def _steps(told: _Told, policy: Policy, words: Mapping[str, str | None]) -> Iterable[Step]:
    started = told.started
    anchor, due = _at(started["anchor"]), _at(started["due"])
    yield Step(
        cause="started",
        said=_begun(started),
        at=_at(started["at"]),
        start=anchor,
        due=due,
        basis=tuple(started["basis"]),
        counted=_counted(told.calendar, started["limit"], anchor, due, told.hangs_on),
    )
    limit = started["limit"]
    for fact, calendar, hangs_on in told.moves:
        yield _moved(fact, calendar, hangs_on, limit, anchor, words)
        limit = fact.get("limit") or limit
        anchor = _at(fact["anchor"]) if fact.get("anchor") else anchor


def _moved(
    fact: Mapping[str, Any],
    calendar: WorkCalendar,
    hangs_on: datetime | None,
    limit: str,
    anchor: datetime,
    words: Mapping[str, str | None],
) -> Step:
    was, due, cause = _at(fact["was"]), _at(fact["due"]), fact["cause"]
    start, counted = was, None
    if fact.get("added_days"):
        counted = explain_working_days(calendar, was, due)
    elif hangs_on is not None or cause in _RECOMPUTED:
        start = _at(fact["anchor"]) if fact.get("anchor") else anchor
        counted = _counted(calendar, fact.get("limit") or limit, start, due, hangs_on)
    reference = Reference.parse(fact.get("citation") or "")
    return Step(
        cause=cause,
        said=f"{wording.CAUSES.get(cause, '重新计算')}：{_from_to(was, due)}",
        at=_at(fact["at"]),
        start=start,
        due=due,
        basis=tuple(fact["basis"]),
        counted=counted,
        citation=words.get(str(reference.id)) if reference else None,
    )


def _from_to(was: datetime, due: datetime) -> str:
    return f"仍为{_moment(due)}" if was == due else f"由{_moment(was)}改为{_moment(due)}"


def _counted(
    calendar: WorkCalendar, limit: str, start: datetime, due: datetime, hangs_on: datetime | None
) -> Explanation | None:
    ahead, before, _ = limit.partition(" before ")
    if before:
        return explain_working_days(calendar, hangs_on, due) if hangs_on is not None else None
    span = parsed_limit(ahead)
    if span is None:
        return None
    match span.unit:
        case LimitUnit.WORKING_HOURS:
            return explain_working_time(calendar, start, due)
        case LimitUnit.WORKING_DAYS:
            return explain_working_days(calendar, start, due)
        case LimitUnit.CALENDAR_DAYS:
            return explain_calendar_days(calendar, start, due, int(span.amount))
        case _:
            return None


def parsed_limit(written: str) -> Limit | None:
    """The span that a fact's `limit` names, None for a due time that somebody gave."""
    if written == LimitUnit.SAME_DAY:
        return Limit(unit=LimitUnit.SAME_DAY)
    amount, _, unit = written.partition(" ")
    return Limit(unit=LimitUnit(unit), amount=float(amount)) if unit in _UNIT_WORDS else None


def limit_words(written: str) -> str:
    """The limit as people say it."""
    ahead, before, clock = written.partition(" before ")
    span = parsed_limit(ahead)
    if span is None:
        return "以指定的时间为准"
    said = "当日" if span.unit is LimitUnit.SAME_DAY else f"{span.amount:g}{_UNIT_WORDS[span.unit]}"
    return f"{wording.CLOCKS[clock]}届满前{said}" if before else said


def _begun(started: Mapping[str, Any]) -> str:
    again = "重办，" if started.get("redo") else ""
    return f"{again}自{_moment(_at(started['anchor']))}起，{limit_words(started['limit'])}"


def _lines(
    steps: Sequence[Step], policy: Policy, started: Mapping[str, Any], rules: Sequence[str]
) -> Iterable[str]:
    unit = policy.office.name if started["unit"] == "office" else started["unit"]
    yield f"{unit}{wording.CLOCKS[started['clock']]}"
    for step in steps:
        yield step.said
        if step.citation:
            yield f"引用：{step.citation}"
        if step.counted is not None:
            yield from step.counted.lines()
    for rule in rules:
        article = policy.articles.get(rule)
        yield f"依据{rule}：{article}" if article else f"依据{rule}"


def _at(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _moment(at: datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}" + (f":{at:%S}" if at.second else "")

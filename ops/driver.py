"""Taking tickets from where they stand to archive, over HTTP, as the people of a county would.

Each step is read off the ticket and carries a key made from where the ticket stands, so that a driver may die
at any moment and another go on: what was done is not done again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ops.api_client import ApiClient, Speaker, Told
from ops.errors import OperationFailed

OFFICE = Speaker("office", actor="driver")
AGENT = Speaker("agent", actor="driver")
UPPER_LEVEL = Speaker("upper_level", actor="driver")

_STEPS_AT_MOST = 40
_STORED_FOR = 120.0
"""Seconds to wait for a command that was stored because the engine was away."""


@dataclass(frozen=True)
class Step:
    """One command: who says it, and with which fields."""

    do: str
    speaker: Speaker
    body: Mapping[str, Any] = field(default_factory=dict)


class Stuck(Exception):
    """A ticket that does not come to its end; why."""


@dataclass
class Outcomes:
    """How many tickets reached archive, and what became of the others."""

    archived: int = 0
    others: dict[str, str] = field(default_factory=dict)


async def drive(
    api: ApiClient, units: Sequence[str], count: int, at_once: int, done: Callable[[], None]
) -> Outcomes:
    """Takes `count` open tickets to archive, each with a unit of `units` in turn. Raises OperationFailed."""
    numbers = await open_tickets(api, count)
    return await drive_these(api, numbers, units, at_once, done)


async def drive_these(
    api: ApiClient,
    numbers: Iterable[str],
    units: Sequence[str],
    at_once: int = 4,
    done: Callable[[], None] = lambda: None,
) -> Outcomes:
    """The same for tickets by number."""
    outcomes = Outcomes()
    waiting = iter(list(enumerate(numbers)))

    async def lane() -> None:
        for place, no in waiting:
            try:
                await to_archive(api, no, units[place % len(units)])
                outcomes.archived += 1
            except Stuck as stuck:
                outcomes.others[no] = str(stuck)
            done()

    async with asyncio.TaskGroup() as lanes:
        for _ in range(at_once):
            lanes.create_task(lane())
    return outcomes


async def open_tickets(api: ApiClient, count: int) -> list[str]:
    """Numbers of open tickets, the most urgent first."""
    numbers: list[str] = []
    cursor: str | None = None
    while len(numbers) < count:
        query = {"open": "true", "limit": "200", **({"cursor": cursor} if cursor else {})}
        page = _read(await api.get("/tickets", OFFICE, query))
        numbers += [line["no"] for line in page["tickets"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    return numbers[:count]


async def staffed_units(api: ApiClient) -> list[str]:
    """The departments and townships that have people."""
    units = _read(await api.get("/units", OFFICE))
    return [one["name"] for one in units if one["people"] and one["kind"] in ("department", "township")]


async def to_archive(api: ApiClient, no: str, unit: str) -> None:
    """Takes one ticket to archive; without a lead unit it goes to `unit`. Raises Stuck."""
    for _ in range(_STEPS_AT_MOST):
        ticket = _read(await api.get(f"/tickets/{no}", OFFICE))
        if ticket["status"] == "archived":
            return
        steps = next_steps(ticket, unit)
        if not steps:
            raise Stuck(f"ended as {ticket['status']}")
        refusals = []
        for step in steps:
            told = await _say(api, no, ticket["seq"], step)
            if told.status in (200, 202):
                break
            refusals.append(f"{step.do} {told.problem}")
        else:
            raise Stuck("; ".join(refusals))
    raise Stuck(f"not archived after {_STEPS_AT_MOST} steps")


def next_steps(ticket: Mapping[str, Any], unit: str) -> list[Step]:
    """What a person would do next, the likeliest first; empty where nothing is left to do."""
    lead = ticket["lead_unit"] or unit
    at_unit = Speaker("unit", lead, "driver")
    match ticket["status"]:
        case "registered":
            return [Step("dispatch", OFFICE, {"lead": unit})]
        case "awaiting_instruction":
            return [Step("instruct", OFFICE, {"text": "请按职责抓紧办理。"})]
        case "dispatched":
            return [Step("sign", at_unit, {"unit": lead})]
        case "handling":
            contacted = {"contacted_at": _a_moment_ago(ticket)}
            read = {"unit": lead, "approve": True}
            stay = {"unit": lead, "approve": False, "reason": "属于贵单位职责，请继续办理。"}
            return [
                Step("reply", at_unit, {"unit": lead, **_REPLY, **contacted}),
                *(Step("approve_reply", Speaker(role, lead, "driver"), read) for role in _READERS),
                Step("decide_return", OFFICE, stay),
            ]
        case "planned":
            return [Step("complete_plan", at_unit, {"unit": lead, "text": "计划事项已经完成。"})]
        case "reviewing":
            return [
                Step("first_review", OFFICE, {"approve": True}),
                Step("final_review", UPPER_LEVEL, {"approve": True}),
                Step("final_review", OFFICE, {"approve": True}),
            ]
        case "callback" | "closed":
            return _afterwards(ticket)
        case _:
            return []


_READERS = ("unit_leader", "unit_principal")
"""Who reads a reply before it leaves the unit, where the policy has somebody do so."""

_REPLY = {"outcome": "resolved", "text": "已按要求办理完毕，并当面答复诉求人。"}


def _afterwards(ticket: Mapping[str, Any]) -> list[Step]:
    rated = {"reached": True, "solved": True, "handling": "satisfied", "intake": "satisfied"}
    behind = [one for one in ticket["callers"] if not one["withdrawn_at"]]
    callbacks = [Step("callback", AGENT, {**rated, "caller": one["id"]}) for one in behind]
    not_asked = [step for step, one in zip(callbacks, behind, strict=True) if not one["called_back_at"]]
    # Whoever was called back before the work was done once more is owed another callback.
    return not_asked[:1] or [Step("archive", OFFICE), *callbacks]


def _a_moment_ago(ticket: Mapping[str, Any]) -> str:
    """When the unit answered the caller: the same whenever the same step is taken again."""
    signed = [one["signed_at"] for one in ticket["assignments"] if one["signed_at"]]
    return max(signed, default=datetime.now(UTC).isoformat())


async def _say(api: ApiClient, no: str, seq: int, step: Step) -> Told:
    key = "-".join(
        ("drive", no, str(seq), step.do, *([step.body["caller"]] if "caller" in step.body else []))
    )
    told = await api.post(f"/tickets/{no}/{step.do}", step.speaker, step.body, key=key)
    if told.status == 202:
        return await _when_done(api, told.body["command_id"], step.speaker)
    return told


async def _when_done(api: ApiClient, command_id: str, speaker: Speaker) -> Told:
    loop = asyncio.get_running_loop()
    give_up = loop.time() + _STORED_FOR
    while True:
        told = await api.get(f"/commands/{command_id}", speaker)
        if told.status != 202 or loop.time() > give_up:
            return told
        await asyncio.sleep(1)


def _read(told: Told) -> Any:
    if told.status != 200:
        raise OperationFailed(told.problem)
    return told.body

"""What a command would do, told before it is given: the core decides, and nothing is stored or sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.moments import ZONE
from api.problems import of_rejected
from api.services import given
from api.services.parts import Parts
from api.services.reading import whole
from api.services.sentences import clock_effect, sentence
from domain import facts
from domain.casework import settle
from domain.casework.deciding import drafted
from domain.commands import Actor, Envelope, Order
from domain.facts import Fact, to_json
from domain.rejected import Rejected
from domain.ticket import Clock, Ticket, evolve

_BOOKKEEPING = frozenset({"done", "unit_moved"})
"""Facts that say no more than that the command was given."""


@dataclass(frozen=True)
class Preview:
    """How the ticket stands, how it would stand, and what would happen in between."""

    status: str
    becomes: str
    said: list[dict[str, Any]]
    clocks: list[dict[str, Any]]


async def preview(parts: Parts, actor: Actor, no: str, order: Order) -> Preview:
    """What `order` would do to a ticket at this moment.

    Raises Problem: 404 for a ticket the actor may not know of, 403 and 409 for what the rules would refuse.
    """
    now = datetime.now(ZONE)
    async with parts.engine.connect() as conn:
        found = await whole(conn, parts, actor, no)
        looked_up = await given.look_up(conn, found.law, order, no=no, area=found.row.area)
    # The rules see only whether a text is there, so the words may stand where a reference would.
    envelope = Envelope(command=order, actor=actor, received_at=now, given=looked_up)
    try:
        before = _after(found.state, settle(found.law, found.state, now))
        draft = drafted(found.law, before, envelope, now)
    except Rejected as refusal:
        raise of_rejected(refusal) from refusal
    office = found.law.policy.office.name
    return Preview(
        status=before.status,
        becomes=draft.ticket.status,
        said=[_said(fact, office) for fact in draft.facts if to_json(fact)["fact"] not in _BOOKKEEPING],
        clocks=list(_changed_clocks(before, draft.ticket, draft.facts)),
    )


def _after(ticket: Ticket, made: list[Fact]) -> Ticket:
    for fact in made:
        ticket = evolve(ticket, fact)
    return ticket


def _said(fact: Fact, office: str) -> dict[str, Any]:
    data = to_json(fact)
    return {"sentence": sentence(data, office), "clock": clock_effect(data), "basis": data.get("basis", [])}


def _changed_clocks(before: Ticket, after: Ticket, made: list[Fact]) -> Iterator[dict[str, Any]]:
    """Each clock that would start, move, ring otherwise or be over, as it stands and as it would stand."""
    met = {(fact.clock, fact.unit) for fact in made if isinstance(fact, facts.ClockMet)}
    ended = {(fact.clock, fact.unit): fact.reason for fact in made if isinstance(fact, facts.ClockEnded)}
    for key in [*before.clocks, *(key for key in after.clocks if key not in before.clocks)]:
        old, new = before.clocks.get(key), after.clocks.get(key)
        if old == new:
            continue
        name, unit = key
        yield {
            "clock": name,
            "unit": unit,
            "was": old.due if old else None,
            "due": new.due if new else None,
            "provisional": new.provisional if new else False,
            "silent": new is not None and new.silent_since is not None,
            "outcome": _outcome(new, key in met),
            "reason": ended.get(key),
            "alarms": [{"at": rung.at, "lamp": rung.lamp} for rung in new.ladder] if new else [],
        }


def _outcome(new: Clock | None, met: bool) -> str:
    if new is None:
        return "met" if met else "ended"
    return "breached" if new.breached else "running"

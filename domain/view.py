"""How a ticket stands now, as rows of plain values: what lists and pages read.

Rows are made from facts alone, so the projection can be thrown away and made again. `view` takes the state
before some facts and those facts, and gives the rows they touch; over a whole history it gives every row.
"""

from collections.abc import Iterable
from typing import Any

from domain import facts
from domain.facts import Fact, plain
from domain.ticket import Assignment, Clock, Ticket, evolve, registered
from domain.vocabulary import WINDOWS, ClockName, Lamp, UnitRole

Row = dict[str, Any]
_SEVERITY = {Lamp.WARNING: 1, Lamp.YELLOW: 2, Lamp.RED: 3}


def view(before: Ticket | None, made: Iterable[Fact]) -> dict[str, Any]:
    """The rows of one ticket that `made` touches, by table, moments as ISO 8601 text.

    The keys of a row are the columns of its table. `before` is None for a ticket's first facts.
    """
    clocks: dict[tuple[ClockName, str, int], Row] = {}
    callers: dict[str, Row] = {}
    touched: set[str] = set()
    state = before
    for fact in made:
        if isinstance(fact, facts.Registered):
            state = registered(fact)
            continue
        if state is None:
            raise ValueError("a ticket's facts begin with its registration")
        after = evolve(state, fact)
        _note_clock(clocks, state, after, fact)
        _note_caller(callers, fact)
        unit = getattr(fact, "unit", None)
        if unit is not None and unit in after.assignments:
            touched.add(unit)
        state = after
    if state is None:
        raise ValueError("there are no facts to view")
    shown = {
        "ticket": ticket_row(state),
        "assignments": [assignment_row(state.assignments[unit]) for unit in sorted(touched)],
        "clocks": list(clocks.values()),
        "callers": list(callers.values()),
    }
    written: dict[str, Any] = plain(shown)
    return written


def ticket_row(ticket: Ticket) -> Row:
    """The ticket as lists show it."""
    about, lead = ticket.about, ticket.lead
    due = _most_urgent(ticket)
    lamps = [clock.lamp for clock in ticket.clocks.values() if clock.lamp is not None]
    dispatched = [a.dispatched_at for a in ticket.assignments.values() if a.role is UnitRole.LEAD]
    return {
        "no": ticket.no,
        "jurisdiction": ticket.jurisdiction,
        "seq": ticket.seq,
        "status": ticket.status,
        "stage": ticket.stage,
        "type": about.type,
        "urgency": about.urgency,
        "level": about.level,
        "source": about.source,
        "special": about.special,
        "complainant": about.complainant,
        "category": about.category,
        "area": about.area,
        "subject_unit": about.subject_unit,
        "prior": about.prior,
        "lead_unit": lead.unit if lead else None,
        "lamp": max(lamps, key=lambda lamp: _SEVERITY[lamp], default=None),
        "next_due": due.due if due else None,
        "next_due_clock": due.name if due else None,
        "provisional": any(clock.provisional for clock in ticket.clocks.values()),
        "upstream_no": about.upstream_no,
        "upstream_due": about.upstream_due,
        "merged_into": ticket.merged_into,
        "received_at": about.received_at,
        "registered_at": ticket.registered_at,
        "dispatched_at": max(dispatched, default=None),
        "closed_at": ticket.closed_at,
        "ended_at": ticket.ended_at,
        "counters": {
            "returns": ticket.returns,
            "extensions": ticket.extensions,
            "redos": ticket.redos,
            "reworks": ticket.reworks,
            "urges": ticket.urges,
            "hops": ticket.hops,
            "callers": len(ticket.callers),
            "supervisions": len(ticket.supervisions),
        },
    }


def _most_urgent(ticket: Ticket) -> Clock | None:
    owed = [c for c in ticket.clocks.values() if c.name not in WINDOWS and c.silent_since is None]
    return min(owed, key=lambda clock: (clock.due, clock.name, clock.unit), default=None)


def assignment_row(assignment: Assignment) -> Row:
    """One unit's part."""
    return {
        "unit": assignment.unit,
        "role": assignment.role,
        "stage": assignment.stage,
        "subordinate": assignment.subordinate,
        "lacking": list(assignment.lacking),
        "dispatched_at": assignment.dispatched_at,
        "signed_at": assignment.signed_at,
        "replied_at": assignment.reply.submitted_at if assignment.reply else None,
        "ended_at": assignment.ended_at,
        "counters": {
            "extensions": assignment.extensions,
            "extended_days": assignment.extended_days,
            "explanations": assignment.explanations,
            "contacts": assignment.contacts,
            "return_asked": assignment.return_asked is not None,
            "extension_asked": assignment.extension_asked,
            "return_blocked": assignment.return_blocked,
            "reviews_passed": len(assignment.reply.passed) if assignment.reply else 0,
            "deemed_accepted": assignment.deemed_accepted,
            "redo": assignment.redo,
        },
    }


def _note_clock(
    rows: dict[tuple[ClockName, str, int], Row], before: Ticket, after: Ticket, fact: Fact
) -> None:
    if isinstance(fact, facts.SupervisionOpened):
        return
    name, unit = getattr(fact, "clock", None), getattr(fact, "unit", None)
    if name is None or unit is None:
        return
    now = after.clocks.get((name, unit))
    if now is not None:
        rows[name, unit, now.n] = _clock_row(now, "breached" if now.breached else "running")
        return
    over = before.clocks.get((name, unit))
    if over is None:
        return
    row = _clock_row(over, "met" if isinstance(fact, facts.ClockMet) else "ended")
    row["ended_at"] = fact.at
    if isinstance(fact, facts.ClockMet):
        row["met_at"] = fact.met_at or fact.at
    elif isinstance(fact, facts.ClockEnded):
        row["reason"] = fact.reason
    rows[name, unit, over.n] = row


def _clock_row(clock: Clock, state: str) -> Row:
    return {
        "name": clock.name,
        "unit": clock.unit,
        "n": clock.n,
        "state": state,
        "anchor": clock.anchor,
        "started_at": clock.started_at,
        "due_at": clock.due,
        "basis": list(clock.basis),
        "provisional": clock.provisional,
        "limit": clock.limit,
        "ladder": [{"at": rung.at, "lamp": rung.lamp} for rung in clock.ladder],
        "lamp": clock.lamp,
        "silent_since": clock.silent_since,
        "breached_at": clock.due if clock.breached else None,
        "met_at": None,
        "ended_at": None,
        "reason": None,
    }


def _note_caller(rows: dict[str, Row], fact: Fact) -> None:
    if isinstance(fact, facts.CallbackSettled):
        rows[fact.caller] = {
            "id": fact.caller,
            "called_back_at": fact.at,
            "ratings": {
                "reached": fact.reached,
                "handling": fact.handling,
                "intake": fact.intake,
                "solved": fact.solved,
                "reasonable": fact.reasonable,
            },
        }
    elif isinstance(fact, facts.Done) and fact.do == "withdraw" and fact.details.get("caller"):
        rows[fact.details["caller"]] = {"id": fact.details["caller"], "withdrawn_at": fact.at}

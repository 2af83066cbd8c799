"""The ticket: its state, and how each fact changes it.

`evolve` is total and deterministic: any fact may follow any state, and the same facts in the same order give
the same state. It decides nothing; whether something may happen is the business of domain.casework.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain import facts
from domain.calendar_data import CalendarData
from domain.changing import changed
from domain.commands import TicketFields
from domain.facts import Alarm, Fact
from domain.vocabulary import (
    ACTIVE_STAGES,
    DISSATISFACTION,
    ENDS,
    ClockName,
    EndReason,
    Lamp,
    Outcome,
    Rating,
    Status,
    UnitRole,
    UnitStage,
)

ClockKey = tuple[ClockName, str]
"""A clock is known by what is owed and by whom: its name and the unit (or `office`)."""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """What is owed, by whom, counted from when, due when, on what basis, with which alarms still to come.

    `n`, the number of the fact that started it, tells it from earlier clocks of that name and unit.
    """

    name: ClockName
    unit: str
    n: int
    started_at: datetime
    anchor: datetime
    due: datetime
    basis: tuple[str, ...]
    provisional: bool
    limit: str
    ladder: tuple[Alarm, ...] = ()
    lamp: Lamp | None = None
    breached: bool = False
    silent_since: datetime | None = None
    redo: bool = False
    overridden: bool = False
    added_days: int = 0


@dataclass(frozen=True, kw_only=True)
class ReplyState:
    """A reply on its way through the unit's approval and the reviews."""

    outcome: Outcome | None
    submitted_at: datetime
    planned_for: str | None = None
    approved_by: frozenset[str] = frozenset()
    passed: tuple[str, ...] = ()
    completes_plan: bool = False


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """One unit's part in a ticket. `discharged` are the clocks whose duty it has done, in time or late."""

    unit: str
    role: UnitRole
    stage: UnitStage
    dispatched_at: datetime
    signed_at: datetime | None = None
    ended_at: datetime | None = None
    lacking: tuple[str, ...] = ()
    return_blocked: str | None = None
    return_blocked_basis: tuple[str, ...] = ()
    deemed_accepted: bool = False
    return_asked: datetime | None = None
    extension_asked: int | None = None
    extensions: int = 0
    extended_days: int = 0
    subordinate: str | None = None
    redo: bool = False
    explanations: int = 0
    contacts: int = 0
    reply: ReplyState | None = None
    discharged: frozenset[ClockName] = frozenset()

    @property
    def active(self) -> bool:
        """Whether the unit still has work with the ticket."""
        return self.stage in ACTIVE_STAGES


@dataclass(frozen=True, kw_only=True)
class CallerState:
    """How far one caller's callback is."""

    attempts: int = 0
    settled: bool = False
    reached: bool = False
    handling: Rating | None = None
    intake: Rating | None = None
    solved: bool | None = None
    reasonable: bool | None = None


@dataclass(frozen=True, kw_only=True)
class SupervisionRef:
    """A supervision this ticket opened; its life is its own. `n` tells which clock of that name opened it."""

    unit: str
    clock: ClockName | None
    cause: str
    n: int | None = None
    withdrawn: bool = False


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """Everything the rules need to know of a ticket."""

    no: str
    jurisdiction: str
    about: TicketFields
    registered_at: datetime
    status: Status = Status.REGISTERED
    stage: str | None = None
    assignments: Mapping[str, Assignment] = field(default_factory=dict)
    clocks: Mapping[ClockKey, Clock] = field(default_factory=dict)
    callers: Mapping[str, CallerState] = field(default_factory=dict)
    supervisions: Mapping[str, SupervisionRef] = field(default_factory=dict)
    lapsed: Mapping[ClockKey, datetime] = field(default_factory=dict)
    waits: frozenset[tuple[str, str]] = frozenset()
    signatures: frozenset[str] = frozenset()
    panel_held: bool = False
    panel_unit: str | None = None
    meeting_concluded: bool = False
    returns: int = 0
    returns_by_assisting: int = 0
    returns_refused: int = 0
    dissatisfied: int = 0
    dissatisfied_now: bool = False
    redos: int = 0
    redone_at: datetime | None = None
    reworks: int = 0
    urges: int = 0
    hops: int = 0
    extensions: int = 0
    upstream_asked: bool = False
    redo_declined: bool = False
    final: bool = False
    bonus_nominated: bool = False
    merged_into: str | None = None
    closed_at: datetime | None = None
    ended_at: datetime | None = None
    archive_on: datetime | None = None
    last_command_at: datetime | None = None
    calendar: CalendarData | None = None
    seq: int = 0

    @property
    def ended(self) -> bool:
        """Whether the workflow of this ticket is over."""
        return self.status in ENDS

    @property
    def lead(self) -> Assignment | None:
        """The active lead unit's assignment, or the last one that finished its work."""
        for assignment in self.assignments.values():
            if assignment.role is UnitRole.LEAD and (assignment.active or assignment.stage is UnitStage.DONE):
                return assignment
        return None

    def returned_by(self, roles: Iterable[UnitRole]) -> int:
        """How many approved returns were made by units in these roles."""
        by_role = {
            UnitRole.LEAD: self.returns - self.returns_by_assisting,
            UnitRole.ASSIST: self.returns_by_assisting,
        }
        return sum(by_role[role] for role in set(roles))

    def active(self) -> list[Assignment]:
        """The assignments with work left, in the order they were made."""
        return [a for a in self.assignments.values() if a.active]

    def clock(self, name: ClockName, unit: str) -> Clock | None:
        """The running clock of that name and unit."""
        return self.clocks.get((name, unit))


def fold(history: Iterable[Fact]) -> Ticket:
    """The state that a ticket's facts lead to. ValueError when they do not begin with its registration."""
    rest = iter(history)
    first = next(rest, None)
    if not isinstance(first, facts.Registered):
        raise ValueError("a ticket's facts begin with its registration")
    ticket = registered(first)
    for fact in rest:
        ticket = evolve(ticket, fact)
    return ticket


def registered(fact: facts.Registered) -> Ticket:
    """A ticket's first state."""
    return Ticket(
        no=fact.no,
        jurisdiction=fact.jurisdiction,
        about=fact.ticket,
        registered_at=fact.at,
        callers={caller: CallerState() for caller in fact.callers},
        last_command_at=fact.at,
        seq=1,
    )


def evolve(ticket: Ticket, fact: Fact) -> Ticket:
    """The state after one more fact. Never fails: a fact about something unknown changes nothing."""
    change = _CHANGES.get(type(fact))
    after = change(ticket, fact) if change else ticket
    if after is ticket:
        after = changed(ticket)
    # This call's own copy, seen by nobody else: numbering it in place spares a second one.
    object.__setattr__(after, "seq", ticket.seq + 1)
    return after


def _assignment(ticket: Ticket, unit: str | None, **changes: Any) -> Ticket:
    if unit is None or unit not in ticket.assignments:
        return ticket
    known = ticket.assignments[unit]
    return changed(ticket, assignments={**ticket.assignments, unit: changed(known, **changes)})


def _clock(ticket: Ticket, fact: Any, **changes: Any) -> Ticket:
    key = (fact.clock, fact.unit)
    if key not in ticket.clocks:
        return ticket
    return changed(ticket, clocks={**ticket.clocks, key: changed(ticket.clocks[key], **changes)})


def _without_clock(ticket: Ticket, fact: Any) -> Ticket:
    key = (fact.clock, fact.unit)
    return changed(ticket, clocks={k: c for k, c in ticket.clocks.items() if k != key})


def _discharged(ticket: Ticket, fact: facts.ClockMet | facts.ClockEnded) -> Ticket:
    known = ticket.assignments.get(fact.unit)
    without = _without_clock(ticket, fact)
    return _assignment(without, fact.unit, discharged=known.discharged | {fact.clock}) if known else without


def _clock_ended(ticket: Ticket, fact: facts.ClockEnded) -> Ticket:
    if fact.reason is EndReason.LATE:
        return _discharged(ticket, fact)
    known = ticket.clocks.get((fact.clock, fact.unit))
    ended = _without_clock(ticket, fact)
    if known is None or fact.reason is not EndReason.LAPSED or fact.at != known.due:
        return ended
    return changed(ended, lapsed={**ticket.lapsed, (fact.clock, fact.unit): known.due})


def _status(ticket: Ticket, fact: facts.StatusChanged) -> Ticket:
    return changed(
        ticket,
        status=fact.to,
        stage=fact.stage,
        closed_at=fact.at if fact.to is Status.CLOSED else ticket.closed_at,
        ended_at=fact.at if fact.to in ENDS else None,
        archive_on=None if fact.to in ENDS else ticket.archive_on,
    )


def _assigned(ticket: Ticket, fact: facts.Assigned) -> Ticket:
    made = Assignment(
        unit=fact.unit,
        role=fact.as_,
        stage=UnitStage.WAITING,
        dispatched_at=fact.at,
        lacking=fact.lacking,
        return_blocked=fact.return_blocked,
        return_blocked_basis=fact.return_blocked_basis,
        redo=ticket.redos > 0,
    )
    others = {unit: a for unit, a in ticket.assignments.items() if unit != fact.unit}
    return changed(ticket, assignments={**others, fact.unit: made}, hops=max(ticket.hops, fact.hop))


def _unit_moved(ticket: Ticket, fact: facts.UnitMoved) -> Ticket:
    changes: dict[str, Any] = {"stage": fact.to, "ended_at": None if fact.to in ACTIVE_STAGES else fact.at}
    known = ticket.assignments.get(fact.unit)
    if known and fact.to is UnitStage.SIGNED and known.signed_at is None:
        changes["signed_at"] = fact.at
    if known and known.reply and fact.to is UnitStage.REPLIED:
        changes["reply"] = changed(known.reply, submitted_at=fact.at)
    return _assignment(ticket, fact.unit, **changes)


def _clock_started(ticket: Ticket, fact: facts.ClockStarted) -> Ticket:
    clock = Clock(
        name=fact.clock,
        unit=fact.unit,
        n=ticket.seq + 1,
        started_at=fact.at,
        anchor=fact.anchor,
        due=fact.due,
        basis=fact.basis,
        provisional=fact.provisional,
        limit=fact.limit,
        ladder=fact.ladder,
        redo=fact.redo,
    )
    key = (fact.clock, fact.unit)
    lapsed = {k: at for k, at in ticket.lapsed.items() if k != key} if ticket.lapsed else ticket.lapsed
    return changed(ticket, clocks={**ticket.clocks, key: clock}, lapsed=lapsed)


def _clock_moved(ticket: Ticket, fact: facts.ClockMoved) -> Ticket:
    known = ticket.clocks.get((fact.clock, fact.unit))
    if known is None:
        return ticket
    return _clock(
        ticket,
        fact,
        due=fact.due,
        basis=fact.basis,
        provisional=fact.provisional,
        ladder=fact.ladder,
        limit=fact.limit or known.limit,
        anchor=fact.anchor or known.anchor,
        lamp=None if fact.due > known.due else known.lamp,
        overridden=known.overridden or fact.cause == "override",
        added_days=fact.added_days + (0 if fact.cause == "override" else known.added_days),
    )


def _lamp(ticket: Ticket, fact: facts.LampLit) -> Ticket:
    known = ticket.clocks.get((fact.clock, fact.unit))
    return _clock(ticket, fact, ladder=known.ladder[1:], lamp=fact.lamp) if known else ticket


def _silenced(ticket: Ticket, fact: facts.ClockSilenced) -> Ticket:
    return _clock(ticket, fact, silent_since=fact.submitted_at)


def _resumed(ticket: Ticket, fact: facts.ClockResumed) -> Ticket:
    known = ticket.clocks.get((fact.clock, fact.unit))
    if known is None:
        return ticket
    still_to_ring = tuple(rung for rung in known.ladder if rung.at >= min(known.due, fact.at))
    return _clock(ticket, fact, silent_since=None, ladder=still_to_ring)


def _supervision(ticket: Ticket, fact: facts.SupervisionOpened) -> Ticket:
    about = ticket.clocks.get((fact.clock, fact.unit)) if fact.clock else None
    opened = SupervisionRef(unit=fact.unit, clock=fact.clock, cause=fact.cause, n=about.n if about else None)
    return changed(ticket, supervisions={**ticket.supervisions, fact.no: opened})


def _supervision_withdrawn(ticket: Ticket, fact: facts.SupervisionWithdrawn) -> Ticket:
    known = ticket.supervisions.get(fact.no)
    if known is None:
        return ticket
    return changed(ticket, supervisions={**ticket.supervisions, fact.no: changed(known, withdrawn=True)})


def _callback_settled(ticket: Ticket, fact: facts.CallbackSettled) -> Ticket:
    known = ticket.callers.get(fact.caller, CallerState())
    settled = changed(
        known,
        settled=True,
        reached=fact.reached,
        handling=fact.handling,
        intake=fact.intake,
        solved=fact.solved,
        reasonable=fact.reasonable,
    )
    again = settled.handling in DISSATISFACTION and not ticket.dissatisfied_now
    return changed(
        ticket,
        callers={**ticket.callers, fact.caller: settled},
        dissatisfied=ticket.dissatisfied + again,
        dissatisfied_now=ticket.dissatisfied_now or again,
    )


def _callers_joined(ticket: Ticket, fact: facts.CallersJoined) -> Ticket:
    joined = {caller: CallerState() for caller in fact.callers if caller not in ticket.callers}
    return changed(
        ticket, callers={**ticket.callers, **joined}, archive_on=None if joined else ticket.archive_on
    )


def _done(ticket: Ticket, fact: facts.Done) -> Ticket:
    later = fact.at if ticket.last_command_at is None else max(fact.at, ticket.last_command_at)
    ticket = changed(ticket, last_command_at=later)
    change = _DONE.get(fact.do)
    return change(ticket, fact) if change else ticket


def _amended(ticket: Ticket, fact: facts.Done) -> Ticket:
    return changed(ticket, about=TicketFields.model_validate({**ticket.about.model_dump(), **fact.details}))


def _panel(ticket: Ticket, fact: facts.Done) -> Ticket:
    return _assignment(changed(ticket, panel_held=True, panel_unit=fact.unit), fact.unit, **_blocked(fact))


def _blocked(fact: facts.Done) -> dict[str, Any]:
    """What a decision says of a unit's right to give the ticket back, where it takes that away."""
    if "return_blocked" not in fact.details:
        return {}
    return {
        "return_blocked": fact.details["return_blocked"],
        "return_blocked_basis": tuple(fact.details["return_blocked_basis"]),
    }


def _met(ticket: Ticket, fact: facts.Done) -> Ticket:
    return changed(ticket, meeting_concluded=ticket.meeting_concluded or "decision" in fact.texts)


def _return_decided(ticket: Ticket, fact: facts.Done) -> Ticket:
    approved = bool(fact.details.get("approve"))
    known = ticket.assignments.get(fact.unit or "")
    assisting = known is not None and known.role is UnitRole.ASSIST
    counted = changed(
        ticket,
        returns=ticket.returns + approved,
        returns_by_assisting=ticket.returns_by_assisting + (approved and assisting),
        returns_refused=ticket.returns_refused + (not approved),
    )
    return _assignment(counted, fact.unit, return_asked=None, **_blocked(fact))


def _extension_asked(ticket: Ticket, fact: facts.Done) -> Ticket:
    return _assignment(ticket, fact.unit, extension_asked=fact.details.get("working_days"))


def _extension_decided(ticket: Ticket, fact: facts.Done) -> Ticket:
    known = ticket.assignments.get(fact.unit or "")
    if known is None:
        return ticket
    if not fact.details.get("approve"):
        return _assignment(ticket, fact.unit, extension_asked=None)
    granted = fact.details.get("working_days") or known.extension_asked or 0
    return _assignment(
        changed(ticket, extensions=ticket.extensions + 1),
        fact.unit,
        extension_asked=None,
        extensions=known.extensions + 1,
        extended_days=known.extended_days + granted,
    )


def _replied(ticket: Ticket, fact: facts.Done) -> Ticket:
    outcome = fact.details.get("outcome")
    reply = ReplyState(
        outcome=Outcome(outcome) if outcome else None,
        submitted_at=fact.at,
        planned_for=fact.details.get("planned_for"),
    )
    return _assignment(ticket, fact.unit, reply=reply)


def _plan_completed(ticket: Ticket, fact: facts.Done) -> Ticket:
    return _assignment(
        ticket, fact.unit, reply=ReplyState(outcome=None, submitted_at=fact.at, completes_plan=True)
    )


def _reply_approved(ticket: Ticket, fact: facts.Done) -> Ticket:
    known = ticket.assignments.get(fact.unit or "")
    if known is None or known.reply is None:
        return ticket
    if not fact.details.get("approve"):
        return _assignment(ticket, fact.unit, reply=None)
    passed = changed(known.reply, approved_by=known.reply.approved_by | {fact.role.value})
    return _assignment(ticket, fact.unit, reply=passed)


def _reviewed(ticket: Ticket, fact: facts.Done) -> Ticket:
    known = ticket.assignments.get(fact.unit or "")
    if known is None or known.reply is None:
        return ticket
    if not fact.details.get("approve"):
        return _assignment(changed(ticket, reworks=ticket.reworks + 1), fact.unit, reply=None)
    passed = changed(known.reply, passed=(*known.reply.passed, fact.do))
    return _assignment(ticket, fact.unit, reply=passed, extension_asked=None)


def _called_back(ticket: Ticket, fact: facts.Done) -> Ticket:
    caller = fact.details.get("caller")
    if caller is None or caller not in ticket.callers:
        return ticket
    known = ticket.callers[caller]
    return changed(ticket, callers={**ticket.callers, caller: changed(known, attempts=known.attempts + 1)})


def _redone(ticket: Ticket, fact: facts.Done) -> Ticket:
    again = {caller: CallerState() for caller in ticket.callers}
    reopened = changed(
        ticket,
        redos=ticket.redos + 1,
        redone_at=fact.at,
        callers=again,
        archive_on=None,
        closed_at=None,
        redo_declined=False,
        dissatisfied_now=False,
        final=False,
        signatures=frozenset(),
    )
    return _assignment(
        reopened,
        fact.unit,
        redo=True,
        reply=None,
        extensions=0,
        extended_days=0,
        extension_asked=None,
        discharged=frozenset(),
    )


def _withdrawn(ticket: Ticket, fact: facts.Done) -> Ticket:
    caller = fact.details.get("caller")
    return changed(ticket, callers={c: state for c, state in ticket.callers.items() if c != caller})


def _calendar_revised(ticket: Ticket, fact: facts.Done) -> Ticket:
    return changed(ticket, calendar=CalendarData.model_validate(fact.details["calendar"]))


def _counted_on_unit(name: str) -> Callable[[Ticket, facts.Done], Ticket]:
    def count(ticket: Ticket, fact: facts.Done) -> Ticket:
        known = ticket.assignments.get(fact.unit or "")
        return _assignment(ticket, fact.unit, **{name: getattr(known, name) + 1}) if known else ticket

    return count


_DONE: dict[str, Callable[[Ticket, facts.Done], Ticket]] = {
    "amend": _amended,
    "panel_decision": _panel,
    "joint_meeting": _met,
    "request_return": lambda t, f: _assignment(t, f.unit, return_asked=f.at, deemed_accepted=False),
    "decide_return": _return_decided,
    "request_extension": _extension_asked,
    "decide_extension": _extension_decided,
    "subdispatch": lambda t, f: _assignment(t, f.unit, subordinate=f.details.get("to")),
    "reply": _replied,
    "complete_plan": _plan_completed,
    "approve_reply": _reply_approved,
    "record_signature": lambda t, f: changed(t, signatures=t.signatures | {str(f.details.get("who"))}),
    "first_review": _reviewed,
    "final_review": _reviewed,
    "callback": _called_back,
    "merge": lambda t, f: changed(t, merged_into=f.details.get("into")),
    "redo": _redone,
    "decline_redo": lambda t, f: changed(t, redo_declined=True),
    "withdraw": _withdrawn,
    "urge": lambda t, f: changed(t, urges=t.urges + 1),
    "request_upstream_extension": lambda t, f: changed(t, upstream_asked=True),
    "upstream_answer": lambda t, f: changed(t, upstream_asked=False),
    "nominate_bonus": lambda t, f: changed(t, bonus_nominated=True),
    "decide_bonus": lambda t, f: changed(t, bonus_nominated=False),
    "explain_overdue": _counted_on_unit("explanations"),
    "contact": _counted_on_unit("contacts"),
    "revise_calendar": _calendar_revised,
}

_CHANGES: dict[type[Fact], Callable[[Ticket, Any], Ticket]] = {
    facts.Done: _done,
    facts.StatusChanged: _status,
    facts.StageReached: lambda t, f: changed(t, stage=f.stage),
    facts.Assigned: _assigned,
    facts.UnitMoved: _unit_moved,
    facts.ClockStarted: _clock_started,
    facts.ClockMoved: _clock_moved,
    facts.ClockMet: _discharged,
    facts.ClockBreached: lambda t, f: _clock(t, f, breached=True),
    facts.BreachWithdrawn: lambda t, f: _clock(t, f, breached=False, lamp=None),
    facts.ClockEnded: _clock_ended,
    facts.ClockSilenced: _silenced,
    facts.ClockResumed: _resumed,
    facts.LampLit: _lamp,
    facts.SupervisionOpened: _supervision,
    facts.SupervisionWithdrawn: _supervision_withdrawn,
    facts.DeemedAccepted: lambda t, f: _assignment(t, f.unit, deemed_accepted=True),
    facts.WaitStarted: lambda t, f: changed(t, waits=t.waits | {(f.unit, f.of)}),
    facts.WaitEnded: lambda t, f: changed(t, waits=t.waits - {(f.unit, f.of)}),
    facts.UpstreamExtensionAsked: lambda t, f: changed(t, upstream_asked=True),
    facts.CallersJoined: _callers_joined,
    facts.CallbackSettled: _callback_settled,
    facts.ClosedFinal: lambda t, f: changed(t, final=True),
    facts.ArchiveSet: lambda t, f: changed(t, archive_on=f.on),
}

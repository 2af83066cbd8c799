"""What time alone makes happen: lamps, breaches, lapsed rights, archiving."""

from dataclasses import dataclass
from datetime import datetime

from domain import facts
from domain.casework import clockwork
from domain.casework.closing import archive
from domain.casework.draft import Draft
from domain.casework.routing import deem_accepted
from domain.casework.supervising import open_supervision
from domain.facts import Alarm, Fact
from domain.law import Law
from domain.ticket import Clock, Ticket
from domain.vocabulary import OFFICE, WINDOWS, ClockName, EndReason, SupervisionCause


@dataclass(frozen=True, slots=True)
class Ring:
    """The next thing that happens by itself: a clock's due time or rung, or (without a clock) archiving."""

    at: datetime
    clock: Clock | None
    alarm: Alarm | None = None

    @property
    def summary(self) -> str:
        """What a person reads on the timer, short enough for Temporal's 200 bytes."""
        when = self.at.strftime("%Y-%m-%d %H:%M")
        if self.clock is None:
            return f"归档 {when}"
        what = f"{self.alarm.lamp.value}" if self.alarm else "due"
        return f"{self.clock.name.value} {self.clock.unit[:20]} {what} {when}"


def next_ring(ticket: Ticket) -> Ring | None:
    """The earliest thing that will happen by itself, None when nothing will."""
    first: Ring | None = None
    for clock in ticket.clocks.values():
        if clock.silent_since is not None:
            continue
        if not clock.breached and (first is None or clock.due < first.at):
            first = Ring(clock.due, clock)
        if clock.ladder:
            rung = clock.ladder[0]
            if first is None or rung.at < first.at:
                first = Ring(rung.at, clock, rung)
    if ticket.archive_on is not None and (first is None or ticket.archive_on < first.at):
        first = Ring(ticket.archive_on, None)
    return first


def settle(law: Law, ticket: Ticket, until: datetime, *, inclusive: bool = False) -> list[Fact]:
    """The facts that time made before `until`, each dated by its own instant.

    A command at exactly a due instant is in time, so alarms at `until` itself are left for later unless
    `inclusive`.
    """
    return settled(law, ticket, until, inclusive=inclusive).facts


def settled(law: Law, ticket: Ticket, until: datetime, *, inclusive: bool = False) -> Draft:
    """What `settle` gives, with the state it leads to."""
    draft = Draft(law, ticket, until)
    _ring_until(draft, until, inclusive=inclusive)
    return draft


def ring_due(draft: Draft) -> None:
    """Ring what a decision made overdue: a clock that was silent, or one whose due time moved back."""
    _ring_until(draft, draft.now, inclusive=False, shown_at=draft.now)


def _ring_until(draft: Draft, until: datetime, *, inclusive: bool, shown_at: datetime | None = None) -> None:
    while not draft.ticket.ended:
        ring = next_ring(draft.ticket)
        if ring is None or ring.at > until or (ring.at == until and not inclusive):
            break
        with draft.dated(ring.at):
            _ring(draft, ring, shown_at or ring.at)


def _ring(draft: Draft, ring: Ring, shown_at: datetime) -> None:
    if ring.clock is None:
        archive(draft)
    elif ring.alarm is not None:
        _light(draft, ring.clock, ring.alarm)
    elif ring.clock.name in WINDOWS:
        _lapse(draft, ring.clock)
    else:
        with draft.dated(shown_at):
            clockwork.breach(draft, ring.clock)


def _light(draft: Draft, clock: Clock, alarm: Alarm) -> None:
    draft.add(
        facts.LampLit(
            at=draft.now,
            clock=clock.name,
            unit=clock.unit,
            lamp=alarm.lamp,
            notify=alarm.notify,
            via=alarm.via,
            basis=alarm.basis,
        )
    )
    if alarm.supervision and clock.unit != OFFICE:
        open_supervision(draft, clock.unit, SupervisionCause.RED_LAMP, alarm.basis, clock=clock)


def _lapse(draft: Draft, clock: Clock) -> None:
    clockwork.end(draft, clock, EndReason.LAPSED)
    known = draft.ticket.assignments.get(clock.unit)
    if clock.name is ClockName.RETURN_WINDOW and known is not None and not known.return_asked:
        deem_accepted(draft, known)

"""A decision being made: the facts so far, and the state they lead to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from domain import facts
from domain.commands import Envelope, TicketFields, plain_fields, texts_of
from domain.facts import Fact
from domain.law import Law
from domain.policy import ClockRule, Policy
from domain.rejected import Rejected
from domain.ticket import Assignment, Ticket, evolve
from domain.vocabulary import ACTIVE_STAGES, ClockName, Passing, Status, UnitRole, UnitStage


class Draft:
    """Facts gathered one by one, each seen by what is decided after it.

    The law is the ticket's own; a calendar that reached the ticket since it was opened replaces the law's.
    """

    def __init__(self, law: Law, ticket: Ticket, now: datetime) -> None:
        self.law = law if ticket.calendar is None else law.counting_in(ticket.calendar)
        self.ticket = ticket
        self.now = now
        self.facts: list[Fact] = []

    @property
    def policy(self) -> Policy:
        """The policy the ticket runs under."""
        return self.law.policy

    def add(self, fact: Fact) -> None:
        """Take a fact in; what follows sees the state after it."""
        self.facts.append(fact)
        self.ticket = evolve(self.ticket, fact)

    @contextmanager
    def dated(self, instant: datetime) -> Iterator[None]:
        """What is decided within happened at another instant."""
        now, self.now = self.now, instant
        try:
            yield
        finally:
            self.now = now

    def done(self, envelope: Envelope, unit: str | None = None, **details: Any) -> None:
        """Record that the command was accepted."""
        command = envelope.command
        plain: dict[str, Any] = {**plain_fields(command), **details}
        about = plain.pop("unit", None)
        self.add(
            facts.Done(
                at=self.now,
                do=command.do,
                role=envelope.actor.role,
                by=envelope.actor.id,
                unit=unit or about,
                details=plain,
                texts=dict(texts_of(command)),
                command_id=envelope.id,
            )
        )

    def status(self, to: Status) -> None:
        """Move the ticket as a whole, unless it is there already."""
        if self.ticket.status is not to:
            self.add(facts.StatusChanged(at=self.now, to=to, stage=self._stage_of(to)))

    def _stage_of(self, to: Status) -> str | None:
        stages = self.policy.process.stages
        again = to is Status.HANDLING and any(a.redo for a in self.ticket.active())
        return stages.get(Passing.REDO, stages.get(to)) if again else stages.get(to)

    def pass_stage(self, passing: Passing) -> None:
        """Record a stage that no status stands for, if the policy's process has it."""
        stage = self.policy.process.stages.get(passing)
        if stage is not None and stage != self.ticket.stage:
            self.add(facts.StageReached(at=self.now, stage=stage, basis=self.policy.process.basis))

    def move_unit(self, unit: str, to: UnitStage) -> None:
        """Move what one unit is at. A unit whose work is over waits for nobody any more."""
        self.add(facts.UnitMoved(at=self.now, unit=unit, to=to))
        if to not in ACTIVE_STAGES:
            self.end_waits_of(unit)

    def wait(self, unit: str, of: str, basis: tuple[str, ...]) -> None:
        """Record that somebody waits for others from here on."""
        self.add(facts.WaitStarted(at=self.now, unit=unit, of=of, basis=basis))

    def end_wait(self, unit: str, of: str, basis: tuple[str, ...] = ()) -> None:
        """Record that a wait is over, if there was one."""
        if (unit, of) in self.ticket.waits:
            self.add(facts.WaitEnded(at=self.now, unit=unit, of=of, basis=basis))

    def end_waits_of(self, unit: str) -> None:
        """Record that a unit waits for nobody any more."""
        for of in sorted(of for waiting, of in self.ticket.waits if waiting == unit):
            self.end_wait(unit, of)

    def release_units(self, of: str, basis: tuple[str, ...] = ()) -> None:
        """Tell every unit that still has work why it has none any more, and let it go."""
        for active in self.ticket.active():
            self.add(facts.UnitInformed(at=self.now, unit=active.unit, of=of, basis=basis))
            self.move_unit(active.unit, UnitStage.RECALLED)

    def rule(self, name: ClockName, about: TicketFields | None = None) -> ClockRule | None:
        """The policy's rule for a clock of the ticket as it stands, or as `about` says; None without one."""
        rules = self.policy.clocks.get(name, ())
        if not rules or rules[0].when is None:
            return rules[0] if rules else None
        units = self.units_involved() if any(_asks_for_units(rule) for rule in rules) else 1
        return self.policy.clock(name, about or self.ticket.about, units)

    def units_involved(self) -> int:
        """How many units work on the ticket or have done their part: those that assist, and one that leads.

        While a lead is looked for it counts already: somebody will be it.
        """
        gone = (UnitStage.RETURNED, UnitStage.RECALLED)
        parts = self.ticket.assignments.values()
        return 1 + sum(a.role is UnitRole.ASSIST and a.stage not in gone for a in parts)


def _asks_for_units(rule: ClockRule) -> bool:
    return rule.when is not None and rule.when.units_at_least is not None


def assignment(ticket: Ticket, unit: str | None, basis: tuple[str, ...]) -> Assignment:
    """The unit's assignment. Rejected when the ticket is not with that unit."""
    known = ticket.assignments.get(unit or "")
    if known is None:
        raise Rejected(
            "not_assigned", f"工单未派给{unit or '该单位'}，不能办理此项操作。请核对承办单位。", basis
        )
    return known


def lead_of(ticket: Ticket, basis: tuple[str, ...]) -> Assignment:
    """The lead unit's assignment. Rejected when there is none."""
    if ticket.lead is None:
        raise Rejected("no_lead", "工单没有主办单位。请先派单。", basis)
    return ticket.lead


def the_only(
    ticket: Ticket, asked: Mapping[str, Assignment], what: str, basis: tuple[str, ...]
) -> Assignment:
    """The one assignment among `asked`. Rejected when none or several are meant."""
    if len(asked) == 1:
        return next(iter(asked.values()))
    if not asked:
        raise Rejected("nothing_pending", f"没有待处理的{what}。请刷新后再看。", basis)
    raise Rejected("unit_needed", f"有多个单位的{what}待处理，请指明单位。", basis)


def assisting(ticket: Ticket) -> list[Assignment]:
    """The assisting units still at work."""
    return [a for a in ticket.active() if a.role is UnitRole.ASSIST]

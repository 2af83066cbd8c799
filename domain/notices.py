"""Who is told what when something happens: notices made from facts, before any person or number is known."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain import facts
from domain.facts import Fact
from domain.ticket import Ticket, evolve, registered
from domain.vocabulary import OFFICE, Channel, ClockName, Recipient, Status, UnitRole, UnitStage, Urgency

_HANDLER = (Recipient.HANDLER,)
_OFFICE = (Recipient.OFFICE,)
_CITIZEN = (Recipient.CITIZEN,)
_SMS = (Channel.SMS,)
_BOTH = (Channel.SMS, Channel.PHONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice. `key` is unique in the ticket, so that nobody gets the same notice twice."""

    key: str
    template: str
    roles: tuple[Recipient, ...]
    unit: str | None = None
    callers: tuple[str, ...] | None = None
    via: tuple[Channel, ...] = _SMS
    params: Mapping[str, str] = field(default_factory=dict)


def notices(before: Ticket | None, made: Iterable[Fact], office: str) -> list[Notice]:
    """The notices that some facts call for. `office` is what the place calls its hotline office."""
    told: list[Notice] = []
    state = before
    for fact in made:
        if isinstance(fact, facts.Registered):
            state = registered(fact)
            continue
        if state is None:
            raise ValueError("a ticket's facts begin with its registration")
        after = evolve(state, fact)
        rule = _RULES.get(type(fact))
        if rule is not None:
            told += rule(_Telling(state, after, office), fact)
        state = after
    return told


@dataclass(frozen=True, slots=True)
class _Telling:
    """A fact's surroundings: the ticket before and after it, and what the office is called."""

    before: Ticket
    after: Ticket
    office: str

    def notice(
        self,
        template: str,
        roles: tuple[Recipient, ...],
        of: str | None = None,
        *,
        via: tuple[Channel, ...] = _SMS,
        callers: tuple[str, ...] | None = None,
        **params: str,
    ) -> Notice:
        """A notice about the unit `of`, keyed by the fact it comes from, its template and that unit."""
        about = {} if of is None else {"unit": self.office if of == OFFICE else of}
        return Notice(
            key=f"{self.after.seq}.{template}",
            template=template,
            roles=roles,
            unit=None if of == OFFICE else of,
            callers=callers,
            via=via,
            params={"ticket": self.after.no, **about, **params},
        )


def _clock_started(telling: _Telling, fact: facts.ClockStarted) -> Iterator[Notice]:
    due = fact.due.isoformat()
    if _first_owed(telling.after, fact):
        urgent = telling.after.about.urgency is Urgency.EMERGENCY
        ordinary = "dispatched" if fact.clock is ClockName.SIGN else "dispatched_unsigned"
        template, roles, via = (
            ("emergency", (Recipient.HANDLER, Recipient.UNIT_LEADER), _BOTH)
            if urgent
            else (ordinary, _HANDLER, _SMS)
        )
        yield telling.notice(template, roles, fact.unit, via=via, due=due)
    elif fact.clock is ClockName.EXPLANATION:
        yield telling.notice("explanation_due", _HANDLER, fact.unit, due=due)
    elif fact.clock is ClockName.HANDLE and fact.redo:
        yield telling.notice("redo", _HANDLER, fact.unit, due=due)


def _first_owed(ticket: Ticket, fact: facts.ClockStarted) -> bool:
    """Whether a clock tells a unit of its dispatch: that of signing, or of the work where none limits it."""
    known = ticket.assignments.get(fact.unit)
    if fact.clock is ClockName.SIGN:
        return True
    work = fact.clock in (ClockName.HANDLE, ClockName.ASSIST) and not fact.redo
    waiting = known is not None and known.stage is UnitStage.WAITING
    return work and waiting and ticket.clock(ClockName.SIGN, fact.unit) is None


def _clock_moved(telling: _Telling, fact: facts.ClockMoved) -> Iterator[Notice]:
    moved = fact.due != fact.was
    if moved and fact.clock is ClockName.HANDLE and fact.cause in ("amended", "override", "calendar"):
        yield telling.notice(
            "limit_changed", _HANDLER, fact.unit, clock=fact.clock.value, due=fact.due.isoformat()
        )


def _assigned(telling: _Telling, fact: facts.Assigned) -> Iterator[Notice]:
    if fact.lacking:
        yield telling.notice("dispatched_unstaffed", (Recipient.UNIT_LEADER, Recipient.OFFICE), fact.unit)


def _lamp(telling: _Telling, fact: facts.LampLit) -> Iterator[Notice]:
    clock = telling.before.clocks.get((fact.clock, fact.unit))
    due = clock.due if clock else fact.at
    yield telling.notice(
        fact.lamp.value,
        fact.notify,
        fact.unit,
        via=fact.via,
        clock=fact.clock.value,
        due=due.isoformat(),
    )


def _breached(telling: _Telling, fact: facts.ClockBreached) -> Iterator[Notice]:
    """A breach is told once: by the lamp at the due time where the ladder has one, else by itself."""
    clock = telling.before.clocks.get((fact.clock, fact.unit))
    lit_now = (
        {role for rung in clock.ladder if rung.at == fact.due for role in rung.notify} if clock else set()
    )
    roles = tuple(role for role in fact.notify if role not in lit_now)
    if roles:
        yield telling.notice(
            "breached", roles, fact.unit, via=fact.via, clock=fact.clock.value, due=fact.due.isoformat()
        )


def _breach_withdrawn(telling: _Telling, fact: facts.BreachWithdrawn) -> Iterator[Notice]:
    yield telling.notice(
        "breach_withdrawn",
        (Recipient.HANDLER, Recipient.UNIT_LEADER),
        fact.unit,
        clock=fact.clock.value,
    )


def _unit_informed(telling: _Telling, fact: facts.UnitInformed) -> Iterator[Notice]:
    template = "withdrawn" if fact.of == "withdrawal" else "recalled"
    yield telling.notice(template, _HANDLER, fact.unit)


def _citizen_informed(telling: _Telling, fact: facts.CitizenInformed) -> Iterator[Notice]:
    """Only what the office itself has to tell; what a unit says it told is on record."""
    if fact.unit == OFFICE and fact.of == "refusal":
        yield telling.notice("citizen_refused", _CITIZEN)


def _supervision_opened(telling: _Telling, fact: facts.SupervisionOpened) -> Iterator[Notice]:
    roles = (Recipient.HANDLER, Recipient.UNIT_LEADER)
    if fact.due is None:
        yield telling.notice("supervision_opened_open", roles, fact.unit, supervision=fact.no)
    else:
        yield telling.notice(
            "supervision_opened", roles, fact.unit, supervision=fact.no, due=fact.due.isoformat()
        )


def _supervision_called_for(telling: _Telling, fact: facts.SupervisionCalledFor) -> Iterator[Notice]:
    yield telling.notice("supervision_called_for", _OFFICE, fact.unit)


def _status(telling: _Telling, fact: facts.StatusChanged) -> Iterator[Notice]:
    lead = telling.after.lead
    if fact.to is Status.REVIEWING and lead is not None:
        yield telling.notice("to_review", _OFFICE, lead.unit)
    elif fact.to is Status.DISPATCHED and telling.after.hops == 1:
        yield telling.notice("citizen_accepted", _CITIZEN)
    elif fact.to in (Status.CLOSED, Status.CALLBACK) and telling.before.status is not Status.CALLBACK:
        yield telling.notice("citizen_answered", _CITIZEN)


def _done(telling: _Telling, fact: facts.Done) -> Iterator[Notice]:
    rule = _COMMANDS.get(fact.do)
    if rule is not None:
        yield from rule(telling, fact)


def _extension_decided(telling: _Telling, fact: facts.Done) -> Iterator[Notice]:
    clock = telling.before.clocks.get((ClockName.HANDLE, fact.unit or ""))
    if clock is not None and not fact.details.get("approve"):
        yield telling.notice(
            "extension_decided", _HANDLER, fact.unit, verdict="不同意", due=clock.due.isoformat()
        )


def _extended(telling: _Telling, fact: facts.ClockMoved) -> Iterator[Notice]:
    if fact.clock is ClockName.HANDLE and fact.cause == "extension":
        due = fact.due.isoformat()
        yield telling.notice("extension_decided", _HANDLER, fact.unit, verdict="同意", due=due)
        yield telling.notice("citizen_extended", _CITIZEN, due=due)
    yield from _clock_moved(telling, fact)


def _return_decided(telling: _Telling, fact: facts.Done) -> Iterator[Notice]:
    verdict = "同意" if fact.details.get("approve") else "不同意"
    yield telling.notice("return_decided", _HANDLER, fact.unit, verdict=verdict)


def _reviewed(telling: _Telling, fact: facts.Done) -> Iterator[Notice]:
    if not fact.details.get("approve"):
        yield telling.notice("review_refused", _HANDLER, fact.unit)


def _to_every_unit(template: str) -> Callable[[_Telling, facts.Done], Iterator[Notice]]:
    def tell(telling: _Telling, fact: facts.Done) -> Iterator[Notice]:
        for assignment in telling.after.active():
            if fact.unit in (None, assignment.unit) and (fact.unit or assignment.role is UnitRole.LEAD):
                yield telling.notice(template, _HANDLER, assignment.unit)

    return tell


_COMMANDS: dict[str, Callable[[_Telling, facts.Done], Iterator[Notice]]] = {
    "request_return": lambda telling, fact: iter([telling.notice("return_asked", _OFFICE, fact.unit)]),
    "request_extension": lambda telling, fact: iter([telling.notice("extension_asked", _OFFICE, fact.unit)]),
    "decide_return": _return_decided,
    "decide_extension": _extension_decided,
    "first_review": _reviewed,
    "final_review": _reviewed,
    "urge": _to_every_unit("urged"),
    "supplement": _to_every_unit("supplemented"),
}

_RULES: dict[type[Fact], Callable[[_Telling, Any], Iterator[Notice]]] = {
    facts.ClockStarted: _clock_started,
    facts.ClockMoved: _extended,
    facts.Assigned: _assigned,
    facts.LampLit: _lamp,
    facts.ClockBreached: _breached,
    facts.BreachWithdrawn: _breach_withdrawn,
    facts.UnitInformed: _unit_informed,
    facts.CitizenInformed: _citizen_informed,
    facts.SupervisionOpened: _supervision_opened,
    facts.SupervisionCalledFor: _supervision_called_for,
    facts.StatusChanged: _status,
    facts.Done: _done,
}

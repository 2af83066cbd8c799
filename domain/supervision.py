"""Supervision (督办): an aggregate of its own, opened by a ticket, a topic or a leader, outliving its ticket.

The same shape as the ticket: `begin`, `decide` and `settle` give facts, `evolve` folds them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from domain import facts
from domain.calendar_data import CalendarData
from domain.calendar_zone import CalendarError
from domain.casework.clockwork import ladder, limit_words, still_to_ring
from domain.casework.parts import require
from domain.commands import (
    Actor,
    AnswerSupervision,
    CloseSupervision,
    Envelope,
    Refer,
    ReviseCalendar,
    Supervise,
    TicketFields,
    plain_fields,
    texts_of,
)
from domain.facts import Alarm, Fact
from domain.law import Law
from domain.policy import ClockRule, Policy
from domain.rejected import Rejected
from domain.vocabulary import ClockName, EndReason, Role, SupervisionCause, SupervisionForm, SupervisionLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """Where one supervision stands."""

    no: str
    unit: str
    cause: SupervisionCause
    level: SupervisionLevel
    opened_at: datetime
    form: str | None = None
    subject: str | None = None
    due: datetime | None = None
    provisional: bool = False
    limit: str | None = None
    ladder: tuple[Alarm, ...] = ()
    running: bool = False
    breached: bool = False
    answers: int = 0
    referrals: tuple[str, ...] = ()
    closed_at: datetime | None = None
    last_command_at: datetime | None = None
    seq: int = 0

    @property
    def ended(self) -> bool:
        """Whether it was struck off (销号)."""
        return self.closed_at is not None


def opened(
    law: Law,
    no: str,
    unit: str,
    cause: SupervisionCause,
    now: datetime,
    *,
    level: SupervisionLevel | None = None,
    form: SupervisionForm | None = None,
) -> facts.SupervisionOpened:
    """What opens a supervision without a ticket. Rejected for a level or form the policy does not have."""
    terms = law.policy.supervision
    level = level or terms.levels[0]
    if level not in terms.levels:
        raise Rejected("level_not_in_policy", f"《{law.policy.title}》没有这一级督办。", terms.basis)
    if form is not None and form not in terms.forms:
        raise Rejected("form_not_in_policy", f"《{law.policy.title}》没有这种督办方式。", terms.basis)
    rule = next((r for r in law.policy.clocks.get(ClockName.SUPERVISION, ()) if r.when is None), None)
    due = rule.length.after(now, law.calendar) if rule and rule.length else None
    return facts.SupervisionOpened(
        at=now, no=no, unit=unit, cause=cause, level=level, due=due, basis=terms.basis, form=form
    )


def begin(
    law: Law, opened: facts.SupervisionOpened, subject: str | None, about: TicketFields | None
) -> list[Fact]:
    """The first facts: what is supervised, and the clock of the answer where the policy gives it a limit."""
    made: list[Fact] = [
        facts.SupervisionBegun(
            at=opened.at,
            no=opened.no,
            unit=opened.unit,
            cause=opened.cause,
            level=opened.level,
            due=opened.due,
            subject=subject,
            form=opened.form,
            basis=opened.basis,
        )
    ]
    rules = law.policy.clocks.get(ClockName.SUPERVISION, ())
    rule = next((r for r in rules if r.when is None or (about is not None and r.when.matches(about))), None)
    if opened.due is not None and rule is not None:
        made.append(
            facts.ClockStarted(
                at=opened.at,
                clock=ClockName.SUPERVISION,
                unit=opened.unit,
                due=opened.due,
                basis=rule.basis,
                provisional=law.calendar.provisional(opened.due),
                anchor=opened.at,
                limit=limit_words(rule),
                ladder=ladder(law.calendar, rule, opened.due, since=opened.at),
                choice=rule.choice,
            )
        )
    return made


def fold(history: Iterable[Fact]) -> Supervision:
    """The state a supervision's facts lead to. ValueError when they do not begin with its beginning."""
    rest = iter(history)
    first = next(rest, None)
    if not isinstance(first, facts.SupervisionBegun):
        raise ValueError("a supervision's facts begin with its beginning")
    state = begun(first)
    for fact in rest:
        state = evolve(state, fact)
    return state


def begun(fact: facts.SupervisionBegun) -> Supervision:
    """A supervision's first state."""
    return Supervision(
        no=fact.no,
        unit=fact.unit,
        cause=fact.cause,
        level=fact.level,
        opened_at=fact.at,
        form=fact.form,
        subject=fact.subject,
        due=fact.due,
        last_command_at=fact.at,
        seq=1,
    )


def evolve(state: Supervision, fact: Fact) -> Supervision:
    """The state after one more fact; total and deterministic."""
    return replace(_changed(state, fact), seq=state.seq + 1)


def _changed(state: Supervision, fact: Fact) -> Supervision:
    match fact:
        case facts.Done():
            return _done(replace(state, last_command_at=fact.at), fact)
        case facts.ClockStarted():
            return replace(
                state,
                running=True,
                due=fact.due,
                provisional=fact.provisional,
                limit=fact.limit,
                ladder=fact.ladder,
            )
        case facts.ClockMoved():
            return replace(state, due=fact.due, provisional=fact.provisional, ladder=fact.ladder)
        case facts.ClockMet() | facts.ClockEnded():
            return replace(state, running=False, ladder=())
        case facts.ClockBreached():
            return replace(state, breached=True)
        case facts.BreachWithdrawn():
            return replace(state, breached=False)
        case facts.LampLit():
            return replace(state, ladder=state.ladder[1:])
        case facts.SupervisionRaised():
            return replace(state, level=fact.level)
        case facts.SupervisionClosed():
            return replace(state, closed_at=fact.at)
        case _:
            return state


def _done(state: Supervision, fact: facts.Done) -> Supervision:
    if fact.do == "answer_supervision":
        return replace(state, answers=state.answers + 1)
    if fact.do == "refer":
        return replace(state, referrals=(*state.referrals, fact.details["to"]))
    return state


def next_instant(state: Supervision) -> datetime | None:
    """When time alone next makes something happen."""
    if not state.running or state.ended:
        return None
    instants = [rung.at for rung in state.ladder[:1]]
    if not state.breached and state.due is not None:
        instants.append(state.due)
    return min(instants, default=None)


def settle(law: Law, state: Supervision, until: datetime, *, inclusive: bool = False) -> list[Fact]:
    """The facts that time made before `until`, each dated by its own instant."""
    made: list[Fact] = []
    while (at := next_instant(state)) is not None and (at < until or (inclusive and at == until)):
        fact = _rung(law, state, at)
        made.append(fact)
        state = evolve(state, fact)
    return made


def _rung(law: Law, state: Supervision, at: datetime) -> Fact:
    if not state.breached and state.due == at:
        rule = law.policy.clocks[ClockName.SUPERVISION][0]
        follows = rule.on_breach
        return facts.ClockBreached(
            at=at,
            clock=ClockName.SUPERVISION,
            unit=state.unit,
            due=at,
            basis=follows.basis if follows else rule.basis,
            notify=follows.notify if follows else (),
            via=follows.via if follows else (),
        )
    rung = state.ladder[0]
    return facts.LampLit(
        at=at,
        clock=ClockName.SUPERVISION,
        unit=state.unit,
        lamp=rung.lamp,
        notify=rung.notify,
        via=rung.via,
        basis=rung.basis,
    )


ROLES: dict[str, tuple[Role, ...]] = {
    "answer_supervision": (Role.UNIT, Role.UNIT_LEADER, Role.UNIT_PRINCIPAL),
    "close_supervision": (Role.OFFICE, Role.LEADER, Role.SYSTEM),
    "supervise": (Role.OFFICE, Role.LEADER),
    "refer": (Role.OFFICE,),
    "revise_calendar": (Role.SYSTEM,),
}
"""Who may say what to a supervision."""


def meant(open_ones: Mapping[str, str], command: AnswerSupervision | CloseSupervision, policy: Policy) -> str:
    """Which open supervision (number to unit) a command is for. Rejected when none, or not one alone."""
    if command.no is not None and command.no in open_ones:
        return command.no
    unit = command.unit if isinstance(command, AnswerSupervision) else None
    candidates = [no for no, of in open_ones.items() if command.no is None and unit in (None, of)]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        raise Rejected("supervision_no_needed", "有多件督办，请指明督办编号。", policy.supervision.basis)
    raise Rejected("no_supervision", "没有这一件进行中的督办。", policy.supervision.basis)


def allowed(unit: str, levels: Sequence[SupervisionLevel], actor: Actor) -> list[str]:
    """The commands that the table allows this actor to a supervision of the unit that was not struck off.

    `levels` are those it can still be raised to. The parts a command needs are not looked at.
    """
    fits = {"answer_supervision": actor.unit == unit, "supervise": bool(levels)}
    return [name for name, roles in ROLES.items() if actor.role in roles and fits.get(name, True)]


def higher(policy: Policy, level: SupervisionLevel) -> tuple[SupervisionLevel, ...]:
    """The levels of the policy above one, from low to high."""
    levels = policy.supervision.levels
    return levels[levels.index(level) + 1 :]


def decide(law: Law, state: Supervision, envelope: Envelope, now: datetime) -> list[Fact]:
    """The facts a command makes. Rejected says what forbids it."""
    command, actor = envelope.command, envelope.actor
    terms = law.policy.supervision
    if command.do not in ROLES:
        raise Rejected("not_for_a_supervision", "此项操作不是对督办的操作。", terms.basis)
    if actor.role not in ROLES[command.do] and actor.role is not Role.SYSTEM_OPERATOR:
        raise Rejected("wrong_role", "你的角色不能办理此项操作。", law.policy.process.roles, forbidden=True)
    if state.ended:
        raise Rejected("supervision_closed", f"督办{state.no}已经销号。", terms.close.basis)
    match command:
        case AnswerSupervision():
            return _answer(law, state, envelope, command, now)
        case CloseSupervision():
            return _close(law, state, envelope, now)
        case Supervise():
            return _raise(law, state, envelope, command, now)
        case Refer():
            return [_record(state, envelope, now)]
        case ReviseCalendar():
            return _revise(law, state, envelope, command, now)
        case _:
            raise Rejected("not_for_a_supervision", "此项操作不是对督办的操作。", terms.basis)


def _record(state: Supervision, envelope: Envelope, now: datetime) -> facts.Done:
    plain: dict[str, Any] = plain_fields(envelope.command)
    plain.pop("unit", None)
    return facts.Done(
        at=now,
        do=envelope.command.do,
        role=envelope.actor.role,
        by=envelope.actor.id,
        unit=state.unit,
        details={**plain, "no": state.no},
        texts=dict(texts_of(envelope.command)),
        command_id=envelope.id,
    )


def _answer(
    law: Law, state: Supervision, envelope: Envelope, command: AnswerSupervision, now: datetime
) -> list[Fact]:
    if command.unit != state.unit or (envelope.actor.unit not in (None, state.unit)):
        raise Rejected(
            "wrong_unit", f"督办对象是{state.unit}。", law.policy.supervision.basis, forbidden=True
        )
    require(command, law.policy.supervision.requires, None)
    made: list[Fact] = [_record(state, envelope, now)]
    if state.running and state.due is not None:
        if now > state.due:
            made.append(_ended(state, now, EndReason.LATE))
        else:
            if state.breached:
                made.append(
                    facts.BreachWithdrawn(at=now, clock=ClockName.SUPERVISION, unit=state.unit, due=state.due)
                )
            made.append(facts.ClockMet(at=now, clock=ClockName.SUPERVISION, unit=state.unit, due=state.due))
    return made


def _close(law: Law, state: Supervision, envelope: Envelope, now: datetime) -> list[Fact]:
    """销号 by the office; by the system when the ticket took back the breach that opened the supervision."""
    terms = law.policy.supervision
    withdrawn = envelope.actor.role is Role.SYSTEM
    if state.running and not state.answers and not withdrawn:
        raise Rejected("answer_outstanding", "承办单位尚未答复督办，不能销号。", terms.close.basis)
    made: list[Fact] = [_record(state, envelope, now)]
    if state.running:
        made.append(_ended(state, now, EndReason.WITHDRAWN if withdrawn else EndReason.CLOSED))
    made.append(
        facts.SupervisionClosed(
            at=now,
            no=state.no,
            unit=state.unit,
            reason="withdrawn" if withdrawn else "answered" if state.answers else "closed",
            basis=terms.close.basis,
        )
    )
    return made


def _raise(law: Law, state: Supervision, envelope: Envelope, command: Supervise, now: datetime) -> list[Fact]:
    levels = law.policy.supervision.levels
    if command.level is None or command.level not in levels:
        raise Rejected("level_not_in_policy", "没有这一级督办。", law.policy.supervision.basis)
    if command.level not in higher(law.policy, state.level):
        raise Rejected("level_not_higher", "督办只能升级，不能降级。", law.policy.supervision.basis)
    return [
        _record(state, envelope, now),
        facts.SupervisionRaised(at=now, no=state.no, unit=state.unit, level=command.level),
    ]


def _revise(
    law: Law, state: Supervision, envelope: Envelope, command: ReviseCalendar, now: datetime
) -> list[Fact]:
    """A newly published arrangement of working days: the answer's limit is counted again from the opening.

    A breach of an earlier due time is taken back; a due time that moved to the past is breached there.
    """
    try:
        revised = CalendarData.model_validate(command.calendar)
        counting = law.counting_in(revised)
    except (ValidationError, CalendarError) as error:
        basis = law.policy.supervision.basis
        raise Rejected("calendar_unusable", "工作日历不能使用。请核对日历数据后重新导入。", basis) from error
    made: list[Fact] = [_record(state, envelope, now)]
    rule = _rule_of(law, state)
    if not state.running or state.due is None or rule is None or rule.length is None:
        return made
    due = rule.length.after(state.opened_at, counting.calendar)
    provisional = counting.calendar.provisional(due)
    rungs = ladder(counting.calendar, rule, due, since=now)
    if due == state.due:
        rungs = still_to_ring(counting.calendar, rule, due, state.ladder)
    if (due, provisional, rungs) == (state.due, state.provisional, state.ladder):
        return made
    if state.breached and due > state.due:
        made.append(
            facts.BreachWithdrawn(at=now, clock=ClockName.SUPERVISION, unit=state.unit, due=state.due)
        )
    made.append(
        facts.ClockMoved(
            at=now,
            clock=ClockName.SUPERVISION,
            unit=state.unit,
            due=due,
            basis=rule.basis,
            provisional=provisional,
            was=state.due,
            cause="calendar",
            ladder=rungs,
            calendar=revised.version,
        )
    )
    for fact in made:
        state = evolve(state, fact)
    return [*made, *settle(law, state, now)]


def _rule_of(law: Law, state: Supervision) -> ClockRule | None:
    """The rule the running clock was started by: the one of its length."""
    rules = law.policy.clocks.get(ClockName.SUPERVISION, ())
    return next((rule for rule in rules if limit_words(rule) == state.limit), None)


def _ended(state: Supervision, now: datetime, reason: EndReason) -> facts.ClockEnded:
    return facts.ClockEnded(at=now, clock=ClockName.SUPERVISION, unit=state.unit, reason=reason)

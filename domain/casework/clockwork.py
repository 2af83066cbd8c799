"""Starting, moving, meeting and ending clocks."""

from collections.abc import Iterator
from datetime import date, datetime, time

from domain import facts
from domain.calendar import WorkCalendar
from domain.casework.draft import Draft
from domain.casework.supervising import open_supervision, withdraw_supervision
from domain.facts import Alarm
from domain.limit import Limit, LimitUnit
from domain.policy import ClockRule
from domain.ticket import Clock
from domain.vocabulary import OFFICE, WINDOWS, ClockName, EndReason, Status, SupervisionCause


def start(
    draft: Draft,
    name: ClockName,
    unit: str,
    anchor: datetime | None = None,
    *,
    due: datetime | None = None,
    redo: bool = False,
) -> None:
    """Start a clock if the policy has one for this ticket; `due` where somebody names it.

    A window that would close before it opens is not started: the right never arises.
    """
    rule = draft.rule(name)
    if rule is None:
        return
    anchor = anchor or draft.now
    reckoned = due or due_by(draft, name, rule, unit, anchor)
    if reckoned is None or (name in WINDOWS and reckoned < draft.now):
        return
    if (old := draft.ticket.clock(name, unit)) is not None:
        end(draft, old, EndReason.SUPERSEDED)
    draft.add(
        facts.ClockStarted(
            at=draft.now,
            clock=name,
            unit=unit,
            due=reckoned,
            basis=rule.basis,
            provisional=draft.law.calendar.provisional(reckoned),
            anchor=anchor,
            limit=limit_words(rule),
            ladder=ladder(draft.law.calendar, rule, reckoned, since=draft.now),
            choice=rule.choice,
            unspecified=rule.unspecified is not None,
            redo=redo,
        )
    )


def due_by(draft: Draft, name: ClockName, rule: ClockRule, unit: str, anchor: datetime) -> datetime | None:
    """When a clock of this rule is due, or None when the clock it hangs on is not running.

    A duty that would fall due before it begins is due together with the clock it hangs on.
    """
    calendar = draft.law.calendar
    if rule.before_due is None:
        return rule.length.after(anchor, calendar) if rule.length else None
    on = draft.ticket.clock(rule.before_due.clock, unit) or _leads_clock(draft, rule.before_due.clock)
    if on is None:
        return None
    ahead = rule.before_due.ahead.before(on.due, calendar)
    return on.due if name not in WINDOWS and ahead <= anchor else ahead


def _leads_clock(draft: Draft, name: ClockName) -> Clock | None:
    lead = draft.ticket.lead
    return draft.ticket.clock(name, lead.unit) if lead else None


def ladder(calendar: WorkCalendar, rule: ClockRule, due: datetime, since: datetime) -> tuple[Alarm, ...]:
    """The rungs of a rule around a due time; warnings that would ring before `since` are left out."""
    rungs = []
    for rung in rule.ladder:
        at = due
        if rung.at.before is not None:
            at = rung.at.before.before(due, calendar)
        elif rung.at.after is not None:
            at = rung.at.after.after(due, calendar)
        if at >= due or at > since:
            rungs.append(
                Alarm(
                    at=at,
                    lamp=rung.lamp,
                    notify=rung.notify,
                    via=rung.via,
                    basis=rung.basis,
                    supervision=rung.supervision,
                )
            )
    return tuple(rungs)


def still_to_ring(
    calendar: WorkCalendar, rule: ClockRule, due: datetime, left: tuple[Alarm, ...]
) -> tuple[Alarm, ...]:
    """The last rungs of a rule around a due time, as many as are `left` of a ladder: the others have rung."""
    rungs = ladder(calendar, rule, due, since=datetime.min.replace(tzinfo=due.tzinfo))
    return rungs[max(0, len(rungs) - len(left)) :]


def limit_words(rule: ClockRule) -> str:
    """How the length of a clock is written into its facts."""
    if rule.length is not None:
        return str(rule.length)
    if rule.before_due is not None:
        return f"{rule.before_due.ahead} before {rule.before_due.clock}"
    return "as given"


def move(
    draft: Draft,
    clock: Clock,
    due: datetime,
    cause: str,
    basis: tuple[str, ...],
    *,
    limit: str | None = None,
    anchor: datetime | None = None,
    added_days: int = 0,
    citation: str | None = None,
    calendar: str | None = None,
    another_rule: bool = False,
) -> None:
    """Give a running clock another due time; its rungs keep their distance to it.

    A breach of an earlier due time is taken back. Where the new one has passed as well, it is breached
    anew, dated by the new due time. What has rung at a due time that stays rings no second time. A window
    that would have closed before it opened is ended instead: the right never arose.
    """
    if clock.name in WINDOWS and due < clock.anchor:
        end(draft, clock, EndReason.SUPERSEDED)
        return
    rule = draft.rule(clock.name)
    if clock.breached and due > clock.due:
        take_back(draft, clock)
    rungs: tuple[Alarm, ...] = ()
    if rule is not None and (due != clock.due or (another_rule and not clock.breached)):
        rungs = ladder(draft.law.calendar, rule, due, since=draft.now)
    elif rule is not None:
        rungs = still_to_ring(draft.law.calendar, rule, due, clock.ladder)
    draft.add(
        facts.ClockMoved(
            at=draft.now,
            clock=clock.name,
            unit=clock.unit,
            due=due,
            basis=basis,
            provisional=draft.law.calendar.provisional(due),
            was=clock.due,
            cause=cause,
            ladder=rungs,
            limit=limit,
            anchor=anchor if anchor != clock.anchor else None,
            added_days=added_days,
            calendar=calendar,
            citation=citation,
            choice=rule.choice if rule and another_rule else None,
            unspecified=rule.unspecified is not None if rule and another_rule else None,
        )
    )


def breach(draft: Draft, clock: Clock) -> None:
    """What is owed was not done in time; dated by the due time, with what the policy lets follow.

    An explanation is owed from `draft.now`: the due time, or the decision that only later shows it.
    """
    rule = draft.rule(clock.name)
    follows = rule.on_breach if rule else None
    with draft.dated(clock.due):
        draft.add(
            facts.ClockBreached(
                at=draft.now,
                clock=clock.name,
                unit=clock.unit,
                due=clock.due,
                basis=follows.basis if follows else clock.basis,
                notify=follows.notify if follows else (),
                via=follows.via if follows else (),
            )
        )
    if follows is None or clock.unit == OFFICE:
        return
    if follows.explanation:
        start(draft, ClockName.EXPLANATION, clock.unit)
    if follows.supervision:
        cause = SupervisionCause.OVERDUE
        with draft.dated(clock.due):
            open_supervision(draft, clock.unit, cause, follows.basis, clock=clock, form=follows.form)


def take_back(draft: Draft, clock: Clock) -> None:
    """A breach does not stand: the explanation and the supervision that followed from it fall with it."""
    draft.add(facts.BreachWithdrawn(at=draft.now, clock=clock.name, unit=clock.unit, due=clock.due))
    explanation = draft.ticket.clock(ClockName.EXPLANATION, clock.unit)
    if explanation is not None and explanation.anchor >= clock.due:
        if explanation.breached:
            take_back(draft, explanation)
        end(draft, explanation, EndReason.WITHDRAWN)
    withdraw_supervision(draft, clock)


def take_back_since(draft: Draft, unit: str, since: datetime) -> None:
    """No breach of what a unit still owes stands that fell due at or after `since`."""
    for key, clock in list(draft.ticket.clocks.items()):
        if clock.unit == unit and clock.breached and clock.due >= since and key in draft.ticket.clocks:
            take_back(draft, clock)


def meet(draft: Draft, name: ClockName, unit: str, submitted_at: datetime | None = None) -> None:
    """What was owed is done: in time, or late. A breach that rang wrongly meanwhile is taken back."""
    clock = draft.ticket.clock(name, unit)
    if clock is None:
        return
    done_at = submitted_at or draft.now
    if done_at > clock.due:
        if not clock.breached:
            breach(draft, clock)
        end(draft, clock, EndReason.LATE)
        return
    if clock.breached:
        take_back(draft, clock)
    draft.add(
        facts.ClockMet(
            at=draft.now,
            clock=name,
            unit=unit,
            due=clock.due,
            met_at=done_at if done_at != draft.now else None,
        )
    )


def end(draft: Draft, clock: Clock, reason: EndReason) -> None:
    """Nothing is owed on this clock any more. A breach that rang although it ended in time is taken back."""
    known = draft.ticket.clock(clock.name, clock.unit)
    if known is not None and known.breached and draft.now <= known.due:
        take_back(draft, known)
    draft.add(facts.ClockEnded(at=draft.now, clock=clock.name, unit=clock.unit, reason=reason))


def end_named(draft: Draft, name: ClockName, unit: str, reason: EndReason) -> None:
    """End a unit's clock of that name if it runs."""
    clock = draft.ticket.clock(name, unit)
    if clock is not None:
        end(draft, clock, reason)


def end_all_of(draft: Draft, unit: str, reason: EndReason) -> None:
    """End every clock of a unit."""
    for clock in running(draft):
        if clock.unit == unit:
            end(draft, clock, reason)


def end_ticket(draft: Draft, to: Status, reason: EndReason) -> None:
    """End the ticket, and every clock and wait with it."""
    for clock in running(draft):
        end(draft, clock, reason)
    for unit, of in sorted(draft.ticket.waits):
        draft.end_wait(unit, of)
    draft.status(to)


def running(draft: Draft) -> Iterator[Clock]:
    """Every clock that still runs when its turn comes: the end of one may take another with it."""
    for name, unit in list(draft.ticket.clocks):
        clock = draft.ticket.clock(name, unit)
        if clock is not None:
            yield clock


def follow(draft: Draft, unit: str, cause: str) -> None:
    """Move the clocks that hang on another one of this unit's after that one has moved."""
    lead = draft.ticket.lead
    for clock in list(draft.ticket.clocks.values()):
        rule = draft.rule(clock.name)
        if (
            rule is None
            or rule.before_due is None
            or not (clock.unit == unit or (lead and lead.unit == unit))
        ):
            continue
        due = due_by(draft, clock.name, rule, clock.unit, clock.anchor)
        if due is not None and due != clock.due:
            move(draft, clock, due, cause, rule.basis)


def window_open(draft: Draft, name: ClockName, unit: str) -> bool:
    """Whether a right may still be used, also by a command that was received before the window lapsed."""
    lapsed_at = draft.ticket.lapsed.get((name, unit))
    return draft.ticket.clock(name, unit) is not None or (lapsed_at is not None and draft.now <= lapsed_at)


def reopen_extension_window(draft: Draft, unit: str) -> None:
    """Open the right to ask for an extension again where a later due time has made room for it."""
    terms, known = draft.policy.extensions, draft.ticket.assignments[unit]
    if terms is None or (terms.times is not None and known.extensions >= terms.times):
        return
    if draft.ticket.clock(ClockName.EXTENSION_WINDOW, unit) is None and (terms.on_redo or not known.redo):
        start(draft, ClockName.EXTENSION_WINDOW, unit, redo=known.redo)


def limit_of(clock: Clock) -> Limit | None:
    """The span a clock was given at first, None for one whose due time somebody named."""
    amount, _, unit = clock.limit.partition(" ")
    if clock.limit == LimitUnit.SAME_DAY:
        return Limit(unit=LimitUnit.SAME_DAY)
    return Limit(unit=LimitUnit(unit), amount=float(amount)) if unit in set(LimitUnit) else None


def base_days(draft: Draft, clock: Clock) -> int | None:
    """The working days a clock was given at first, None for one that is counted in another unit.

    Where somebody named the due time, the policy's own limit is what an extension is measured by.
    """
    rule = draft.rule(clock.name)
    limit = limit_of(clock) or (rule.length if rule else None)
    return int(limit.amount) if limit and limit.unit is LimitUnit.WORKING_DAYS else None


def localised(draft: Draft, moment: datetime) -> datetime:
    """A moment as somebody wrote it; without an offset it is meant in the calendar's zone."""
    return draft.law.calendar.localised(moment)


def end_of_business(draft: Draft, day: date | datetime) -> datetime:
    """The last moment of business on a day, on the next working day where it is a day off."""
    calendar = draft.law.calendar
    if isinstance(day, datetime):
        return calendar.localised(day)
    midnight = calendar.localised(datetime.combine(day, time()))
    return calendar.add_calendar_days(midnight, 0)

"""Starting, moving, meeting and ending clocks."""

from datetime import date, datetime, time

from domain import facts
from domain.calendar import WorkCalendar
from domain.casework.draft import Draft
from domain.facts import Alarm
from domain.policy import ClockRule
from domain.ticket import Clock
from domain.vocabulary import WINDOWS, ClockName, EndReason


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
    rule = draft.policy.clock(name, draft.ticket.about, draft.units_involved())
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
    citation: str | None = None,
    calendar: str | None = None,
) -> None:
    """Give a running clock another due time; its rungs keep their distance to it."""
    rule = draft.policy.clock(clock.name, draft.ticket.about, draft.units_involved())
    if due == clock.due and limit is None:
        return
    if clock.breached and due > clock.due and due >= draft.now:
        draft.add(facts.BreachWithdrawn(at=draft.now, clock=clock.name, unit=clock.unit, due=clock.due))
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
            ladder=ladder(draft.law.calendar, rule, due, since=draft.now) if rule else (),
            limit=limit,
            calendar=calendar,
            citation=citation,
        )
    )


def meet(draft: Draft, name: ClockName, unit: str, submitted_at: datetime | None = None) -> None:
    """What was owed is done: in time, or late. A breach that rang wrongly meanwhile is taken back."""
    clock = draft.ticket.clock(name, unit)
    if clock is None:
        return
    done_at = submitted_at or draft.now
    if done_at > clock.due:
        end(draft, clock, EndReason.LATE)
        return
    if clock.breached:
        draft.add(facts.BreachWithdrawn(at=draft.now, clock=name, unit=unit, due=clock.due))
        _drop_explanation(draft, clock)
    draft.add(
        facts.ClockMet(
            at=draft.now,
            clock=name,
            unit=unit,
            due=clock.due,
            met_at=done_at if done_at != draft.now else None,
        )
    )


def _drop_explanation(draft: Draft, clock: Clock) -> None:
    explanation = draft.ticket.clock(ClockName.EXPLANATION, clock.unit)
    if explanation is not None:
        end(draft, explanation, EndReason.WITHDRAWN)


def end(draft: Draft, clock: Clock, reason: EndReason) -> None:
    """Nothing is owed on this clock any more."""
    draft.add(facts.ClockEnded(at=draft.now, clock=clock.name, unit=clock.unit, reason=reason))


def end_named(draft: Draft, name: ClockName, unit: str, reason: EndReason) -> None:
    """End a unit's clock of that name if it runs."""
    clock = draft.ticket.clock(name, unit)
    if clock is not None:
        end(draft, clock, reason)


def end_all_of(draft: Draft, unit: str, reason: EndReason) -> None:
    """End every clock of a unit."""
    for clock in list(draft.ticket.clocks.values()):
        if clock.unit == unit:
            end(draft, clock, reason)


def follow(draft: Draft, unit: str, cause: str) -> None:
    """Move the clocks that hang on another one of this unit's after that one has moved."""
    lead = draft.ticket.lead
    for clock in list(draft.ticket.clocks.values()):
        rule = draft.policy.clock(clock.name, draft.ticket.about, draft.units_involved())
        if (
            rule is None
            or rule.before_due is None
            or not (clock.unit == unit or (lead and lead.unit == unit))
        ):
            continue
        due = due_by(draft, clock.name, rule, clock.unit, clock.anchor)
        if due is not None:
            move(draft, clock, due, cause, rule.basis)


def base_days(clock: Clock) -> int | None:
    """The working days a clock was given at first, None for one that is counted in another unit."""
    amount, _, unit = clock.limit.partition(" ")
    return int(float(amount)) if unit == "working_days" else None


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

"""Running clocks computed again: after an amendment, or with a newly published calendar."""

from datetime import datetime

from domain.casework import clockwork
from domain.casework.draft import Draft
from domain.commands import TicketFields
from domain.policy import Anchor, ClockRule
from domain.ticket import Assignment, Clock
from domain.vocabulary import OFFICE, ClockName, EndReason, UnitStage

_AS_GIVEN = "as given"


def recompute(
    draft: Draft, cause: str, *, calendar: str | None = None, before: TicketFields | None = None
) -> None:
    """Compute every running clock again from its own anchor, with the extension it was given.

    A limit that a law or an upper level set stays; a due time that somebody named stays, though it may be
    provisional no longer. A clock that the policy does not have for such a ticket ends. One that another rule
    is for than `before`, though due at the same time, names that rule from now on. Where a due time stays,
    its lamps may still light on other days.
    """
    for clock in _what_others_hang_on_first(draft):
        if draft.ticket.clock(clock.name, clock.unit) is None:
            continue  # It ended with a breach that was taken back meanwhile.
        rule = draft.rule(clock.name)
        if rule is None:
            clockwork.end(draft, clock, EndReason.SUPERSEDED)
            continue
        anchor = _anchor(draft, clock, rule)
        if anchor is None:
            clockwork.end(draft, clock, EndReason.SUPERSEDED)
            continue
        due = _due(draft, clock, rule, anchor)
        same_rule = _fixed(clock) or rule is draft.rule(clock.name, before)
        if due is None or (_same(draft, clock, rule, due) and same_rule):
            continue
        limit = clock.limit if _fixed(clock) else clockwork.limit_words(rule)
        clockwork.move(
            draft,
            clock,
            due,
            cause,
            rule.basis,
            limit=limit,
            anchor=anchor,
            calendar=calendar,
            another_rule=not same_rule,
        )


def _same(draft: Draft, clock: Clock, rule: ClockRule, due: datetime) -> bool:
    """Whether nothing of a clock is new: its due time, that it is provisional, or when its lamps light."""
    calendar = draft.law.calendar
    if due != clock.due or clock.provisional != calendar.provisional(due):
        return False
    return clock.ladder == clockwork.still_to_ring(calendar, rule, due, clock.ladder)


def start_what_is_new(draft: Draft, before: TicketFields) -> None:
    """Start what the policy has for the ticket and had not for it as it was `before`, and no duty twice."""
    lead = draft.ticket.lead
    handle = draft.ticket.clock(ClockName.HANDLE, lead.unit) if lead else None
    if lead is not None and handle is not None and lead.reply is None:
        for name in (ClockName.TARGET, ClockName.ANSWER):
            rule = draft.rule(name)
            is_new = rule is not None and draft.rule(name, before) is None and name not in lead.discharged
            replaced = name is ClockName.TARGET and handle.overridden
            if rule is not None and is_new and not replaced:
                anchor = _begun(draft, lead, handle, rule)
                clockwork.start(draft, name, lead.unit, anchor, redo=lead.redo)
                if name is ClockName.TARGET:
                    _extend_target(draft, handle)
        clockwork.reopen_extension_window(draft, lead.unit)
    for known in draft.ticket.active():
        _start_return_window(draft, known)


def _begun(draft: Draft, lead: Assignment, handle: Clock, rule: ClockRule) -> datetime:
    """What a clock of the lead counts from that the ticket should have had when its work began."""
    received = draft.law.calendar.localised(draft.ticket.about.received_at)
    if handle.anchor not in (received, lead.dispatched_at):
        return handle.anchor
    return received if rule.anchor is Anchor.RECEIPT else lead.dispatched_at


def _extend_target(draft: Draft, handle: Clock) -> None:
    """A target that began beside a limit already extended gets the same days."""
    target, terms = draft.ticket.clock(ClockName.TARGET, handle.unit), draft.policy.extensions
    days = handle.added_days
    if target is not None and terms is not None and days:
        due = draft.law.calendar.add_working_days(target.due, days)
        clockwork.move(draft, target, due, "extension", terms.basis, added_days=days)


def _start_return_window(draft: Draft, known: Assignment) -> None:
    rule = draft.rule(ClockName.RETURN_WINDOW)
    never = known.redo or known.return_blocked is not None
    if rule is None or never or known.stage not in (UnitStage.WAITING, UnitStage.SIGNED):
        return
    anchor = known.signed_at if rule.anchor is Anchor.SIGN else known.dispatched_at
    if anchor is not None and draft.ticket.clock(ClockName.RETURN_WINDOW, known.unit) is None:
        clockwork.start(draft, ClockName.RETURN_WINDOW, known.unit, anchor)


def recompute_upstream(draft: Draft) -> None:
    """Let the upper level's deadline follow what the ticket now says it is."""
    due = draft.ticket.about.upstream_due
    clock = draft.ticket.clock(ClockName.UPSTREAM, OFFICE)
    if clock is None and due is not None:
        received = draft.law.calendar.localised(draft.ticket.about.received_at)
        clockwork.start(draft, ClockName.UPSTREAM, OFFICE, received, due=due)
    elif clock is not None and due is None:
        clockwork.end(draft, clock, EndReason.SUPERSEDED)
    elif clock is not None and due is not None and due != clock.due:
        clockwork.move(draft, clock, due, "amended", clock.basis)


def _what_others_hang_on_first(draft: Draft) -> list[Clock]:
    def hangs(clock: Clock) -> bool:
        rule = draft.rule(clock.name)
        return rule is not None and rule.before_due is not None

    return sorted(draft.ticket.clocks.values(), key=hangs)


def _fixed(clock: Clock) -> bool:
    return clock.overridden or clock.limit == _AS_GIVEN


def _anchor(draft: Draft, clock: Clock, rule: ClockRule) -> datetime | None:
    """What the clock counts from now, None when that has not happened yet.

    A clock that was started later than with the dispatch (a redo, a rework) keeps its anchor.
    """
    known = draft.ticket.assignments.get(clock.unit)
    received = draft.law.calendar.localised(draft.ticket.about.received_at)
    if known is None or clock.anchor not in (received, known.dispatched_at, known.signed_at):
        return clock.anchor
    return {
        Anchor.RECEIPT: received,
        Anchor.DISPATCH: known.dispatched_at,
        Anchor.SIGN: known.signed_at,
        Anchor.EVENT: clock.anchor,
    }[rule.anchor]


def _due(draft: Draft, clock: Clock, rule: ClockRule, anchor: datetime) -> datetime | None:
    if clock.limit == _AS_GIVEN:
        return clock.due
    limit = clockwork.limit_of(clock) if clock.overridden else None
    if limit is not None:
        due: datetime | None = limit.after(clock.anchor, draft.law.calendar)
    else:
        due = clockwork.due_by(draft, clock.name, rule, clock.unit, anchor)
    if due is not None and clock.added_days:
        return draft.law.calendar.add_working_days(due, clock.added_days)
    return due

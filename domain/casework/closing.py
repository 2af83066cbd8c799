"""How a ticket comes to its end: handling finished, callbacks settled, closed, archived."""

from domain import facts
from domain.casework import clockwork
from domain.casework.draft import Draft
from domain.vocabulary import ClockName, EndReason, Status, UnitStage

_KEPT_AFTER_HANDLING = frozenset({ClockName.EXPLANATION})


def finish_handling(draft: Draft) -> None:
    """The result stands: units are done, and the ticket is closed or called back, as the policy says."""
    for assignment in draft.ticket.active():
        draft.move_unit(assignment.unit, UnitStage.DONE)
    for clock in clockwork.running(draft):
        if clock.name in _KEPT_AFTER_HANDLING:
            continue
        if clock.name is ClockName.UPSTREAM:
            clockwork.meet(draft, clock.name, clock.unit)
        else:
            clockwork.end(draft, clock, EndReason.CLOSED)
    final = draft.policy.closing.final
    supervised = any(not opened.withdrawn for opened in draft.ticket.supervisions.values())
    if final and (draft.ticket.redos or supervised):
        draft.add(facts.ClosedFinal(at=draft.now, basis=final.basis))
    if draft.policy.closing.on == "review":
        draft.status(Status.CLOSED)
        settle_closing(draft)
    else:
        draft.status(Status.CALLBACK)


def settle_closing(draft: Draft) -> None:
    """Once every caller's callback is settled, close what is not closed yet and set the day of archiving."""
    if not all(caller.settled for caller in draft.ticket.callers.values()):
        return
    draft.status(Status.CLOSED)
    if draft.ticket.archive_on is None:
        on = draft.policy.closing.archive_after.after(draft.now, draft.law.calendar)
        draft.add(facts.ArchiveSet(at=draft.now, on=on, basis=draft.policy.closing.basis))


def archive(draft: Draft) -> None:
    """归档: nothing runs any more."""
    clockwork.end_ticket(draft, Status.ARCHIVED, EndReason.CLOSED)

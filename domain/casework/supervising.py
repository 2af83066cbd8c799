"""Opening supervision from a ticket, and taking it back with the breach it came from."""

from domain import facts
from domain.casework.draft import Draft
from domain.ticket import Clock
from domain.vocabulary import ClockName, Passing, SupervisionCause, SupervisionLevel


def open_supervision(
    draft: Draft,
    unit: str,
    cause: SupervisionCause,
    basis: tuple[str, ...],
    *,
    clock: Clock | None = None,
    level: SupervisionLevel | None = None,
    form: str | None = None,
) -> None:
    """Open supervision of a unit; one clock that is breached and lit red opens it once."""
    if clock is not None and _opened_by(draft, clock):
        return
    rule = draft.policy.clock(ClockName.SUPERVISION, draft.ticket.about)
    due = rule.length.after(draft.now, draft.law.calendar) if rule and rule.length else None
    draft.add(
        facts.SupervisionOpened(
            at=draft.now,
            no=f"{draft.ticket.no}-D{len(draft.ticket.supervisions) + 1}",
            unit=unit,
            cause=cause,
            level=level or draft.policy.supervision.levels[0],
            due=due,
            basis=basis,
            form=form,
            clock=clock.name if clock else None,
        )
    )
    draft.pass_stage(Passing.SUPERVISED)


def withdraw_supervision(draft: Draft, clock: Clock) -> None:
    """Take back the supervision that a clock opened, because its breach was taken back."""
    for no in _opened_by(draft, clock):
        draft.add(facts.SupervisionWithdrawn(at=draft.now, no=no, unit=clock.unit))


def _opened_by(draft: Draft, clock: Clock) -> list[str]:
    return [
        no
        for no, opened in draft.ticket.supervisions.items()
        if not opened.withdrawn and (opened.unit, opened.clock, opened.n) == (clock.unit, clock.name, clock.n)
    ]

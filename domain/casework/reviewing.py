"""Reviews: the levels a reply passes, and what a verdict does to the clocks."""

from datetime import date, datetime

from domain import facts
from domain.casework import clockwork
from domain.casework.closing import finish_handling
from domain.casework.draft import Draft
from domain.casework.parts import demand
from domain.commands import Envelope, FinalReview, FirstReview, RecordSignature
from domain.policy import ReviewLevel, Signature
from domain.rejected import Rejected
from domain.ticket import Assignment
from domain.vocabulary import OFFICE, ClockName, EndReason, Outcome, Role, Status, UnitRole, UnitStage

_UNDER_REVIEW = (ClockName.HANDLE, ClockName.TARGET, ClockName.PLANNED)


def review(draft: Draft, envelope: Envelope, command: FirstReview | FinalReview) -> None:
    """One level's verdict on the reply that waits for it."""
    known = _submitted(draft, command.unit)
    levels = levels_of(draft)
    passed = known.reply.passed if known.reply else ()
    level = levels[min(len(passed), len(levels) - 1)]
    if len(levels) > 1 and command.do != level.name:
        raise Rejected("wrong_review_level", f"现在应进行{_LEVEL_WORDS[level.name]}。", level.basis)
    _check_reviewer(envelope, level)
    if not command.approve:
        if level.needs_opinion:
            demand(command, ("opinion",), "opinion_required", level.needs_opinion.basis)
        draft.done(envelope, known.unit)
        _send_back(draft, known.unit, first=not passed)
        return
    last = len(passed) + 1 >= len(levels)
    if last:
        _check_signatures(draft)
    draft.done(envelope, known.unit)
    if not passed:
        _judge(draft, known.unit)
    if last:
        _accept(draft, known.unit)


def settle_review(draft: Draft) -> None:
    """A reply that has passed every level the ticket asks for, as it was amended, waits for none any more."""
    for known in draft.ticket.active():
        passed = known.reply.passed if known.reply else ()
        if known.stage is UnitStage.REPLIED and passed and len(passed) >= len(levels_of(draft)):
            if not _missing_signatures(draft):
                _accept(draft, known.unit)
            return


_LEVEL_WORDS = {"first_review": "初审", "final_review": "终审"}


def levels_of(draft: Draft) -> list[ReviewLevel]:
    """The review levels this ticket's reply passes, in order."""
    return [
        level for level in draft.policy.review if level.when is None or level.when.matches(draft.ticket.about)
    ]


def _submitted(draft: Draft, unit: str | None) -> Assignment:
    waiting = [
        a
        for a in draft.ticket.active()
        if a.stage is UnitStage.REPLIED and a.role is UnitRole.LEAD and unit in (None, a.unit)
    ]
    if not waiting:
        raise Rejected("nothing_pending", "没有待审核的答复。", draft.policy.review[0].basis)
    return waiting[0]


def _check_reviewer(envelope: Envelope, level: ReviewLevel) -> None:
    if envelope.actor.role not in (*level.by, Role.SYSTEM_OPERATOR):
        raise Rejected(
            "wrong_role", f"你的角色不能进行{_LEVEL_WORDS[level.name]}。", level.basis, forbidden=True
        )


def _check_signatures(draft: Draft) -> None:
    for signature in _missing_signatures(draft):
        raise Rejected(
            "signature_required", f"缺少{_SIGNERS[signature.who]}的签字盖章。请先登记。", signature.basis
        )


_SIGNERS = {
    "unit_principal": "承办单位主要负责人",
    "government_leader": "政府分管领导",
    "government_principal": "政府主要领导",
}


def _missing_signatures(draft: Draft) -> list[Signature]:
    return [s for s in _needed_signatures(draft) if s.who not in draft.ticket.signatures]


def _needed_signatures(draft: Draft) -> list[Signature]:
    return [s for s in draft.policy.reply.signatures if s.when is None or s.when.matches(draft.ticket.about)]


def record_signature(draft: Draft, envelope: Envelope, command: RecordSignature) -> None:
    """Record a signature that the policy asks for."""
    if command.who not in {s.who for s in _needed_signatures(draft)}:
        raise Rejected("signature_not_needed", "此工单不需要这一签字。", draft.policy.reply.basis)
    draft.done(envelope)


def _judge(draft: Draft, unit: str) -> None:
    """The first submission that passes the office's review decides whether the unit was on time."""
    clockwork.meet(draft, ClockName.REVIEW, OFFICE)
    for name in _UNDER_REVIEW:
        clock = draft.ticket.clock(name, unit)
        if clock is not None:
            clockwork.meet(draft, name, unit, clock.silent_since)
    clockwork.meet(draft, ClockName.ANSWER, unit)
    clockwork.end_named(draft, ClockName.RETURN_WINDOW, unit, EndReason.LAPSED)
    clockwork.end_named(draft, ClockName.EXTENSION_WINDOW, unit, EndReason.LAPSED)
    draft.end_wait(unit, "extension")


def _send_back(draft: Draft, unit: str, *, first: bool) -> None:
    clockwork.meet(draft, ClockName.REVIEW, OFFICE)
    for name in _UNDER_REVIEW:
        if draft.ticket.clock(name, unit) is not None:
            draft.add(facts.ClockResumed(at=draft.now, clock=name, unit=unit))
    if draft.ticket.clock(ClockName.PLANNED, unit) is not None:
        draft.move_unit(unit, UnitStage.DONE)
        draft.status(Status.PLANNED)
    else:
        draft.move_unit(unit, UnitStage.SIGNED)
        draft.status(Status.HANDLING)
        if not first:
            clockwork.start(draft, ClockName.HANDLE, unit)
            clockwork.reopen_extension_window(draft, unit)


def _accept(draft: Draft, unit: str) -> None:
    reply = draft.ticket.assignments[unit].reply
    if reply is not None and reply.outcome is Outcome.PLANNED and reply.planned_for is not None:
        draft.move_unit(unit, UnitStage.DONE)
        draft.status(Status.PLANNED)
        clockwork.start(
            draft, ClockName.PLANNED, unit, due=clockwork.end_of_business(draft, _plan_day(reply.planned_for))
        )
        return
    finish_handling(draft)


def _plan_day(written: str) -> date | datetime:
    return (
        date.fromisoformat(written) if len(written) == len("2026-01-01") else datetime.fromisoformat(written)
    )

"""The office over the units, the upper level over the office: urging, supervision, referrals, upstream."""

from collections.abc import Callable

from domain import facts
from domain.casework import clockwork
from domain.casework.closing import settle_closing
from domain.casework.draft import Draft, assignment
from domain.casework.intake import provided
from domain.casework.parts import demand
from domain.casework.routing import named_unit
from domain.casework.supervising import open_supervision
from domain.commands import (
    Envelope,
    Refer,
    RequestUpstreamExtension,
    ReturnUpstream,
    Supervise,
    UpstreamAnswer,
    Urge,
    Withdraw,
)
from domain.rejected import Rejected
from domain.ticket import Ticket
from domain.vocabulary import (
    OFFICE,
    ClockName,
    EndReason,
    Status,
    Trouble,
)


def urge(draft: Draft, envelope: Envelope, command: Urge) -> None:
    """催办."""
    if command.unit is not None:
        assignment(draft.ticket, command.unit, draft.policy.supervision.basis)
    draft.done(envelope)


def withdraw(draft: Draft, envelope: Envelope, command: Withdraw) -> None:
    """撤单: the units are told first. With several callers, one may step back and the ticket goes on."""
    basis = draft.policy.withdrawal.basis
    if command.caller is not None and command.caller not in draft.ticket.callers:
        raise Rejected("unknown_caller", "工单没有这位诉求人。", basis)
    if command.caller is None and len(draft.ticket.callers) > 1:
        raise Rejected(
            "caller_needed", f"本工单有{len(draft.ticket.callers)}位诉求人，请指明是哪一位撤单。", basis
        )
    draft.done(envelope)
    if command.caller is not None and draft.ticket.callers:
        if draft.ticket.status is Status.CALLBACK:
            settle_closing(draft)
        return
    draft.release_units("withdrawal", basis)
    clockwork.end_ticket(draft, Status.WITHDRAWN, EndReason.WITHDRAWN)


def supervise(draft: Draft, envelope: Envelope, command: Supervise) -> None:
    """督办 by the office or a leader."""
    terms = draft.policy.supervision
    known = named_unit(draft, command.unit, terms.basis)
    level = command.level or terms.levels[0]
    if level not in terms.levels:
        raise Rejected("level_not_in_policy", f"《{draft.policy.title}》没有这一级督办。", terms.basis)
    if command.form is not None and command.form not in terms.forms:
        raise Rejected("form_not_in_policy", f"《{draft.policy.title}》没有这种督办方式。", terms.basis)
    draft.done(envelope, known.unit)
    open_supervision(draft, known.unit, command.cause, terms.basis, level=level, form=command.form)


_COUNTS: dict[Trouble, Callable[[Ticket], int]] = {
    Trouble.RETURNS: lambda ticket: ticket.returns,
    Trouble.RETURNS_REFUSED: lambda ticket: ticket.returns_refused,
    Trouble.EXTENSIONS: lambda ticket: ticket.extensions,
    Trouble.REWORKS: lambda ticket: ticket.reworks,
    Trouble.DISSATISFIED: lambda ticket: ticket.dissatisfied,
}


def detect(draft: Draft, before: Ticket) -> None:
    """Open supervision, or call for it, where a count has just reached the policy's number."""
    lead = draft.ticket.lead or before.lead
    for detector in draft.policy.supervision.detectors:
        count = _COUNTS[detector.of]
        if lead is None or not count(before) < detector.at_least <= count(draft.ticket):
            continue
        if detector.opens:
            open_supervision(draft, lead.unit, detector.cause, detector.basis)
        else:
            draft.add(
                facts.SupervisionCalledFor(
                    at=draft.now, unit=lead.unit, cause=detector.cause, basis=detector.basis
                )
            )


def refer(draft: Draft, envelope: Envelope, command: Refer) -> None:
    """Hand a matter over to another authority, on record."""
    provided(draft.policy.referrals, draft, "移送")
    draft.done(envelope)


def return_upstream(draft: Draft, envelope: Envelope, command: ReturnUpstream) -> None:
    """What came from above goes back there."""
    terms = provided(draft.policy.upstream, draft, "上级转办")
    if not from_above(draft):
        raise Rejected("not_from_above", "工单不是上级转来的，不能退回上级。", terms.basis)
    draft.done(envelope)
    draft.release_units("return_upstream", terms.basis)
    clockwork.end_ticket(draft, Status.RETURNED_UPSTREAM, EndReason.RETURNED)


def from_above(draft: Draft) -> bool:
    """Whether an upper level sent the ticket here."""
    about = draft.ticket.about
    return about.upstream_no is not None or about.source in draft.policy.intake.upstream_sources


def request_upstream_extension(draft: Draft, envelope: Envelope, command: RequestUpstreamExtension) -> None:
    """Ask the upper level for more time."""
    terms = provided(draft.policy.upstream, draft, "上级转办")
    if draft.ticket.clock(ClockName.UPSTREAM, OFFICE) is None:
        raise Rejected("no_upstream_limit", "工单没有上级时限，无须向上级申请延期。", terms.basis)
    if draft.ticket.upstream_asked:
        raise Rejected("upstream_pending", "已向上级申请延期，请等待上级答复。", terms.basis)
    draft.done(envelope)
    draft.wait(OFFICE, "upstream_extension", terms.basis)


def upstream_answer(draft: Draft, envelope: Envelope, command: UpstreamAnswer) -> None:
    """The upper level grants more time, or not."""
    terms = provided(draft.policy.upstream, draft, "上级转办")
    if not draft.ticket.upstream_asked:
        raise Rejected("nothing_pending", "没有待上级答复的延期申请。", terms.basis)
    clock = draft.ticket.clock(ClockName.UPSTREAM, OFFICE)
    if command.approve:
        demand(command, ("due",), "due_required", terms.basis)
    draft.done(envelope)
    draft.end_wait(OFFICE, "upstream_extension", terms.basis)
    if command.approve and command.due is not None and clock is not None:
        due = draft.law.calendar.localised(command.due)
        clockwork.move(draft, clock, due, "upstream", terms.basis)

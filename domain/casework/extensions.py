"""More time: extensions asked for and adjudicated, limits set by a law or from above."""

from datetime import datetime

from domain import facts
from domain.casework import clockwork
from domain.casework.draft import Draft, assignment, lead_of, the_only
from domain.casework.intake import provided
from domain.casework.parts import demand, empty, require
from domain.commands import DecideExtension, Envelope, OverrideLimit, RequestExtension
from domain.limit import Limit, LimitUnit
from domain.policy import ExtensionTerms
from domain.rejected import Rejected
from domain.ticket import Assignment, Clock
from domain.vocabulary import OFFICE, ClockName, EndReason


def _terms(draft: Draft) -> ExtensionTerms:
    if draft.policy.extensions is None:
        raise Rejected(
            "not_in_policy", f"《{draft.policy.title}》没有延期的规定。", draft.policy.process.basis
        )
    return draft.policy.extensions


def request_extension(draft: Draft, envelope: Envelope, command: RequestExtension) -> None:
    """申请延期: in time, not too often, with what the policy requires."""
    terms = _terms(draft)
    known = assignment(draft.ticket, command.unit, terms.basis)
    if known.redo and not terms.on_redo:
        raise Rejected("no_extension_on_redo", "重办工单不能申请延期，请按时办结。", terms.on_redo_basis)
    if terms.times is not None and known.extensions >= terms.times:
        raise Rejected(
            "extension_times", f"延期以{terms.times}次为限，已用完，请按时办结。", terms.times_basis
        )
    window = draft.rule(ClockName.EXTENSION_WINDOW)
    if window and not clockwork.window_open(draft, ClockName.EXTENSION_WINDOW, command.unit):
        raise Rejected("extension_window_closed", "已超过申请延期的时限，请按时办结。", terms.window_basis)
    if known.extension_asked is not None:
        raise Rejected("extension_pending", "延期申请正在审核，请等待审核结果。", terms.basis)
    require(command, terms.requires, draft.ticket.about)
    if terms.reasons and command.reason_code not in terms.reasons:
        raise Rejected("extension_reason", "这一情形不能申请延期。请选择规定的延期情形。", terms.basis)
    draft.done(envelope)
    draft.wait(command.unit, "extension", terms.basis)
    if terms.citizen_told_by == "unit" and (command.citizen_informed or command.citizen_consent):
        draft.add(
            facts.CitizenInformed(at=draft.now, unit=command.unit, of="extension", basis=terms.told_basis)
        )


def decide_extension(draft: Draft, envelope: Envelope, command: DecideExtension) -> None:
    """Adjudicate: approved, the limit and all its alarms move; refused, nothing moves."""
    terms = _terms(draft)
    asked = {u: a for u, a in draft.ticket.assignments.items() if a.active and a.extension_asked is not None}
    if command.unit is not None:
        asked = {u: a for u, a in asked.items() if u == command.unit}
    known = the_only(draft.ticket, asked, "延期申请", terms.basis)
    if not command.approve:
        if terms.refusal_needs_reason:
            demand(command, ("reason",), "reason_required", terms.refusal_needs_reason.basis)
        draft.done(envelope, known.unit)
        draft.end_wait(known.unit, "extension", terms.refused.basis)
        return
    days = command.working_days or known.extension_asked or 0
    handle = draft.ticket.clock(ClockName.HANDLE, known.unit)
    if handle is None:
        raise Rejected("no_running_limit", "该单位的办理时限已经结束，不能延期。", terms.basis)
    _check_cap(terms, command, known, clockwork.base_days(draft, handle), days)
    draft.done(envelope, known.unit, working_days=days)
    draft.end_wait(known.unit, "extension", terms.basis)
    if terms.citizen_told_by == "office":
        draft.add(facts.CitizenInformed(at=draft.now, unit=OFFICE, of="extension", basis=terms.told_basis))
    _extend(draft, known.unit, days, terms)
    _ask_upstream(draft, known.unit)


def _check_cap(
    terms: ExtensionTerms, command: DecideExtension, known: Assignment, base: int | None, days: int
) -> None:
    cap = terms.cap
    if cap is None or (cap.times_of_limit is not None and base is None):
        return
    most = cap.working_days if cap.working_days is not None else int((cap.times_of_limit or 0) * (base or 0))
    if known.extended_days + days <= most:
        return
    if cap.soft and not empty(command.exception_reason) and not empty(command.approved_by):
        return
    already = f"，已延长{known.extended_days}个" if known.extended_days else ""
    remedy = "确需超过的，请填写例外理由和批准人。" if cap.soft else "请减少延长的天数。"
    raise Rejected(
        "extension_over_cap", f"延期最多{most}个工作日{already}，本次{days}个超出上限。{remedy}", cap.basis
    )


def _extend(draft: Draft, unit: str, days: int, terms: ExtensionTerms) -> None:
    calendar = draft.law.calendar
    for name in (ClockName.HANDLE, ClockName.TARGET):
        clock = draft.ticket.clock(name, unit)
        if clock is not None and not (name is ClockName.TARGET and clock.breached):
            due = calendar.add_working_days(clock.due, days)
            clockwork.move(draft, clock, due, "extension", terms.basis, added_days=days)
    if terms.times is not None and draft.ticket.assignments[unit].extensions >= terms.times:
        clockwork.end_named(draft, ClockName.EXTENSION_WINDOW, unit, EndReason.LAPSED)
    clockwork.reopen_extension_window(draft, unit)
    clockwork.follow(draft, unit, "extension")


def _ask_upstream(draft: Draft, unit: str) -> None:
    upstream = draft.ticket.clock(ClockName.UPSTREAM, OFFICE)
    handle = draft.ticket.clock(ClockName.HANDLE, unit)
    if upstream and handle and handle.due > upstream.due and not draft.ticket.upstream_asked:
        draft.add(
            facts.UpstreamExtensionAsked(at=draft.now, unit=unit, until=handle.due, basis=upstream.basis)
        )
        draft.wait(OFFICE, "upstream_extension", upstream.basis)


def override_limit(draft: Draft, envelope: Envelope, command: OverrideLimit) -> None:
    """A law or an upper level sets another limit, longer or shorter, with citation and approver."""
    terms = provided(draft.policy.override, draft, "从其规定")
    known = (
        assignment(draft.ticket, command.unit, terms.basis)
        if command.unit
        else lead_of(draft.ticket, terms.basis)
    )
    handle = draft.ticket.clock(ClockName.HANDLE, known.unit)
    if handle is None:
        raise Rejected("no_running_limit", "该单位的办理时限已经结束，不能更改。", terms.basis)
    demand(command, ("citation", "approved_by"), "citation_required", terms.basis)
    due, limit = _overridden(draft, command, handle, terms.basis)
    draft.done(envelope, known.unit)
    clockwork.move(draft, handle, due, "override", terms.basis, limit=limit, citation=command.citation)
    clockwork.end_named(draft, ClockName.TARGET, known.unit, EndReason.SUPERSEDED)
    clockwork.reopen_extension_window(draft, known.unit)
    clockwork.follow(draft, known.unit, "override")


def _overridden(
    draft: Draft, command: OverrideLimit, handle: Clock, basis: tuple[str, ...]
) -> tuple[datetime, str]:
    if (command.due is None) == (command.working_days is None):
        raise Rejected("one_limit", "请填写新的到期时间或工作日数，二者填一项。", basis)
    if command.due is not None:
        due = draft.law.calendar.localised(command.due)
        if due <= handle.anchor:
            raise Rejected("due_before_start", "新的到期时间早于起算时间。请核对。", basis)
        return due, "as given"
    limit = Limit(unit=LimitUnit.WORKING_DAYS, amount=command.working_days or 0)
    return limit.after(handle.anchor, draft.law.calendar), str(limit)

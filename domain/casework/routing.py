"""Where a ticket goes: dispatch, recall, sub-dispatch, signing, returns, panels and joint meetings."""

from domain import facts
from domain.casework import clockwork
from domain.casework.draft import Draft, assignment, lead_of, the_only
from domain.casework.intake import check_scope, provided
from domain.casework.parts import demand, require
from domain.commands import (
    DecideReturn,
    Dispatch,
    Envelope,
    JointMeeting,
    PanelDecision,
    Recall,
    RequestReturn,
    Sign,
    Subdispatch,
)
from domain.policy import Anchor, Panel
from domain.rejected import Rejected
from domain.ticket import Assignment
from domain.vocabulary import OFFICE, ClockName, EndReason, Passing, Status, UnitRole, UnitStage

_UNDER_A_SUPERIOR = frozenset({"enterprise", "subordinate"})


def dispatch(draft: Draft, envelope: Envelope, command: Dispatch) -> None:
    """Send the ticket to its lead and assisting units at the same instant and start their clocks."""
    check_scope(draft)
    units = [command.lead, *command.assist]
    if len(set(units)) != len(units):
        raise Rejected(
            "unit_twice", "同一单位不能重复派单。请核对主办、协办单位。", draft.policy.dispatch.basis
        )
    for unit in units:
        _check_unit(draft, envelope, unit)
    _check_panel(draft, envelope, command.lead)
    _check_lead_reason(draft, envelope, command, units)
    first_receiver = _first_receiver(draft, command)
    blocked, why = _no_way_back(draft, envelope, command, first_receiver)
    draft.done(
        envelope,
        lacking={u: list(envelope.given.unit(u).lacking) for u in units if envelope.given.unit(u).lacking},
    )
    for of in _UNTIL_DISPATCH:
        draft.end_wait(OFFICE, of)
    draft.pass_stage(Passing.ACCEPTED)
    _allow_for_several(draft, len(units))
    clockwork.meet(draft, ClockName.DISPATCH, OFFICE)
    staying = _keep_assisting(draft, command)
    for unit in (u for u in units if u not in staying):
        is_lead = unit == command.lead
        draft.add(
            facts.Assigned(
                at=draft.now,
                unit=unit,
                as_=UnitRole.LEAD if is_lead else UnitRole.ASSIST,
                lacking=tuple(envelope.given.unit(unit).lacking),
                return_blocked=blocked if is_lead else None,
                return_blocked_basis=why if is_lead else (),
                hop=draft.ticket.hops + 1 if is_lead else 0,
            )
        )
    draft.status(Status.DISPATCHED)
    for unit in (u for u in units if u not in staying):
        clockwork.start(draft, ClockName.SIGN, unit)
    _start_lead(draft, command.lead)
    for unit in (u for u in command.assist if u not in staying):
        clockwork.start(draft, ClockName.ASSIST, unit)
        _start_return_window(draft, unit)
    clockwork.follow(draft, command.lead, "redispatched")


def _allow_for_several(draft: Draft, units: int) -> None:
    """Give the dispatch the limit for so many units, where only dispatching shows how many they are."""
    clock = draft.ticket.clock(ClockName.DISPATCH, OFFICE)
    rule = draft.policy.clock(ClockName.DISPATCH, draft.ticket.about, units) if clock and units > 1 else None
    if clock is None or rule is None:
        return
    due = clockwork.due_by(draft, clock.name, rule, OFFICE, clock.anchor)
    if due is not None and due > clock.due and due >= draft.now:
        clockwork.move(draft, clock, due, "several_units", rule.basis, limit=clockwork.limit_words(rule))


_REST_DISPATCH = ("joint_meeting", "panel")
"""Waits of the office during which it may owe no dispatch; a leader's instruction is not among them."""
_UNTIL_DISPATCH = ("instruction", *_REST_DISPATCH)
"""Waits of the office that a dispatch brings to an end."""


def _keep_assisting(draft: Draft, command: Dispatch) -> frozenset[str]:
    """The assisting units that stay at work under a new lead; those no longer named are let go."""
    staying = set()
    for known in draft.ticket.active():
        if known.unit in command.assist and known.role is UnitRole.ASSIST:
            staying.add(known.unit)
        elif known.unit == command.lead:
            clockwork.end_all_of(draft, known.unit, EndReason.SUPERSEDED)
            draft.end_waits_of(known.unit)
        else:
            _take_back(draft, known.unit)
    return frozenset(staying)


def _take_back(draft: Draft, unit: str) -> None:
    draft.add(facts.UnitInformed(at=draft.now, unit=unit, of="recall"))
    clockwork.end_all_of(draft, unit, EndReason.RECALLED)
    draft.move_unit(unit, UnitStage.RECALLED)


def _start_lead(draft: Draft, unit: str) -> None:
    for name in (ClockName.HANDLE, ClockName.TARGET, ClockName.ANSWER):
        rule = draft.rule(name)
        wanted = draft.ticket.redone_at or draft.ticket.about.received_at
        since = draft.law.calendar.localised(wanted)
        anchor = since if rule and rule.anchor is Anchor.RECEIPT else draft.now
        clockwork.start(draft, name, unit, anchor, redo=draft.ticket.assignments[unit].redo)
    if draft.ticket.assignments[unit].return_blocked is None:
        _start_return_window(draft, unit)
    clockwork.reopen_extension_window(draft, unit)


def _start_return_window(draft: Draft, unit: str) -> None:
    rule = draft.rule(ClockName.RETURN_WINDOW)
    if rule and rule.anchor is not Anchor.SIGN:
        clockwork.start(draft, ClockName.RETURN_WINDOW, unit)


def _check_unit(draft: Draft, envelope: Envelope, unit: str) -> None:
    given = envelope.given.unit(unit)
    terms = draft.policy.dispatch
    if not given.exists:
        raise Rejected("unknown_unit", f"没有名为“{unit}”的承办单位。请核对单位名称。", terms.basis)
    _check_own_complaint(draft, unit)
    superior = given.supervised_by or given.subordinate_to
    if terms.industry_department and given.kind in _UNDER_A_SUPERIOR and superior:
        raise Rejected(
            "goes_to_superior",
            f"{unit}的事项应转其主管部门{superior}办理，由主管部门督促或再转办。",
            terms.industry_department.basis,
        )


def _check_own_complaint(draft: Draft, unit: str) -> None:
    own = draft.policy.dispatch.own_complaint
    if own and unit == draft.ticket.about.subject_unit:
        raise Rejected(
            "own_complaint",
            f"诉求反映的是{unit}自身的问题，不能转给该单位办理。请派给其主管单位。",
            own.basis,
        )


def _check_lead_reason(draft: Draft, envelope: Envelope, command: Dispatch, units: list[str]) -> None:
    terms = draft.policy.dispatch.lead_reason
    alike = [unit for unit in units if terms and envelope.given.unit(unit).kind in terms.kinds]
    if terms and len(alike) >= terms.at_least:
        demand(command, ("reason",), "lead_reason_required", terms.basis)


def _check_panel(draft: Draft, envelope: Envelope, lead: str) -> None:
    terms, ticket = draft.policy.dispatch, draft.ticket
    _check_precedent(draft, envelope, lead)
    if ticket.panel_held and ticket.panel_unit is not None:
        if terms.panel_binds and lead != ticket.panel_unit:
            raise Rejected(
                "panel_binds",
                f"研判已确定由{ticket.panel_unit}办理，不能改派其他单位。",
                terms.panel_binds.basis,
            )
        return
    if terms.panel is None:
        return
    if not ticket.panel_held:
        if _passed_around(draft, terms.panel):
            raise Rejected(
                "panel_required",
                f"已退单{ticket.returned_by(terms.panel.returns_of)}次。请先提交分析研判小组研判，再按研判意见派单。",
                terms.panel.basis,
            )
        return
    territorial = envelope.given.territorial_unit or ticket.about.area
    if territorial is None:
        raise Rejected(
            "area_needed",
            "研判未能确定责任单位，应由属地兜底，但工单没有属地。请先补填属地。",
            terms.panel.fallback_basis,
        )
    if lead != territorial:
        raise Rejected(
            "territorial_unit_takes_it",
            f"研判未能确定责任单位，由属地{territorial}兜底办理。",
            terms.panel.fallback_basis,
        )


def _check_precedent(draft: Draft, envelope: Envelope, lead: str) -> None:
    precedent, basis = _precedent(draft, envelope)
    if precedent and lead != precedent and not draft.ticket.panel_held:
        raise Rejected(
            "panel_binds", f"同类事项已经会商研判确定由{precedent}办理。情况不同的，请先重新研判。", basis
        )


def _precedent(draft: Draft, envelope: Envelope) -> tuple[str | None, tuple[str, ...]]:
    """The unit that a panel named for an earlier matter of this kind, where the policy lets that bind."""
    binds = draft.policy.dispatch.panel_binds
    if binds is None or not binds.precedent_basis:
        return None, ()
    return envelope.given.precedent, binds.precedent_basis


def _first_receiver(draft: Draft, command: Dispatch) -> bool:
    if not command.first_receiver:
        return False
    terms = provided(draft.policy.dispatch.first_receiver, draft, "首接负责")
    if isinstance(command.first_receiver, str) and command.first_receiver != command.lead:
        raise Rejected(
            "first_receiver_leads",
            f"首接单位{command.first_receiver}应牵头办理。请将其列为主办单位。",
            terms.leads_basis,
        )
    return True


def _no_way_back(
    draft: Draft, envelope: Envelope, command: Dispatch, first_receiver: bool
) -> tuple[str | None, tuple[str, ...]]:
    terms = draft.policy.dispatch
    precedent, _ = _precedent(draft, envelope)
    if command.panel_decided or draft.ticket.panel_held or precedent == command.lead:
        return "panel_decided", provided(terms.panel_binds, draft, "会商研判").return_basis
    if terms.joint_meeting and terms.joint_meeting.return_basis and draft.ticket.meeting_concluded:
        return "meeting_decided", terms.joint_meeting.return_basis
    if command.insisted:
        return "insisted", provided(terms.insisted, draft, "研判后继续派单").basis
    if first_receiver and terms.first_receiver:
        return "first_receiver", terms.first_receiver.basis
    return None, ()


def recall(draft: Draft, envelope: Envelope, command: Recall) -> None:
    """Take a dispatch back from every unit; the office dispatches anew."""
    draft.done(envelope)
    for active in draft.ticket.active():
        _take_back(draft, active.unit)
    draft.status(Status.REGISTERED)
    _await_dispatch(draft)


def subdispatch(draft: Draft, envelope: Envelope, command: Subdispatch) -> None:
    """Pass the work to a subordinate; the unit stays responsible under the same clock."""
    if not envelope.given.unit(command.to).exists:
        raise Rejected(
            "unknown_unit", f"没有名为“{command.to}”的单位。请核对名称。", draft.policy.dispatch.basis
        )
    if command.to == command.unit:
        raise Rejected("unit_twice", "不能转办给本单位自己。请核对。", draft.policy.dispatch.basis)
    _check_own_complaint(draft, command.to)
    superior = envelope.given.unit(command.to).subordinate_to or envelope.given.unit(command.to).supervised_by
    if superior is not None and superior != command.unit:
        raise Rejected(
            "not_a_subordinate",
            f"{command.to}不是{command.unit}的下属或主管的单位，不能转办。",
            draft.policy.dispatch.basis,
        )
    draft.done(envelope)


def sign(draft: Draft, envelope: Envelope, command: Sign) -> None:
    """签收."""
    draft.done(envelope)
    signed(draft, command.unit)


def signed(draft: Draft, unit: str) -> None:
    """What follows from a unit's signing, be it by the command or implied by a reply."""
    draft.move_unit(unit, UnitStage.SIGNED)
    clockwork.meet(draft, ClockName.SIGN, unit)
    known = draft.ticket.assignments[unit]
    rule = draft.rule(ClockName.RETURN_WINDOW)
    if rule and rule.anchor is Anchor.SIGN and known.return_blocked is None:
        clockwork.start(draft, ClockName.RETURN_WINDOW, unit)
    if known.role is UnitRole.LEAD and draft.ticket.status is Status.DISPATCHED:
        draft.status(Status.HANDLING)


def request_return(draft: Draft, envelope: Envelope, command: RequestReturn) -> None:
    """申请退单, within the window and with the parts the policy requires."""
    terms = draft.policy.returns
    known = assignment(draft.ticket, command.unit, terms.basis)
    if known.return_blocked is not None:
        raise Rejected(
            f"return_blocked_{known.return_blocked}",
            _BLOCKED[known.return_blocked],
            known.return_blocked_basis,
        )
    if not _window_open(draft, known):
        raise Rejected(
            "return_window_closed", "已超过申请退单的时限，须按程序办理答复。", _window_basis(draft)
        )
    if known.return_asked:
        raise Rejected("return_pending", "退单申请正在审核，请等待审核结果。", terms.basis)
    require(command, terms.requires, draft.ticket.about)
    if command.suggested_unit and not envelope.given.unit(command.suggested_unit).exists:
        raise Rejected("unknown_unit", f"没有名为“{command.suggested_unit}”的承办单位。", terms.basis)
    draft.done(envelope)
    draft.wait(command.unit, "return", terms.basis)


def deem_accepted(draft: Draft, known: Assignment) -> None:
    """A unit that has neither signed nor given the ticket back in time has it, where the policy says so."""
    deemed = draft.policy.returns.deemed_acceptance
    if deemed is not None and known.stage is UnitStage.WAITING:
        draft.add(facts.DeemedAccepted(at=draft.now, unit=known.unit, of="dispatch", basis=deemed.basis))


_BLOCKED = {
    "meeting_decided": "本工单经专题会议研究确定由你单位办理，不得回退，请按时办理。",
    "panel_decided": "本工单经会商研判确定由你单位办理，不得回退，请按时办理。",
    "insisted": "经研判后继续派单，你单位应主动认领、及时办理，不得回退。",
    "first_receiver": "你单位为首接单位，应一办到底，不得回退。",
}


def _window_open(draft: Draft, known: Assignment) -> bool:
    rule = draft.rule(ClockName.RETURN_WINDOW)
    if rule is None or clockwork.window_open(draft, ClockName.RETURN_WINDOW, known.unit):
        return True
    return rule.anchor is Anchor.SIGN and known.signed_at is None


def _window_basis(draft: Draft) -> tuple[str, ...]:
    rule = draft.rule(ClockName.RETURN_WINDOW)
    locked = draft.policy.returns.window_basis
    return rule.basis if rule and rule.when else locked


def decide_return(draft: Draft, envelope: Envelope, command: DecideReturn) -> None:
    """Adjudicate: approved, the unit's clocks end and the next gets fresh ones; refused, nothing moves.

    What fell due while an approved return was being looked at was no longer the unit's to do.
    """
    terms = draft.policy.returns
    asked = {u: a for u, a in draft.ticket.assignments.items() if a.active and a.return_asked}
    if command.unit is not None:
        asked = {u: a for u, a in asked.items() if u == command.unit}
    known = the_only(draft.ticket, asked, "退单申请", terms.basis)
    if not command.approve:
        if terms.decision_needs_reason:
            demand(command, ("reason",), "reason_required", terms.decision_needs_reason.basis)
        final = terms.refused_is_final
        blocked = {"return_blocked": "insisted", "return_blocked_basis": list(final.basis)} if final else {}
        draft.done(envelope, known.unit, **blocked)
        draft.end_wait(known.unit, "return", terms.refused.basis)
        if draft.rule(ClockName.RETURN_WINDOW) and not _window_open(draft, known):
            deem_accepted(draft, known)
        return
    draft.done(envelope, known.unit)
    draft.end_wait(known.unit, "return", terms.approved.basis)
    if known.return_asked is not None:
        clockwork.take_back_since(draft, known.unit, known.return_asked)
    clockwork.end_all_of(draft, known.unit, EndReason.RETURNED)
    draft.move_unit(known.unit, UnitStage.RETURNED)
    if known.role is UnitRole.LEAD:
        draft.status(Status.REGISTERED)
        _await_dispatch(draft)


def _await_dispatch(draft: Draft) -> None:
    """The office owes a dispatch again, once the panel or the meeting it waits for has decided."""
    panel, meeting = draft.policy.dispatch.panel, draft.policy.dispatch.joint_meeting
    if panel and _passed_around(draft, panel) and not draft.ticket.panel_held:
        draft.wait(OFFICE, "panel", panel.basis)
        return
    if meeting and meeting.rests_dispatch and (OFFICE, "joint_meeting") in draft.ticket.waits:
        return
    clockwork.start(draft, ClockName.DISPATCH, OFFICE)


def _passed_around(draft: Draft, panel: Panel) -> bool:
    return draft.ticket.returned_by(panel.returns_of) >= panel.after_returns


def panel_decision(draft: Draft, envelope: Envelope, command: PanelDecision) -> None:
    """研判: binds later routing, and the unit that has the ticket already where it is the one.

    Without a unit none could be found, and the territorial unit takes it.
    """
    terms = provided(draft.policy.dispatch.panel_binds, draft, "会商研判")
    demand(command, ("basis", "minutes", "approved_by"), "panel_record_required", terms.basis)
    if command.unit is not None and not envelope.given.unit(command.unit).exists:
        raise Rejected("unknown_unit", f"没有名为“{command.unit}”的承办单位。请核对名称。", terms.basis)
    lead = draft.ticket.lead
    if lead is not None and lead.unit == command.unit:
        draft.done(envelope, return_blocked="panel_decided", return_blocked_basis=list(terms.return_basis))
    else:
        draft.done(envelope)
    _end_wait(draft, "panel", terms.basis)


def joint_meeting(draft: Draft, envelope: Envelope, command: JointMeeting) -> None:
    """联席会议: convened without a decision, concluded with one; the policy says what rests in between.

    Who attends is said when the meeting is convened, and need not be said again with its decision.
    """
    terms = provided(draft.policy.dispatch.joint_meeting, draft, "联席会议")
    pending = (OFFICE, "joint_meeting") in draft.ticket.waits
    if command.decision is None or not pending:
        demand(command, ("attendees",), "attendees_required", terms.basis)
    if command.decision is not None:
        demand(command, ("minutes",), "minutes_required", terms.basis)
        draft.done(envelope)
        _end_wait(draft, "joint_meeting", terms.basis)
        return
    draft.done(envelope)
    if not pending:
        draft.wait(OFFICE, "joint_meeting", terms.basis)
        if terms.rests_dispatch:
            clockwork.end_named(draft, ClockName.DISPATCH, OFFICE, EndReason.SUPERSEDED)


def _end_wait(draft: Draft, of: str, basis: tuple[str, ...]) -> None:
    if (OFFICE, of) in draft.ticket.waits:
        draft.end_wait(OFFICE, of, basis)
        held = any((OFFICE, other) in draft.ticket.waits for other in _REST_DISPATCH)
        held = held or draft.ticket.clock(ClockName.DISPATCH, OFFICE) is not None
        if draft.ticket.status in (Status.REGISTERED, Status.AWAITING_INSTRUCTION) and not held:
            clockwork.start(draft, ClockName.DISPATCH, OFFICE)


def named_unit(draft: Draft, unit: str | None, basis: tuple[str, ...]) -> Assignment:
    """The unit a command names, the lead where it names none."""
    return assignment(draft.ticket, unit, basis) if unit else lead_of(draft.ticket, basis)

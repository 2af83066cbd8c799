"""A unit's work: contact, progress, the assisting units' results, the answer and the reply."""

from datetime import date, datetime

from domain import facts
from domain.casework import clockwork
from domain.casework.draft import Draft, assignment
from domain.casework.parts import demand, empty, require
from domain.casework.routing import signed
from domain.commands import (
    AnswerCitizen,
    ApproveReply,
    CompletePlan,
    Contact,
    Envelope,
    ExplainOverdue,
    Progress,
    Reply,
    SubmitToLead,
)
from domain.policy import OutcomeTerms
from domain.rejected import Rejected
from domain.vocabulary import OFFICE, ClockName, EndReason, Outcome, Status, UnitStage


def contact(draft: Draft, envelope: Envelope, command: Contact) -> None:
    """Log a contact; keep the promise of the last one, start the clock of a new one."""
    promised = command.next_contact_at and draft.law.calendar.localised(command.next_contact_at)
    if promised is not None and promised <= draft.now:
        raise Rejected(
            "promise_in_the_past", "再次联系时间应晚于现在。请重新填写。", _basis_of(draft, ClockName.CONTACT)
        )
    draft.done(envelope)
    if command.reached:
        clockwork.meet(draft, ClockName.CONTACT, command.unit)
    if promised is not None:
        clockwork.start(draft, ClockName.CONTACT, command.unit, due=promised)


def _basis_of(draft: Draft, owed: ClockName) -> tuple[str, ...]:
    """The article of what is owed on such a clock, that of replying where the policy has none."""
    rule = draft.rule(owed)
    return rule.basis if rule else draft.policy.reply.basis


def progress(draft: Draft, envelope: Envelope, command: Progress) -> None:
    """Report how the work goes."""
    demand(command, ("text",), "text_required", draft.policy.reply.basis)
    draft.done(envelope)


def submit_to_lead(draft: Draft, envelope: Envelope, command: SubmitToLead) -> None:
    """An assisting unit hands its result to the lead and is done."""
    if empty(command.text) and empty(command.materials):
        raise Rejected(
            "text_required", "缺少：协办结果或材料。请补充后重新提交。", draft.policy.dispatch.basis
        )
    draft.done(envelope)
    if draft.ticket.assignments[command.unit].stage is UnitStage.WAITING:
        signed(draft, command.unit)
    clockwork.meet(draft, ClockName.ASSIST, command.unit)
    clockwork.end_named(draft, ClockName.RETURN_WINDOW, command.unit, EndReason.LAPSED)
    clockwork.end_named(draft, ClockName.CONTACT, command.unit, EndReason.CLOSED)
    draft.move_unit(command.unit, UnitStage.DONE)


def answer_citizen(draft: Draft, envelope: Envelope, command: AnswerCitizen) -> None:
    """Answer the caller where that has a limit of its own."""
    demand(command, ("text",), "text_required", draft.policy.reply.basis)
    draft.done(envelope)
    clockwork.meet(draft, ClockName.ANSWER, command.unit)


def explain_overdue(draft: Draft, envelope: Envelope, command: ExplainOverdue) -> None:
    """Explain a breach."""
    basis = _basis_of(draft, ClockName.EXPLANATION)
    demand(command, ("text",), "text_required", basis)
    if draft.ticket.clock(ClockName.EXPLANATION, command.unit) is None:
        raise Rejected("nothing_to_explain", "没有要求你单位说明的逾期事项。", basis)
    draft.done(envelope)
    clockwork.meet(draft, ClockName.EXPLANATION, command.unit)


def reply(draft: Draft, envelope: Envelope, command: Reply) -> None:
    """The lead's result. It leaves the unit at once, or after its leader has passed it."""
    terms = draft.policy.reply
    known = assignment(draft.ticket, command.unit, terms.basis)
    if known.return_asked:
        raise Rejected(
            "return_pending", "退单申请正在审核，请等待审核结果后再答复。", draft.policy.returns.basis
        )
    require(command, terms.requires, draft.ticket.about)
    _check_outcome(draft, command)
    if _is_to_come(draft, command.contacted_at):
        raise Rejected("contact_in_the_future", "答复诉求人的时间不能晚于现在。请核对。", terms.basis)
    if _is_to_come(draft, command.handled_at):
        raise Rejected("handled_in_the_future", "办理时间不能晚于现在。请核对。", terms.basis)
    draft.done(envelope)
    if known.stage is UnitStage.WAITING:
        signed(draft, command.unit)
    if any(
        approval.when is None or approval.when.matches(draft.ticket.about) for approval in terms.approvals
    ):
        draft.move_unit(command.unit, UnitStage.APPROVING)
        return
    submit(draft, command.unit)


def _is_to_come(draft: Draft, moment: datetime | None) -> bool:
    return moment is not None and draft.law.calendar.localised(moment) > draft.now


def _check_outcome(draft: Draft, command: Reply) -> None:
    if command.outcome is None:
        return
    terms = draft.policy.reply.outcomes.get(command.outcome)
    if command.outcome is Outcome.PLANNED and terms is None:
        raise Rejected(
            "outcome_not_in_policy",
            f"《{draft.policy.title}》没有列入计划的规定。请选择其他办理结果。",
            draft.policy.reply.basis,
        )
    if terms is None:
        return
    demand(command, terms.fields, "outcome_incomplete", terms.basis)
    if len(command.materials) < terms.materials:
        raise Rejected(
            "materials_required",
            f"该办理结果须随附至少{terms.materials}份材料。请补充后提交。",
            terms.basis,
        )
    if command.outcome is Outcome.PLANNED and command.planned_for is not None:
        _check_plan(draft, command.planned_for, terms)


def _check_plan(draft: Draft, planned_for: date | datetime, terms: OutcomeTerms) -> None:
    calendar = draft.law.calendar
    day = calendar.localised(planned_for).date() if isinstance(planned_for, datetime) else planned_for
    today = calendar.localised(draft.now).date()
    if day <= today:
        raise Rejected("plan_in_the_past", "计划完成时间应晚于今天。请重新填写。", terms.basis)
    received = calendar.localised(draft.ticket.about.received_at).date()
    if terms.max_calendar_days is not None and (day - received).days > terms.max_calendar_days:
        raise Rejected(
            "plan_too_late",
            f"列入计划的事项应在受理后{terms.max_calendar_days}天内完成。请改填计划完成时间。",
            terms.basis,
        )


def approve_reply(draft: Draft, envelope: Envelope, command: ApproveReply) -> None:
    """A unit's leader passes the reply on, or stops it."""
    terms = draft.policy.reply
    needed = [a for a in terms.approvals if a.when is None or a.when.matches(draft.ticket.about)]
    role = envelope.actor.role.value
    if role in ("unit_leader", "unit_principal") and role not in {a.by for a in needed}:
        raise Rejected(
            "wrong_approver",
            "答复须经规定的单位领导审阅。",
            needed[0].basis if needed else terms.basis,
            forbidden=True,
        )
    draft.done(envelope)
    if not command.approve:
        draft.move_unit(command.unit, UnitStage.SIGNED)
        return
    passed = draft.ticket.assignments[command.unit].reply
    given = passed.approved_by if passed else frozenset()
    if all(a.by in given for a in needed) or role == "system_operator":
        submit(draft, command.unit)


def submit(draft: Draft, unit: str) -> None:
    """The reply leaves the unit: its limit falls silent until the verdict, the review clock starts."""
    draft.move_unit(unit, UnitStage.REPLIED)
    for name in (ClockName.HANDLE, ClockName.TARGET):
        _silence(draft, name, unit)
    clockwork.meet(draft, ClockName.ANSWER, unit)
    clockwork.meet(draft, ClockName.CONTACT, unit)
    draft.status(Status.REVIEWING)
    clockwork.start(draft, ClockName.REVIEW, OFFICE)


def _silence(draft: Draft, name: ClockName, unit: str) -> None:
    clock = draft.ticket.clock(name, unit)
    if clock is None:
        return
    if clock.breached and draft.now <= clock.due:
        clockwork.take_back(draft, clock)
    draft.add(facts.ClockSilenced(at=draft.now, clock=name, unit=unit, submitted_at=draft.now))


def complete_plan(draft: Draft, envelope: Envelope, command: CompletePlan) -> None:
    """What was planned is done: it is reviewed like a reply."""
    terms = draft.policy.reply.outcomes.get(Outcome.PLANNED)
    basis = terms.basis if terms else draft.policy.reply.basis
    assignment(draft.ticket, command.unit, basis)
    demand(command, ("text",), "text_required", basis)
    draft.done(envelope)
    draft.move_unit(command.unit, UnitStage.REPLIED)
    _silence(draft, ClockName.PLANNED, command.unit)
    draft.status(Status.REVIEWING)
    clockwork.start(draft, ClockName.REVIEW, OFFICE)

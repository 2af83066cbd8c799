"""Before a unit has the ticket: changed, refused, handed over, answered at once or put to a leader."""

from typing import TypeVar

from pydantic import ValidationError

from domain import facts
from domain.calendar_data import CalendarData
from domain.calendar_zone import CalendarError
from domain.casework import clockwork
from domain.casework.closing import finish_handling
from domain.casework.draft import Draft
from domain.casework.parts import demand, empty
from domain.casework.recomputing import recompute, recompute_upstream, start_what_is_new
from domain.casework.reviewing import settle_review
from domain.commands import (
    Amend,
    Answer,
    Envelope,
    Instruct,
    Join,
    Merge,
    Refuse,
    ReviseCalendar,
    SubmitToLeader,
    Supplement,
    TicketFields,
    TransferEmergency,
    plain_fields,
)
from domain.policy import Element, Intake, Policy, RefusalRule, Refusals
from domain.rejected import Rejected
from domain.vocabulary import (
    OFFICE,
    ClockName,
    EndReason,
    Passing,
    RefusalReason,
    Role,
    Source,
    Status,
    TicketType,
    Urgency,
)

Provision = TypeVar("Provision", bound=Element)


def provided(permission: Provision | None, draft: Draft, what: str) -> Provision:
    """The element of the policy that provides for something. Rejected where the policy does not."""
    if permission is None:
        raise Rejected(
            "not_in_policy",
            f"《{draft.policy.title}》没有关于{what}的规定，不能办理此项操作。",
            draft.policy.process.basis,
        )
    return permission


def amend(draft: Draft, envelope: Envelope, command: Amend) -> None:
    """Change what was registered and compute every limit again from its own anchor."""
    changes = plain_fields(command)
    if not changes:
        raise Rejected("nothing_to_amend", "没有要更改的内容。请填写更改的项目。", draft.policy.process.basis)
    own = draft.policy.dispatch.own_complaint
    if own and command.subject_unit in {a.unit for a in draft.ticket.active()}:
        raise Rejected(
            "own_complaint",
            f"工单正由{command.subject_unit}办理，诉求反映的却是该单位自身的问题。请先撤回派单。",
            own.basis,
        )
    check_taken_in(draft.policy, command.source, command.type)
    if command.upstream_no is not None and not envelope.given.upstream_no_free:
        raise Rejected(
            "upstream_no_taken",
            "另一工单已经登记这一上级编号，同一编号只登记一次。请核对编号，同一事项请并单办理。",
            draft.policy.intake.basis,
        )
    before = draft.ticket.about
    details: dict[str, str] = {}
    if command.upstream_due is not None:
        details["upstream_due"] = draft.law.calendar.localised(command.upstream_due).isoformat()
    if command.source is not None and command.level is None:
        details |= _level_following(draft.policy.intake, before, command.source)
    draft.done(envelope, **details)
    recompute(draft, "amended", before=before)
    if "upstream_due" in changes:
        recompute_upstream(draft)
    start_what_is_new(draft, before)
    settle_review(draft)


def _level_following(terms: Intake, about: TicketFields, source: Source) -> dict[str, str]:
    """The level of another source, where the ticket's is that of its source and was not named otherwise."""
    level = terms.level_of(source)
    named = about.level is not terms.level_of(about.source)
    return {} if named or level is about.level else {"level": level.value}


def check_taken_in(policy: Policy, source: Source | None, kind: TicketType | None) -> None:
    """Raise Rejected for a source or a type that the policy does not take in."""
    terms = policy.intake
    if source is not None and source not in terms.sources:
        raise Rejected("source_not_in_policy", "本热线不受理这一来源的诉求。", terms.basis)
    if kind is not None and kind not in terms.types:
        raise Rejected("type_not_in_policy", "本热线没有这一诉求类型。", terms.basis)
    if source is not None and terms.from_above_only and source not in terms.upstream_sources:
        raise Rejected("source_not_in_policy", "本热线只受理上级平台转来的工单。", terms.basis)


def revise_calendar(draft: Draft, envelope: Envelope, command: ReviseCalendar) -> None:
    """A newly published arrangement of working days: every open clock is computed again with it."""
    try:
        revised = CalendarData.model_validate(command.calendar)
        draft.law = draft.law.counting_in(revised)
    except (ValidationError, CalendarError) as error:
        raise Rejected(
            "calendar_unusable", "工作日历不能使用。请核对日历数据后重新导入。", draft.policy.process.basis
        ) from error
    draft.done(envelope)
    recompute(draft, "calendar", calendar=revised.version)
    start_what_is_new(draft, draft.ticket.about)


def supplement(draft: Draft, envelope: Envelope, command: Supplement) -> None:
    """Add to what the caller said."""
    if empty(command.text) and empty(command.materials):
        raise Rejected(
            "nothing_to_supplement", "没有要补充的内容。请填写补充内容或材料。", draft.policy.process.basis
        )
    draft.done(envelope)


def refuse(draft: Draft, envelope: Envelope, command: Refuse) -> None:
    """不予受理: only for the policy's reasons, with explanation, route and the evidence the reason needs."""
    refusals = draft.policy.refusals
    if refusals is None:
        raise Rejected(
            "refusal_not_provided",
            f"《{draft.policy.title}》没有不予受理的规定。不属本级办理的，请退回上级。",
            draft.policy.process.basis,
        )
    rule = refusals.reasons.get(command.reason_code)
    if rule is None:
        raise Rejected(
            "refusal_reason_unknown",
            f"《{draft.policy.title}》没有这一不予受理情形。请选择列明的情形。",
            refusals.basis,
        )
    _check_interception(draft, envelope, command, refusals)
    demand(command, ("explanation", "route"), "explanation_required", (*refusals.basis, *rule.basis))
    demand(_knowing_the_prior(draft, command), rule.requires, "evidence_required", rule.basis)
    _check_prior(envelope, command, rule)
    if rule.supervisor_check and envelope.actor.role in _AT_THE_PHONE and empty(command.evidence):
        demand(command, ("approved_by",), "approval_required", rule.basis)
    draft.done(envelope, basis_rules=list(rule.basis))
    draft.add(facts.CitizenInformed(at=draft.now, unit=OFFICE, of="refusal", basis=refusals.basis))
    if command.intercepted and refusals.interception:
        told = refusals.interception.basis
        draft.add(facts.CitizenInformed(at=draft.now, unit=OFFICE, of="interception", basis=told))
    if not rule.keep_content:
        draft.add(facts.ContentDropped(at=draft.now, basis=rule.basis))
    draft.release_units("refusal", refusals.basis)
    clockwork.end_ticket(draft, Status.REFUSED, EndReason.CLOSED)


_AT_THE_PHONE = frozenset({Role.AGENT, Role.CONTRACTOR})


def _knowing_the_prior(draft: Draft, command: Refuse) -> Refuse:
    """The refusal with the earlier ticket that was named at registration, unless it names one itself."""
    known = draft.ticket.about.prior
    return command.model_copy(update={"prior": known}) if known and empty(command.prior) else command


def _check_prior(envelope: Envelope, command: Refuse, rule: RefusalRule) -> None:
    """Raise Rejected where the earlier ticket proves nothing: not there, the same one, or still in hand."""
    prior = envelope.given.prior if "prior" in rule.requires else "handled"
    if prior == "itself":
        raise Rejected("prior_is_itself", "原工单不能是本工单。请核对原工单号。", rule.basis)
    if prior == "unknown" and empty(command.evidence):
        raise Rejected(
            "prior_unknown",
            "本热线没有这一编号的工单。请核对原工单号；原工单不在本热线的，请附上当时的处理材料。",
            rule.basis,
        )
    if prior == "open" and rule.prior_handled:
        raise Rejected(
            "prior_not_handled",
            "原工单没有办结，不能认定为已经依法处理。请并入原工单，或者按程序办理。",
            rule.basis,
        )


def _check_interception(draft: Draft, envelope: Envelope, command: Refuse, refusals: Refusals) -> None:
    terms = refusals.interception
    if not command.intercepted:
        if envelope.actor.role is Role.SYSTEM:
            raise Rejected("person_needed", "不予受理应由工作人员确认。", refusals.basis, forbidden=True)
        return
    if terms is None or draft.ticket.about.source not in terms.sources:
        basis = terms.basis if terms else refusals.basis
        raise Rejected("interception_not_provided", "只有规定的互联网渠道可以自动拦截。", basis)
    if command.reason_code not in terms.reasons:
        raise Rejected("interception_reason", "这一情形不能自动拦截，应由工作人员认定。", terms.basis)


def check_scope(draft: Draft) -> None:
    """Raise Rejected for a demand that the policy does not take: an emergency, or certain complainants'."""
    calm = draft.policy.intake.non_emergency
    if calm and draft.ticket.about.urgency is Urgency.EMERGENCY:
        raise Rejected(
            "emergency_not_taken",
            "本热线只受理非紧急类事项。请转交110、119、120、122，或不予受理并告知途径。",
            calm.basis,
        )
    refusals = draft.policy.refusals
    for rule in refusals.reasons.values() if refusals else ():
        if draft.ticket.about.complainant in rule.complainants:
            raise Rejected(
                "complainant_out_of_scope",
                "此类诉求人的诉求不属受理范围。请按不予受理办理，并告知办理途径。",
                rule.basis,
            )


def transfer_emergency(draft: Draft, envelope: Envelope, command: TransferEmergency) -> None:
    """Hand over to 110, 119, 120 or 122 at once; the caller is told to whom."""
    refusals = draft.policy.refusals
    refusal: Element | None = draft.policy.emergency_transfer
    if refusal is None and refusals:
        refusal = refusals.reasons.get(RefusalReason.EMERGENCY_LINE)
    if refusal is None:
        refusal = provided(draft.policy.emergency_transfer, draft, "转交紧急服务专线")
    draft.done(envelope)
    draft.add(facts.CitizenInformed(at=draft.now, unit=OFFICE, of="emergency_transfer", basis=refusal.basis))
    draft.release_units("transfer")
    clockwork.end_ticket(draft, Status.TRANSFERRED, EndReason.TRANSFERRED)


def answer(draft: Draft, envelope: Envelope, command: Answer) -> None:
    """即办: answer the caller from the knowledge base."""
    terms = draft.policy.direct_answer
    if terms is None or (terms.when and not terms.when.matches(draft.ticket.about)):
        raise Rejected(
            "direct_answer_not_provided",
            "此类诉求不能直接答复。请派单给承办单位。",
            terms.basis if terms else draft.policy.process.basis,
        )
    check_scope(draft)
    if command.mode not in terms.modes:
        raise Rejected("answer_mode_not_provided", "不能以三方通话方式答复。请直接答复或派单。", terms.basis)
    demand(command, ("text",), "text_required", terms.basis)
    if terms.requires_knowledge:
        demand(command, ("knowledge",), "knowledge_required", terms.basis)
    draft.done(envelope)
    draft.pass_stage(Passing.ACCEPTED)
    draft.release_units("answer", terms.basis)
    clockwork.meet(draft, ClockName.DISPATCH, OFFICE)
    finish_handling(draft)


def submit_to_leader(draft: Draft, envelope: Envelope, command: SubmitToLeader) -> None:
    """批办: report to the government by 《热线快报》 and wait for the instruction."""
    terms = provided(draft.policy.leader_instruction, draft, "呈报领导批办")
    demand(command, ("summary",), "summary_required", terms.basis)
    draft.done(envelope)
    draft.wait(OFFICE, "instruction", terms.basis)
    draft.status(Status.AWAITING_INSTRUCTION)


def instruct(draft: Draft, envelope: Envelope, command: Instruct) -> None:
    """A leader's instruction; a ticket that waited for it goes back to be dispatched."""
    terms = provided(draft.policy.leader_instruction, draft, "领导批示")
    demand(command, ("text",), "text_required", terms.basis)
    draft.done(envelope)
    if draft.ticket.status is Status.AWAITING_INSTRUCTION:
        draft.end_wait(OFFICE, "instruction", terms.basis)
        draft.status(Status.REGISTERED)


def merge(draft: Draft, envelope: Envelope, command: Merge) -> None:
    """并单: this ticket ends, its callers go along to the main one."""
    if command.into == draft.ticket.no:
        raise Rejected("merge_into_itself", "不能并入自身。请选择主工单。", draft.policy.merging.basis)
    if not envelope.given.target_open:
        raise Rejected(
            "merge_target_closed", "要并入的主工单不存在或已办结。请另选主工单。", draft.policy.merging.basis
        )
    draft.done(envelope, callers=list(draft.ticket.callers))
    draft.release_units("merge", draft.policy.merging.basis)
    clockwork.end_ticket(draft, Status.MERGED, EndReason.MERGED)


def join(draft: Draft, envelope: Envelope, command: Join) -> None:
    """Take in the callers of a merged ticket."""
    draft.done(envelope)
    draft.add(facts.CallersJoined(at=draft.now, merged=command.merged, callers=tuple(command.callers)))

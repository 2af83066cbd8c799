"""After the result: callbacks, ratings, redo, appeals and what is taken out of or added to a score."""

from domain import facts
from domain.casework import clockwork
from domain.casework.closing import archive, settle_closing
from domain.casework.draft import Draft
from domain.casework.intake import provided
from domain.casework.parts import demand
from domain.casework.routing import named_unit
from domain.commands import (
    Appeal,
    Archive,
    Callback,
    DecideBonus,
    DeclineRedo,
    Envelope,
    ExcludeFromScore,
    NominateBonus,
    Rate,
    Redo,
)
from domain.rejected import Rejected
from domain.ticket import CallerState
from domain.vocabulary import OFFICE, ClockName, ExclusionReason, Passing, Status, UnitRole, UnitStage


def callback(draft: Draft, envelope: Envelope, command: Callback) -> None:
    """One attempt to reach a caller; after the policy's number of attempts they count as not reachable."""
    terms = draft.policy.callback
    caller = _caller(draft, command.caller)
    known = draft.ticket.callers[caller]
    if known.settled and known.reached:
        raise Rejected("already_called_back", "该诉求人已经回访。", terms.basis)
    if command.reached:
        demand(command, terms.rates, "rating_required", terms.basis)
    draft.done(envelope, caller=caller)
    if command.reached:
        _settle(draft, caller, command)
    elif known.attempts + 1 >= terms.attempts and not known.settled:
        draft.add(facts.CallbackSettled(at=draft.now, caller=caller, reached=False))
    settle_closing(draft)


def rate(draft: Draft, envelope: Envelope, command: Rate) -> None:
    """A caller rates for themselves; the latest rating counts, all are kept."""
    caller = _caller(draft, command.caller)
    demand(command, draft.policy.callback.rates, "rating_required", draft.policy.callback.basis)
    draft.done(envelope, caller=caller)
    _settle(draft, caller, command)
    settle_closing(draft)


def _settle(draft: Draft, caller: str, said: Callback | Rate) -> None:
    draft.add(
        facts.CallbackSettled(
            at=draft.now,
            caller=caller,
            reached=True,
            handling=said.handling,
            intake=said.intake,
            solved=said.solved,
            reasonable=said.reasonable if isinstance(said, Callback) else None,
        )
    )
    draft.pass_stage(Passing.RATED)


def _caller(draft: Draft, named: str | None) -> str:
    callers = draft.ticket.callers
    basis = draft.policy.callback.basis
    if named is not None:
        if named not in callers:
            raise Rejected("unknown_caller", "工单没有这位诉求人。", basis)
        return named
    open_ones = [c for c, state in callers.items() if not state.settled] or list(callers)
    if len(open_ones) != 1:
        raise Rejected("caller_needed", f"本工单有{len(open_ones)}位诉求人，请指明是哪一位。", basis)
    return open_ones[0]


def dissatisfied(draft: Draft) -> list[CallerState]:
    """The callers whose latest word allows a redo: their rating, or without one that it is not solved."""
    wanted = draft.policy.redo.ratings
    callers = draft.ticket.callers.values()
    return [c for c in callers if c.handling in wanted or (c.handling is None and c.solved is False)]


def redo(draft: Draft, envelope: Envelope, command: Redo) -> None:
    """重办: the unit starts again, with a fresh limit of the ticket's type.

    What the office had answered by itself goes back to be dispatched.
    """
    terms = draft.policy.redo
    if terms.times is not None and draft.ticket.redos >= terms.times:
        raise Rejected("redo_times", f"重办以{terms.times}次为限，已经重办过。", terms.times_basis)
    if not dissatisfied(draft):
        raise Rejected("redo_without_dissatisfaction", "诉求人没有表示不满意，不能发回重办。", terms.basis)
    if terms.needs_finding:
        _check_finding(draft, terms.basis)
    if command.unit is None and draft.ticket.lead is None:
        draft.done(envelope)
        draft.status(Status.REGISTERED)
        clockwork.start(draft, ClockName.DISPATCH, OFFICE)
        return
    known = named_unit(draft, command.unit, terms.basis)
    if known.role is not UnitRole.LEAD or known.stage is not UnitStage.DONE:
        raise Rejected("wrong_part", f"{known.unit}不是办结本工单的主办单位，不能发回重办。", terms.basis)
    draft.done(envelope, known.unit)
    draft.move_unit(known.unit, UnitStage.SIGNED)
    draft.status(Status.HANDLING)
    for name in (ClockName.HANDLE, ClockName.TARGET, ClockName.ANSWER):
        clockwork.start(draft, name, known.unit, redo=True)
    clockwork.reopen_extension_window(draft, known.unit)


def _check_finding(draft: Draft, basis: tuple[str, ...]) -> None:
    if draft.ticket.redo_declined or all(caller.reasonable is False for caller in dissatisfied(draft)):
        raise Rejected("redo_not_reasonable", "已认定诉求人没有合理理由，不能发回重办。", basis)


def decline_redo(draft: Draft, envelope: Envelope, command: DeclineRedo) -> None:
    """The office finds that the demand for a redo is not reasonable, and says why."""
    terms = draft.policy.redo
    if not dissatisfied(draft):
        raise Rejected("redo_without_dissatisfaction", "诉求人没有表示不满意，无须认定。", terms.basis)
    draft.done(envelope)


def appeal(draft: Draft, envelope: Envelope, command: Appeal) -> None:
    """A caller objects; the office looks at it, unless the matter is closed for good."""
    final = draft.policy.closing.final
    if final and draft.ticket.final:
        raise Rejected(
            "closed_final", "该事项经督办或重办后已确认办结，同一事实和理由不再受理。", final.basis
        )
    demand(command, ("text",), "text_required", draft.policy.callback.basis)
    draft.done(envelope)


def exclude_from_score(draft: Draft, envelope: Envelope, command: ExcludeFromScore) -> None:
    """Take a dissatisfied rating out of the deductions, on the policy's grounds and with an approver."""
    terms = draft.policy.score
    rule = terms.exclusions.get(command.reason_code) if terms else None
    if rule is None:
        raise Rejected(
            "exclusion_not_in_policy",
            "没有这一不纳入减分的情形。",
            terms.basis if terms else draft.policy.process.basis,
        )
    if rule.when is not None and not rule.when.matches(draft.ticket.about):
        raise Rejected("exclusion_not_for_this_ticket", "这一情形不适用于此类诉求。", rule.basis)
    if not dissatisfied(draft):
        raise Rejected("nothing_to_exclude", "诉求人没有评价不满意，无须剔除。", rule.basis)
    demand(command, ("evidence", "approved_by"), "evidence_required", rule.basis)
    if command.reason_code is ExclusionReason.NO_LEGAL_BASIS and terms:
        _check_explanations(draft, envelope, terms.explanations_needed, rule.basis)
    draft.done(envelope)


def _check_explanations(draft: Draft, envelope: Envelope, needed: int, basis: tuple[str, ...]) -> None:
    logged = sum(a.contacts + (a.reply is not None) for a in draft.ticket.assignments.values())
    known = envelope.given.explanations if envelope.given.explanations is not None else logged
    if known < needed:
        raise Rejected(
            "explanations_missing", f"须有{needed}次以上向诉求人解释答复的记录，现有{known}次。", basis
        )


def nominate_bonus(draft: Draft, envelope: Envelope, command: NominateBonus) -> None:
    """Propose a bonus."""
    terms = provided(draft.policy.score.bonus if draft.policy.score else None, draft, "考核加分")
    demand(command, ("evidence",), "evidence_required", terms.basis)
    draft.done(envelope, named_unit(draft, command.unit, terms.basis).unit)


def decide_bonus(draft: Draft, envelope: Envelope, command: DecideBonus) -> None:
    """Decide a proposed bonus."""
    terms = provided(draft.policy.score.bonus if draft.policy.score else None, draft, "考核加分")
    if not draft.ticket.bonus_nominated:
        raise Rejected("nothing_pending", "没有待审批的加分提名。", terms.basis)
    demand(command, ("approved_by",), "approver_required", terms.basis)
    known = named_unit(draft, command.unit, terms.basis)
    draft.done(envelope, known.unit, approve=command.approve is not False)


def archive_now(draft: Draft, envelope: Envelope, command: Archive) -> None:
    """归档 before the set time."""
    if any(not caller.settled for caller in draft.ticket.callers.values()):
        raise Rejected(
            "callback_outstanding", "尚未完成回访，不能归档。请先回访。", draft.policy.callback.basis
        )
    draft.done(envelope)
    archive(draft)

"""A command in, its facts out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain import facts
from domain.calendar_zone import CalendarError
from domain.casework import (
    aftercare,
    alarms,
    clockwork,
    extensions,
    handling,
    intake,
    oversight,
    reviewing,
    routing,
)
from domain.casework.draft import Draft
from domain.casework.transitions import TRANSITIONS, Transition, provided_for
from domain.commands import Actor, Envelope, TicketFields
from domain.facts import Fact
from domain.law import Law
from domain.policy import Policy
from domain.rejected import Rejected
from domain.ticket import Ticket, registered
from domain.vocabulary import OFFICE, ClockName, Role, Status, UnitStage

Handler = Callable[[Draft, Envelope, Any], None]


HANDLERS: dict[str, Handler] = {
    "amend": intake.amend,
    "supplement": intake.supplement,
    "refuse": intake.refuse,
    "transfer_emergency": intake.transfer_emergency,
    "return_upstream": oversight.return_upstream,
    "request_upstream_extension": oversight.request_upstream_extension,
    "upstream_answer": oversight.upstream_answer,
    "answer": intake.answer,
    "submit_to_leader": intake.submit_to_leader,
    "instruct": intake.instruct,
    "dispatch": routing.dispatch,
    "recall": routing.recall,
    "subdispatch": routing.subdispatch,
    "sign": routing.sign,
    "contact": handling.contact,
    "progress": handling.progress,
    "request_return": routing.request_return,
    "decide_return": routing.decide_return,
    "request_extension": extensions.request_extension,
    "decide_extension": extensions.decide_extension,
    "submit_to_lead": handling.submit_to_lead,
    "answer_citizen": handling.answer_citizen,
    "reply": handling.reply,
    "approve_reply": handling.approve_reply,
    "complete_plan": handling.complete_plan,
    "explain_overdue": handling.explain_overdue,
    "record_signature": reviewing.record_signature,
    "first_review": reviewing.review,
    "final_review": reviewing.review,
    "callback": aftercare.callback,
    "rate": aftercare.rate,
    "appeal": aftercare.appeal,
    "redo": aftercare.redo,
    "decline_redo": aftercare.decline_redo,
    "withdraw": oversight.withdraw,
    "urge": oversight.urge,
    "supervise": oversight.supervise,
    "panel_decision": routing.panel_decision,
    "joint_meeting": routing.joint_meeting,
    "refer": oversight.refer,
    "merge": intake.merge,
    "join": intake.join,
    "override_limit": extensions.override_limit,
    "exclude_from_score": aftercare.exclude_from_score,
    "nominate_bonus": aftercare.nominate_bonus,
    "decide_bonus": aftercare.decide_bonus,
    "archive": aftercare.archive_now,
    "revise_calendar": intake.revise_calendar,
}


def register(
    law: Law,
    no: str,
    about: TicketFields,
    now: datetime,
    *,
    callers: tuple[str, ...] = ("caller-1",),
    texts: dict[str, str] | None = None,
) -> list[Fact]:
    """The first facts of a ticket. Rejected for a type or source that the policy does not take in."""
    intake.check_taken_in(law.policy, about.source, about.type)
    try:
        return _registered(law, no, _completed(law, about), now, callers, texts or {})
    except (CalendarError, OverflowError) as error:
        why = "日期超出可计算的范围。请核对受理时间和上级时限。"
        raise Rejected("malformed", why, law.policy.process.basis) from error


def _registered(
    law: Law, no: str, about: TicketFields, now: datetime, callers: tuple[str, ...], texts: dict[str, str]
) -> list[Fact]:
    first = facts.Registered(
        at=now,
        no=no,
        jurisdiction=law.policy.id,
        ticket=about,
        callers=callers,
        texts=texts,
    )
    draft = Draft(law, registered(first), now)
    draft.facts.append(first)
    draft.add(
        facts.StatusChanged(
            at=now, to=Status.REGISTERED, stage=law.policy.process.stages.get(Status.REGISTERED)
        )
    )
    received = law.calendar.localised(about.received_at)
    clockwork.start(draft, ClockName.DISPATCH, OFFICE, received)
    if about.upstream_due is not None:
        clockwork.start(
            draft, ClockName.UPSTREAM, OFFICE, received, due=law.calendar.localised(about.upstream_due)
        )
    return draft.facts


def _completed(law: Law, about: TicketFields) -> TicketFields:
    """The fields with offsets on their moments, and with the level of their source where none was named."""
    level = about.level
    if "level" not in about.model_fields_set:
        level = law.policy.intake.level_of(about.source)
    upstream = about.upstream_due and law.calendar.localised(about.upstream_due)
    received = law.calendar.localised(about.received_at)
    return about.model_copy(update={"level": level, "received_at": received, "upstream_due": upstream})


def decide(law: Law, ticket: Ticket, envelope: Envelope, now: datetime) -> list[Fact]:
    """The facts that a command makes at `now`; nothing is changed.

    Rejected says which state, time, role or missing part forbids it. `now` counts as the instant of the
    command and is never before the ticket's last command. Time must have been settled up to `now` beforehand.
    """
    return drafted(law, ticket, envelope, now).facts


def drafted(law: Law, ticket: Ticket, envelope: Envelope, now: datetime) -> Draft:
    """What `decide` decides, with the state it leads to."""
    _check(law, ticket, envelope)
    draft = Draft(law, ticket, now)
    try:
        HANDLERS[envelope.command.do](draft, envelope, envelope.command)
        alarms.ring_due(draft)
    except (CalendarError, OverflowError) as error:
        why = "日期超出可计算的范围。请核对填写的日期。"
        raise Rejected("malformed", why, law.policy.process.basis) from error
    oversight.detect(draft, ticket)
    return draft


def _check(law: Law, ticket: Ticket, envelope: Envelope) -> None:
    command, actor = envelope.command, envelope.actor
    transition = TRANSITIONS.get(command.do)
    if transition is None:
        raise Rejected("not_for_a_ticket", "此项操作不是对工单的操作。", law.policy.process.basis)
    if not may(law.policy, actor, transition, command.do):
        contractor = law.policy.contractor if actor.role is Role.CONTRACTOR else None
        basis = contractor.basis if contractor else law.policy.process.roles
        raise Rejected("wrong_role", "你的角色不能办理此项操作。", basis, forbidden=True)
    if ticket.status not in transition.statuses:
        raise Rejected(
            "wrong_status",
            f"工单现为“{STATUS_WORDS[ticket.status]}”，不能办理此项操作。",
            law.policy.process.basis,
        )
    if transition.stages is not None:
        _check_unit(law, ticket, envelope, transition)


def may(policy: Policy, actor: Actor, transition: Transition, do: str) -> bool:
    """Whether the role may issue the command; a contractor is an agent as far as the policy lets it."""
    if actor.role is Role.SYSTEM_OPERATOR:
        return True
    if actor.role is Role.CONTRACTOR:
        allowed = policy.contractor.commands if policy.contractor else ()
        return do in allowed and Role.AGENT in transition.roles
    return actor.role in transition.roles


def _check_unit(law: Law, ticket: Ticket, envelope: Envelope, transition: Transition) -> None:
    unit = getattr(envelope.command, "unit", None)
    if unit is None:
        return
    if envelope.actor.unit is not None and envelope.actor.unit != unit and envelope.actor.role in _UNIT_ROLES:
        raise Rejected("wrong_unit", f"你不能代表{unit}办理。", law.policy.process.roles, forbidden=True)
    known = ticket.assignments.get(unit)
    basis = law.policy.process.basis
    if known is None:
        raise Rejected("not_assigned", f"工单没有派给{unit}。请核对单位。", basis)
    if transition.stages is not None and known.stage not in transition.stages:
        raise Rejected(
            "wrong_stage", f"{unit}的办理状态为“{STAGE_WORDS[known.stage]}”，不能办理此项操作。", basis
        )
    if transition.part is not None and known.role is not transition.part:
        raise Rejected("wrong_part", f"此项操作应由{PART_WORDS[transition.part]}单位办理。", basis)


_UNIT_ROLES = frozenset({Role.UNIT, Role.UNIT_LEADER, Role.UNIT_PRINCIPAL})

STATUS_WORDS = {
    Status.REGISTERED: "待派单",
    Status.AWAITING_INSTRUCTION: "待批示",
    Status.DISPATCHED: "待签收",
    Status.HANDLING: "办理中",
    Status.REVIEWING: "待审核",
    Status.PLANNED: "列入计划",
    Status.CALLBACK: "待回访",
    Status.CLOSED: "已办结",
    Status.ARCHIVED: "已归档",
    Status.WITHDRAWN: "已撤单",
    Status.REFUSED: "不予受理",
    Status.TRANSFERRED: "已转交",
    Status.MERGED: "已并单",
    Status.RETURNED_UPSTREAM: "已退回上级",
}
STAGE_WORDS = {
    UnitStage.WAITING: "待签收",
    UnitStage.SIGNED: "办理中",
    UnitStage.APPROVING: "待单位领导审阅",
    UnitStage.REPLIED: "已答复待审核",
    UnitStage.DONE: "已办结",
    UnitStage.RETURNED: "已退单",
    UnitStage.RECALLED: "已撤回",
}
PART_WORDS = {"lead": "主办", "assist": "协办"}


def allowed_commands(policy: Policy, ticket: Ticket, actor: Actor) -> list[str]:
    """The commands that tables and policy allow this actor now; the parts a command needs are no matter."""
    return [
        name
        for name, transition in TRANSITIONS.items()
        if may(policy, actor, transition, name)
        and provided_for(name, policy, ticket.about, actor.role)
        and _fits(ticket, actor, transition)
    ]


def _fits(ticket: Ticket, actor: Actor, transition: Transition) -> bool:
    if ticket.status not in transition.statuses:
        return False
    if transition.stages is None:
        return True
    # The office is a unit of the directory too, and speaks to every unit that works on a ticket.
    own = actor.unit if actor.role in _UNIT_ROLES else None
    candidates = [a for a in ticket.assignments.values() if own in (None, a.unit)]
    return any(
        a.stage in transition.stages and (transition.part is None or a.role is transition.part)
        for a in candidates
    )

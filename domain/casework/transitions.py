"""What may happen in which status, by which role: one table, asked by the core and by every screen.

A second one says what of the policy a command rests on: what a policy does not provide for is not offered.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from domain.commands import TicketFields
from domain.policy import Approval, DirectAnswer, Exclusion, Policy, ReviewLevel, Signature
from domain.vocabulary import ENDS, RefusalReason, Role, Status, UnitRole, UnitStage

S = Status
U = UnitStage

REGISTERED = frozenset({S.REGISTERED})
BEFORE_WORK = frozenset({S.REGISTERED, S.AWAITING_INSTRUCTION})
WITH_UNITS = frozenset({S.DISPATCHED, S.HANDLING})
AT_WORK = WITH_UNITS | {S.REVIEWING, S.PLANNED}
UNFINISHED = BEFORE_WORK | AT_WORK | {S.CALLBACK}
LIVE = UNFINISHED | {S.CLOSED}
EVER_WITH_UNITS = BEFORE_WORK | AT_WORK
"""Assisting units stay at work while a returned lead's successor is looked for."""
AFTERWARDS = frozenset({S.CALLBACK, S.CLOSED})
ANY = LIVE | ENDS

_UNIT = (Role.UNIT, Role.UNIT_LEADER, Role.UNIT_PRINCIPAL)
_WORKING = frozenset({U.WAITING, U.SIGNED, U.APPROVING, U.REPLIED})


@dataclass(frozen=True, slots=True)
class Transition:
    """Who may issue a command, at which statuses of the ticket, at which stages of the unit it speaks of.

    `stages` None: the command is about no assignment. The first of `roles` is whom a scenario step stands
    for.
    """

    roles: tuple[Role, ...]
    statuses: frozenset[Status]
    stages: frozenset[UnitStage] | None = None
    part: UnitRole | None = None


TRANSITIONS: dict[str, Transition] = {
    "amend": Transition((Role.OFFICE, Role.AGENT), BEFORE_WORK | AT_WORK),
    "supplement": Transition((Role.AGENT, Role.OFFICE, Role.CITIZEN), LIVE),
    "refuse": Transition((Role.AGENT, Role.OFFICE, Role.SYSTEM), REGISTERED),
    "transfer_emergency": Transition((Role.AGENT, Role.OFFICE), BEFORE_WORK | WITH_UNITS),
    "return_upstream": Transition((Role.OFFICE,), BEFORE_WORK | WITH_UNITS),
    "request_upstream_extension": Transition((Role.OFFICE,), BEFORE_WORK | AT_WORK),
    "upstream_answer": Transition((Role.UPPER_LEVEL, Role.UPSTREAM, Role.OFFICE), BEFORE_WORK | AT_WORK),
    "answer": Transition((Role.AGENT, Role.OFFICE), REGISTERED),
    "submit_to_leader": Transition((Role.OFFICE,), REGISTERED),
    "instruct": Transition((Role.LEADER, Role.OFFICE), BEFORE_WORK | AT_WORK),
    "dispatch": Transition((Role.OFFICE,), REGISTERED),
    "recall": Transition((Role.OFFICE,), WITH_UNITS),
    "subdispatch": Transition(_UNIT, EVER_WITH_UNITS, frozenset({U.WAITING, U.SIGNED})),
    "sign": Transition(_UNIT, EVER_WITH_UNITS, frozenset({U.WAITING})),
    "contact": Transition(_UNIT, EVER_WITH_UNITS, _WORKING | {U.DONE}),
    "progress": Transition(_UNIT, EVER_WITH_UNITS, _WORKING | {U.DONE}),
    "request_return": Transition(_UNIT, EVER_WITH_UNITS, frozenset({U.WAITING, U.SIGNED})),
    "decide_return": Transition((Role.OFFICE,), EVER_WITH_UNITS, frozenset({U.WAITING, U.SIGNED})),
    "request_extension": Transition(
        _UNIT, WITH_UNITS, frozenset({U.WAITING, U.SIGNED, U.APPROVING}), UnitRole.LEAD
    ),
    "decide_extension": Transition(
        (Role.OFFICE,), WITH_UNITS, frozenset({U.WAITING, U.SIGNED, U.APPROVING}), UnitRole.LEAD
    ),
    "submit_to_lead": Transition(_UNIT, EVER_WITH_UNITS, frozenset({U.WAITING, U.SIGNED}), UnitRole.ASSIST),
    "answer_citizen": Transition(_UNIT, AT_WORK, _WORKING),
    "reply": Transition(_UNIT, WITH_UNITS, frozenset({U.WAITING, U.SIGNED}), UnitRole.LEAD),
    "approve_reply": Transition(
        (Role.UNIT_PRINCIPAL, Role.UNIT_LEADER), WITH_UNITS, frozenset({U.APPROVING}), UnitRole.LEAD
    ),
    "complete_plan": Transition(_UNIT, frozenset({S.PLANNED}), _WORKING | {U.DONE}, UnitRole.LEAD),
    "explain_overdue": Transition(_UNIT, AT_WORK | AFTERWARDS, _WORKING | {U.DONE}),
    "record_signature": Transition((Role.OFFICE,), WITH_UNITS | {S.REVIEWING}),
    "first_review": Transition((Role.OFFICE,), frozenset({S.REVIEWING})),
    "final_review": Transition((Role.UPPER_LEVEL, Role.OFFICE), frozenset({S.REVIEWING})),
    "callback": Transition((Role.AGENT, Role.OFFICE), AFTERWARDS),
    "rate": Transition((Role.CITIZEN, Role.AGENT), AFTERWARDS),
    "appeal": Transition((Role.CITIZEN, Role.AGENT), AFTERWARDS | ENDS),
    "redo": Transition((Role.OFFICE,), AFTERWARDS),
    "decline_redo": Transition((Role.OFFICE,), AFTERWARDS),
    "withdraw": Transition((Role.CITIZEN, Role.AGENT, Role.OFFICE), UNFINISHED),
    "urge": Transition((Role.OFFICE, Role.CITIZEN, Role.AGENT), UNFINISHED),
    "supervise": Transition((Role.OFFICE, Role.LEADER), UNFINISHED | {S.CLOSED}),
    "panel_decision": Transition((Role.OFFICE,), BEFORE_WORK | WITH_UNITS),
    "joint_meeting": Transition((Role.OFFICE,), BEFORE_WORK | AT_WORK),
    "refer": Transition((Role.OFFICE,), ANY),
    "merge": Transition((Role.OFFICE,), BEFORE_WORK | WITH_UNITS),
    "join": Transition((Role.SYSTEM,), LIVE),
    "override_limit": Transition((Role.OFFICE,), AT_WORK),
    "exclude_from_score": Transition((Role.OFFICE,), AFTERWARDS | {S.ARCHIVED}),
    "nominate_bonus": Transition((Role.OFFICE,), AFTERWARDS | {S.ARCHIVED}),
    "decide_bonus": Transition((Role.OFFICE,), AFTERWARDS | {S.ARCHIVED}),
    "archive": Transition((Role.OFFICE,), frozenset({S.CLOSED})),
    "revise_calendar": Transition((Role.SYSTEM,), LIVE),
}
"""Every command to a ticket. What is said to a supervision goes to that aggregate (domain.supervision)."""


Conditional = Approval | DirectAnswer | Exclusion | ReviewLevel | Signature
"""Elements of a policy that may be for some tickets only."""


def _meant(elements: Iterable[Conditional], about: TicketFields) -> bool:
    return any(one.when is None or one.when.matches(about) for one in elements)


def _approves(policy: Policy, about: TicketFields, role: Role) -> bool:
    return role not in _UNIT or _meant((one for one in policy.reply.approvals if one.by == role), about)


def _reviews(name: str) -> Callable[[Policy, TicketFields, Role], bool]:
    def reviews(policy: Policy, about: TicketFields, role: Role) -> bool:
        named = (level for level in policy.review if level.name == name)
        return _meant((level for level in named if role in (*level.by, Role.SYSTEM_OPERATOR)), about)

    return reviews


RESTS_ON: dict[str, Callable[[Policy, TicketFields, Role], object]] = {
    "refuse": lambda policy, *_: policy.refusals,
    "transfer_emergency": lambda policy, *_: (
        policy.emergency_transfer
        or (policy.refusals and RefusalReason.EMERGENCY_LINE in policy.refusals.reasons)
    ),
    "return_upstream": lambda policy, *_: policy.upstream,
    "request_upstream_extension": lambda policy, *_: policy.upstream,
    "upstream_answer": lambda policy, *_: policy.upstream,
    "answer": lambda policy, about, _: policy.direct_answer and _meant([policy.direct_answer], about),
    "submit_to_leader": lambda policy, *_: policy.leader_instruction,
    "instruct": lambda policy, *_: policy.leader_instruction,
    "request_extension": lambda policy, *_: policy.extensions,
    "decide_extension": lambda policy, *_: policy.extensions,
    "approve_reply": _approves,
    "record_signature": lambda policy, about, _: _meant(policy.reply.signatures, about),
    "first_review": _reviews("first_review"),
    "final_review": _reviews("final_review"),
    "panel_decision": lambda policy, *_: policy.dispatch.panel_binds,
    "joint_meeting": lambda policy, *_: policy.dispatch.joint_meeting,
    "exclude_from_score": lambda policy, about, _: (
        policy.score and _meant(policy.score.exclusions.values(), about)
    ),
    "nominate_bonus": lambda policy, *_: policy.score and policy.score.bonus,
    "decide_bonus": lambda policy, *_: policy.score and policy.score.bonus,
}
"""What of the policy a command by a role rests on for such a ticket; what is not here is in every policy."""


def provided_for(do: str, policy: Policy, about: TicketFields, role: Role) -> bool:
    """Whether the policy provides for a command by this role to such a ticket."""
    return do not in RESTS_ON or bool(RESTS_ON[do](policy, about, role))

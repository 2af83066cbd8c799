"""One past ticket under one policy: its steps as they were taken, each review passed when the reply came."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from domain.casework import register
from domain.casework.alarms import settled
from domain.casework.deciding import drafted
from domain.commands import (
    Actor,
    ApproveReply,
    Dispatch,
    Envelope,
    FinalReview,
    FirstReview,
    RecordSignature,
    Reply,
    Sign,
    TicketFields,
)
from domain.facts import Fact
from domain.law import Law
from domain.policy import Policy, When
from domain.ticket import fold
from domain.vocabulary import Outcome, Rating, Role, Source
from ops.simulation.past import PastTicket

_SAID = "past"
_OFFICE = Actor(role=Role.OFFICE)


def replayed(law: Law, past: PastTicket, until: datetime) -> list[Fact]:
    """Every fact that the policy's rules make of a past ticket; of one without reply, up to `until`.

    Rejected where the policy would not have taken it in, or not let it be dispatched or replied to.
    """
    about = _fields(law.policy, past)
    made = register(law, "past", about, law.calendar.localised(past.received_at))
    ticket = fold(made)
    for do, at in past.steps:
        now = law.calendar.localised(at)
        draft = settled(law, ticket, now)
        made += draft.facts
        for envelope in _envelopes(law.policy, past.unit, about, do, now):
            draft = drafted(law, draft.ticket, envelope, now)
            made += draft.facts
        ticket = draft.ticket
    if past.replied_at is None:
        made += settled(law, ticket, until, inclusive=True).facts
    return made


def _fields(policy: Policy, past: PastTicket) -> TicketFields:
    said = {name: getattr(past, name) for name in _ALIKE}
    level = {} if past.level is None else {"level": past.level}
    fields = _fields_alike(**said, source=past.source or _usual_source(policy), **level)
    if past.upstream_no is not None or past.upstream_due is not None:
        return TicketFields.model_validate(
            {**fields.model_dump(exclude_unset=True), **past.model_dump(include=_OWN)}
        )
    return fields.model_copy(update={"received_at": past.received_at})


_ALIKE = ("type", "urgency", "special", "complainant", "units_involved")
_OWN = {"received_at", "upstream_no", "upstream_due"}


@cache
def _fields_alike(**said: Any) -> TicketFields:
    """What many past tickets have in common, checked once; the instants are each one's own."""
    nobody_asks_for = {"upstream_no": None, "upstream_due": None}
    return TicketFields(**said, **nobody_asks_for, received_at=_SOME_TIME)


_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def _usual_source(policy: Policy) -> Source:
    """Where a ticket of unknown source came from: by telephone, if the policy takes that."""
    intake = policy.intake
    if intake.from_above_only:
        return intake.upstream_sources[0]
    return Source.PHONE if Source.PHONE in intake.sources else intake.sources[0]


def _envelopes(policy: Policy, unit: str, about: TicketFields, do: str, at: datetime) -> Iterator[Envelope]:
    if do == "dispatch":
        yield _dispatch(unit)
    elif do == "sign":
        yield _sign(unit)
    else:
        yield Envelope(command=_whole_reply(unit, at), actor=Actor(role=Role.UNIT, unit=unit))
        yield from _passed(policy, about, unit)


@cache
def _dispatch(unit: str) -> Envelope:
    return Envelope(command=Dispatch(lead=unit), actor=_OFFICE)


@cache
def _sign(unit: str) -> Envelope:
    return Envelope(command=Sign(unit=unit), actor=Actor(role=Role.UNIT, unit=unit))


def _passed(policy: Policy, about: TicketFields, unit: str) -> Iterator[Envelope]:
    """Everything that a reply goes through, all of it well: the unit's leader, signatures, reviews."""
    for approval in policy.reply.approvals:
        if _meant(approval.when, about):
            yield _approval(Role(approval.by), unit)
    for signature in policy.reply.signatures:
        if _meant(signature.when, about):
            yield _signature(signature.who)
    for level in policy.review:
        if _meant(level.when, about):
            yield _review(level.name, level.by[0])


@cache
def _approval(by: Role, unit: str) -> Envelope:
    return Envelope(command=ApproveReply(unit=unit, approve=True), actor=Actor(role=by, unit=unit))


@cache
def _signature(who: str) -> Envelope:
    return Envelope(command=RecordSignature(who=who, seal=_SAID, scan=_SAID), actor=_OFFICE)


@cache
def _review(name: str, by: Role) -> Envelope:
    review = FirstReview if name == "first_review" else FinalReview
    return Envelope(command=review(approve=True, opinion=_SAID), actor=Actor(role=by))


def _meant(when: When | None, about: TicketFields) -> bool:
    return when is None or when.matches(about)


def _whole_reply(unit: str, at: datetime) -> Reply:
    """A reply with everything that any policy asks for: what it lacked in the past is not the question."""
    return _reply_of(unit).model_copy(update={"contacted_at": at, "handled_at": at})


@cache
def _reply_of(unit: str) -> Reply:
    return Reply(
        unit=unit,
        outcome=Outcome.RESOLVED,
        text=_SAID,
        contacted_at=_SOME_TIME,
        number_used=_SAID,
        citizen_satisfaction=Rating.SATISFIED,
        materials=[_SAID],
        handler=_SAID,
        section=_SAID,
        handled_at=_SOME_TIME,
        basis=_SAID,
    )

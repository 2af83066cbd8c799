"""Which tickets an actor may know of, and which words on them they may read: one place for both.

Whoever may not know of a ticket gets the same answer as for one that does not exist.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, exists, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from api.identity import UNIT_ROLES
from domain.commands import Actor
from domain.vocabulary import Role
from models.tables import Assignment, AuditLine, Caller, Command, Recusal, Supervision, Ticket
from models.unit_tree import with_those_above, with_those_below

_SAID_TO_THE_LEAD = frozenset({"submit_to_lead", "supplement"})
_SAID_TO_THE_CITIZEN = frozenset({"answer", "answer_citizen", "refuse", "supplement", "appeal", "rate"})
_SEES_NO_TICKET = frozenset({Role.KNOWLEDGE_EDITOR, Role.ADMINISTRATOR})
_SEES_NO_SUPERVISION = _SEES_NO_TICKET | {Role.CITIZEN, Role.CONTRACTOR, Role.UPSTREAM}


def visible_tickets(actor: Actor) -> ColumnElement[bool]:
    """The condition on `ticket` that an actor's tickets meet: of their part, and not about them."""
    return and_(_of_their_part(actor), _not_about(actor))


async def hidden_tickets(conn: AsyncConnection, actor: Actor, numbers: Collection[str]) -> set[str]:
    """Those of some tickets that an actor may not know of."""
    query = select(Ticket.no).where(Ticket.no.in_(numbers), ~visible_tickets(actor))
    return set(await conn.scalars(query))


def _of_their_part(actor: Actor) -> ColumnElement[bool]:
    match actor.role:
        case Role.UNIT | Role.UNIT_LEADER | Role.UNIT_PRINCIPAL:
            # One array, made once: Postgres then goes through the indexes of `assignment` by its elements.
            own = func.array(with_those_below(actor.unit or "").scalar_subquery())
            theirs = any_(func.array_append(own, actor.unit))
            return exists().where(
                Assignment.ticket_no == Ticket.no,
                or_(Assignment.unit == theirs, Assignment.subordinate == theirs),
            )
        case Role.CITIZEN:
            caller = _uuid(actor.id)
            if caller is None:
                return false()
            return exists().where(Caller.ticket_no == Ticket.no, Caller.id == caller)
        case Role.CONTRACTOR:
            # Those a call may be about, and what they took in themselves.
            return or_(Ticket.ended_at.is_(None), _registered_by(actor))
        case Role.UPSTREAM:
            return or_(Ticket.upstream_no.is_not(None), _registered_by(actor))
        case role if role in _SEES_NO_TICKET:
            return false()
        case _:
            return true()


def _not_about(actor: Actor) -> ColumnElement[bool]:
    """A ticket is kept from the persons it names, and one about a unit from the people of that unit."""
    named = ~exists().where(Recusal.ticket_no == Ticket.no, Recusal.person_id == actor.id)
    if actor.role not in UNIT_ROLES:
        return named if actor.id is not None else true()
    about_them = or_(
        Ticket.subject_unit == actor.unit, Ticket.subject_unit.in_(with_those_above(actor.unit or ""))
    )
    return and_(named, or_(Ticket.subject_unit.is_(None), ~about_them))


def _registered_by(actor: Actor) -> ColumnElement[bool]:
    if actor.id is None:
        return false()
    return exists().where(
        Command.ticket_no == Ticket.no,
        Command.do == "register",
        Command.actor["id"].as_string() == actor.id,
        Command.actor["role"].as_string() == actor.role.value,
    )


def visible_supervisions(actor: Actor) -> ColumnElement[bool]:
    """The condition on `supervision` that an actor's supervisions meet."""
    if actor.role in _SEES_NO_SUPERVISION:
        return false()
    hidden = exists().where(Ticket.no == Supervision.ticket_no, ~_not_about(actor)).correlate(Supervision)
    if actor.role in UNIT_ROLES:
        own = with_those_below(actor.unit or "")
        return and_(or_(Supervision.unit == actor.unit, Supervision.unit.in_(own)), ~hidden)
    return ~hidden


def visible_lines(actor: Actor) -> ColumnElement[bool]:
    """The condition on `audit_line`: whom a ticket is kept from is not told who had to do with it either."""
    return ~exists().where(Ticket.no == AuditLine.ticket_no, ~_not_about(actor)).correlate(AuditLine)


def may_read_words(actor: Actor, fact: Mapping[str, Any]) -> bool:
    """Whether an actor who sees the ticket may read what people wrote in one of its facts."""
    if fact["fact"] == "registered":
        return True
    do = fact.get("do", "")
    if actor.role in UNIT_ROLES:
        return fact.get("unit") in (None, actor.unit) or do in _SAID_TO_THE_LEAD
    if actor.role in (Role.CITIZEN, Role.CONTRACTOR):
        return do in _SAID_TO_THE_CITIZEN
    return True


def _uuid(written: str | None) -> UUID | None:
    try:
        return UUID(written) if written else None
    except ValueError:
        return None

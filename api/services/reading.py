"""One ticket as an actor may see it: how it stands, who calls, what happened, what may be done now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.problems import not_found
from api.services import listing
from api.services.parts import Parts
from api.services.scope import may_read_words, visible_tickets
from api.services.sentences import clock_effect, sentence
from api.services.told_citizens import SHOWN, replies_told
from domain.casework import allowed_commands, register
from domain.commands import Actor, TicketFields
from domain.facts import from_json
from domain.law import Law
from domain.ticket import Ticket, fold
from domain.vocabulary import Role
from models import callers, facts_store, texts
from models.callers import ReadCaller
from models.chain import ChainedFact
from models.facts_store import TICKET
from models.phones import masked_phone
from models.tables import Assignment, Clock, Outbox
from models.tables import Ticket as TicketRow
from models.texts import ReadText, Reference


@dataclass(frozen=True)
class Whole:
    """A ticket's row, its law and its facts."""

    row: Any
    law: Law
    facts: Sequence[ChainedFact]
    state: Ticket


async def whole(conn: AsyncConnection, parts: Parts, actor: Actor, no: str) -> Whole:
    """Everything about one ticket. Raises Problem 404 where the actor may not know of it."""
    columns = TicketRow.__table__.c
    row = (
        await conn.execute(select(*columns).where(TicketRow.no == no, visible_tickets(actor)))
    ).one_or_none()
    if row is None:
        raise not_found("件工单")
    _, law = await parts.laws.get(conn, row.law_id)
    stored = await facts_store.load(conn, TICKET, no)
    state = fold(from_json(fact.data) for fact in stored) if stored else await _not_yet_started(conn, no, law)
    return Whole(row, law, stored, state)


async def _not_yet_started(conn: AsyncConnection, no: str, law: Law) -> Ticket:
    """The state that the first record will lead to."""
    payload = (
        await conn.execute(select(Outbox.payload).where(Outbox.kind == "ticket", Outbox.subject == no))
    ).scalar_one()
    about = TicketFields.model_validate(payload["about"])
    return fold(register(law, no, about, about.received_at, callers=tuple(payload["callers"])))


@dataclass(frozen=True)
class Detail:
    """What the page of a ticket shows."""

    ticket: Any
    about: TicketFields
    title: str | None = field(repr=False)
    text: str | None = field(repr=False)
    assignments: Sequence[Any]
    clocks: Sequence[Any]
    limit_shown: Any
    callers: Sequence[Mapping[str, Any]] = field(repr=False)
    allowed: Sequence[str]
    policy: Mapping[str, Any]


async def detail(parts: Parts, actor: Actor, no: str) -> Detail:
    """One ticket. Raises Problem 404."""
    async with parts.engine.connect() as conn:
        found = await whole(conn, parts, actor, no)
        assignments = await conn.execute(
            select(*Assignment.__table__.c)
            .where(Assignment.ticket_no == no)
            .order_by(Assignment.role.desc(), Assignment.dispatched_at)
        )
        clocks = await running_clocks(conn, no)
        limits = await listing.limits(conn, actor, [no])
        people = await callers.read_ticket(conn, parts.ring, no)
        said = {one.field: one.words for one in await _demand(conn, parts, found)}
    policy = found.law.policy
    return Detail(
        ticket=found.row,
        about=found.state.about,
        title=said.get("title"),
        text=said.get("text"),
        assignments=assignments.all(),
        clocks=clocks,
        limit_shown=limits.get(no),
        callers=[_masked(one) for one in people],
        allowed=allowed_commands(policy, found.state, actor),
        policy={"id": policy.id, "title": policy.title, "standing": policy.standing.value},
    )


async def _demand(conn: AsyncConnection, parts: Parts, found: Whole) -> Iterable[ReadText]:
    """The words of the registration: the first texts of the ticket."""
    if found.facts:
        references = found.facts[0].data.get("texts", {})
        ids = [one.id for one in map(Reference.parse, references.values()) if one is not None]
        return (await texts.read(conn, parts.ring, ids)).values()
    return await texts.read_ticket(conn, parts.ring, found.row.no)


def masked_name(name: str) -> str:
    """A name of which the first character is left."""
    return f"{name[0]}**"


def _masked(one: ReadCaller) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": masked_name(one.name) if one.name else None,
        "phone": masked_phone(one.phone) if one.phone else None,
        "has_address": one.address is not None,
        "joined_at": one.joined_at,
        "answered_at": one.answered_at,
        "called_back_at": one.called_back_at,
        "withdrawn_at": one.withdrawn_at,
        "ratings": one.ratings,
    }


async def running_clocks(conn: AsyncConnection, no: str, *, ended: bool = False) -> Sequence[Any]:
    """The clocks of a ticket that run, the earliest due first; with `ended` those that ended too."""
    query = select(*Clock.__table__.c).where(Clock.ticket_no == no)
    if not ended:
        query = query.where(Clock.ended_at.is_(None))
    return (await conn.execute(query.order_by(Clock.due_at, Clock.name, Clock.unit, Clock.n))).all()


async def clocks(parts: Parts, actor: Actor, no: str) -> Sequence[Any]:
    """All clocks of a ticket, ended ones included. Raises Problem 404."""
    async with parts.engine.connect() as conn:
        await whole(conn, parts, actor, no)
        return await running_clocks(conn, no, ended=True)


async def timeline(parts: Parts, actor: Actor, no: str) -> list[dict[str, Any]]:
    """What happened, in order, each with its sentence and its effect on a clock. Raises Problem 404."""
    async with parts.engine.connect() as conn:
        found = await whole(conn, parts, actor, no)
        return await entries(conn, parts, actor, found.facts, office=found.law.policy.office.name)


async def entries(
    conn: AsyncConnection, parts: Parts, actor: Actor, facts: Sequence[ChainedFact], *, office: str
) -> list[dict[str, Any]]:
    """Facts as a timeline shows them, with the words that the actor may read."""
    told = replies_told((fact.seq, fact.data) for fact in facts) if actor.role is Role.CITIZEN else ()
    readable = [fact for fact in facts if fact.seq in told or may_read_words(actor, fact.data)]
    words = await texts.read(conn, parts.ring, _ids(readable))
    return [_entry(actor, fact, words, office, told=fact.seq in told) for fact in facts]


def _entry(
    actor: Actor, fact: ChainedFact, words: Mapping[UUID, ReadText], office: str, *, told: bool
) -> dict[str, Any]:
    data = fact.data
    all_of_it = may_read_words(actor, data)
    return {
        "seq": fact.seq,
        "at": fact.at,
        "recorded_at": fact.recorded_at,
        "fact": fact.fact,
        "sentence": sentence(data, office),
        "do": data.get("do"),
        "actor": _who(actor, fact.actor),
        "unit": data.get("unit"),
        "clock": clock_effect(data),
        "basis": list(data.get("basis", [])),
        "details": data.get("details", {}),
        "texts": {
            name: _shown(reference, words, all_of_it or (told and name == SHOWN))
            for name, reference in data.get("texts", {}).items()
        },
        "command_id": fact.command_id,
    }


def _who(actor: Actor, acted: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Who acted; a caller is told the part and the unit, never which person it was."""
    if acted is None or actor.role is not Role.CITIZEN:
        return acted
    return {name: value for name, value in acted.items() if name != "id"}


def _shown(written: str, words: Mapping[UUID, ReadText], readable: bool) -> dict[str, Any]:
    reference = Reference.parse(written)
    found = words.get(reference.id) if reference is not None else None
    if not readable or found is None:
        return {"withheld": True}
    if found.words is None:
        return {"erased_at": found.erased_at, "erased_reason": found.erased_reason}
    return {"text": found.words}


def _ids(facts: Iterable[ChainedFact]) -> list[UUID]:
    written = [reference for fact in facts for reference in fact.data.get("texts", {}).values()]
    return [one.id for one in map(Reference.parse, written) if one is not None]


def shown_fact(fact: Mapping[str, Any]) -> dict[str, Any]:
    """A fact as a command's answer repeats it: without references to texts."""
    return {key: value for key, value in fact.items() if key not in ("texts", "command_id")}

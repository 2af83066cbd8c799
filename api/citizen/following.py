"""Finding the ticket of somebody who has its number and the end of their phone number, or a link."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import or_, select

from api.citizen import abuse
from api.problems import Problem
from api.services import reading
from api.services.parts import Parts
from api.services.reading import Detail
from domain.commands import Actor
from domain.vocabulary import Role
from models import audit, callers, citizen_links, counted_refusals
from models.audit import Line
from models.callers import ReadCaller
from models.tables import Caller

TAIL = 4
"""How many of the last digits of their number a caller shows, and is shown."""


@dataclass(frozen=True)
class Followed:
    """One caller's ticket, as that caller may see it."""

    caller: ReadCaller
    actor: Actor
    detail: Detail

    @property
    def no(self) -> str:
        """The ticket's number."""
        no: str = self.detail.ticket.no
        return no


async def by_number(parts: Parts, no: str, tail: str, source: str | None) -> str:
    """The token of a short link to the ticket. Problem 404 for a wrong pair, 429 after too many.

    A ticket that does not exist and a wrong tail get the same answer, and count the same.
    """
    now = datetime.now(UTC)
    await abuse.count_guess(parts.engine, no, source, now)
    caller = await _with_tail(parts, no, tail)
    if caller is None:
        async with parts.engine.begin() as conn:
            line = Line(now, "citizen_lookup", "not_found", {}, source)
            await counted_refusals.put(conn, line)
        raise Problem(404, "not_found", "工单编号或手机号后四位不对。请核对后再试。")
    await abuse.forget_guess(parts.engine, no, source)
    return citizen_links.made(parts.ring, caller, now + citizen_links.OF_A_VISIT)


async def by_token(parts: Parts, token: str, source: str | None) -> Followed:
    """The ticket that a link opens. Problem 404 for a link that is wrong or has expired."""
    async with parts.engine.connect() as conn:
        caller_id = await citizen_links.read(conn, parts.ring, token, datetime.now(UTC))
        caller = None if caller_id is None else await callers.read(conn, parts.ring, caller_id)
    if caller_id is None or caller is None or caller.erased_at is not None:
        raise _ended()
    actor = Actor(role=Role.CITIZEN, id=str(caller_id))
    followed = Followed(caller, actor, await reading.detail(parts, actor, caller.ticket_no))
    await record(parts, followed, "citizen_page", source)
    return followed


async def _with_tail(parts: Parts, no: str, tail: str) -> UUID | None:
    if len(tail) != TAIL or not (tail.isascii() and tail.isdigit()):
        return None
    async with parts.engine.connect() as conn:
        # Who was merged into another ticket still has the number they were given.
        query = (
            select(Caller.id)
            .where(or_(Caller.ticket_no == no, Caller.first_ticket_no == no), Caller.erased_at.is_(None))
            .order_by(Caller.joined_at, Caller.id)
        )
        for caller_id in (await conn.scalars(query)).all():
            caller = await callers.read(conn, parts.ring, caller_id)
            if caller is not None and caller.phone and compare_digest(caller.phone[-TAIL:], tail):
                return caller_id
    return None


async def record(parts: Parts, followed: Followed, do: str, source: str | None) -> None:
    """Writes to the audit that a caller asks for something to be done with their ticket."""
    actor = {"id": str(followed.caller.id), "role": Role.CITIZEN.value}
    line = Line(datetime.now(UTC), do, audit.DONE, actor, source, ticket_no=followed.no)
    async with parts.engine.begin() as conn:
        await audit.write(conn, line)


def _ended() -> Problem:
    return Problem(404, "link_ended", "链接无效或已过期。请用工单编号和手机号后四位查询。")

"""The knowledge base over HTTP: who may write, publish and read which version."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.identity import Principal
from api.moments import ZONE
from api.problems import Problem, not_found
from api.services.parts import Parts
from domain.law import Law
from models import knowledge
from models.held_roles import HeldRole
from models.knowledge import Sought, State, Words, WrongState

_SEE_ALL = frozenset(
    {HeldRole.OFFICE, HeldRole.REVIEWER, HeldRole.SUPERVISOR, HeldRole.AUDITOR, HeldRole.ADMINISTRATOR}
)
_WORDS = {
    State.DRAFT: "起草中",
    State.SUBMITTED: "待热线办审核",
    State.RETURNED: "被退回修改",
    State.PUBLISHED: "已发布",
    State.SUPERSEDED: "已被新版本取代",
    State.WITHDRAWN: "已停用",
}


async def write(parts: Parts, who: Principal, words: Words) -> Any:
    """Begins an entry of one's own unit. Problem 409 for somebody without a unit."""
    unit = _unit_of(who)
    async with parts.engine.begin() as conn:
        made = await knowledge.write(conn, unit, words, who.actor.id, datetime.now(UTC))
        return await knowledge.find(conn, made)


async def change(parts: Parts, who: Principal, version: UUID, words: Words) -> Any:
    """Rewrites a draft of one's own unit, or begins the next version of an entry. Problem 403, 404, 409."""
    async with parts.engine.begin() as conn:
        row = await _own(conn, who, version)
        try:
            made = await knowledge.change(conn, row, words, who.actor.id, datetime.now(UTC))
        except WrongState as wrong:
            raise _not_now(wrong) from None
        return await knowledge.find(conn, made)


async def submit(parts: Parts, who: Principal, version: UUID) -> None:
    """Puts a draft of one's own unit before the office. Problem 403, 404, 409."""
    async with parts.engine.begin() as conn:
        row = await _own(conn, who, version)
        try:
            await knowledge.submit(conn, row, datetime.now(UTC))
        except WrongState as wrong:
            raise _not_now(wrong) from None


async def decide(parts: Parts, who: Principal, version: UUID, approve: bool, opinion: str | None) -> None:
    """Publishes a version or sends it back. Problem 404; 403 for one's own; 409; 422 without an opinion."""
    if not approve and not opinion:
        raise Problem(422, "opinion_required", "退回修改的须写明意见。")
    async with parts.engine.begin() as conn:
        row = await _found(conn, version)
        if row.written_by is not None and row.written_by == who.actor.id:
            raise Problem(403, "own_entry", "不能审核自己编写的条目。请由热线办其他人员审核。")
        try:
            await knowledge.decide(conn, row, approve, opinion, who.actor.id, datetime.now(UTC))
        except WrongState as wrong:
            raise _not_now(wrong) from None


async def withdraw(parts: Parts, who: Principal, version: UUID, reason: str) -> None:
    """Takes a version out of use: its unit's editor, or the office. Problem 403, 404, 409."""
    async with parts.engine.begin() as conn:
        row = await (_found(conn, version) if who.held is HeldRole.OFFICE else _own(conn, who, version))
        try:
            await knowledge.withdraw(conn, row, reason, who.actor.id, datetime.now(UTC))
        except WrongState as wrong:
            raise _not_now(wrong) from None


async def listed(
    parts: Parts,
    who: Principal,
    states: Collection[str],
    units: Collection[str],
    before: UUID | None,
    limit: int,
) -> Sequence[Any]:
    """What somebody may see: everything published, and what their own unit works on."""
    sought = Sought(states, units, who.actor.unit, who.held in _SEE_ALL)
    async with parts.engine.connect() as conn:
        return await knowledge.listed(conn, sought, before, limit)


async def read(parts: Parts, who: Principal, version: UUID) -> tuple[Any, Sequence[Any]]:
    """One version and all of its entry that may be seen, the newest first. Problem 404."""
    async with parts.engine.connect() as conn:
        row = await knowledge.find(conn, version)
        if row is None or not _may_see(who, row):
            raise not_found("个知识条目")
        return row, [one for one in await knowledge.versions(conn, row.entry) if _may_see(who, one)]


async def search(parts: Parts, words: str, category: str | None) -> Sequence[Any]:
    """Entries to answer a question from today."""
    async with parts.engine.connect() as conn:
        return await knowledge.search(conn, words, category, datetime.now(ZONE).date())


async def require_in_use(conn: AsyncConnection, law: Law, ids: Collection[str]) -> None:
    """Refuses an answer from an entry that is not published or does not hold today. Problem 409."""
    terms = law.policy.direct_answer
    basis = terms.basis if terms is not None else ()
    wanted = {_uuid(one) for one in ids}
    known = await knowledge.in_use(
        conn, [one for one in wanted if one is not None], datetime.now(ZONE).date()
    )
    if wanted - known:
        raise Problem(
            409, "knowledge_not_in_use", "引用的知识条目未发布或不在有效期内。请重新查找。", basis=basis
        )


async def _found(conn: AsyncConnection, version: UUID) -> Any:
    row = await knowledge.find(conn, version, lock=True)
    if row is None:
        raise not_found("个知识条目")
    return row


async def _own(conn: AsyncConnection, who: Principal, version: UUID) -> Any:
    unit = _unit_of(who)
    row = await _found(conn, version)
    if row.unit != unit:
        if not _may_see(who, row):
            raise not_found("个知识条目")
        raise Problem(403, "other_units_entry", f"该条目由{row.unit}提供和维护，其他单位不能修改。")
    return row


def _unit_of(who: Principal) -> str:
    if who.actor.unit is None:
        raise Problem(409, "no_unit", "知识条目由承办单位维护。你的账号没有所属单位。")
    return who.actor.unit


def _may_see(who: Principal, row: Any) -> bool:
    # What was answered from once can be looked up by everybody who works on tickets.
    is_public = row.state in (State.PUBLISHED, State.SUPERSEDED) or row.decided_at is not None
    return is_public or who.held in _SEE_ALL or row.unit == who.actor.unit


def _not_now(wrong: WrongState) -> Problem:
    words = _WORDS[State(wrong.state)]
    return Problem(409, "knowledge_state", f"该条目{words}，现在不能这样办理。请刷新后再试。")


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None

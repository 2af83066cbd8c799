"""The laws that tickets were opened under, kept by the digest of what they say."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import rfc8785
from sqlalchemy import bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar_data import CalendarData
from domain.law import Law
from domain.policy import Policy
from models import tables


@dataclass(frozen=True)
class StoredLaw:
    """A law with its id."""

    id: str
    policy: Policy
    calendar: CalendarData

    def law(self) -> Law:
        """The law, ready to count time in."""
        return Law.of(self.policy, self.calendar)


def identified(policy: Policy, calendar: CalendarData) -> StoredLaw:
    """The law of a policy and a calendar with its id: 32 hex digits of the SHA-256 of its canonical JSON."""
    return StoredLaw(sha256(rfc8785.dumps(_written(policy, calendar))).hexdigest()[:32], policy, calendar)


async def store(conn: AsyncConnection, law: StoredLaw) -> None:
    """Keeps a law; one that says the same is there once."""
    if await conn.scalar(_IS_KEPT, {"law_id": law.id}):
        # Nearly always; then its whole text need not travel again.
        return
    row = {"id": law.id, **_written(law.policy, law.calendar)}
    await conn.execute(insert(tables.Law).values(row).on_conflict_do_nothing())


async def load(conn: AsyncConnection, law_id: str) -> StoredLaw | None:
    """The law with this id, or None."""
    law = tables.Law
    row = (await conn.execute(select(law.policy, law.calendar).where(law.id == law_id))).one_or_none()
    if row is None:
        return None
    return StoredLaw(law_id, Policy.model_validate(row.policy), CalendarData.model_validate(row.calendar))


_IS_KEPT = select(exists().where(tables.Law.id == bindparam("law_id")))


def _written(policy: Policy, calendar: CalendarData) -> dict[str, Any]:
    return {
        "policy": policy.model_dump(mode="json", exclude_defaults=True),
        "calendar": calendar.model_dump(mode="json", exclude_defaults=True),
    }

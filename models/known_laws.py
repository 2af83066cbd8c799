"""The laws of open tickets, parsed once and kept."""

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.law import Law
from models import laws
from models.laws import StoredLaw

_KEPT = 64


class UnknownLaw(Exception):
    """A ticket names a law that is not stored."""


class KnownLaws:
    """Laws by id: from memory, else from Postgres. A law never changes under its id."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[StoredLaw, Law]] = {}

    async def get(self, conn: AsyncConnection, law_id: str) -> tuple[StoredLaw, Law]:
        """A law as it is written and ready to decide by. Raises UnknownLaw."""
        known = self._kept.get(law_id)
        if known is None:
            stored = await laws.load(conn, law_id)
            if stored is None:
                raise UnknownLaw(f"no law {law_id} is stored")
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            known = self._kept[law_id] = stored, stored.law()
        return known

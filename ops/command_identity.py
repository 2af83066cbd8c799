"""How commands of the operator prove who they are: by tokens made in the database as they are needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from models import api_tokens
from models.held_roles import held_as
from ops.api_client import Identify, Speaker
from ops.database import create_engine
from ops.errors import OperationFailed
from ops.settings import Settings

_LASTS = timedelta(hours=12)


@asynccontextmanager
async def identities(settings: Settings) -> AsyncIterator[Identify]:
    """Identities for whoever a command speaks as, which end with the command.

    Whoever may write to the database may do everything, so asking them for a password would protect nothing.
    Raises OperationFailed where there is no database.
    """
    engine = create_engine(settings.database_target(), pool_size=1)
    tokens = _Tokens(engine)
    try:
        yield tokens.headers
    finally:
        await tokens.revoke()
        await engine.dispose()


class _Tokens:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._making = asyncio.Lock()
        self._made: dict[Speaker, tuple[UUID, str]] = {}

    async def headers(self, speaker: Speaker) -> Mapping[str, str]:
        async with self._making:
            if speaker not in self._made:
                self._made[speaker] = await self._issue(speaker)
        return {"Authorization": f"Bearer {self._made[speaker][1]}"}

    async def revoke(self) -> None:
        async with self._engine.begin() as conn:
            for token_id, _ in self._made.values():
                await api_tokens.revoke(conn, token_id, datetime.now(UTC))

    async def _issue(self, speaker: Speaker) -> tuple[UUID, str]:
        held = held_as(speaker.role)
        if held is None:
            raise OperationFailed(f"there is no role {speaker.role}")
        async with self._engine.begin() as conn:
            return await api_tokens.issue(
                conn,
                name=f"{speaker.actor or 'cli'}-{uuid7().hex}",
                role=held,
                unit=speaker.unit,
                operations=(),
                by="operator",
                now=datetime.now(UTC),
                lasts=_LASTS,
            )

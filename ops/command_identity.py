"""How commands of the operator prove who they are: by tokens made in the database as they are needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from models import api_tokens
from models.held_roles import held_as
from ops.api_client import PATIENCE, Identify, Speaker
from ops.database import create_engine, is_away
from ops.errors import OperationFailed
from ops.settings import Settings

_LASTS = timedelta(hours=12)
_Result = TypeVar("_Result")


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
                self._made[speaker] = await _patiently(lambda: self._issue(speaker))
        return {"Authorization": f"Bearer {self._made[speaker][1]}"}

    async def revoke(self) -> None:
        await _patiently(self._revoke)

    async def _revoke(self) -> None:
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


async def _patiently(work: Callable[[], Awaitable[_Result]]) -> _Result:
    """Does something with the database, and waits a while for one that is away: it may be starting again."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + PATIENCE
    while True:
        try:
            return await work()
        except (DBAPIError, OSError, PoolTimeout) as error:
            if not is_away(error) or loop.time() > give_up:
                raise
        await asyncio.sleep(1)

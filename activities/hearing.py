"""Hearing from Postgres that a command is on record, the moment it is."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from models.announcing import CHANNEL, announced
from models.contracts.casework import CommandResult
from ops.database import beside

_log = structlog.get_logger(__name__)

_AGAIN = 1.0
"""Seconds until the next attempt to listen, while Postgres is away."""

_LOOK = 60.0
"""Seconds of silence after which the connection is asked whether it is there, and that it has to answer."""

Heard = asyncio.Future[CommandResult]


class Hearing:
    """Listens for announcements of the record, and hands each to who waits for it.

    While nothing is heard (Postgres was away, a pooler between that knows no LISTEN) nobody's answer fails:
    it comes from the workflow.
    """

    def __init__(self, engine: AsyncEngine, look: float = _LOOK) -> None:
        self._engine, self._look = beside(engine), look
        self._waiting: dict[str, Heard] = {}

    @contextmanager
    def of(self, command_id: str) -> Iterator[Heard]:
        """What the record will announce of this command, if anything is heard."""
        heard: Heard = asyncio.get_running_loop().create_future()
        self._waiting[command_id] = heard
        try:
            yield heard
        finally:
            del self._waiting[command_id]
            heard.cancel()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listens until the end of the block, on a connection of its own; connects anew when it is cut."""
        task = asyncio.create_task(self._listen_always())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _listen_always(self) -> None:
        while True:
            try:
                await self._listen()
            except (DBAPIError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("not_listening", reason=type(error).__name__)
            await asyncio.sleep(_AGAIN)

    async def _listen(self) -> None:
        """Listens until the connection is cut."""
        async with self._engine.connect() as conn:
            driver = (await conn.get_raw_connection()).driver_connection
            assert isinstance(driver, asyncpg.Connection)
            cut = asyncio.Event()
            driver.add_termination_listener(lambda _: cut.set())
            await driver.add_listener(CHANNEL, self._hear)
            while not cut.is_set():
                try:
                    async with asyncio.timeout(self._look):
                        await cut.wait()
                except TimeoutError:
                    await self._ask(driver)

    async def _ask(self, driver: asyncpg.Connection) -> None:
        """Ends a connection that died without a word, as where a firewall forgot it. Raises TimeoutError."""
        try:
            await driver.execute(f"LISTEN {CHANNEL}", timeout=self._look)
        except TimeoutError:
            driver.terminate()
            raise

    def _hear(self, _connection: Any, _pid: int, _channel: str, told: Any) -> None:
        command_id, result = announced(told)
        heard = self._waiting.get(command_id)
        if heard is not None and not heard.done():
            heard.set_result(CommandResult.model_validate_json(result))

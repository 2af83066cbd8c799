"""Connections to Postgres."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from sqlalchemy import URL, NullPool, event
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

_AWAY = ("08", "53", "57P")
"""Classes of SQLSTATE: connection lost, out of connections or disk, shutting down or starting up."""

_AT_ONCE = "AUTOCOMMIT"
_IDLE_SECONDS = 1.0
"""A connection that was used within this time is taken as it is: to ask it first would cost a round trip."""


def create_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for the database at `url` (postgresql+asyncpg://…); connects when first used.

    Connections that lay idle are checked before use, so that a restarted Postgres is not an error; sessions
    are in UTC.
    SQL errors never show the values that were sent: they may be what a citizen wrote.
    """
    engine = _engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=5,
        # The one that was used last is the likeliest to need no check.
        pool_use_lifo=True,
    )
    _check_idle_connections(engine)
    return engine


def beside(engine: AsyncEngine) -> AsyncEngine:
    """An engine for the same database that keeps no connections: for one that is held for hours."""
    return _engine(engine.url, poolclass=NullPool)


def _engine(url: str | URL, **pool: Any) -> AsyncEngine:
    connecting = {"timeout": 5, "server_settings": {"timezone": "UTC", "application_name": "jiesu"}}
    return create_async_engine(url, hide_parameters=True, connect_args=connecting, **pool)


@asynccontextmanager
async def at_once(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection on which each statement is a transaction of its own: one round trip instead of three."""
    async with engine.connect() as conn:
        yield await conn.execution_options(isolation_level=_AT_ONCE)


def is_at_once(conn: AsyncConnection) -> bool:
    """Whether a connection is such a one."""
    options = conn.sync_connection.get_execution_options() if conn.sync_connection else {}
    return options.get("isolation_level") == _AT_ONCE


def _check_idle_connections(engine: AsyncEngine) -> None:
    dialect = engine.sync_engine.dialect

    @event.listens_for(engine.sync_engine, "checkin")
    def note_return(connection: Any, record: Any) -> None:
        record.info["returned"] = monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def check(connection: Any, record: Any, proxy: Any) -> None:
        returned = record.info.pop("returned", None)
        if returned is None or monotonic() - returned < _IDLE_SECONDS:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, connection, None):
                # The pool connects anew, and takes none of the others for alive.
                raise InvalidatePoolError() from error
            raise


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database cannot be reached now, and nothing about what was asked."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or isinstance(error, InterfaceError) or state.startswith(_AWAY)
    return isinstance(error, OSError | PoolTimeout)

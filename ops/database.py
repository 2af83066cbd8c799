"""Connections to Postgres."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_AWAY = ("08", "53", "57P")
"""Classes of SQLSTATE: connection lost, out of connections or disk, shutting down or starting up."""


def create_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for the database at `url` (postgresql+asyncpg://…); connects when first used.

    Connections are checked before use, so that a restarted Postgres is not an error; sessions are in UTC.
    SQL errors never show the values that were sent: they may be what a citizen wrote.
    """
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=5,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"timeout": 5, "server_settings": {"timezone": "UTC", "application_name": "jiesu"}},
    )


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database cannot be reached now, and nothing about what was asked."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or isinstance(error, InterfaceError) or state.startswith(_AWAY)
    return isinstance(error, OSError | PoolTimeout)

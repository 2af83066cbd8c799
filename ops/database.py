"""Connections to Postgres."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


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

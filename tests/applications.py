"""The application on given connections. One that was put together is started again for the next test.

FastAPI works out what each of its operations takes at the first request, which takes longer than most tests.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fastapi import FastAPI

from api.app import create_app
from api.services.parts import Parts
from ops.settings import Settings


@dataclass(eq=False)
class _Application:
    """One application, and the connections it is started with; its codec server keeps the first keys."""

    parts: Parts
    users: int = 0
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.parts.settings, lambda: self.parts)


_made: list[_Application] = []


@asynccontextmanager
async def running(parts: Parts) -> AsyncIterator[FastAPI]:
    """The application at work; each browser of a test stands before the same one."""
    chosen = _at_work(parts) or _idle(parts) or _Application(parts)
    if chosen not in _made:
        _made.append(chosen)
    chosen.users += 1
    try:
        if chosen.users > 1:
            yield chosen.app
        else:
            async with chosen.app.router.lifespan_context(chosen.app):
                yield chosen.app
    finally:
        chosen.users -= 1


def _at_work(parts: Parts) -> _Application | None:
    return next((one for one in _made if one.users and one.parts is parts), None)


def _idle(parts: Parts) -> _Application | None:
    for one in _made:
        if not one.users and _form(one.parts.settings) == _form(parts.settings):
            one.parts = parts
            return one
    return None


def _form(settings: Settings) -> tuple[object, ...]:
    """The settings that count when an application is put together; all others when it is asked."""
    return settings.api_url, settings.host, settings.temporal_ui_port, settings.traces

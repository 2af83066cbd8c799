"""Writing to the audit what requests ask for: before it is done, and again when it is refused."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import structlog
from fastapi import Depends, Request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.identity import Principal, shown_by, source_of
from api.services.parts import Parts
from models import audit, counted_refusals
from models.audit import Line
from ops.database import at_once

_CODE = re.compile(r"[0-9A-Za-z._-]{1,64}")
_TICKET = "/tickets/{no}"
_OF_A_TICKET = re.compile(r"/tickets/([0-9A-Za-z._-]{1,64})(?:/|$)")

_log = structlog.get_logger(__name__)


async def write(parts: Parts, line: Line) -> None:
    """Writes one line, by itself."""
    async with at_once(parts.engine) as conn:
        await audit.write(conn, line)


def line_of(
    who: Principal,
    operation: str,
    outcome: str = audit.DONE,
    *,
    path: str = "",
    places: Mapping[str, str] | None = None,
    why: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> Line:
    """The line of what is asked for now. `path` is the route's, `places` what stands in its braces."""
    # What stands in an address may be anything; only what can be a number or a code is kept.
    places = {name: value for name, value in (places or {}).items() if _CODE.fullmatch(value)}
    return Line(
        at=datetime.now(UTC),
        operation=operation,
        outcome=outcome,
        actor=actor_of(who),
        source=who.source,
        ticket_no=places.get("no") if _TICKET in path else None,
        subject=_subject(path, places),
        why=why,
        details=details or {},
    )


@dataclass
class Asked:
    """The line of a command that is asked for, and whether it stands."""

    line: Line
    is_written: bool = False


@asynccontextmanager
async def asked(request: Request, line: Line) -> AsyncIterator[None]:
    """Lets the line be written with the command that the request gives; one that gives none gets it here."""
    request.state.asked = of_command = Asked(line)
    try:
        yield
    finally:
        if not of_command.is_written:
            await write(request.app.state.parts, line)


async def _of_command(request: Request) -> Asked:
    asked: Asked = request.state.asked
    return asked


OnRecord = Annotated[Asked, Depends(_of_command)]
"""What the endpoint of a command asks for, to have it on record with its line."""


def actor_of(who: Principal) -> dict[str, str | None]:
    """Who asked, and what they showed."""
    shown = who.session or who.token
    return {
        "id": who.actor.id,
        "role": who.held.value,
        "unit": who.actor.unit,
        "via": who.via.value,
        "by": str(shown.id) if shown else None,
    }


async def record_stranger(
    parts: Parts, operation: str, outcome: str, login: str | None, source: str | None
) -> None:
    """Writes one line about who has proven who they are, or counts who has not.

    `login` only where it is an account's.
    """
    line = Line(datetime.now(UTC), operation, outcome, {"id": login}, source)
    if outcome == audit.DONE:
        async with at_once(parts.engine) as conn:
            await audit.write(conn, line)
    else:
        async with parts.engine.begin() as conn:
            await counted_refusals.put(conn, line)


async def record_turned_away(request: Request, outcome: str) -> None:
    """Writes one line about a request that was refused before it was read, or counts it.

    One of nobody known is only logged: a stranger must not be able to fill the audit. So is one that comes
    while the database is away.
    """
    parts: Parts = request.app.state.parts
    source, of_ticket = source_of(request), _OF_A_TICKET.search(request.url.path)
    _log.warning("request_refused", code=outcome, source=source)
    with suppress(DBAPIError, PoolTimeout):
        async with parts.engine.begin() as conn:
            name = await shown_by(conn, request)
            if name is not None:
                no = of_ticket[1] if of_ticket else None
                line = Line(datetime.now(UTC), "request", outcome, {"id": name}, source, ticket_no=no)
                await counted_refusals.put(conn, line)


def _subject(path: str, places: Mapping[str, str]) -> str | None:
    if _TICKET in path:
        return places.get("caller") or places.get("attachment")
    return next(iter(places.values()), None)

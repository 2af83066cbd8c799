"""Who may have payloads of Temporal decrypted: whoever sits at this machine, elsewhere administrators."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from fastapi import FastAPI, HTTPException, Request

from api.identity import COOKIE, source_of
from api.permissions import still_owes_second_factor
from api.services.parts import Parts
from models import audit, sessions
from models.audit import Line
from models.held_roles import HeldRole
from ops.codec_server import Authorize
from ops.settings import Settings


def for_operators(app: FastAPI, settings: Settings) -> Authorize:
    """What the codec server asks: 403 for everybody else, once the API is reached from other machines."""

    async def authorize(request: Request) -> None:
        if _is_this_machine(settings.host):
            return
        secret = request.cookies.get(COOKIE)
        if secret is None or not await _may_decrypt(app.state.parts, secret, source_of(request)):
            raise HTTPException(403, "log in as an administrator first")

    return authorize


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _may_decrypt(parts: Parts, secret: str, source: str | None) -> bool:
    """Whether a session is an administrator's, on record either way."""
    idle = timedelta(minutes=parts.settings.session_idle_minutes)
    async with parts.engine.begin() as conn:
        session = await sessions.find(conn, secret, datetime.now(UTC), idle)
        if session is None:
            return False
        allowed = HeldRole.ADMINISTRATOR in session.roles and not still_owes_second_factor(
            session, parts.settings
        )
        who = {"id": session.actor_id, "by": str(session.id)}
        outcome = audit.DONE if allowed else "wrong_role"
        await audit.write(conn, Line(datetime.now(UTC), "decrypt_payloads", outcome, who, source))
        return allowed

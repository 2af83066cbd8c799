"""Who may have payloads of Temporal decrypted: whoever sits at this machine, elsewhere administrators."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from fastapi import FastAPI, HTTPException, Request

from api.identity import COOKIE
from api.permissions import still_owes_second_factor
from api.services.parts import Parts
from models import sessions
from models.held_roles import HeldRole
from ops.codec_server import Authorize
from ops.settings import Settings


def for_operators(app: FastAPI, settings: Settings) -> Authorize:
    """What the codec server asks: 403 for everybody else, once the API is reached from other machines."""

    async def authorize(request: Request) -> None:
        if _is_this_machine(settings.host):
            return
        secret = request.cookies.get(COOKIE)
        if secret is None or not await _is_administrator(app.state.parts, secret):
            raise HTTPException(403, "log in as an administrator first")

    return authorize


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _is_administrator(parts: Parts, secret: str) -> bool:
    idle = timedelta(minutes=parts.settings.session_idle_minutes)
    async with parts.engine.begin() as conn:
        session = await sessions.find(conn, secret, datetime.now(UTC), idle)
    if session is None or HeldRole.ADMINISTRATOR not in session.roles:
        return False
    return not still_owes_second_factor(session, parts.settings)

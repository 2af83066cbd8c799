"""Single sign-on (OpenID Connect, authorization code with PKCE): people log in where they always do.

What has to be remembered between going there and coming back travels in a sealed cookie, so that any process
can take the answer.
"""

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.problems import Problem
from ops.keyring import KeyRing, KeyRingError, Purpose, Sealed
from ops.settings import Settings

REMEMBERED: Final = 600
"""Seconds somebody has to log in over there."""

_ALGORITHMS = ["RS256", "PS256", "ES256"]
_TIMEOUT = 10.0
_BOUND_TO = b"single sign-on"


@dataclass(frozen=True)
class Departure:
    """Where to send somebody, and what to remember until they are back."""

    address: str
    remembered: str = field(repr=False)


@dataclass(frozen=True)
class Arrival:
    """Whom the provider vouches for, and the name of their account here."""

    issuer: str
    subject: str
    login: str


async def depart(settings: Settings, ring: KeyRing) -> Departure:
    """Begins a login at the provider. Problem 404 where none is set, 503 where it does not answer."""
    provider = await _provider(settings)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    async with _client(settings) as client:
        address, _ = client.create_authorization_url(
            provider["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
        )
    trip = {"state": state, "nonce": nonce, "verifier": verifier, "until": int(time.time()) + REMEMBERED}
    return Departure(str(address), _sealed(ring, trip))


async def arrive(settings: Settings, ring: KeyRing, remembered: str, state: str, code: str) -> Arrival:
    """Ends a login at the provider. Problem 403 for an answer to no question of ours, or a wrong one."""
    trip = _opened(ring, remembered)
    if trip is None or trip["until"] < time.time() or not secrets.compare_digest(trip["state"], state):
        raise _not_believed()
    provider = await _provider(settings)
    try:
        async with _client(settings) as client:
            token = await client.fetch_token(
                provider["token_endpoint"], code=code, code_verifier=trip["verifier"]
            )
            keys = await client.request("GET", provider["jwks_uri"], withhold_token=True)
        claims = _claims(token.get("id_token", ""), keys.json(), settings, provider["issuer"], trip["nonce"])
    except httpx2.TransportError:
        raise _away() from None
    except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError):
        raise _not_believed() from None
    login = claims.get(settings.oidc_login_claim)
    if not isinstance(login, str) or not login:
        raise Problem(403, "no_account", "你在本系统没有账号。请联系管理员。")
    return Arrival(claims["iss"], claims["sub"], login)


def _claims(id_token: str, keys: Any, settings: Settings, issuer: str, nonce: str) -> dict[str, Any]:
    """What the token says, once signature, issuer, audience, time and nonce are right."""
    decoded = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)
    registry = jwt.JWTClaimsRegistry(
        leeway=60,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": settings.oidc_client_id or ""},
        nonce={"essential": True, "value": nonce},
        exp={"essential": True},
        sub={"essential": True},
    )
    registry.validate(decoded.claims)
    return decoded.claims


async def _provider(settings: Settings) -> dict[str, Any]:
    if settings.oidc_issuer is None:
        raise Problem(404, "not_found", "本系统没有启用单点登录。请用密码登录。")
    issuer = settings.oidc_issuer.rstrip("/")
    try:
        async with httpx2.AsyncClient(timeout=_TIMEOUT) as http:
            answer = await http.get(f"{issuer}/.well-known/openid-configuration")
        found: dict[str, Any] = answer.raise_for_status().json()
    except (httpx2.HTTPError, ValueError):
        raise _away() from None
    if found.get("issuer", "").rstrip("/") != issuer:
        raise _not_believed()
    return found


def _client(settings: Settings) -> AsyncOAuth2Client:
    file = settings.oidc_client_secret_file
    return AsyncOAuth2Client(
        client_id=settings.oidc_client_id,
        client_secret=file.read_text().strip() if file else None,
        scope="openid profile",
        redirect_uri=f"{settings.api_url}/api/v1/session/oidc/callback",
        code_challenge_method="S256",
        timeout=_TIMEOUT,
    )


def _sealed(ring: KeyRing, trip: dict[str, Any]) -> str:
    sealed = ring.seal(Purpose.COOKIE, json.dumps(trip).encode(), _BOUND_TO)
    return f"{sealed.key_id}.{sealed.ciphertext.hex()}"


def _opened(ring: KeyRing, remembered: str) -> dict[str, Any] | None:
    key_id, _, ciphertext = remembered.partition(".")
    try:
        written = ring.open(Purpose.COOKIE, Sealed(key_id, bytes.fromhex(ciphertext)), _BOUND_TO)
    except (KeyRingError, ValueError):
        return None
    trip: dict[str, Any] = json.loads(written)
    return trip


def _not_believed() -> Problem:
    return Problem(403, "sign_on_failed", "单点登录没有成功。请重新登录。")


def _away() -> Problem:
    return Problem(503, "sign_on_unavailable", "统一身份认证暂时不可用。请稍后再试，或用密码登录。")

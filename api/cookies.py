"""The cookies of a session: the secret, which no script may read, and what pages repeat in a header."""

from datetime import timedelta

from fastapi import Response

from api.identity import COOKIE, CSRF_COOKIE, csrf_of
from ops.settings import Settings

TRIP = "jiesu_oidc"
_TRIP_PATH = "/api/v1/session/oidc"


def hand_out(response: Response, settings: Settings, secret: str, lasts: timedelta) -> None:
    """Sets both; they are sent along from pages of this site only, and over TLS alone where there is TLS."""
    seconds, secure = int(lasts.total_seconds()), has_tls(settings)
    response.set_cookie(
        COOKIE, secret, max_age=seconds, path="/", secure=secure, httponly=True, samesite="strict"
    )
    response.set_cookie(
        CSRF_COOKIE, csrf_of(secret), max_age=seconds, path="/", secure=secure, samesite="strict"
    )


def take_back(response: Response, settings: Settings) -> None:
    """Removes both."""
    for name in (COOKIE, CSRF_COOKIE):
        response.delete_cookie(name, path="/", secure=has_tls(settings), samesite="strict")


def remember(response: Response, settings: Settings, remembered: str, seconds: int) -> None:
    """Sets what a single sign-on needs when it comes back, which is from another site: hence lax."""
    response.set_cookie(
        TRIP, remembered, seconds, path=_TRIP_PATH, secure=has_tls(settings), httponly=True, samesite="lax"
    )


def forget(response: Response, settings: Settings) -> None:
    """Removes what was remembered."""
    response.delete_cookie(TRIP, path=_TRIP_PATH, secure=has_tls(settings), httponly=True, samesite="lax")


def has_tls(settings: Settings) -> bool:
    """Whether people reach the API over TLS."""
    return settings.api_url.startswith("https://")

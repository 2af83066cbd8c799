"""The second factor: codes of six digits that change every half minute (TOTP, RFC 6238)."""

import os
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP: Final = 30
"""Seconds for which a code is the present one."""

_DIGITS = 6
_SECRET = 20
_AROUND = (0, -1, 1)
"""Steps a clock may be off."""


def new_secret() -> bytes:
    """A fresh secret to share with somebody's authenticator."""
    return os.urandom(_SECRET)


def address(secret: bytes, login: str, issuer: str) -> str:
    """The `otpauth:` address that an authenticator reads from a QR code."""
    return _totp(secret).get_provisioning_uri(login, issuer)


def code_at(secret: bytes, seconds: float) -> str:
    """The code of the step in which this instant (seconds since 1970) falls."""
    return _totp(secret).generate(int(seconds)).decode()


def step_of(secret: bytes, code: str, seconds: float, *, after: int) -> int | None:
    """The time step whose code this is, if it is near the present and later than `after`; else None."""
    present = int(seconds) // STEP
    for step in (present + off for off in _AROUND):
        if step > after and _is_code(secret, code, step):
            return step
    return None


def _is_code(secret: bytes, code: str, step: int) -> bool:
    try:
        _totp(secret).verify(code.encode(), step * STEP)
    except InvalidToken:
        return False
    return True


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what authenticator apps know; its weakness is not one of HMAC.
    return TOTP(secret, _DIGITS, SHA1(), STEP)

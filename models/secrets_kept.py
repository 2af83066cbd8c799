"""Random secrets that are handed out once and kept as a digest only: sessions, tokens, links."""

import secrets
from hashlib import sha256

_BYTES = 32


def new_secret() -> str:
    """256 random bits, in letters that fit into a cookie, a header or an address."""
    return secrets.token_urlsafe(_BYTES)


def digest(secret: str) -> bytes:
    """What is kept of it. The secret is random, so that a plain digest tells nothing."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()

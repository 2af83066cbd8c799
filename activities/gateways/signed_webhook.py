"""Signatures of webhooks in both directions, by the Standard Webhooks scheme.

`webhook-id`, `webhook-timestamp` and `webhook-signature: v1,<base64 of HMAC-SHA256 over id.timestamp.body>`.
"""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac

TOLERANCE = timedelta(minutes=5)
"""How far a sender's clock may be off, and for how long a recorded webhook could be sent again."""


class BadSignature(Exception):
    """A webhook that nobody with the secret can have sent now. `code` says what is wrong with it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def signed_headers(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a webhook that is sent now."""
    seconds = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{_signature(secret, message_id, seconds, body)}",
    }


def verified_id(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a webhook that is genuine and fresh. Raises BadSignature.

    Whether it came before is for the caller to remember: within the tolerance a recording is as good as the
    original.
    """
    message_id = headers.get("webhook-id", "")
    seconds = headers.get("webhook-timestamp", "")
    if not message_id or len(message_id) > 200 or not seconds.isdigit() or len(seconds) > 12:
        raise BadSignature("headers_missing")
    if abs(now.timestamp() - int(seconds)) > TOLERANCE.total_seconds():
        raise BadSignature("stale")
    expected = _signature(secret, message_id, seconds, body)
    given = [part.removeprefix("v1,") for part in headers.get("webhook-signature", "").split(" ")]
    if not any(compare_digest(expected.encode(), one.encode()) for one in given):
        raise BadSignature("signature")
    return message_id


def _signature(secret: str, message_id: str, seconds: str, body: bytes) -> str:
    signed = f"{message_id}.{seconds}.".encode() + body
    return base64.b64encode(hmac(_key(secret), signed, sha256).digest()).decode()


def _key(secret: str) -> bytes:
    """A secret written `whsec_…` is base64; any other is taken as it stands."""
    if secret.startswith("whsec_"):
        return base64.b64decode(secret.removeprefix("whsec_"))
    return secret.encode()

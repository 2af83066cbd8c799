"""The generic gateway: any system of the site that takes a signed JSON message, SMS and voice alike.

`POST {url}` with `{key, channel, number, template, params, body}` answers 2xx (it has it), 4xx (never), 429
or 503 (later). `GET {url}/{key}` answers `{state: accepted | delivered | undelivered, code?}`, or 404 for a
message it never had. Receipts come back to /api/v1/webhooks (api/webhooks/messages.py), signed alike. For a
voice system `delivered` means that somebody answered the call.
"""

import json
from datetime import UTC, datetime, timedelta

from activities.gateways.gateway import Message, Outcome, SendResult
from activities.gateways.http import NotHandedOver, PerhapsHandedOver, Wire, outcome_of, outcome_of_status
from activities.gateways.signed_webhook import signed_headers

_STATES = {
    "accepted": Outcome.ACCEPTED,
    "delivered": Outcome.DELIVERED,
    "undelivered": Outcome.UNDELIVERED,
}


class WebhookGateway:
    """Signed JSON to one address."""

    name = "webhook"

    def __init__(self, url: str, secret: str, *, settling: timedelta = timedelta(minutes=1)) -> None:
        self._url, self._secret, self.settling = url.rstrip("/"), secret, settling
        self._wire = Wire()

    async def send(self, message: Message) -> SendResult:
        """Posts the message; the same key twice is for the receiver one message."""
        body = json.dumps(
            {
                "key": message.key,
                "channel": message.channel,
                "number": message.number,
                "template": message.template.id,
                "params": message.template.fill(message.params),
                "body": message.template.body(message.params),
            },
            ensure_ascii=False,
        ).encode()
        headers = signed_headers(self._secret, message.key, datetime.now(UTC), body)
        try:
            status, answer = await self._wire.post(
                self._url,
                body,
                {**headers, "Content-Type": "application/json", "Idempotency-Key": message.key},
            )
        except (NotHandedOver, PerhapsHandedOver) as failure:
            return outcome_of(failure)
        by_status = outcome_of_status(status)
        if by_status is not None:
            return by_status
        if status < 300:
            reference = (answer or {}).get("reference")
            return SendResult(
                Outcome.ACCEPTED, str(reference) if reference else message.key, gateway=self.name
            )
        return SendResult(Outcome.REJECTED, code=f"http_{status}", gateway=self.name)

    async def find(self, message: Message) -> SendResult:
        """Asks for the message by its key."""
        headers = signed_headers(self._secret, message.key, datetime.now(UTC), b"")
        try:
            status, answer = await self._wire.get(f"{self._url}/{message.key}", headers)
        except (NotHandedOver, PerhapsHandedOver) as failure:
            return SendResult(Outcome.UNKNOWN, code=failure.code, gateway=self.name)
        if status == 404:
            return SendResult(Outcome.DEFERRED, code="never_received", gateway=self.name)
        state = _STATES.get(str((answer or {}).get("state"))) if status == 200 else None
        if state is None:
            return SendResult(Outcome.UNKNOWN, code=f"http_{status}", gateway=self.name)
        return SendResult(state, message.key, (answer or {}).get("code"), self.name)

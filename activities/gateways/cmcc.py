"""China Mobile's 云MAS over HTTP: plain submission (norsubmit) and template submission (tmpsubmit).

The platform takes no key of ours and cannot be asked about a message. What became of a submission that was
cut off is known only when a receipt for the number arrives (models/receipts.py matches it).
"""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from hashlib import md5

from activities.gateways.gateway import Message, Outcome, SendResult
from activities.gateways.http import NotHandedOver, PerhapsHandedOver, Wire, outcome_of, outcome_of_status
from activities.gateways.provider_templates import ProviderTemplates, in_order

_NEVER = frozenset({"InvalidMessage", "IllegalContent", "TooManyMobiles", "IllegalMobile", "InvalidMobile"})
"""Answers about the message itself; those about our account or the platform's load may pass."""


class CmccGateway:
    """云MAS. With a code for a template it goes by tmpsubmit, without one by norsubmit."""

    name = "cmcc"

    def __init__(
        self,
        templates: ProviderTemplates,
        *,
        base_url: str,
        ec_name: str,
        ap_id: str,
        secret_key: str,
        add_serial: str = "",
        path: str = "/sms",
        settling: timedelta = timedelta(minutes=2),
    ) -> None:
        self._templates = templates
        self._ec_name, self._ap_id, self._secret_key = ec_name, ap_id, secret_key
        self._add_serial, self._path = add_serial, path.rstrip("/")
        self.settling = settling
        self._wire = Wire(base_url)

    async def send(self, message: Message) -> SendResult:
        """Submits the message. The platform puts the signature before the text by itself."""
        code = self._templates.code(message.template)
        said = (
            {"content": message.template.words(message.params)}
            if code is None
            else {
                "templateId": code,
                "params": json.dumps(in_order(message.template, message.params), ensure_ascii=False),
            }
        )
        body = self._body(message.number.removeprefix("+86"), said)
        way = "norsubmit" if code is None else "tmpsubmit"
        try:
            status, answer = await self._wire.post(
                f"{self._path}/{way}", body, {"Content-Type": "application/json"}
            )
        except (NotHandedOver, PerhapsHandedOver) as failure:
            return outcome_of(failure)
        by_status = outcome_of_status(status)
        if by_status is not None:
            return by_status
        if answer is None:
            return SendResult(Outcome.UNKNOWN, code="no_answer", gateway=self.name)
        if answer.get("success") in (True, "true"):
            # Some of the platform's own versions spell it the other way.
            reference = answer.get("msgGroup") or answer.get("mgsGroup")
            return SendResult(Outcome.ACCEPTED, str(reference or "") or None, gateway=self.name)
        code = str(answer.get("rspcod") or "refused")
        return SendResult(
            Outcome.REJECTED if code in _NEVER else Outcome.DEFERRED, code=code, gateway=self.name
        )

    async def find(self, message: Message) -> SendResult:
        """UNKNOWN: the platform cannot be asked."""
        del message
        return SendResult(Outcome.UNKNOWN, code="no_receipt_yet", gateway=self.name)

    def _body(self, number: str, said: Mapping[str, str]) -> bytes:
        """The request as base64 of JSON, with the checksum over its values in the order of the interface."""
        named = {
            "ecName": self._ec_name,
            "apId": self._ap_id,
            "secretKey": self._secret_key,
            "mobiles": number,
            "sign": self._templates.sign,
            "addSerial": self._add_serial,
            **said,
        }
        order = (
            ("ecName", "apId", "secretKey", "mobiles", "content", "sign", "addSerial")
            if "content" in said
            else ("ecName", "apId", "secretKey", "templateId", "mobiles", "params", "sign", "addSerial")
        )
        checked = "".join(named[name] for name in order).encode()
        # MD5 is the platform's choice; the secret itself travels beside it, so only TLS protects either.
        named["mac"] = md5(checked, usedforsecurity=False).hexdigest()
        return base64.b64encode(json.dumps(named, ensure_ascii=False).encode())

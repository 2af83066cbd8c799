"""Tencent Cloud SMS (腾讯云短信), API 3.0 of 2021-01-11.

Requests are signed with TC3-HMAC-SHA256. Our key travels as SessionContext.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import new as hmac
from typing import Any

from activities.gateways.gateway import DAILY_LIMIT, Message, Outcome, SendResult
from activities.gateways.http import NotHandedOver, PerhapsHandedOver, Wire, outcome_of, outcome_of_status
from activities.gateways.provider_templates import ProviderTemplates, in_order

HOST = "sms.tencentcloudapi.com"
_SERVICE = "sms"
_VERSION = "2021-01-11"
_JSON = "application/json; charset=utf-8"
_KEPT = timedelta(days=7)
"""How far back the provider answers about a message."""

_NEVER = (
    "InvalidParameterValue.IncorrectPhoneNumber",
    "InvalidParameterValue.TemplateParameter",
    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
    "FailedOperation.ContainSensitiveWord",
    "FailedOperation.PhoneNumberInBlacklist",
    "FailedOperation.MissingTemplateToModify",
    "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone",
)
"""Answers about the message itself."""

_PERHAPS = ("InternalError",)

_DAILY = "LimitExceeded.PhoneNumberDailyLimit"


class TencentGateway:
    """SendSms and PullSmsSendStatusByPhoneNumber."""

    name = "tencent"

    def __init__(
        self,
        templates: ProviderTemplates,
        *,
        secret_id: str,
        secret_key: str,
        app_id: str,
        region: str = "ap-guangzhou",
        base_url: str = f"https://{HOST}",
        settling: timedelta = timedelta(minutes=2),
    ) -> None:
        self._templates, self._app_id, self._region = templates, app_id, region
        self._secret_id, self._secret_key = secret_id, secret_key
        self.settling = settling
        self._wire = Wire(base_url)

    async def send(self, message: Message) -> SendResult:
        """Hands the message over by SendSms."""
        code = self._templates.code(message.template)
        if code is None:
            return SendResult(Outcome.DEFERRED, code="template_not_registered")
        asked = {
            "PhoneNumberSet": [message.number],
            "SmsSdkAppId": self._app_id,
            "SignName": self._templates.sign,
            "TemplateId": code,
            "TemplateParamSet": in_order(message.template, message.params),
            "SessionContext": message.key,
        }
        failure, answer = await self._call("SendSms", asked)
        if failure is not None:
            return failure
        status = next(iter(answer.get("SendStatusSet") or []), None)
        if not isinstance(status, dict):
            return SendResult(Outcome.UNKNOWN, code="no_status", gateway=self.name)
        if status.get("Code") == "Ok":
            return SendResult(Outcome.ACCEPTED, str(status.get("SerialNo") or ""), gateway=self.name)
        return self._said(str(status.get("Code")))

    async def find(self, message: Message) -> SendResult:
        """Looks for a receipt with our key.

        The provider tells of messages that have a receipt only, so none found says nothing.
        """
        now = datetime.now(UTC)
        since = max(message.handed_over_at or now - timedelta(days=1), now - _KEPT)
        asked = {
            "BeginTime": int(since.timestamp()) - 60,
            "EndTime": int(now.timestamp()),
            "Offset": 0,
            "Limit": 100,
            "PhoneNumber": message.number,
            "SmsSdkAppId": self._app_id,
        }
        failure, answer = await self._call("PullSmsSendStatusByPhoneNumber", asked)
        if failure is not None:
            return SendResult(Outcome.UNKNOWN, code=failure.code, gateway=self.name)
        for one in answer.get("PullSmsSendStatusSet") or []:
            if one.get("SessionContext") == message.key:
                arrived = one.get("ReportStatus") == "SUCCESS"
                return SendResult(
                    Outcome.DELIVERED if arrived else Outcome.UNDELIVERED,
                    one.get("SerialNo"),
                    None if arrived else str(one.get("Description") or "")[:40],
                    self.name,
                )
        return SendResult(Outcome.UNKNOWN, code="no_receipt_yet", gateway=self.name)

    async def _call(self, action: str, asked: Mapping[str, Any]) -> tuple[SendResult | None, dict[str, Any]]:
        body = json.dumps(asked, ensure_ascii=False).encode()
        headers = self._signed(action, body, datetime.now(UTC))
        try:
            status, answer = await self._wire.post("/", body, headers)
        except (NotHandedOver, PerhapsHandedOver) as failure:
            return outcome_of(failure), {}
        by_status = outcome_of_status(status)
        if by_status is not None:
            return by_status, {}
        response = (answer or {}).get("Response")
        if not isinstance(response, dict):
            return SendResult(Outcome.UNKNOWN, code="no_answer", gateway=self.name), {}
        error = response.get("Error")
        return (None if error is None else self._said(str(error.get("Code")))), response

    def _said(self, code: str) -> SendResult:
        if code == _DAILY:
            return SendResult(Outcome.DEFERRED, code=DAILY_LIMIT, gateway=self.name)
        if code.startswith(_PERHAPS):
            return SendResult(Outcome.UNKNOWN, code=code, gateway=self.name)
        outcome = Outcome.REJECTED if code.startswith(_NEVER) else Outcome.DEFERRED
        return SendResult(outcome, code=code, gateway=self.name)

    def _signed(self, action: str, body: bytes, now: datetime) -> dict[str, str]:
        """The headers of a request, signed by TC3-HMAC-SHA256 over its type, host, action and body."""
        headers = {"content-type": _JSON, "host": HOST, "x-tc-action": action.lower()}
        names = ";".join(headers)
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        request = f"POST\n/\n\n{lines}\n{names}\n{sha256(body).hexdigest()}"
        day, seconds = f"{now:%Y-%m-%d}", str(int(now.timestamp()))
        scope = f"{day}/{_SERVICE}/tc3_request"
        to_sign = f"TC3-HMAC-SHA256\n{seconds}\n{scope}\n{sha256(request.encode()).hexdigest()}"
        key = f"TC3{self._secret_key}".encode()
        for part in (day, _SERVICE, "tc3_request"):
            key = hmac(key, part.encode(), sha256).digest()
        signature = hmac(key, to_sign.encode(), sha256).hexdigest()
        return {
            "Authorization": f"TC3-HMAC-SHA256 Credential={self._secret_id}/{scope}, "
            f"SignedHeaders={names}, Signature={signature}",
            "Content-Type": _JSON,
            "Host": HOST,
            "X-TC-Action": action,
            "X-TC-Timestamp": seconds,
            "X-TC-Version": _VERSION,
            "X-TC-Region": self._region,
        }

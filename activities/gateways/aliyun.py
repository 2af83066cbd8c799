"""Alibaba Cloud SMS (阿里云短信服务), through the official SDK.

The SDK is imported when the gateway is made: it takes a second and only one who sends through it needs it.
Its own retries are off, because a request that is sent twice is a message that is sent twice: the provider
has no idempotency of its own. Our key travels as OutId, comes back in every receipt, and finds the message
again.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from activities.gateways.gateway import DAILY_LIMIT, Message, Outcome, SendResult
from activities.gateways.provider_templates import ProviderTemplates

_ZONE = ZoneInfo("Asia/Shanghai")
_PAGE = 50
_MILLISECONDS = {"connect_timeout": 5_000, "read_timeout": 10_000}

_NEVER = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.MOBILE_COUNT_OVER_LIMIT",
        "isv.INVALID_PARAMETERS",
        "isv.INVALID_JSON_PARAM",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.PARAM_NOT_SUPPORT_URL",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.DENY_IP_RANGE",
    }
)
"""Answers about the message itself: nobody else would take it, or only for the wrong reasons."""

_PERHAPS = frozenset({"isp.SYSTEM_ERROR", "isp.GATEWAY_ERROR", "InternalError"})
"""Answers after which the provider may have the message all the same."""

_LIMIT = "isv.BUSINESS_LIMIT_CONTROL"


class AliyunGateway:
    """SendSms and QuerySendDetails."""

    name = "aliyun"

    def __init__(
        self,
        templates: ProviderTemplates,
        *,
        access_key_id: str,
        access_key_secret: str,
        endpoint: str = "dysmsapi.aliyuncs.com",
        protocol: str = "https",
        settling: timedelta = timedelta(minutes=2),
    ) -> None:
        from alibabacloud_dysmsapi20170525.client import Client
        from alibabacloud_tea_openapi.models import Config

        self._templates, self.settling = templates, settling
        self._client = Client(
            Config(
                access_key_id=access_key_id,
                access_key_secret=access_key_secret,
                endpoint=endpoint,
                protocol=protocol,
            )
        )

    async def send(self, message: Message) -> SendResult:
        """Hands the message over by SendSms."""
        from alibabacloud_dysmsapi20170525.models import SendSmsRequest

        code = self._templates.code(message.template)
        if code is None:
            return SendResult(Outcome.DEFERRED, code="template_not_registered")
        request = SendSmsRequest(
            phone_numbers=message.number.removeprefix("+86"),
            sign_name=self._templates.sign,
            template_code=code,
            template_param=json.dumps(message.template.fill(message.params), ensure_ascii=False),
            out_id=message.key,
        )
        result, body = await self._call(self._client.send_sms_with_options_async, request)
        return SendResult(Outcome.ACCEPTED, body.biz_id, gateway=self.name) if result is None else result

    async def find(self, message: Message) -> SendResult:
        """Looks through the number's messages since the hand-over for the one with our key."""
        for day in _days(message.handed_over_at):
            page = 1
            while True:
                result, details = await self._page(message.number, day, page)
                if result is not None:
                    return SendResult(Outcome.UNKNOWN, code=result.code, gateway=self.name)
                for one in details:
                    if one.out_id == message.key:
                        return _state(one)
                if len(details) < _PAGE:
                    break
                page += 1
        return SendResult(Outcome.DEFERRED, code="never_received", gateway=self.name)

    async def _page(self, number: str, day: date, page: int) -> tuple[SendResult | None, list[Any]]:
        from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest

        request = QuerySendDetailsRequest(
            phone_number=number.removeprefix("+86"),
            send_date=f"{day:%Y%m%d}",
            page_size=_PAGE,
            current_page=page,
        )
        result, body = await self._call(self._client.query_send_details_with_options_async, request)
        if result is not None:
            return result, []
        found = body.sms_send_detail_dtos
        return None, list((found and found.sms_send_detail_dto) or [])

    async def _call(self, method: Any, request: Any) -> tuple[SendResult | None, Any]:
        """The answer's body, or the outcome that stands for a failure. Nothing of the request is kept."""
        from darabonba.runtime import RuntimeOptions
        from Tea.exceptions import TeaException, UnretryableException

        try:
            body = (await method(request, RuntimeOptions(autoretry=False, **_MILLISECONDS))).body
        except UnretryableException as error:
            return self._cut_off(error), None
        except TeaException as error:
            return self._said(str(error.code), "", getattr(error, "status_code", None) or 0), None
        if body.code == "OK":
            return None, body
        return self._said(body.code or "empty", body.message or "", 200), None

    def _cut_off(self, error: Exception) -> SendResult:
        from aiohttp import ClientConnectorError, ConnectionTimeoutError

        if any(isinstance(one, ClientConnectorError | ConnectionTimeoutError) for one in _behind(error)):
            return SendResult(Outcome.DEFERRED, code="unreachable", gateway=self.name)
        return SendResult(Outcome.UNKNOWN, code="cut_off", gateway=self.name)

    def _said(self, code: str, prose: str, status: int) -> SendResult:
        if code == _LIMIT:
            # Only the provider's sentence tells the day's limit from the minute's and the hour's.
            return SendResult(
                Outcome.DEFERRED, code=DAILY_LIMIT if "天" in prose else code, gateway=self.name
            )
        if code in _PERHAPS or status >= 500:
            return SendResult(Outcome.UNKNOWN, code=code, gateway=self.name)
        outcome = Outcome.REJECTED if code in _NEVER else Outcome.DEFERRED
        return SendResult(outcome, code=code, gateway=self.name)


def _state(detail: Any) -> SendResult:
    outcome = {1: Outcome.ACCEPTED, 2: Outcome.UNDELIVERED, 3: Outcome.DELIVERED}
    state = outcome.get(detail.send_status, Outcome.ACCEPTED)
    return SendResult(state, code=detail.err_code or None, gateway=AliyunGateway.name)


def _days(since: datetime | None) -> Iterator[date]:
    """The provider's calendar days on which a message can have been taken, the likeliest first."""
    today = datetime.now(UTC).astimezone(_ZONE).date()
    first = since.astimezone(_ZONE).date() if since else today - timedelta(days=1)
    yield first
    if first < today:
        yield first + timedelta(days=1)


def _behind(error: BaseException) -> Iterator[BaseException]:
    """An error and those it was made from: the SDK wraps what the connection said."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        inner = getattr(seen, "inner_exception", None)
        seen = inner if isinstance(inner, BaseException) else seen.__cause__ or seen.__context__

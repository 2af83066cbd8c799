"""Providers that speak the wire: they check what they are sent as the real ones do, and fail as told.

A stand-in keeps what its carrier put on handsets (`handsets`: number and key or words of each message), so
that a test can count what a person would have counted.
"""

import base64
import hashlib
import hmac
import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx2
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

ZONE = ZoneInfo("Asia/Shanghai")


class Fault(StrEnum):
    """What goes wrong with one submission, and afterwards with its receipt."""

    THROTTLED = "throttled"
    LIMITED_TODAY = "limited_today"
    CUT_AFTER_SUBMIT = "cut_after_submit"
    CUT_BEFORE_SUBMIT = "cut_before_submit"
    BROKEN_AFTER_SUBMIT = "broken_after_submit"
    RECEIPT_FIRST = "receipt_first"
    RECEIPT_TWICE = "receipt_twice"
    RECEIPT_MISSING = "receipt_missing"
    UNDELIVERED = "undelivered"


@dataclass
class Taken:
    """One message a provider has."""

    key: str
    number: str
    reference: str
    at: datetime
    arrived: bool
    words: str


@dataclass
class StandIn:
    """What both stand-ins share: faults to come, messages taken, receipts to push."""

    access: dict[str, str]
    next_fault: Callable[[str], Fault | None] = lambda _: None
    push_to: str | None = None
    taken: list[Taken] = field(default_factory=list)
    handsets: Counter[str] = field(default_factory=Counter)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    submissions: int = 0
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def take(self, key: str, number: str, words: str, fault: Fault | None) -> Taken:
        """The provider has the message; the carrier brings it to the handset, or not."""
        at = datetime.now(ZONE)
        reference = f"{at:%Y%m%d%H%M%S}{next(self._numbers):06}^0"
        arrived = fault is not Fault.UNDELIVERED
        one = Taken(key, number, reference, at, arrived, words)
        self.taken.append(one)
        if arrived:
            self.handsets[key] += 1
        return one

    def keep_receipt(self, receipt: dict[str, Any], fault: Fault | None) -> None:
        """Lays a receipt ready as often as the fault says."""
        times = {Fault.RECEIPT_MISSING: 0, Fault.RECEIPT_TWICE: 2, Fault.RECEIPT_FIRST: 0}
        self.receipts += [receipt] * (1 if fault is None else times.get(fault, 1))

    async def push_now(self, receipt: dict[str, Any]) -> None:
        """Pushes a receipt before the submission is answered."""
        assert self.push_to is not None
        async with httpx2.AsyncClient(timeout=60) as client:
            (await client.post(self.push_to, json=[receipt])).raise_for_status()


async def _torn() -> AsyncIterator[bytes]:
    yield b'{"Code"'
    raise ConnectionResetError


def _cut_off() -> Response:
    """The connection breaks in the middle of the answer."""
    return StreamingResponse(_torn(), headers={"content-length": "400"}, media_type="application/json")


# --- Alibaba Cloud


class Aliyun(StandIn):
    """SendSms and QuerySendDetails of 2017-05-25 with ACS3-HMAC-SHA256, and SmsReport and SmsUp pushes."""

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/")
        async def answer(request: Request) -> Response:
            if not self._is_genuine(request, await request.body()):
                self.refused.append("signature")
                return JSONResponse({"Code": "SignatureDoesNotMatch", "Message": "no"}, 403)
            if request.headers["x-acs-action"] == "SendSms":
                return await self._send(dict(request.query_params))
            return JSONResponse(self._details(dict(request.query_params)))

        return app

    async def _send(self, said: dict[str, str]) -> Response:
        self.submissions += 1
        fault = self.next_fault(said["OutId"])
        if said["SignName"] != self.access["sign"] or not said["TemplateCode"].startswith("SMS_"):
            return _said("isv.SMS_SIGNATURE_ILLEGAL", "签名不合法")
        if fault is Fault.THROTTLED:
            return JSONResponse({"Code": "Throttling.User", "Message": "Request was denied"}, 400)
        if fault is Fault.LIMITED_TODAY:
            return _said("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:10")
        if fault is Fault.CUT_BEFORE_SUBMIT:
            return _cut_off()
        one = self.take(said["OutId"], said["PhoneNumbers"], said["TemplateParam"], fault)
        receipt = self.report(one)
        self.keep_receipt(receipt, fault)
        if fault is Fault.RECEIPT_FIRST:
            await self.push_now(receipt)
        if fault is Fault.CUT_AFTER_SUBMIT:
            return _cut_off()
        if fault is Fault.BROKEN_AFTER_SUBMIT:
            return JSONResponse({"Code": "InternalError", "Message": "oops"}, 500)
        return JSONResponse({"Code": "OK", "Message": "OK", "BizId": one.reference, "RequestId": "R-1"})

    def report(self, one: Taken) -> dict[str, Any]:
        """SmsReport."""
        return {
            "phone_number": one.number,
            "send_time": f"{one.at:%Y-%m-%d %H:%M:%S}",
            "report_time": f"{one.at + timedelta(seconds=3):%Y-%m-%d %H:%M:%S}",
            "success": one.arrived,
            "err_code": "DELIVERED" if one.arrived else "UNDELIV",
            "err_msg": "用户接收成功" if one.arrived else "用户无法接收",
            "sms_size": "1",
            "biz_id": one.reference,
            "out_id": one.key,
        }

    def _details(self, asked: dict[str, str]) -> dict[str, Any]:
        found = [
            {
                "OutId": one.key,
                "PhoneNum": one.number,
                "SendStatus": 3 if one.arrived else 2,
                "ErrCode": "DELIVERED" if one.arrived else "UNDELIV",
                "SendDate": f"{one.at:%Y-%m-%d %H:%M:%S}",
                "ReceiveDate": f"{one.at:%Y-%m-%d %H:%M:%S}",
                "TemplateCode": "SMS_1",
                "Content": one.words,
            }
            for one in self.taken
            if one.number == asked["PhoneNumber"] and f"{one.at:%Y%m%d}" == asked["SendDate"]
        ]
        size, page = int(asked["PageSize"]), int(asked["CurrentPage"])
        shown = found[size * (page - 1) : size * page]
        return {
            "Code": "OK",
            "Message": "OK",
            "TotalCount": len(found),
            "SmsSendDetailDTOs": {"SmsSendDetailDTO": shown},
        }

    def _is_genuine(self, request: Request, body: bytes) -> bool:
        """ACS3-HMAC-SHA256 as the service computes it."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        parts = dict(part.split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme != "ACS3-HMAC-SHA256" or parts.get("Credential") != self.access["id"]:
            return False
        query = "&".join(
            f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(request.query_params.items())
        )
        names = parts["SignedHeaders"].split(";")
        headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
        hashed = hashlib.sha256(body).hexdigest()
        canonical = f"POST\n/\n{query}\n{headers}\n{parts['SignedHeaders']}\n{hashed}"
        to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        expected = hmac.new(self.access["secret"].encode(), to_sign.encode(), "sha256").hexdigest()
        return hmac.compare_digest(expected, parts["Signature"])


def _said(code: str, message: str) -> JSONResponse:
    return JSONResponse({"Code": code, "Message": message, "RequestId": "R-0"})


def _encoded(value: str) -> str:
    return quote(value, safe="-_.~")


def reply(number: str, words: str, sequence: int) -> dict[str, Any]:
    """SmsUp."""
    return {
        "phone_number": number,
        "content": words,
        "send_time": f"{datetime.now(ZONE):%Y-%m-%d %H:%M:%S}",
        "dest_code": "10690000",
        "sequence_id": sequence,
    }


# --- China Mobile 云MAS


class Mas(StandIn):
    """norsubmit and tmpsubmit with their MD5 checksum, and the push of status reports.

    The platform knows no key of ours: a message is told by its number and its words.
    """

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/sms/norsubmit")
        async def plain(request: Request) -> Response:
            said = json.loads(base64.b64decode(await request.body()))
            order = ("ecName", "apId", "secretKey", "mobiles", "content", "sign", "addSerial")
            return await self._submit(said, order, said["content"])

        @app.post("/sms/tmpsubmit")
        async def by_template(request: Request) -> Response:
            said = json.loads(base64.b64decode(await request.body()))
            order = ("ecName", "apId", "secretKey", "templateId", "mobiles", "params", "sign", "addSerial")
            return await self._submit(said, order, said["params"])

        return app

    async def _submit(self, said: dict[str, str], order: tuple[str, ...], words: str) -> Response:
        self.submissions += 1
        checked = "".join(said[name] for name in order)
        if hashlib.md5(checked.encode()).hexdigest() != said["mac"]:
            return self._no("IllegalMac")
        if (said["apId"], said["secretKey"]) != (self.access["id"], self.access["secret"]):
            return self._no("InvalidUsrOrPwd")
        if said["sign"] != self.access["sign"]:
            return self._no("IllegalSignId")
        fault = self.next_fault(words)
        if fault is Fault.THROTTLED:
            return JSONResponse({"success": False, "rspcod": "FlowLimit"}, 503)
        if fault is Fault.CUT_BEFORE_SUBMIT:
            return _cut_off()
        one = self.take(f"{said['mobiles']} {words}", said["mobiles"], words, fault)
        receipt = self.report(one)
        self.keep_receipt(receipt, fault)
        if fault is Fault.RECEIPT_FIRST:
            await self.push_now(receipt)
        if fault is Fault.CUT_AFTER_SUBMIT:
            return _cut_off()
        if fault is Fault.BROKEN_AFTER_SUBMIT:
            return JSONResponse({"error": "oops"}, 500)
        return JSONResponse({"success": True, "rspcod": "success", "msgGroup": one.reference})

    def report(self, one: Taken) -> dict[str, Any]:
        """A status report."""
        return {
            "reportStatus": "CM:0000" if one.arrived else "CM:0001",
            "mobile": one.number,
            "submitDate": f"{one.at:%Y%m%d%H%M%S}",
            "receiveDate": f"{one.at + timedelta(seconds=3):%Y%m%d%H%M%S}",
            "errorCode": "DELIVRD" if one.arrived else "UNDELIV",
            "msgGroup": one.reference,
        }

    def _no(self, code: str) -> Response:
        self.refused.append(code)
        return JSONResponse({"success": False, "rspcod": code, "msgGroup": ""})

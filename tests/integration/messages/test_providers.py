"""Each gateway against a provider that speaks its wire: what it sends, and what it makes of each answer."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import SecretStr

from activities.gateways.aliyun import AliyunGateway
from activities.gateways.cmcc import CmccGateway
from activities.gateways.failover import FailoverGateway
from activities.gateways.gateway import DAILY_LIMIT, Message, Outcome, SendResult
from activities.gateways.provider_templates import ProviderTemplates, read_provider_templates
from activities.gateways.robot import Robot, RobotGateway, read_robots
from activities.gateways.tencent import TencentGateway
from activities.gateways.webhook import WebhookGateway
from models.notice_templates import template
from ops.errors import OperationFailed
from ops.ports import free_port
from tests.integration.messages.conftest import WEBHOOK_SECRET
from tests.integration.messages.standins import Aliyun, Fault, Mas
from tests.serving import served

NUMBER = "+8613800138000"
RED = {"ticket": "T1", "unit": "水务局", "clock": "handle", "due": "2026-05-11T18:00:00+08:00"}


def message(key: str | None = None, number: str = NUMBER, **changed: Any) -> Message:
    return Message(key or str(uuid4()), "sms", number, template("red"), {**RED, **changed})


# --- Alibaba Cloud


async def test_aliyun_takes_a_signed_request_with_declared_variables(
    aliyun: Aliyun, through_aliyun: AliyunGateway
) -> None:
    sent = message()
    result = await through_aliyun.send(sent)
    assert result == SendResult(Outcome.ACCEPTED, aliyun.taken[0].reference, gateway="aliyun")
    assert aliyun.taken[0].number == "13800138000"
    assert json.loads(aliyun.taken[0].words) == {
        "ticket": "T1",
        "unit": "水务局",
        "clock": "办理",
        "due": "5月11日18:00",
    }
    assert aliyun.refused == []


async def test_aliyun_with_a_wrong_secret_is_put_off_not_lost(aliyun: Aliyun) -> None:
    gateway = AliyunGateway(
        ProviderTemplates("12345热线", {"red": "SMS_1"}),
        access_key_id=aliyun.access["id"],
        access_key_secret="wrong",
        endpoint=aliyun.access["address"].removeprefix("http://"),
        protocol="http",
    )
    assert await gateway.send(message()) == SendResult(
        Outcome.DEFERRED, code="SignatureDoesNotMatch", gateway="aliyun"
    )
    assert aliyun.refused == ["signature"]


@pytest.mark.parametrize(
    ("fault", "outcome", "code"),
    [
        (Fault.THROTTLED, Outcome.DEFERRED, "Throttling.User"),
        (Fault.LIMITED_TODAY, Outcome.DEFERRED, DAILY_LIMIT),
        (Fault.CUT_AFTER_SUBMIT, Outcome.UNKNOWN, "cut_off"),
        (Fault.CUT_BEFORE_SUBMIT, Outcome.UNKNOWN, "cut_off"),
        (Fault.BROKEN_AFTER_SUBMIT, Outcome.UNKNOWN, "InternalError"),
    ],
)
async def test_aliyun_faults_are_outcomes(
    aliyun: Aliyun, through_aliyun: AliyunGateway, fault: Fault, outcome: Outcome, code: str
) -> None:
    aliyun.next_fault = lambda _: fault
    assert await through_aliyun.send(message()) == SendResult(outcome, code=code, gateway="aliyun")


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (None, Outcome.DELIVERED),
        (Fault.UNDELIVERED, Outcome.UNDELIVERED),
        (Fault.CUT_AFTER_SUBMIT, Outcome.DELIVERED),
        (Fault.CUT_BEFORE_SUBMIT, Outcome.DEFERRED),
    ],
)
async def test_aliyun_finds_a_message_by_our_key_among_many_of_the_number(
    aliyun: Aliyun, through_aliyun: AliyunGateway, fault: Fault | None, outcome: Outcome
) -> None:
    for number in range(60):
        aliyun.take(f"other-{number}", "13800138000", "{}", None)
    aliyun.next_fault = lambda _: fault
    sent = message()
    await through_aliyun.send(sent)
    assert (await through_aliyun.find(sent)).outcome is outcome


async def test_a_provider_that_is_not_there_certainly_has_nothing(tmp_path: Path) -> None:
    port = free_port()
    gateways = (
        AliyunGateway(
            ProviderTemplates("s", {"red": "SMS_1"}),
            access_key_id="a",
            access_key_secret="b",
            endpoint=f"127.0.0.1:{port}",
            protocol="http",
        ),
        CmccGateway(
            ProviderTemplates("s"),
            base_url=f"http://127.0.0.1:{port}",
            ec_name="e",
            ap_id="a",
            secret_key="b",
        ),
        WebhookGateway(f"http://127.0.0.1:{port}/m", WEBHOOK_SECRET),
    )
    for gateway in gateways:
        result = await gateway.send(message())
        assert (result.outcome, result.code) == (Outcome.DEFERRED, "unreachable"), gateway.name


async def test_a_template_the_provider_has_not_approved_waits(through_aliyun: AliyunGateway) -> None:
    through_aliyun._templates = ProviderTemplates("12345热线")
    assert await through_aliyun.send(message()) == SendResult(
        Outcome.DEFERRED, code="template_not_registered"
    )


# --- 云MAS


async def test_mas_takes_plain_words_with_its_checksum(mas: Mas, through_mas: CmccGateway) -> None:
    result = await through_mas.send(message())
    assert result == SendResult(Outcome.ACCEPTED, mas.taken[0].reference, gateway="cmcc")
    assert mas.taken[0].words == "红牌：工单T1水务局办理时限5月11日18:00，请立即处置。"
    assert mas.refused == []


async def test_mas_takes_a_template_with_its_values_in_order(mas: Mas) -> None:
    gateway = CmccGateway(
        ProviderTemplates("sIgnCode", {"red": "5aa85e61"}),
        base_url=mas.access["address"],
        ec_name="泾川县政务热线",
        ap_id="ap12345",
        secret_key="mas-secret",
    )
    assert (await gateway.send(message())).outcome is Outcome.ACCEPTED
    assert json.loads(mas.taken[0].words) == ["T1", "水务局", "办理", "5月11日18:00"]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault.THROTTLED, Outcome.DEFERRED),
        (Fault.CUT_AFTER_SUBMIT, Outcome.UNKNOWN),
        (Fault.CUT_BEFORE_SUBMIT, Outcome.UNKNOWN),
        (Fault.BROKEN_AFTER_SUBMIT, Outcome.UNKNOWN),
    ],
)
async def test_mas_faults_are_outcomes(
    mas: Mas, through_mas: CmccGateway, fault: Fault, outcome: Outcome
) -> None:
    mas.next_fault = lambda _: fault
    assert (await through_mas.send(message())).outcome is outcome
    assert (await through_mas.find(message())).outcome is Outcome.UNKNOWN


async def test_mas_with_a_wrong_signature_code_is_put_off(mas: Mas) -> None:
    gateway = CmccGateway(
        ProviderTemplates("other"),
        base_url=mas.access["address"],
        ec_name="e",
        ap_id="ap12345",
        secret_key="mas-secret",
    )
    assert await gateway.send(message()) == SendResult(Outcome.DEFERRED, code="IllegalSignId", gateway="cmcc")


# --- Tencent Cloud


class Tencent:
    """SendSms and PullSmsSendStatusByPhoneNumber with TC3-HMAC-SHA256."""

    def __init__(self, secret_key: str = "tencent-secret", code: str = "Ok") -> None:
        self.secret_key, self.code = secret_key, code
        self.taken: list[dict[str, Any]] = []

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/")
        async def answer(request: Request) -> Response:
            body = await request.body()
            if not self._is_genuine(request, body):
                return _response({"Error": {"Code": "AuthFailure.SignatureFailure", "Message": ""}})
            said = json.loads(body)
            if request.headers["x-tc-action"] == "SendSms":
                self.taken.append(said)
                status = {"Code": self.code, "SerialNo": "5000:1", "PhoneNumber": NUMBER, "Fee": 1}
                return _response({"SendStatusSet": [status]})
            found = [
                {"SessionContext": one["SessionContext"], "ReportStatus": "SUCCESS", "SerialNo": "5000:1"}
                for one in self.taken
                if one["PhoneNumberSet"] == [said["PhoneNumber"]]
            ]
            return _response({"PullSmsSendStatusSet": found})

        return app

    def _is_genuine(self, request: Request, body: bytes) -> bool:
        scheme, _, rest = request.headers["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        day = parts["Credential"].split("/")[1]
        names = parts["SignedHeaders"].split(";")
        values = {**request.headers, "x-tc-action": request.headers["x-tc-action"].lower()}
        lines = "".join(f"{name}:{values[name]}\n" for name in names)
        canonical = f"POST\n/\n\n{lines}\n{';'.join(names)}\n{hashlib.sha256(body).hexdigest()}"
        to_sign = (
            f"TC3-HMAC-SHA256\n{request.headers['x-tc-timestamp']}\n{day}/sms/tc3_request\n"
            f"{hashlib.sha256(canonical.encode()).hexdigest()}"
        )
        key = f"TC3{self.secret_key}".encode()
        for part in (day, "sms", "tc3_request"):
            key = hmac.new(key, part.encode(), "sha256").digest()
        expected = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
        return scheme == "TC3-HMAC-SHA256" and expected == parts["Signature"]


def _response(content: dict[str, Any]) -> JSONResponse:
    return JSONResponse({"Response": {**content, "RequestId": "r"}})


@contextmanager
def tencent(provider: Tencent) -> Iterator[TencentGateway]:
    with served(provider.app()) as address:
        yield TencentGateway(
            ProviderTemplates("12345热线", {"red": "1110"}),
            secret_id="AKID",
            secret_key="tencent-secret",
            app_id="1400006666",
            base_url=address,
        )


async def test_tencent_takes_a_signed_request_and_is_found_by_our_key() -> None:
    provider = Tencent()
    with tencent(provider) as gateway:
        sent = message()
        assert await gateway.send(sent) == SendResult(Outcome.ACCEPTED, "5000:1", gateway="tencent")
        assert provider.taken[0]["TemplateParamSet"] == ["T1", "水务局", "办理", "5月11日18:00"]
        assert await gateway.find(sent) == SendResult(Outcome.DELIVERED, "5000:1", gateway="tencent")
        assert (await gateway.find(message())).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("LimitExceeded.PhoneNumberThirtySecondLimit", Outcome.DEFERRED),
        ("LimitExceeded.PhoneNumberDailyLimit", Outcome.DEFERRED),
        ("FailedOperation.InsufficientBalanceInSmsPackage", Outcome.DEFERRED),
        ("InvalidParameterValue.IncorrectPhoneNumber", Outcome.REJECTED),
        ("InternalError.Timeout", Outcome.UNKNOWN),
    ],
)
async def test_tencent_refusals_are_outcomes(code: str, outcome: Outcome) -> None:
    with tencent(Tencent(code=code)) as gateway:
        assert (await gateway.send(message())).outcome is outcome


async def test_tencent_with_a_wrong_key_is_put_off() -> None:
    with tencent(Tencent(secret_key="other")) as gateway:
        result = await gateway.send(message())
    assert (result.outcome, result.code) == (Outcome.DEFERRED, "AuthFailure.SignatureFailure")


# --- the generic gateway


async def test_the_generic_gateway_signs_and_is_asked_by_key() -> None:
    got: dict[str, Any] = {}
    app = FastAPI()

    @app.post("/messages")
    async def take(request: Request) -> dict[str, str]:
        body = await request.body()
        stamp, identity = request.headers["webhook-timestamp"], request.headers["webhook-id"]
        key = base64.b64decode(WEBHOOK_SECRET.removeprefix("whsec_"))
        signed = hmac.new(key, f"{identity}.{stamp}.".encode() + body, "sha256").digest()
        assert request.headers["webhook-signature"] == f"v1,{base64.b64encode(signed).decode()}"
        got[identity] = json.loads(body)
        return {"reference": "v-1"}

    @app.get("/messages/{key}")
    async def state(key: str) -> Response:
        if key not in got:
            return JSONResponse({}, 404)
        return JSONResponse({"state": "undelivered", "code": "no_answer"})

    with served(app) as address:
        gateway = WebhookGateway(f"{address}/messages", WEBHOOK_SECRET)
        sent = message("k1")
        assert await gateway.send(sent) == SendResult(Outcome.ACCEPTED, "v-1", gateway="webhook")
        assert got["k1"]["body"] == "【12345热线】红牌：工单T1水务局办理时限5月11日18:00，请立即处置。"
        assert await gateway.find(sent) == SendResult(Outcome.UNDELIVERED, "k1", "no_answer", "webhook")
        assert (await gateway.find(message("k2"))).outcome is Outcome.DEFERRED


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.ACCEPTED),
        (400, Outcome.REJECTED),
        (429, Outcome.DEFERRED),
        (503, Outcome.DEFERRED),
        (500, Outcome.UNKNOWN),
    ],
)
async def test_the_generic_gateway_goes_by_the_status(status: int, outcome: Outcome) -> None:
    app = FastAPI()

    @app.post("/")
    async def take() -> Response:
        return Response(status_code=status)

    with served(app) as address:
        assert (await WebhookGateway(address, WEBHOOK_SECRET).send(message())).outcome is outcome


# --- robots


async def test_a_robot_gets_a_signed_post_and_its_limit_is_heeded() -> None:
    answers, got = [0, 130101, 310000], []
    app = FastAPI()

    @app.post("/robot/send")
    async def post(request: Request) -> dict[str, Any]:
        stamp = request.query_params["timestamp"]
        expected = hmac.new(b"SEC1", f"{stamp}\nSEC1".encode(), "sha256").digest()
        assert unquote(request.query_params["sign"]) == base64.b64encode(expected).decode()
        got.append(await request.json())
        return {"errcode": answers.pop(0), "errmsg": ""}

    with served(app) as address:
        url = SecretStr(f"{address}/robot/send?access_token=t")
        gateway = RobotGateway({"水务局": Robot(kind="dingtalk", url=url, secret=SecretStr("SEC1"))})
        sent = Message("k", "im", "水务局", template("red"), RED)
        outcomes = [(await gateway.send(sent)).outcome for _ in range(3)]
    assert outcomes == [Outcome.DELIVERED, Outcome.DEFERRED, Outcome.REJECTED]
    assert got[0]["text"]["content"].startswith("【12345热线】红牌：工单T1")
    assert (await gateway.find(sent)).outcome is Outcome.REJECTED
    assert "SEC1" not in repr(gateway._robots)


def test_a_file_of_robots_or_templates_that_is_wrong_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    with pytest.raises(OperationFailed, match="cannot read"):
        read_robots(path)
    path.write_text('{"水务局": {"kind": "telegram", "url": "https://secret"}}')
    with pytest.raises(OperationFailed, match=r"水务局\.kind") as refused:
        read_robots(path)
    assert "secret" not in str(refused.value)
    path.write_text('{"aliyun": {"sign": "热线", "templates": {"poem": "SMS_1"}}}')
    with pytest.raises(OperationFailed, match="poem"):
        read_provider_templates(path, "aliyun")
    with pytest.raises(OperationFailed, match="tencent needs an entry"):
        read_provider_templates(path, "tencent")


# --- failover


class Scripted:
    """A provider that answers as told."""

    settling = timedelta(0)

    def __init__(self, name: str, *answers: Outcome) -> None:
        self.name, self.answers, self.asked = name, list(answers), 0

    async def send(self, message: Message) -> SendResult:
        return SendResult(self.answers.pop(0), code="unreachable")

    async def find(self, message: Message) -> SendResult:
        self.asked += 1
        return SendResult(self.answers.pop(0))


async def test_the_next_provider_takes_only_what_the_first_certainly_does_not_have() -> None:
    first, second = Scripted("a", Outcome.DEFERRED), Scripted("b", Outcome.ACCEPTED)
    result = await FailoverGateway([first, second]).send(message())
    assert (result.outcome, result.gateway) == (Outcome.ACCEPTED, "b")
    first, second = Scripted("a", Outcome.UNKNOWN), Scripted("b", Outcome.ACCEPTED)
    result = await FailoverGateway([first, second]).send(message())
    assert (result.outcome, result.gateway) == (Outcome.UNKNOWN, "a")
    assert second.answers == [Outcome.ACCEPTED]


async def test_a_provider_that_did_not_answer_comes_last_for_a_while() -> None:
    now = 0.0
    first = Scripted("a", Outcome.UNKNOWN, Outcome.ACCEPTED)
    second = Scripted("b", Outcome.ACCEPTED)
    both = FailoverGateway([first, second], rest=timedelta(seconds=10), clock=lambda: now)
    assert [(await both.send(message())).gateway for _ in range(2)] == ["a", "b"]
    now = 11.0
    assert (await both.send(message())).gateway == "a"


async def test_only_who_may_have_a_message_is_asked_for_it() -> None:
    first, second = Scripted("a", Outcome.DEFERRED), Scripted("b", Outcome.UNKNOWN)
    both = FailoverGateway([first, second])
    at_first = Message("k", "sms", NUMBER, template("red"), RED, handed_to="a")
    assert (await both.find(at_first)).outcome is Outcome.DEFERRED
    assert second.asked == 0
    first.answers = [Outcome.DEFERRED]
    assert (await both.find(message())).outcome is Outcome.UNKNOWN


async def test_no_number_is_in_what_a_gateway_prints_or_logs(
    aliyun: Aliyun, through_aliyun: AliyunGateway, through_mas: CmccGateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    aliyun.next_fault = lambda _: Fault.CUT_AFTER_SUBMIT
    sent = message(number="+8613912345678")
    results = [await through_aliyun.send(sent), await through_mas.send(sent), await through_aliyun.find(sent)]
    await asyncio.sleep(0)
    assert "13912345678" not in f"{sent!r}{results!r}{caplog.text}"

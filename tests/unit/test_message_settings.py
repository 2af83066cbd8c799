"""Message settings: what is chosen must be complete, and what is wrong is named without its value."""

from datetime import time
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from activities.gateways.aliyun import AliyunGateway
from activities.gateways.chosen import gateways, rules
from activities.gateways.cmcc import CmccGateway
from activities.gateways.failover import FailoverGateway
from activities.gateways.gateway import Gateway
from activities.gateways.outbox import OutboxGateway
from activities.gateways.robot import RobotGateway
from activities.gateways.seat import SeatGateway
from activities.gateways.tencent import TencentGateway
from activities.gateways.webhook import WebhookGateway
from models.sending_rules import SendingRules
from ops.errors import OperationFailed
from ops.message_settings import MessageSettings, load_message_settings

ENGINE = create_async_engine("postgresql+asyncpg://nobody@127.0.0.1/none")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a .env file, with the files that settings name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "templates.json").write_text(
        '{"aliyun": {"sign": "热线", "templates": {"red": "SMS_1"}}, "tencent": {"sign": "热线"},'
        ' "cmcc": {"sign": "abc"}}'
    )
    (tmp_path / "robots.json").write_text('{"水务局": {"kind": "wecom", "url": "https://robot"}}')
    load_message_settings.cache_clear()
    return tmp_path


def settings(monkeypatch: pytest.MonkeyPatch, **said: str) -> MessageSettings:
    for name, value in said.items():
        monkeypatch.setenv(f"JIESU_{name.upper()}", value)
    return load_message_settings()


ALL = {
    "sms_gateway": "aliyun, tencent,cmcc,webhook",
    "phone_gateway": "webhook",
    "sms_templates_file": "templates.json",
    "robots_file": "robots.json",
    "aliyun_access_key_id": "a",
    "aliyun_access_key_secret": "b",
    "tencent_secret_id": "a",
    "tencent_secret_key": "b",
    "tencent_sms_app_id": "1400",
    "cmcc_url": "https://mas.example",
    "cmcc_ec_name": "e",
    "cmcc_ap_id": "a",
    "cmcc_secret_key": "b",
    "webhook_url": "https://bridge.example/messages",
    "webhook_secret": "at-least-sixteen-letters",
}


def kinds(chosen: dict[str, Gateway]) -> dict[str, type]:
    return {channel: type(gateway) for channel, gateway in chosen.items()}


def test_without_settings_sms_is_stored_and_the_seat_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = settings(monkeypatch)
    assert kinds(dict(gateways(chosen, ENGINE))) == {"sms": OutboxGateway, "phone": SeatGateway}
    assert rules(chosen) == SendingRules()


def test_several_gateways_are_tried_in_the_order_that_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = dict(gateways(settings(monkeypatch, **ALL), ENGINE))
    assert kinds(chosen) == {"sms": FailoverGateway, "phone": WebhookGateway, "im": RobotGateway}
    sms = chosen["sms"]
    assert isinstance(sms, FailoverGateway)
    assert [type(one) for one in sms._providers] == [
        AliyunGateway,
        TencentGateway,
        CmccGateway,
        WebhookGateway,
    ]


def test_the_sites_rules_hold_for_what_leaves_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"sms_daily_cap": "5", "sms_digest_times": "09:00, 16:30", "quiet_from": "22:00"}
    told = rules(settings(monkeypatch, **ALL, **said))
    assert (told.daily_cap, told.quiet_from, told.quiet_until) == (5, time(22), time(7, 30))
    assert told.digest_times == (time(9), time(16, 30))


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"sms_gateway": "pigeon"}, "JIESU_SMS_GATEWAY.*one or more of outbox"),
        ({"sms_gateway": "aliyun,aliyun"}, "each once"),
        ({"sms_gateway": "aliyun"}, "JIESU_ALIYUN_ACCESS_KEY_ID, JIESU_ALIYUN_ACCESS_KEY_SECRET"),
        ({"phone_gateway": "webhook"}, "JIESU_WEBHOOK_URL"),
        ({"push_token": "too-short"}, "JIESU_PUSH_TOKEN.*at least 24"),
        ({"push_sources": "somewhere"}, "JIESU_PUSH_SOURCES"),
        ({"sms_digest_times": "25:00"}, "JIESU_SMS_DIGEST_TIMES"),
        ({"sms_daily_cap": "0"}, "JIESU_SMS_DAILY_CAP"),
    ],
)
def test_what_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch, said: dict[str, str], fault: str) -> None:
    with pytest.raises(OperationFailed, match=fault) as refused:
        settings(monkeypatch, **said)
    assert "too-short" not in str(refused.value)

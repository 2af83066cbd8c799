"""The gateways that the settings choose, and the rules by which they send."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.gateways.aliyun import AliyunGateway
from activities.gateways.cmcc import CmccGateway
from activities.gateways.failover import FailoverGateway
from activities.gateways.gateway import Gateway
from activities.gateways.outbox import OutboxGateway
from activities.gateways.provider_templates import ProviderTemplates, read_provider_templates
from activities.gateways.robot import CHANNEL as ROBOT
from activities.gateways.robot import RobotGateway, read_robots
from activities.gateways.seat import SeatGateway
from activities.gateways.tencent import TencentGateway
from activities.gateways.webhook import WebhookGateway
from activities.messages_round import MessagesRound, Patience
from activities.notify import Notify
from domain.vocabulary import Channel
from models.sending_rules import SendingRules
from ops.keyring import KeyRing
from ops.message_settings import MessageSettings


def gateways(settings: MessageSettings, engine: AsyncEngine) -> Mapping[str, Gateway]:
    """One gateway a channel. Raises OperationFailed for a file that cannot be used."""
    sms = [_gateway(name, settings, engine) for name in settings.sms_gateway]
    chosen: dict[str, Gateway] = {
        Channel.SMS: sms[0] if len(sms) == 1 else FailoverGateway(sms),
        Channel.PHONE: _gateway(settings.phone_gateway, settings, engine),
    }
    if settings.robots_file is not None:
        chosen[ROBOT] = RobotGateway(read_robots(settings.robots_file))
    return chosen


def rules(settings: MessageSettings) -> SendingRules:
    """The site's rules of sending. The outbox wakes nobody and fills no phone: it takes all at once."""
    if settings.sms_gateway == ("outbox",):
        return SendingRules()
    return SendingRules(
        zone=ZoneInfo(settings.time_zone),
        daily_cap=settings.sms_daily_cap,
        quiet_from=settings.quiet_from,
        quiet_until=settings.quiet_until,
        digest_times=settings.sms_digest_times,
    )


def messaging(
    settings: MessageSettings, engine: AsyncEngine, ring: KeyRing, site: str | None = None
) -> tuple[Notify, MessagesRound]:
    """The two activities of messages, as a worker registers them. Raises OperationFailed."""
    within = timedelta(minutes=settings.duty_ack_minutes)
    notify = Notify(engine, ring, gateways(settings, engine), rules(settings), within, site)
    patience = Patience(call_after=timedelta(minutes=settings.call_after_minutes), acknowledge_within=within)
    return notify, MessagesRound(engine, notify, patience)


def _gateway(name: str, settings: MessageSettings, engine: AsyncEngine) -> Gateway:
    match name:
        case "aliyun":
            return AliyunGateway(
                _templates(settings.sms_templates_file, name),
                access_key_id=settings.aliyun_access_key_id or "",
                access_key_secret=_secret(settings.aliyun_access_key_secret),
                endpoint=settings.aliyun_endpoint,
                protocol=settings.aliyun_protocol,
            )
        case "tencent":
            return TencentGateway(
                _templates(settings.sms_templates_file, name),
                secret_id=settings.tencent_secret_id or "",
                secret_key=_secret(settings.tencent_secret_key),
                app_id=settings.tencent_sms_app_id or "",
                region=settings.tencent_region,
                base_url=settings.tencent_url,
            )
        case "cmcc":
            return CmccGateway(
                _templates(settings.sms_templates_file, name),
                base_url=settings.cmcc_url or "",
                ec_name=settings.cmcc_ec_name or "",
                ap_id=settings.cmcc_ap_id or "",
                secret_key=_secret(settings.cmcc_secret_key),
                add_serial=settings.cmcc_add_serial,
                path=settings.cmcc_path,
            )
        case "webhook":
            return WebhookGateway(settings.webhook_url or "", _secret(settings.webhook_secret))
        case "seat":
            return SeatGateway(engine)
        case _:
            return OutboxGateway(engine)


def _templates(path: Path | None, provider: str) -> ProviderTemplates:
    return ProviderTemplates("") if path is None else read_provider_templates(path, provider)


def _secret(value: SecretStr | None) -> str:
    return "" if value is None else value.get_secret_value()

"""Settings of messages: which providers, their accounts, and when a message may go.

Like all settings they begin with `JIESU_`.
"""

from __future__ import annotations

from datetime import time
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ops.errors import OperationFailed

SMS_GATEWAYS = ("outbox", "aliyun", "tencent", "cmcc", "webhook")


class MessageSettings(BaseSettings):
    """Settings by name: the field `aliyun_access_key_id` is the variable `JIESU_ALIYUN_ACCESS_KEY_ID`."""

    model_config = SettingsConfigDict(
        env_prefix="JIESU_", env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    sms_gateway: Annotated[tuple[str, ...], NoDecode] = Field(
        ("outbox",),
        description="Gateways that send SMS, in the order they are tried, with commas in between: "
        f"{', '.join(SMS_GATEWAYS)}.",
    )
    phone_gateway: Literal["seat", "outbox", "webhook"] = Field(
        "seat", description="Who calls: the office's seat from a list of calls, or a voice system."
    )
    sms_templates_file: Path | None = Field(
        None, description="JSON with each provider's signature and template codes."
    )
    robots_file: Path | None = Field(None, description="JSON with the chat robots of units.")
    push_token: SecretStr | None = Field(
        None,
        min_length=24,
        description="Secret in the addresses that providers push receipts and replies to; unset: none may.",
    )
    push_sources: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (), description="Networks that providers push from, with commas in between; unset: any."
    )

    aliyun_access_key_id: str | None = Field(None, description="AccessKey of the RAM user.")
    aliyun_access_key_secret: SecretStr | None = Field(None, description="Its secret.")
    aliyun_endpoint: str = Field("dysmsapi.aliyuncs.com", description="host[:port] of the service.")
    aliyun_protocol: Literal["https", "http"] = Field("https", description="http only for a stand-in.")

    tencent_secret_id: str | None = Field(None, description="SecretId of the sub-user.")
    tencent_secret_key: SecretStr | None = Field(None, description="Its SecretKey.")
    tencent_sms_app_id: str | None = Field(None, description="SmsSdkAppId of the application.")
    tencent_region: str = Field("ap-guangzhou", description="Region of the SMS service.")
    tencent_url: str = Field("https://sms.tencentcloudapi.com", description="Address of the service.")

    cmcc_url: str | None = Field(None, description="Address of 云MAS, https://host:port.")
    cmcc_path: str = Field("/sms", description="Path before norsubmit and tmpsubmit; some sites have /app.")
    cmcc_ec_name: str | None = Field(None, description="Name of the customer (集团名称).")
    cmcc_ap_id: str | None = Field(None, description="Account of the interface.")
    cmcc_secret_key: SecretStr | None = Field(None, description="Its password.")
    cmcc_add_serial: str = Field("", description="Extension code (拓展码).")

    webhook_url: str | None = Field(None, description="Address of the generic gateway.")
    webhook_secret: SecretStr | None = Field(
        None, min_length=16, description="Secret that signs in both directions."
    )

    sms_daily_cap: int | None = Field(
        20, ge=1, description="Messages one number gets alone on one day; the rest comes in digests."
    )
    sms_digest_times: Annotated[tuple[time, ...], NoDecode] = Field(
        (time(8, 30), time(11, 30), time(17, 0)), description="When digests go, HH:MM with commas in between."
    )
    quiet_from: time | None = Field(time(21, 30), description="When reminders begin to wait, HH:MM.")
    quiet_until: time | None = Field(time(7, 30), description="When they may go again.")
    time_zone: str = Field("Asia/Shanghai", description="Zone of the times of day.")
    duty_ack_minutes: int = Field(
        10, ge=1, description="Minutes that who is on duty has to acknowledge an emergency."
    )
    call_after_minutes: int = Field(
        15, ge=1, description="Minutes without a receipt after which a red lamp or an emergency is called."
    )

    @field_validator("sms_gateway", "push_sources", "sms_digest_times", mode="before")
    @classmethod
    def _separated(cls, said: object) -> object:
        return [part.strip() for part in said.split(",") if part.strip()] if isinstance(said, str) else said

    @field_validator("sms_gateway")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names or not set(names) <= set(SMS_GATEWAYS) or len(set(names)) < len(names):
            raise ValueError(f"must be one or more of {', '.join(SMS_GATEWAYS)}, each once")
        return names

    @model_validator(mode="after")
    def _complete(self) -> MessageSettings:
        used = {*self.sms_gateway, self.phone_gateway}
        needed = [name for provider, names in _NEEDED.items() if provider in used for name in names]
        missing = [f"JIESU_{name.upper()}" for name in needed if getattr(self, name) is None]
        if missing:
            raise ValueError(f"the chosen gateways also need {', '.join(missing)}")
        return self


_NEEDED = {
    "aliyun": ("aliyun_access_key_id", "aliyun_access_key_secret", "sms_templates_file"),
    "tencent": ("tencent_secret_id", "tencent_secret_key", "tencent_sms_app_id", "sms_templates_file"),
    "cmcc": ("cmcc_url", "cmcc_ec_name", "cmcc_ap_id", "cmcc_secret_key", "sms_templates_file"),
    "webhook": ("webhook_url", "webhook_secret"),
}


@lru_cache(maxsize=1)
def load_message_settings() -> MessageSettings:
    """The message settings of this process, read once. Raises OperationFailed that names what is wrong."""
    try:
        return MessageSettings()
    except ValidationError as error:
        faults = (
            f"{'JIESU_' + '.'.join(map(str, e['loc'])).upper() + ': ' if e['loc'] else ''}{e['msg']}"
            for e in error.errors(include_input=False)
        )
        raise OperationFailed("; ".join(faults)) from None

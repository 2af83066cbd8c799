"""Robots in the chat groups where units live: 钉钉 custom robots, 政务微信 (企业微信) group robots.

A post in a chat is a copy beside the SMS, never instead of it. A robot cannot be asked what became of a post,
and a post that perhaps went out is not made again.
"""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import new as hmac
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, SecretStr, TypeAdapter, ValidationError

from activities.gateways.gateway import Message, Outcome, SendResult
from activities.gateways.http import NotHandedOver, PerhapsHandedOver, Wire, outcome_of, outcome_of_status
from ops.errors import OperationFailed

CHANNEL = "im"

_BUSY = frozenset({130101, 410100, 45009})
"""Too many posts in this minute, in the words of either platform; -1 is 钉钉's "system busy"."""


class Robot(BaseModel):
    """One unit's robot; its address carries its key, and `secret` signs (加签, 钉钉 only)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["dingtalk", "wecom"]
    url: SecretStr
    secret: SecretStr | None = None

    def address(self, now: datetime) -> str:
        """Where to post at this moment."""
        url = self.url.get_secret_value()
        if self.secret is None:
            return url
        stamp, secret = str(round(now.timestamp() * 1000)), self.secret.get_secret_value()
        signature = hmac(secret.encode(), f"{stamp}\n{secret}".encode(), sha256).digest()
        return f"{url}&timestamp={stamp}&sign={quote(base64.b64encode(signature), safe='')}"


_ROBOTS = TypeAdapter(dict[str, Robot])


def read_robots(path: Path) -> Mapping[str, Robot]:
    """The robots by unit: `{"水务局": {"kind": "dingtalk", "url": "https://…", "secret": "SEC…"}}`.

    Raises OperationFailed that names the file and repeats nothing of it.
    """
    try:
        return _ROBOTS.validate_json(path.read_bytes())
    except OSError as error:
        raise OperationFailed(f"cannot read {path}: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise OperationFailed(f"{path}: {place}: {first['msg']}") from None


class RobotGateway:
    """Posts to the robot of the unit that a message is addressed to."""

    name = "robot"
    settling = timedelta(minutes=1)

    def __init__(self, robots: Mapping[str, Robot]) -> None:
        self._robots = robots
        self._wire = Wire()

    @property
    def units(self) -> frozenset[str]:
        """The units that have a robot."""
        return frozenset(self._robots)

    async def send(self, message: Message) -> SendResult:
        """Posts the text; both platforms take the same form."""
        robot = self._robots.get(message.number)
        if robot is None:
            return SendResult(Outcome.REJECTED, code="no_robot")
        post = {"msgtype": "text", "text": {"content": message.template.body(message.params)}}
        body = json.dumps(post, ensure_ascii=False).encode()
        try:
            status, answer = await self._wire.post(
                robot.address(datetime.now(UTC)), body, {"Content-Type": "application/json"}
            )
        except (NotHandedOver, PerhapsHandedOver) as failure:
            return outcome_of(failure)
        by_status = outcome_of_status(status)
        if by_status is not None:
            return by_status
        said = (answer or {}).get("errcode")
        if said == 0:
            return SendResult(Outcome.DELIVERED, gateway=self.name)
        outcome = Outcome.DEFERRED if said in _BUSY or said == -1 else Outcome.REJECTED
        return SendResult(outcome, code=f"errcode_{said}", gateway=self.name)

    async def find(self, message: Message) -> SendResult:
        """A post that perhaps went out counts as lost: the SMS beside it is what must arrive."""
        del message
        return SendResult(Outcome.REJECTED, code="outcome_unknown", gateway=self.name)

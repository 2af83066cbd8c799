"""What every gateway can do: send one message, and say afterwards what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from models.notice_templates import Template

SEND_TIMEOUT = timedelta(seconds=20)
"""How long a gateway may take over one message; longer counts as an unknown outcome."""

DAILY_LIMIT = "daily_limit"
"""The code of a message that a provider defers because the number had its share for the day."""


class Outcome(StrEnum):
    """What is known of a message after it was handed over."""

    ACCEPTED = "accepted"
    """The provider has it; whether it arrived comes later, as a receipt."""
    DELIVERED = "delivered"
    """It arrived."""
    UNDELIVERED = "undelivered"
    """The provider had it and gave up: a phone that is off for days, a number that is no longer in use."""
    REJECTED = "rejected"
    """The provider will never take it: a wrong number, values that no template allows."""
    DEFERRED = "deferred"
    """The provider certainly does not have it, and may take it later: throttled, or not reached at all."""
    UNKNOWN = "unknown"
    """It may have it. Such a message is looked for with `find`, and never sent again blindly."""


@dataclass(frozen=True)
class Message:
    """One message to one number, by template: no gateway can be given free text.

    `key` is the same whenever the same notice is sent to the same recipient. The number does not show in
    print. For a robot in a unit's chat `number` is the unit's name. Of a message that is looked for,
    `handed_over_at` is when it left the house and `handed_to` the provider it was last at, if that is known.
    """

    key: str
    channel: str
    number: str = field(repr=False)
    template: Template
    params: Mapping[str, str]
    handed_over_at: datetime | None = None
    handed_to: str | None = None


@dataclass(frozen=True)
class SendResult:
    """The outcome, the provider's own reference, and a short code for the record, not a provider's prose.

    `gateway` names the provider where a gateway stands for several.
    """

    outcome: Outcome
    reference: str | None = None
    code: str | None = None
    gateway: str | None = None


class Gateway(Protocol):
    """A provider. Its methods raise nothing that was to be expected: what goes wrong is an outcome."""

    @property
    def name(self) -> str:
        """How it is called in settings and in the record."""

    @property
    def settling(self) -> timedelta:
        """For how long after a hand-over was cut off `find` may still miss the message.

        A provider that other processes share must say more than SEND_TIMEOUT: until then the first sender
        may still be at it.
        """

    async def send(self, message: Message) -> SendResult:
        """Hands one message over."""

    async def find(self, message: Message) -> SendResult:
        """What became of a message that was perhaps handed over, by its key.

        DEFERRED means that the provider certainly never had it; UNKNOWN, that it cannot say.
        """

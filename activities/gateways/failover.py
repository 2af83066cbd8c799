"""Several providers as one: the next takes what the one before it certainly does not have."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from time import monotonic

from activities.gateways.gateway import Gateway, Message, Outcome, SendResult

REST = timedelta(minutes=2)
"""For how long a provider that did not answer comes last."""


class FailoverGateway:
    """Tries providers in order.

    Only DEFERRED passes a message on. After UNKNOWN it stays with the provider that perhaps has it; where a
    sender died and left no word of whom it was at, `find` asks every one of them.
    """

    name = "failover"

    def __init__(
        self,
        providers: Sequence[Gateway],
        *,
        rest: timedelta = REST,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        if not providers:
            raise ValueError("failover needs a provider")
        self._providers, self._rest, self._clock = tuple(providers), rest, clock
        self._rested: dict[str, float] = {}

    @property
    def settling(self) -> timedelta:
        """As long as the slowest provider's."""
        return max(provider.settling for provider in self._providers)

    async def send(self, message: Message) -> SendResult:
        """Hands the message to the first provider that does not say "not now"."""
        result = SendResult(Outcome.DEFERRED, code="no_provider")
        for provider in self._in_turn():
            result = _named(await provider.send(message), provider)
            if result.outcome is Outcome.UNKNOWN or result.code == "unreachable":
                self._rested[provider.name] = self._clock() + self._rest.total_seconds()
            if result.outcome is not Outcome.DEFERRED:
                return result
        return result

    async def find(self, message: Message) -> SendResult:
        """Asks; DEFERRED only when everyone who may have it certainly never had it."""
        unsure: SendResult | None = None
        result = SendResult(Outcome.DEFERRED, code="never_received")
        last = [one for one in self._providers if one.name == message.handed_to]
        for provider in last or self._providers:
            result = _named(await provider.find(message), provider)
            if result.outcome is Outcome.UNKNOWN:
                unsure = result
            elif result.outcome is not Outcome.DEFERRED:
                return result
        return unsure or result

    def _in_turn(self) -> list[Gateway]:
        now = self._clock()
        return sorted(self._providers, key=lambda one: self._rested.get(one.name, 0.0) > now)


def _named(result: SendResult, provider: Gateway) -> SendResult:
    return result if result.gateway else replace(result, gateway=provider.name)

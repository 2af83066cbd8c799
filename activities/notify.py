"""The activity `notify`: each notice reaches each of its recipients once, whatever dies in between."""

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.gateways.gateway import SEND_TIMEOUT, Gateway, Message, Outcome, SendResult
from domain.vocabulary import Channel
from models import notifications
from models.contracts.notices import NOTIFY, Notice, NotifyRequest, NotifyResult
from models.directory import addressees, phone_of
from models.notice_templates import BadNotice, template
from models.notifications import OpenNotice, State
from ops.keyring import KeyRing

_AT_ONCE = 5
"""Messages in the air at the same time; each holds a database connection now and then."""


class Notify:
    """Sends notices through one gateway a channel."""

    def __init__(self, engine: AsyncEngine, ring: KeyRing, gateways: Mapping[Channel, Gateway]) -> None:
        self._engine, self._ring, self._gateways = engine, ring, gateways

    @activity.defn(name=NOTIFY)
    async def notify(self, request: NotifyRequest) -> NotifyResult:
        """Queues, claims and sends what is still to be sent of these notices.

        Raises a retryable error while anything is open, and `BadNotice` for what no attempt will cure.
        """
        keys = [notice.key for notice in request.notices]
        for notice in request.notices:
            await self._queue(request.ticket_no, notice)
        async with self._engine.connect() as conn:
            waiting = await notifications.open_ones(conn, request.ticket_no, keys)
        lanes = asyncio.Semaphore(_AT_ONCE)
        await asyncio.gather(*(self._send(one, lanes) for one in waiting))
        async with self._engine.connect() as conn:
            counts = await notifications.counts(conn, request.ticket_no, keys)
        still_open = sum(counts[state] for state in notifications.OPEN)
        if still_open:
            raise ApplicationError(f"{still_open} messages are still to be sent or found", type="NoticesOpen")
        return NotifyResult(sent=counts[State.SENT], failed=counts[State.FAILED])

    async def _queue(self, ticket_no: str, notice: Notice) -> None:
        try:
            template(notice.template).fill(notice.params)
        except BadNotice as error:
            raise ApplicationError(str(error), type="BadNotice", non_retryable=True) from error
        async with self._engine.begin() as conn:
            if not await notifications.is_queued(conn, ticket_no, notice.key):
                chosen = await addressees(conn, ticket_no, notice.roles, notice.unit, notice.callers)
                await notifications.queue(conn, ticket_no, notice, chosen)

    async def _send(self, one: OpenNotice, lanes: asyncio.Semaphore) -> None:
        async with lanes:
            await self._send_now(one)

    async def _send_now(self, one: OpenNotice) -> None:
        gateway = self._gateways[Channel(one.channel)]
        async with self._engine.connect() as conn:
            number = await phone_of(conn, self._ring, one.recipient)
        if number is None:
            nobody = one.recipient.startswith("role:")
            await self._settle(one, State.FAILED, error="nobody_in_role" if nobody else "no_number")
            return
        message = Message(str(one.id), Channel(one.channel), number, template(one.template), dict(one.params))
        if one.state is not State.QUEUED and not await self._certainly_not_sent(one, gateway, message):
            return
        async with self._engine.begin() as conn:
            claimed = await notifications.claim(conn, one.id)
        if claimed:
            await self._note(one, gateway, await _within_time(gateway.send(message)))

    async def _certainly_not_sent(self, one: OpenNotice, gateway: Gateway, message: Message) -> bool:
        """Asks the gateway about a message whose sender died, or never learnt the outcome.

        While the answer cannot be relied on yet, the message is left as it is for the next attempt.
        """
        if one.sending_at is not None and datetime.now(UTC) - one.sending_at < gateway.settling:
            return False
        found = await _within_time(gateway.find(message))
        await self._note(one, gateway, found)
        return found.outcome is Outcome.DEFERRED

    async def _note(self, one: OpenNotice, gateway: Gateway, result: SendResult) -> None:
        await self._settle(
            one,
            _AFTER[result.outcome],
            gateway=gateway.name,
            reference=result.reference,
            error=None if result.outcome is Outcome.ACCEPTED else result.code or result.outcome.value,
        )

    async def _settle(self, one: OpenNotice, state: State, **details: str | None) -> None:
        async with self._engine.begin() as conn:
            await notifications.settle(conn, one.id, state, **details)


_AFTER: Mapping[Outcome, State] = {
    Outcome.ACCEPTED: State.SENT,
    Outcome.REJECTED: State.FAILED,
    Outcome.DEFERRED: State.QUEUED,
    Outcome.UNKNOWN: State.UNKNOWN,
}


async def _within_time(call: Awaitable[SendResult]) -> SendResult:
    """The gateway's answer; none in time is an unknown outcome."""
    try:
        return await asyncio.wait_for(call, SEND_TIMEOUT.total_seconds())
    except TimeoutError:
        return SendResult(Outcome.UNKNOWN, code="no_answer")

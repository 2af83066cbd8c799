"""The activity `notify`: each notice reaches each of its recipients once, whatever dies in between."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.gateways.gateway import DAILY_LIMIT, SEND_TIMEOUT, Gateway, Message, Outcome, SendResult
from activities.gateways.robot import CHANNEL as ROBOT
from activities.gateways.robot import RobotGateway
from domain.vocabulary import Channel, Recipient
from models import call_tasks, citizen_links, duty, notifications, receipts, surveys
from models.contracts.notices import NOTIFY, Notice, NotifyRequest, NotifyResult
from models.directory import Addressee, addressees, caller_of, phones_of
from models.kept_from import is_kept_from, is_kept_from_some, tickets_kept_from_some
from models.notice_templates import TOKEN, BadNotice, template
from models.notifications import Counted, OpenNotice, State
from models.sending_rules import ALONE, DIGESTS, Held, HeldFor, SendingRules
from models.sms_length import parts
from ops.database import at_once
from ops.keyring import KeyRing

_AT_ONCE = 5
"""Messages of one batch that are claimed together and in the air at the same time."""

_UNRESTRICTED = SendingRules()


class Notify:
    """Sends notices through one gateway a channel, within the site's rules."""

    def __init__(
        self,
        engine: AsyncEngine,
        ring: KeyRing,
        gateways: Mapping[str, Gateway],
        rules: SendingRules = _UNRESTRICTED,
        acknowledge_within: timedelta = duty.ACKNOWLEDGE_WITHIN,
        site: str | None = None,
    ) -> None:
        """`site` is the address that citizens reach us under; without one their messages carry no link."""
        self._engine, self._ring, self._gateways, self._rules = engine, ring, gateways, rules
        self._acknowledge_within, self._site = acknowledge_within, site
        robots = gateways.get(ROBOT)
        self._robots = robots.units if isinstance(robots, RobotGateway) else frozenset[str]()

    @activity.defn(name=NOTIFY)
    async def notify(self, request: NotifyRequest) -> NotifyResult:
        """Queues, claims and sends what is still to be sent of these notices.

        Raises a retryable error while anything is open, and `BadNotice` for what no attempt will cure. What
        the rules hold back is not open: the round sends it when its time comes.
        """
        keys = [notice.key for notice in request.notices]
        await self.send_all(await self._queue(request, keys))
        async with at_once(self._engine) as conn:
            counts = await notifications.counts(conn, request.ticket_no, keys)
        still_open = sum(counts[state] for state in notifications.OPEN)
        if still_open:
            raise ApplicationError(f"{still_open} messages are still to be sent or found", type="NoticesOpen")
        return NotifyResult(sent=counts[State.SENT], failed=counts[State.FAILED], held=counts[State.HELD])

    async def send_all(self, waiting: Sequence[OpenNotice]) -> None:
        """Sends or finds each of these, a few at a time."""
        for first in range(0, len(waiting), _AT_ONCE):
            await self._send(waiting[first : first + _AT_ONCE])

    async def still_to_know(self, waiting: Sequence[OpenNotice]) -> list[OpenNotice]:
        """Those that may go on. Whom a ticket names since a notice was queued does not get it; others do."""
        if not waiting:
            return []
        async with at_once(self._engine) as conn:
            kept = await tickets_kept_from_some(conn, {one.ticket_no for one in waiting})
        doubtful = [one for one in waiting if one.ticket_no in kept and one.state is State.QUEUED]
        ended = {one.id for one in doubtful if await self._tell_others_instead(one)}
        return [one for one in waiting if one.id not in ended]

    async def _tell_others_instead(self, one: OpenNotice) -> bool:
        """Ends a notice whose recipient may know no more, and queues it for who else holds the role."""
        async with self._engine.begin() as conn:
            if one.channel == ROBOT:
                if one.unit is None or not await is_kept_from_some(conn, one.ticket_no, one.unit):
                    return False
                await notifications.withhold(conn, one)
                return True
            if not await is_kept_from(conn, one.ticket_no, one.recipient):
                return False
            await notifications.withhold(conn, one)
            await queue_for_others(conn, one)
            return True

    async def ask(self, one: OpenNotice) -> None:
        """Asks the gateway what became of a message that was sent, and counts the answer."""
        message = (await self._messages([one]))[one.id]
        gateway = self._gateways.get(one.channel)
        if message is None or gateway is None:
            return
        found = await _within_time(gateway.find(message))
        if found.outcome in (Outcome.DELIVERED, Outcome.UNDELIVERED):
            async with self._engine.begin() as conn:
                await receipts.polled(conn, one.id, _reported(found, gateway))

    async def _queue(self, request: NotifyRequest, keys: Sequence[str]) -> list[OpenNotice]:
        """Chooses the recipients of notices that have none yet; what is open of all, as it was queued."""
        for notice in request.notices:
            try:
                template(notice.template).fill(notice.params)
            except BadNotice as error:
                raise ApplicationError(str(error), type="BadNotice", non_retryable=True) from error
        async with at_once(self._engine) as conn:
            there = await notifications.queued(conn, request.ticket_no, keys)
        chosen_for = {one.notice for one in there}
        waiting = await self.still_to_know([one for one in there if one.state in notifications.OPEN])
        for notice in request.notices:
            if notice.key not in chosen_for:
                waiting += await self._choose(request.ticket_no, notice)
        return waiting

    async def _choose(self, ticket_no: str, notice: Notice) -> list[OpenNotice]:
        """Writes the rows of a notice: those of one statement are all there or none."""
        is_one = notice.template != duty.TEMPLATE and notice.unit not in self._robots
        async with at_once(self._engine) if is_one else self._engine.begin() as conn:
            roles, on_duty = await self._told_on_duty(conn, ticket_no, notice)
            chosen = await addressees(conn, ticket_no, roles, notice.unit, notice.callers)
            rows = on_duty + await notifications.queue(conn, ticket_no, notice, chosen)
            if await self._is_told_in_its_group(conn, ticket_no, notice):
                group = Addressee(f"robot:{notice.unit}", notice.roles[0], notice.unit)
                rows += await notifications.queue(conn, ticket_no, notice, [group], [ROBOT])
        return rows

    async def _is_told_in_its_group(self, conn: AsyncConnection, ticket_no: str, notice: Notice) -> bool:
        """Whether the unit's chat gets a copy: not where somebody reads along whom it is kept from."""
        unit = notice.unit
        if unit is None or unit not in self._robots or set(notice.roles) == {Recipient.CITIZEN}:
            return False
        return not await is_kept_from_some(conn, ticket_no, unit)

    async def _told_on_duty(
        self, conn: AsyncConnection, ticket_no: str, notice: Notice
    ) -> tuple[Sequence[Recipient], list[OpenNotice]]:
        """An emergency goes to who is on duty instead of the handler.

        The roles that are left to be told, and what was written for who is on duty.
        """
        if notice.template != duty.TEMPLATE or notice.unit is None:
            return notice.roles, []
        now = datetime.now(UTC)
        first = await duty.first_in_line(conn, ticket_no, notice.unit, now)
        if first is None:
            return notice.roles, []
        asking = notice.model_copy(update={"template": duty.DUTY_TEMPLATE})
        rows = await notifications.queue(conn, ticket_no, asking, [first], list(Channel))
        await duty.alert(
            conn,
            ticket_no=ticket_no,
            notice=notice.key,
            unit=notice.unit,
            step=0,
            recipients=[first.recipient],
            now=now,
            within=self._acknowledge_within,
        )
        return [role for role in notice.roles if role is not Recipient.HANDLER], rows

    async def _send(self, waiting: Sequence[OpenNotice]) -> None:
        """Claims these together, hands each over, and notes each as soon as its provider has answered.

        No more are claimed than are handed over at once: of a claim whose sender dies nobody knows whether
        it went out.
        """
        messages = await self._messages(waiting)
        looked_at = await asyncio.gather(*(self._ready(one, messages[one.id]) for one in waiting))
        ready = [(one, message) for one, message in zip(waiting, looked_at, strict=True) if message]
        if ready:
            taken = await self._take(ready)
            await asyncio.gather(
                *(self._hand_over(one, message) for one, message in ready if one.id in taken)
            )

    async def _ready(self, one: OpenNotice, message: Message | None) -> Message | None:
        """The message that is now to be sent; one without a number has failed, one that may be out is not."""
        if message is None:
            nobody = one.recipient.startswith("role:")
            await self._fail(one, one.attempts, "nobody_in_role" if nobody else "no_number")
            return None
        gateway = self._gateways[one.channel]
        if one.state is not State.QUEUED:
            if not await self._certainly_not_sent(one, gateway, message):
                return None
            # Queued again, and whom it is kept from may have been named since its sender died.
            if not await self.still_to_know([replace(one, state=State.QUEUED)]):
                return None
        return message

    async def _hand_over(self, one: OpenNotice, message: Message) -> None:
        gateway = self._gateways[one.channel]
        await self._note(one, one.attempts + 1, gateway, await _within_time(gateway.send(message)))

    async def _messages(self, waiting: Sequence[OpenNotice]) -> dict[UUID, Message | None]:
        """The message of each row; None where there is no number to send it to."""
        by_phone = [one.recipient for one in waiting if one.channel != ROBOT]
        async with at_once(self._engine) as conn:
            numbers = await phones_of(conn, self._ring, by_phone)
        return {
            one.id: self._message(one, one.unit if one.channel == ROBOT else numbers.get(one.recipient))
            for one in waiting
        }

    def _message(self, one: OpenNotice, number: str | None) -> Message | None:
        if number is None:
            return None
        words, params = template(one.template), dict(one.params)
        if one.channel == Channel.SMS and caller_of(one.recipient) is not None:
            words = words.at(self._site)
            if TOKEN in words.variables:
                params[TOKEN] = citizen_links.short(self._ring, one.id)
        return Message(str(one.id), one.channel, number, words, params, one.sending_at, one.gateway)

    async def _take(self, ready: Sequence[tuple[OpenNotice, Message]]) -> set[UUID]:
        """Claims or holds rows; what a message asks and the link in it are open from here on."""
        now = datetime.now(UTC)
        wanted = [(one, self._counted(one, message)) for one, message in ready]
        opening = [pair for pair in ready if self._opens(*pair)]
        is_one = self._rules.daily_cap is None and not opening
        async with at_once(self._engine) if is_one else self._engine.begin() as conn:
            taken = await notifications.take(conn, wanted, self._rules, now)
            for one, message in opening:
                if one.id in taken:
                    await self._open(conn, one, message, now)
        return taken

    def _counted(self, one: OpenNotice, message: Message) -> Counted:
        return Counted(
            None if one.channel == ROBOT else receipts.number_index(self._ring, message.number),
            parts(message.template.body(message.params)) if one.channel == Channel.SMS else None,
        )

    def _opens(self, one: OpenNotice, message: Message) -> bool:
        """Whether a message asks its caller something, or brings a link."""
        to_caller = one.channel == Channel.SMS and caller_of(one.recipient) is not None
        return to_caller and (one.template == surveys.TEMPLATE or TOKEN in message.params)

    async def _open(self, conn: AsyncConnection, one: OpenNotice, message: Message, now: datetime) -> None:
        caller = caller_of(one.recipient)
        assert caller is not None
        if one.template == surveys.TEMPLATE:
            index = receipts.number_index(self._ring, message.number)
            await surveys.ask(conn, one.id, one.ticket_no, caller, index, now)
        if TOKEN in message.params:
            await citizen_links.keep(conn, message.params[TOKEN], caller, now + citizen_links.OF_A_MESSAGE)

    async def _certainly_not_sent(self, one: OpenNotice, gateway: Gateway, message: Message) -> bool:
        """Asks the gateway about a message whose sender died, or never learnt the outcome.

        While the answer cannot be relied on yet, the message is left as it is for the next attempt.
        """
        if one.sending_at is not None and datetime.now(UTC) - one.sending_at < gateway.settling:
            return False
        found = await _within_time(gateway.find(message))
        return await self._note(one, one.attempts, gateway, found) and found.outcome is Outcome.DEFERRED

    async def _note(self, one: OpenNotice, attempt: int, gateway: Gateway, result: SendResult) -> bool:
        """Writes an outcome, and counts receipts that were faster; false when somebody knew better."""
        alone = one.template in ALONE and one.channel == Channel.SMS
        if result.code == DAILY_LIMIT and result.outcome is Outcome.DEFERRED and alone:
            # Tomorrow is too late for these: a person calls instead.
            return await self._fail(one, attempt, DAILY_LIMIT)
        state = _AFTER[result.outcome]
        if state is State.FAILED and result.outcome is not Outcome.UNDELIVERED:
            return await self._fail(one, attempt, result.code or result.outcome.value, result, gateway)
        if result.outcome is Outcome.DELIVERED and await self._arrived(one, attempt, gateway, result):
            return True
        async with self._engine.begin() as conn:
            written = await notifications.settle(
                conn,
                one.id,
                attempt,
                state,
                gateway=result.gateway or gateway.name,
                reference=result.reference,
                error=None if state is State.SENT else result.code or result.outcome.value,
            )
            if result.outcome in (Outcome.DELIVERED, Outcome.UNDELIVERED):
                await receipts.polled(conn, one.id, _reported(result, gateway))
            elif state is State.SENT:
                await receipts.match_early(conn, one.id)
            if state is State.QUEUED and result.code == DAILY_LIMIT and written:
                held = Held(HeldFor.DIGEST, self._rules.next_digest(datetime.now(UTC)))
                await notifications.hold_again(conn, one.id, attempt, held)
        return written

    async def _arrived(self, one: OpenNotice, attempt: int, gateway: Gateway, result: SendResult) -> bool:
        """Notes in one statement what arrived at once and has nothing else hanging on it."""
        if one.template in ALONE or one.template in DIGESTS:
            return False
        async with at_once(self._engine) as conn:
            return await notifications.arrived(
                conn,
                one.id,
                attempt,
                gateway=result.gateway or gateway.name,
                reference=result.reference,
                code=result.code,
            )

    async def _fail(
        self,
        one: OpenNotice,
        attempt: int,
        error: str,
        result: SendResult | None = None,
        gateway: Gateway | None = None,
    ) -> bool:
        """Ends a message that will not go out; for one that must arrive a person calls."""
        name = gateway.name if gateway else None
        async with self._engine.begin() as conn:
            written = await notifications.settle(
                conn,
                one.id,
                attempt,
                State.FAILED,
                gateway=result.gateway or name if result else name,
                reference=result.reference if result else None,
                error=error,
            )
            must_arrive = one.template in ALONE and one.channel in (Channel.SMS, Channel.PHONE)
            if written and must_arrive and not one.recipient.startswith("role:"):
                reason = "no_number" if error == "no_number" else "rejected"
                await call_tasks.open_instead(conn, one.id, reason)
        return written


_AFTER: Mapping[Outcome, State] = {
    Outcome.ACCEPTED: State.SENT,
    Outcome.DELIVERED: State.SENT,
    Outcome.UNDELIVERED: State.SENT,
    Outcome.REJECTED: State.FAILED,
    Outcome.DEFERRED: State.QUEUED,
    Outcome.UNKNOWN: State.UNKNOWN,
}


async def queue_for_others(conn: AsyncConnection, one: OpenNotice) -> None:
    """Queues a notice that its recipient may not get any more for who else holds the role."""
    others = await addressees(conn, one.ticket_no, [one.role], one.unit)
    await notifications.queue_instead(conn, one, others)


async def _within_time(call: Awaitable[SendResult]) -> SendResult:
    """The gateway's answer; none in time is an unknown outcome."""
    try:
        return await asyncio.wait_for(call, SEND_TIMEOUT.total_seconds())
    except TimeoutError:
        return SendResult(Outcome.UNKNOWN, code="no_answer")


def _reported(found: SendResult, gateway: Gateway) -> receipts.Reported:
    """What a gateway knows already, as the receipt it would have sent."""
    return receipts.Reported(
        found.gateway or gateway.name,
        found.outcome is Outcome.DELIVERED,
        found.reference,
        code=found.code,
    )

"""The activity `messages_round`: what is due about messages although no ticket asks for it.

Quiet hours end, digests come due, receipts stay away, a sender died, an emergency stays unacknowledged. Every
step is safe to do twice and beside a running `notify`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from temporalio import activity

from activities.notify import Notify, queue_for_others
from domain.vocabulary import Channel
from models import call_tasks, counted_refusals, digests, duty, notifications, receipts
from models.contracts.messages import MESSAGES_ROUND, RoundResult
from models.contracts.notices import Notice
from models.duty import Alert
from models.tables import Notification

_PAGE = 500


@dataclass(frozen=True)
class Patience:
    """How long the round waits for what. Receipts come within three days or not at all."""

    ask_after: timedelta = timedelta(minutes=2)
    call_after: timedelta = timedelta(minutes=15)
    expire_after: timedelta = timedelta(hours=24)
    give_up_after: timedelta = timedelta(hours=72)
    acknowledge_within: timedelta = duty.ACKNOWLEDGE_WITHIN


_PATIENT = Patience()

_ANSWERING = ("aliyun", "tencent", "webhook", "seat")
"""The providers that can be asked about a message."""


class MessagesRound:
    """One look at everything that waits."""

    def __init__(self, engine: AsyncEngine, notify: Notify, patience: Patience = _PATIENT) -> None:
        self._engine, self._notify, self._patience = engine, notify, patience

    @activity.defn(name=MESSAGES_ROUND)
    async def round(self) -> RoundResult:
        """Does what is due now, a page of each kind."""
        now = datetime.now(UTC)
        passed_on = await self._pass_emergencies_on(now)
        async with self._engine.begin() as conn:
            released = await notifications.release(conn, now)
        async with self._engine.begin() as conn:
            gathered = await digests.gather(conn, now)
        tried = await self._try_again(now)
        asked = await self._ask(now)
        async with self._engine.begin() as conn:
            matched = await receipts.match_waiting(conn, _PAGE)
        async with self._engine.begin() as conn:
            for one in await notifications.of_ids(conn, await call_tasks.drop_kept(conn, _PAGE)):
                await queue_for_others(conn, one)
            calls = await receipts.call_instead(conn, now - self._patience.call_after, _PAGE)
        async with self._engine.begin() as conn:
            refused = await counted_refusals.sum_up(conn, now)
        return RoundResult(
            released=released,
            digests=len(gathered),
            tried=tried,
            asked=asked,
            matched=matched,
            passed_on=passed_on,
            calls_opened=calls,
            refused=refused,
            given_up=await self._give_up(now),
        )

    async def _try_again(self, now: datetime) -> int:
        """What was released, gathered or queued just now was never tried and goes with the rest."""
        async with self._engine.connect() as conn:
            waiting = await notifications.left_open(conn, now, _PAGE)
        await self._notify.send_all(await self._notify.still_to_know(waiting))
        return len(waiting)

    async def _ask(self, now: datetime) -> int:
        async with self._engine.begin() as conn:
            quiet = await notifications.to_ask(conn, _ANSWERING, now - self._patience.ask_after, _PAGE)
        for one in quiet:
            await self._notify.ask(one)
        return len(quiet)

    async def _give_up(self, now: datetime) -> int:
        async with self._engine.begin() as conn:
            return (
                await notifications.expire(conn, now - self._patience.expire_after)
                + await notifications.give_up_finding(conn, now - self._patience.give_up_after)
                + await receipts.give_up_waiting(conn, now - self._patience.give_up_after)
            )

    async def _pass_emergencies_on(self, now: datetime) -> int:
        async with self._engine.begin() as conn:
            await duty.acknowledge_signed(conn, now)
            late = await duty.overdue(conn, now, _PAGE)
            for alert in late:
                await self._pass_on(conn, alert, now)
        return len(late)

    async def _pass_on(self, conn: AsyncConnection, alert: Alert, now: datetime) -> None:
        """Tells the next in line, by SMS and phone, and waits for them in turn."""
        step, people = await duty.next_in_line(conn, alert, now)
        await duty.pass_on(conn, alert, exhausted=not people)
        told = select(Notification.params).where(
            Notification.ticket_no == alert.ticket_no,
            Notification.template == duty.DUTY_TEMPLATE,
            Notification.unit == alert.unit,
        )
        params = await conn.scalar(told.limit(1))
        if not people or params is None:
            return
        notice = Notice(
            key=f"{alert.notice}.line{step}",
            template=duty.DUTY_TEMPLATE,
            roles=[people[0].role],
            unit=alert.unit,
            params=params,
        )
        await notifications.queue(conn, alert.ticket_no, notice, people, list(Channel))
        await duty.alert(
            conn,
            ticket_no=alert.ticket_no,
            notice=alert.notice,
            unit=alert.unit,
            step=step,
            recipients=[*alert.recipients, *(one.recipient for one in people)],
            now=now,
            within=self._patience.acknowledge_within,
        )

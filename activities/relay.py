"""The activity `sweep`: what a crash left behind is started and delivered, a page at a time."""

from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.service import RPCError

from activities.delivery import Delivery
from activities.reaching import EngineAway
from activities.starting import Starter
from models import outbox, received_commands
from models.contracts.sweep import SWEEP, SweepPage, SweepResult
from models.known_laws import UnknownLaw

_PAGE = 50
_GRACE = timedelta(seconds=10)
"""What is younger is still in the hands of the process that received it."""

_log = structlog.get_logger(__name__)


class Relay:
    """Starts what the outbox says must run, and delivers commands that are still stored."""

    def __init__(
        self, engine: AsyncEngine, starter: Starter, delivery: Delivery, grace: timedelta = _GRACE
    ) -> None:
        self._engine, self._starter, self._delivery, self._grace = engine, starter, delivery, grace

    @activity.defn(name=SWEEP)
    async def sweep(self, page: SweepPage) -> SweepResult:
        """One page of starts and one of deliveries. One that fails is left for the next sweep."""
        before = datetime.now(UTC) - self._grace
        async with self._engine.connect() as conn:
            rows = await outbox.page(conn, before, page.outbox_after, _PAGE) if page.starts else []
            numbers = (
                await received_commands.subjects_with_stored(conn, before, page.subject_after, _PAGE)
                if page.deliveries
                else []
            )
        started = [await self._start(row) for row in rows]
        delivered = [await self._deliver(no) for no in numbers]
        return SweepResult(
            started=sum(started),
            delivered=sum(delivered),
            left=started.count(False) + delivered.count(False),
            next=SweepPage(
                starts=len(rows) == _PAGE,
                deliveries=len(numbers) == _PAGE,
                outbox_after=rows[-1].id if rows else page.outbox_after,
                subject_after=numbers[-1] if numbers else page.subject_after,
            ),
        )

    async def _start(self, row: outbox.Waiting) -> bool:
        try:
            await self._starter.start(row)
        except EngineAway as error:
            _log.warning("start_failed", kind=row.kind, subject=row.subject, reason=str(error))
            async with self._engine.begin() as conn:
                await outbox.mark_failed(conn, row.id, str(error))
            return False
        except (UnknownLaw, ValueError) as error:
            # A row that no attempt will cure must not stand in the way of those behind it.
            _log.error("start_impossible", kind=row.kind, subject=row.subject, reason=type(error).__name__)
            async with self._engine.begin() as conn:
                await outbox.mark_failed(conn, row.id, type(error).__name__)
            return False
        return True

    async def _deliver(self, no: str) -> bool:
        try:
            await self._delivery.deliver_to(no)
        except EngineAway as error:
            _log.warning("delivery_failed", subject=no, reason=str(error))
            return False
        except (UnknownLaw, ValueError, RPCError) as error:
            _log.error("delivery_impossible", subject=no, reason=type(error).__name__)
            return False
        return True

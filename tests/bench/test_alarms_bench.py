"""Two thousand alarms that fall due in the same second: all ring, and this is how late."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.casework import next_ring, register
from domain.commands import TicketFields
from domain.ticket import fold
from models.tables import TicketFact
from policies.loading import law_of, shipped_policy
from tests.bench.measuring import LATENCY_COLUMNS, Latencies, show
from tests.workflows.office import CHINA, Office, now

pytestmark = pytest.mark.bench

REGISTERED = datetime(2026, 3, 11, 9, 0, tzinfo=CHINA)
POLICY = shipped_policy("heyuan")
"""Under it the office owes the dispatch itself, so that a ticket has an alarm from its first moment."""

AT_ONCE = 10
PATIENCE = timedelta(minutes=10)


@pytest.fixture
def number(small: bool) -> int:
    return 100 if small else 2_000


async def test_all_alarms_of_one_second_ring(
    bench_office: Office, progress: Callable[[str, int], Callable[[], None]], number: int, small: bool
) -> None:
    due = _first_alarm()
    ringing = now() + timedelta(seconds=30 if small else 180)
    started = progress("tickets whose alarm falls into one second", number)
    # What their workflows take for the time is moved, so that a legal instant comes at the one we chose.
    numbers = await _open(bench_office, number, due - ringing, started)
    assert now() < ringing, "the machine was too slow to open them all before the alarm"
    rung = progress("alarms rung", number)
    recorded = await _recorded(bench_office, set(numbers), due, rung)
    late = Latencies([(at - ringing).total_seconds() for at in recorded.values()])
    show(
        f"{number:,} alarms due in the same second: how late each was on record",
        ("", *LATENCY_COLUMNS),
        [("alarms", *late.cells)],
    )
    assert set(recorded) == set(numbers), f"{number - len(recorded)} alarms were lost"


def _first_alarm() -> datetime:
    """When the first alarm of a ticket falls that was registered at that moment."""
    about = TicketFields.model_validate(_ABOUT)
    ring = next_ring(fold(register(law_of(POLICY), "T1", about, REGISTERED)))
    assert ring is not None
    return ring.at


_ABOUT: dict[str, Any] = {"type": "complaint", "source": "phone", "received_at": REGISTERED}


async def _open(office: Office, number: int, shift: timedelta, done: Callable[[], None]) -> list[str]:
    numbers: list[str] = []
    left = iter(range(number))

    async def lane() -> None:
        for _ in left:
            ticket = await office.open(policy=POLICY, registered_at=REGISTERED, clock_shift=shift, **_ABOUT)
            numbers.append(ticket.no)
            done()

    async with asyncio.TaskGroup() as lanes:
        for _ in range(AT_ONCE):
            lanes.create_task(lane())
    return numbers


async def _recorded(
    office: Office, wanted: set[str], due: datetime, done: Callable[[], None]
) -> dict[str, datetime]:
    """When each ticket's fact of that instant was written; those that never were are missing."""
    query = select(TicketFact.ticket_no, TicketFact.recorded_at).where(TicketFact.at == due)
    found: dict[str, datetime] = {}
    give_up = now() + PATIENCE
    while len(found) < len(wanted) and now() < give_up:
        async with office.engine.connect() as conn:
            rows = [(no, at) for no, at in await conn.execute(query) if no in wanted and no not in found]
        for no, at in rows:
            found[no] = at
            done()
        await asyncio.sleep(1)
    return found

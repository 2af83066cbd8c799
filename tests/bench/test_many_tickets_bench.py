"""Twenty thousand open tickets, each waiting for its next alarm: what they take, and how soon one answers."""

import asyncio
import random
from collections.abc import Callable

import pytest

from policies.loading import shipped_policy
from tests.bench.conftest import OFFICE, Counter
from tests.bench.measuring import LATENCY_COLUMNS, Latencies, at_rate, memory_cells, show
from tests.running import Jiesu
from tests.waiting import eventually
from tests.workflows.office import Office

pytestmark = pytest.mark.bench

POLICY = shipped_policy("heyuan")
"""Under it the office owes the dispatch itself, so that a ticket has an alarm from its first moment."""

AT_ONCE = 10
"""Starts under way at a time: a burst would outrun the first tasks of the workflows for a minute."""

PER_SECOND = 5


@pytest.fixture
def number(small: bool) -> int:
    return 300 if small else 20_000


async def test_twenty_thousand_open_tickets(
    jiesu: Jiesu,
    bench_office: Office,
    counter: Counter,
    progress: Callable[[str, int], Callable[[], None]],
    number: int,
    small: bool,
) -> None:
    before = memory_cells(jiesu)
    numbers = await _open(bench_office, number, progress("open tickets", number))
    after = memory_cells(jiesu)
    commands = Latencies()
    asked = random.Random(1).sample(numbers, 50 if small else 600)
    done = progress("commands to tickets that have not been asked for long", len(asked))

    async def dispatch(place: int) -> None:
        await commands.of(counter.command(OFFICE, asked[place], "dispatch", lead="水务局"))
        done()

    await at_rate(PER_SECOND, len(asked), dispatch)
    show(
        f"Memory of {number:,} open tickets, MB",
        ("part", "before", "with them"),
        [(part, f"{before[part]:.0f}", f"{after[part]:.0f}") for part in before],
    )
    show(
        f"Among {number:,} open tickets, at {PER_SECOND} a second",
        ("", *LATENCY_COLUMNS),
        [("POST of a command", *commands.cells)],
    )
    assert not counter.stored, "commands that were not answered in time"


async def _open(office: Office, number: int, done: Callable[[], None]) -> list[str]:
    """Opens tickets and waits until each has its first alarm pending."""
    numbers: list[str] = []
    left = iter(range(number))

    async def lane() -> None:
        for _ in left:
            ticket = await office.open(policy=POLICY, source="phone")
            # What a ticket records first comes with its alarm.
            await eventually(lambda no=ticket.no: office.facts(no), bool)  # type: ignore[misc]
            numbers.append(ticket.no)
            done()

    async with asyncio.TaskGroup() as lanes:
        for _ in range(AT_ONCE):
            lanes.create_task(lane())
    return numbers

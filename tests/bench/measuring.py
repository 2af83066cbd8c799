"""Sending at a steady rate, and reading what it took: instants, CPU time, memory."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from time import perf_counter

import psutil
from rich.console import Console
from rich.table import Table

from tests.running import PARTS, Jiesu

MEGABYTE = 1 << 20


@dataclass
class Latencies:
    """How long calls took, in seconds."""

    seconds: list[float] = field(default_factory=list)

    async def of(self, call: Awaitable[object]) -> None:
        """Awaits a call and notes how long it took."""
        began = perf_counter()
        await call
        self.seconds.append(perf_counter() - began)

    @property
    def median(self) -> float:
        """In milliseconds."""
        return 1000 * median(self.seconds)

    @property
    def cells(self) -> list[str]:
        """Number, median, 95th and 99th percentile, longest, in milliseconds."""
        cuts = quantiles(self.seconds, n=100, method="inclusive")
        shown = (median(self.seconds), cuts[94], cuts[98], max(self.seconds))
        return [str(len(self.seconds)), *(f"{1000 * one:.1f}" for one in shown)]


LATENCY_COLUMNS = ("calls", "median ms", "p95", "p99", "longest")


async def at_rate(per_second: float, number: int, begin: Callable[[int], Awaitable[object]]) -> None:
    """Begins `number` things at a steady rate, however long each takes, and waits for all of them."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    async with asyncio.TaskGroup() as group:
        for place in range(number):
            await asyncio.sleep(start + place / per_second - loop.time())
            group.create_task(_awaited(begin(place)))


async def _awaited(one: Awaitable[object]) -> None:
    await one


def processes(installation: Jiesu, part: str) -> list[psutil.Process]:
    """The processes of a part: Postgres has one for each connection."""
    main = installation.part(part)
    assert main is not None, f"{part} is not running"
    return [main, *main.children(recursive=True)]


def cpu_seconds(running: Iterable[psutil.Process]) -> float:
    """The processor time that processes have had so far."""
    total = 0.0
    for process in running:
        times = process.cpu_times()
        total += times.user + times.system
    return total


def memory(running: Iterable[psutil.Process]) -> float:
    """Megabytes that processes hold; what several of them share is counted once."""
    return sum(process.memory_full_info().pss for process in running) / MEGABYTE


def memory_cells(installation: Jiesu) -> dict[str, float]:
    """Megabytes of each part."""
    return {part: memory(processes(installation, part)) for part in PARTS}


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints a table below what was printed before."""
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left")
    for row in rows:
        table.add_row(*map(str, row))
    Console().print("\n", table)

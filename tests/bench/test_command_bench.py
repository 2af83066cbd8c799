"""What a command takes, beside a bare Update on the same server in the same run, at five tickets a second."""

from collections.abc import Callable
from statistics import median
from uuid import uuid4

import pytest
from temporalio.client import Client

from tests.bench.bare import QUEUE, BareWorkflow
from tests.bench.conftest import HANDLER, OFFICE, Counter
from tests.bench.measuring import LATENCY_COLUMNS, Latencies, at_rate, cpu_seconds, processes, show
from tests.running import PARTS, Jiesu

pytestmark = pytest.mark.bench

PER_SECOND = 5
TIMES = 2
"""How many times a bare Update's median a command's may take."""


@pytest.fixture
def seconds(small: bool) -> int:
    """How long each round lasts."""
    return 4 if small else 15


@pytest.fixture
def rounds(small: bool) -> int:
    return 2 if small else 7


async def test_a_command_takes_at_most_twice_a_bare_update(
    jiesu: Jiesu,
    client: Client,
    counter: Counter,
    progress: Callable[[str, int], Callable[[], None]],
    seconds: int,
    rounds: int,
) -> None:
    starts, updates, registrations, commands = Latencies(), Latencies(), Latencies(), Latencies()
    number = seconds * PER_SECOND
    done = progress("tickets and bare workflows", 2 * number * (rounds + 1))
    ratios = []
    spent = dict.fromkeys(PARTS, 0.0)

    async def bare(_: int) -> None:
        no = uuid4().hex
        await begun.of(client.start_workflow(BareWorkflow.run, no, id=f"bare-{no}", task_queue=QUEUE))
        handle = client.get_workflow_handle(f"bare-{no}", result_type=str)
        for word in ("one", "two"):
            await said.of(handle.execute_update(BareWorkflow.say, word))
        done()

    async def ours(_: int) -> None:
        no = ""

        async def register() -> None:
            nonlocal no
            no = await counter.register()

        await begun.of(register())
        await said.of(counter.command(OFFICE, no, "dispatch", lead="水务局"))
        await said.of(counter.command(HANDLER, no, "sign", unit="水务局"))
        done()

    for place in range(rounds + 1):
        begun, said = Latencies(), Latencies()
        await at_rate(PER_SECOND, number, bare)
        of_bare = (begun, said)
        before = {part: cpu_seconds(processes(jiesu, part)) for part in PARTS}
        begun, said = Latencies(), Latencies()
        await at_rate(PER_SECOND, number, ours)
        if place == 0:
            # Caches, plans of statements and connections of both.
            continue
        for part in PARTS:
            spent[part] += cpu_seconds(processes(jiesu, part)) - before[part]
        for kept, fresh in ((starts, of_bare[0]), (updates, of_bare[1])):
            kept.seconds += fresh.seconds
        registrations.seconds += begun.seconds
        commands.seconds += said.seconds
        ratios.append(said.median / of_bare[1].median)
    show(
        f"{PER_SECOND} tickets a second, {rounds} rounds of {seconds} s each in turn",
        ("", *LATENCY_COLUMNS),
        [
            ("bare start", *starts.cells),
            ("bare Update", *updates.cells),
            ("POST of a registration", *registrations.cells),
            ("POST of a command", *commands.cells),
        ],
    )
    each = rounds * number
    show(
        "Processor time of a ticket (a registration, two commands)",
        ("part", "ms"),
        [(part, f"{1000 * spent[part] / each:.1f}") for part in PARTS],
    )
    print(f"{len(counter.stored)} commands were stored and not answered in time")
    ratio = median(ratios)
    print(
        f"a command takes {ratio:.2f} times a bare Update (by round: {', '.join(f'{r:.2f}' for r in ratios)})"
    )
    assert ratio <= TIMES

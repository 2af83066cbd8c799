"""What the standard life costs the server, beside the bare workflow."""

from uuid import uuid4

import pytest

from tests.bench.bare import QUEUE, BareWorkflow
from tests.bench.measuring import show
from tests.workflows.histories import cost
from tests.workflows.office import Office, live
from tests.workflows.test_budget import MOST_BYTES, MOST_EVENTS, MOST_TRANSITIONS

pytestmark = pytest.mark.bench


async def test_what_a_ticket_costs(bench_office: Office) -> None:
    ticket = await bench_office.open()
    await live(bench_office, ticket)
    ours = await cost(ticket.handle)
    no = f"bare-{uuid4().hex}"
    bare = await bench_office.client.start_workflow(BareWorkflow.run, no, id=no, task_queue=QUEUE)
    for word in ("one", "two"):
        await bare.execute_update(BareWorkflow.say, word)
    await bare.result()
    theirs = await cost(bare)
    show(
        "A ticket's standard life (nine commands, six notices) and a bare workflow (two Updates)",
        ("", "ticket", "at most", "bare"),
        [
            ("history events", ours.events, MOST_EVENTS, theirs.events),
            ("state transitions", ours.transitions, MOST_TRANSITIONS, theirs.transitions),
            ("bytes of history", ours.bytes, MOST_BYTES, theirs.bytes),
        ],
    )
    assert ours.events <= MOST_EVENTS
    assert ours.transitions <= MOST_TRANSITIONS
    assert ours.bytes <= MOST_BYTES

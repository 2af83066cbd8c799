"""What a ticket costs: the standard life, with its notices, under the shipped policy."""

from datetime import timedelta

from sqlalchemy import func, select

from models.tables import Outbox
from tests.waiting import eventually
from tests.workflows.histories import cost
from tests.workflows.office import Office, live, now

MOST_EVENTS = 80
MOST_TRANSITIONS = 20
MOST_BYTES = 24 * 1024
NOTICES = 6


async def test_the_standard_life_stays_within_its_budget(office: Office) -> None:
    ticket = await office.open()
    await live(office, ticket)
    spent = await cost(ticket.handle)
    assert spent.events <= MOST_EVENTS, spent
    assert spent.transitions <= MOST_TRANSITIONS, spent
    assert spent.bytes <= MOST_BYTES, spent


async def test_its_notices_are_sent_beside_its_history(office: Office) -> None:
    ticket = await office.open()
    await live(office, ticket)

    async def batches() -> list[tuple[int, bool]]:
        async with office.engine.connect() as conn:
            query = select(
                func.jsonb_array_length(Outbox.payload["notices"]), Outbox.started_at.is_not(None)
            ).where(Outbox.kind == "notices", Outbox.payload["ticket_no"].astext == ticket.no)
            return [(number, started) for number, started in await conn.execute(query)]

    sent = await eventually(batches, lambda rows: all(started for _, started in rows))
    assert sum(number for number, _ in sent) >= NOTICES
    assert "ACTIVITY_TASK_SCHEDULED" not in (await cost(ticket.handle)).kinds


async def test_a_quiet_ticket_costs_one_timer(office: Office) -> None:
    ticket = await office.open()
    await office.say(ticket, "dispatch", lead="水务局")
    await office.say(ticket, "sign", unit="水务局")
    await office.say(ticket, "contact", unit="水务局", next_contact_at=now() + timedelta(days=30))
    kinds = (await cost(ticket.handle)).kinds
    assert kinds["TIMER_STARTED"] == 1
    assert kinds["TIMER_CANCELED"] == 0

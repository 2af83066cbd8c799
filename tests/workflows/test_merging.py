"""并单: one ticket ends, its callers go along to the other."""

import pytest
from sqlalchemy import select

from models import callers
from models.tables import Refusal
from tests.waiting import eventually
from tests.workflows.office import Office


@pytest.mark.rule("JC-19.1b")
async def test_the_callers_of_a_merged_ticket_belong_to_the_main_one(office: Office) -> None:
    main = await office.open(phones=["13800138000"])
    other = await office.open(phones=["13900139000", "13700137000"])
    result = await office.say(other, "merge", into=main.no)
    assert result.status == "merged"
    assert await other.handle.result() == "merged"
    joined = await eventually(lambda: office.ticket(main.no), lambda state: len(state.callers) == 3)
    assert set(other.begun.callers) < set(joined.callers)
    async with office.engine.connect() as conn:
        people = await callers.read_ticket(conn, office.ring, main.no)
    assert sorted(person.phone or "" for person in people) == [
        "+8613700137000",
        "+8613800138000",
        "+8613900139000",
    ]


async def test_a_main_ticket_that_has_ended_meanwhile_leaves_a_line_in_the_audit(office: Office) -> None:
    main, other = await office.open(), await office.open()
    await office.say(main, "withdraw", reason="已解决")
    await main.handle.result()
    await office.say(other, "merge", into=main.no)
    assert await other.handle.result() == "merged"
    async with office.engine.connect() as conn:
        query = select(Refusal.do, Refusal.code).where(Refusal.ticket_no == main.no)
        assert (await conn.execute(query)).all() == [("join", "ticket_ended")]

"""Commands to a ticket: verdicts, refusals, repeats, and commands that come late."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from domain.vocabulary import Role
from models.contracts.casework import REJECTED, STANDING, CommandResult, Refused, Standing
from models.tables import Refusal
from tests.waiting import eventually
from tests.workflows.office import Office, OpenTicket, names, now


async def refusals(office: Office, no: str) -> list[Any]:
    async with office.engine.connect() as conn:
        query = select(Refusal.do, Refusal.code, Refusal.actor).where(Refusal.ticket_no == no)
        return list((await conn.execute(query.order_by(Refusal.id))).all())


async def refused(office: Office, ticket: OpenTicket, do: str, **said: Any) -> Refused:
    with pytest.raises(WorkflowUpdateFailedError) as failure:
        await office.say(ticket, do, **said)
    cause = failure.value.cause
    assert isinstance(cause, ApplicationError)
    assert cause.type == REJECTED
    assert cause.non_retryable
    return Refused.model_validate(cause.details[0])


async def test_the_verdict_of_an_update_tells_the_facts_and_the_new_status(office: Office) -> None:
    ticket = await office.open()
    result = await office.say(ticket, "dispatch", lead="水务局")
    assert result.status == "dispatched"
    assert result.facts[0]["do"] == "dispatch"
    assert result.seq == (await office.ticket(ticket.no)).seq


async def test_a_refused_update_names_its_article_and_leaves_no_trace_in_history(office: Office) -> None:
    ticket = await office.open()
    await office.say(ticket, "dispatch", lead="水务局")
    before = len((await ticket.handle.fetch_history()).events)
    refusal = await refused(office, ticket, "reply", unit="水务局")
    assert refusal.code == "text_required"
    assert refusal.basis
    assert "。" in refusal.message_zh
    assert len((await ticket.handle.fetch_history()).events) == before


async def test_a_wrong_role_is_told_from_a_wrong_time(office: Office) -> None:
    ticket = await office.open()
    assert (await refused(office, ticket, "dispatch", lead="水务局", role=Role.UNIT)).forbidden
    assert not (await refused(office, ticket, "callback", reached=True)).forbidden


async def test_the_same_command_id_twice_is_one_command(office: Office) -> None:
    ticket = await office.open()
    envelope = await office.envelope(ticket, "dispatch", lead="水务局")
    first, again = [
        await ticket.handle.execute_update("dispatch", envelope, id=envelope.id, result_type=CommandResult)
        for _ in range(2)
    ]
    assert first == again
    assert names(await office.facts(ticket.no)).count("done") == 1


async def test_a_date_beyond_any_calendar_is_refused_and_wedges_nothing(office: Office) -> None:
    ticket = await office.open()
    await office.say(ticket, "dispatch", lead="水务局")
    far = {"due": "9999-12-31T00:00:00+08:00", "citation": "条例", "approved_by": "主任"}
    assert (await refused(office, ticket, "override_limit", unit="水务局", **far)).code == "malformed"
    assert (await office.say(ticket, "sign", unit="水务局")).status == "handling"


async def test_a_signal_does_what_the_update_does(office: Office) -> None:
    ticket = await office.open()
    await ticket.handle.signal("dispatch", await office.envelope(ticket, "dispatch", lead="水务局"))
    assert (await office.say(ticket, "sign", unit="水务局")).status == "handling"


async def test_a_bare_signal_acts_as_the_operator_at_the_moment_it_arrives(office: Office) -> None:
    ticket = await office.open()
    before = now()
    await ticket.handle.signal("dispatch", {"lead": "水务局"})
    made = await eventually(lambda: office.facts(ticket.no), lambda facts: "assigned" in names(facts))
    done = next(fact for fact in made if fact.NAME == "done")
    assert done.role is Role.SYSTEM_OPERATOR  # type: ignore[union-attr]
    assert before - timedelta(seconds=1) <= done.at <= now() + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("do", "said", "code"),
    [
        ("sign", {"unit": "水务局"}, "not_assigned"),
        ("supplement", {"text": "家住幸福路3号，电话13900139000"}, "text_not_stored"),
        ("dispatch", {"lead": 7}, "malformed"),
        ("dispatch", {"lead": "水务局", "colour": "red"}, "malformed"),
        ("dispatch", "水务局", "malformed"),
        ("dispatch", None, "malformed"),
    ],
)
async def test_a_signal_that_cannot_be_done_becomes_a_line_in_the_audit(
    office: Office, do: str, said: object, code: str
) -> None:
    ticket = await office.open()
    await ticket.handle.signal(do, said)
    written = await eventually(lambda: refusals(office, ticket.no), bool)
    assert [(line.do, line.code) for line in written] == [(do, code)]
    assert written[0].actor["role"] == Role.SYSTEM_OPERATOR
    assert (await office.say(ticket, "dispatch", lead="水务局")).status == "dispatched"


async def test_an_update_that_carries_words_is_refused_before_it_reaches_history(office: Office) -> None:
    ticket = await office.open()
    envelope = await office.envelope(ticket, "supplement", text="补充")
    loud = envelope.model_copy(update={"command": envelope.command.model_copy(update={"text": "电话139"})})
    with pytest.raises(WorkflowUpdateFailedError) as failure:
        await ticket.handle.execute_update("supplement", loud, id=uuid4().hex)
    assert isinstance(failure.value.cause, ApplicationError)
    assert Refused.model_validate(failure.value.cause.details[0]).code == "text_not_stored"


@pytest.mark.rule("JC-11.1a")
async def test_a_command_received_in_time_takes_back_the_breach_that_rang_meanwhile(office: Office) -> None:
    skipper = TimeSkipper(office.client, config=TimeSkippingConfig(enabled=False))
    office = office.through(skipper.client)
    ticket = await office.open(registered_at=now())
    await office.say(ticket, "dispatch", lead="水务局")
    due = (await office.ticket(ticket.no)).clocks["sign", "水务局"].due  # type: ignore[index]
    await skipper.fast_forward(ticket.handle, due - now() + timedelta(hours=2))
    rung = await eventually(lambda: office.facts(ticket.no), lambda facts: "clock_breached" in names(facts))
    breach = next(fact for fact in rung if fact.NAME == "clock_breached")
    assert breach.at == due
    result = await office.say(ticket, "sign", unit="水务局", at=due)
    made = [fact["fact"] for fact in result.facts]
    assert made.index("breach_withdrawn") < made.index("clock_met")
    assert result.accepted_at == due


async def test_a_command_never_counts_before_the_one_before_it(office: Office) -> None:
    ticket = await office.open()
    first = await office.say(ticket, "dispatch", lead="水务局")
    result = await office.say(ticket, "sign", unit="水务局", at=now() - timedelta(hours=3))
    assert result.accepted_at == first.accepted_at


async def test_anybody_may_ask_where_a_ticket_stands(office: Office) -> None:
    ticket = await office.open()
    await office.say(ticket, "dispatch", lead="水务局")
    standing: Standing = await ticket.handle.query(STANDING, result_type=Standing)
    state = await office.ticket(ticket.no)
    assert (standing.seq, standing.status, standing.ended) == (state.seq, "dispatched", False)
    assert standing.next_alarm is not None

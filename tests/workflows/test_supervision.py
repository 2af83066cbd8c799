"""Supervision as a workflow of its own, on the real servers."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from temporalio.client import WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from domain import supervision as supervising
from domain.facts import from_json
from domain.supervision import Supervision
from models import facts_store
from models.contracts.casework import CommandResult, Refused, supervision_workflow_id
from models.recording import START_SUPERVISION
from models.tables import Outbox
from tests.waiting import eventually
from tests.workflows.office import Office, OpenTicket, names, now


async def supervised(office: Office) -> tuple[OpenTicket, str]:
    """A ticket under supervision, and the supervision's number."""
    ticket = await office.open()
    await office.say(ticket, "dispatch", lead="水务局")
    result = await office.say(ticket, "supervise", unit="水务局", cause="leader_instruction", form="written")
    opened = next(fact for fact in result.facts if fact["fact"] == "supervision_opened")
    return ticket, opened["no"]


async def stored(office: Office, no: str) -> Supervision | None:
    async with office.engine.connect() as conn:
        rows = await facts_store.load(conn, facts_store.SUPERVISION, no)
    return supervising.fold(from_json(row.data) for row in rows) if rows else None


async def begun(office: Office, no: str) -> Supervision:
    state = await eventually(lambda: stored(office, no), lambda state: state is not None)
    assert state is not None
    return state


async def tell(office: Office, ticket: OpenTicket, no: str, do: str, **said: Any) -> CommandResult:
    envelope = await office.envelope(ticket, do, no=no, **said)
    result: CommandResult = await office.client.get_workflow_handle(
        supervision_workflow_id(no)
    ).execute_update(do, envelope, id=envelope.id, result_type=CommandResult)
    return result


@pytest.mark.rule("JC-12.2a")
async def test_it_runs_beside_its_ticket_and_outlives_it(office: Office) -> None:
    ticket, no = await supervised(office)
    assert (await begun(office, no)).unit == "水务局"
    await office.say(ticket, "withdraw", reason="已解决")
    assert await ticket.handle.result() == "withdrawn"
    answered = await tell(office, ticket, no, "answer_supervision", unit="水务局", text="已整改")
    assert answered.status == "answered"
    struck_off = await tell(office, ticket, no, "close_supervision")
    assert struck_off.status == "closed"
    assert await office.client.get_workflow_handle(supervision_workflow_id(no)).result() == "closed"


async def test_what_it_refuses_it_refuses_with_the_article(office: Office) -> None:
    ticket, no = await supervised(office)
    await begun(office, no)
    with pytest.raises(WorkflowUpdateFailedError) as failure:
        await tell(office, ticket, no, "answer_supervision", unit="城关镇", text="已整改")
    assert isinstance(failure.value.cause, ApplicationError)
    refused = Refused.model_validate(failure.value.cause.details[0])
    assert (refused.code, refused.forbidden) == ("wrong_unit", True)


async def test_the_sweep_finds_none_left_to_start(office: Office) -> None:
    _, no = await supervised(office)
    await begun(office, no)

    async def waiting() -> list[str]:
        left = select(Outbox.subject).where(Outbox.kind == START_SUPERVISION, Outbox.started_at.is_(None))
        async with office.engine.connect() as conn:
            return list(await conn.scalars(left))

    assert await eventually(waiting, lambda seen: not seen) == []


@pytest.mark.rule("JC-12.2b")
async def test_a_late_command_that_takes_a_breach_back_strikes_its_supervision_off(office: Office) -> None:
    skipper = TimeSkipper(office.client, config=TimeSkippingConfig(enabled=False))
    office = office.through(skipper.client)
    ticket = await office.open()
    await office.say(ticket, "dispatch", lead="水务局")
    await office.say(ticket, "sign", unit="水务局")
    due = (await office.ticket(ticket.no)).clocks["handle", "水务局"].due  # type: ignore[index]
    await skipper.fast_forward(ticket.handle, due - now() + timedelta(hours=1))
    opened = await eventually(
        lambda: office.facts(ticket.no), lambda facts: "supervision_opened" in names(facts)
    )
    no = next(fact.no for fact in opened if fact.NAME == "supervision_opened")  # type: ignore[union-attr]
    await begun(office, no)
    await office.say(
        ticket, "reply", unit="水务局", outcome="resolved", text="已修复", contacted_at=now(), at=due
    )
    await office.say(ticket, "first_review", approve=True, at=due + timedelta(minutes=5))
    handle = office.client.get_workflow_handle(supervision_workflow_id(no))
    await eventually(handle.describe, lambda seen: seen.status is WorkflowExecutionStatus.COMPLETED)
    assert (await begun(office, no)).ended

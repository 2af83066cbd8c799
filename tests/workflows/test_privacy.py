"""Nothing that names a person, and nothing that a person wrote, reaches Temporal."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from ops.keyring import KeyRing
from ops.settings import Settings
from tests.workflows.histories import forms, kinds, raw
from tests.workflows.office import STANDARD_LIFE, Office, live
from worker import build_worker

PERSONAL = [
    "13800138000",
    "王芳",
    *(value for step in STANDARD_LIFE for key, value in step.items() if key in ("reason", "text")),
]


async def test_even_without_the_codec_no_payload_holds_personal_data(
    settings: Settings, engine: AsyncEngine, ring: KeyRing
) -> None:
    plain = await Client.connect(
        settings.temporal_target,
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
    )
    async with build_worker(plain, settings, engine, ring):
        office = Office(plain, engine, ring, settings.task_queue)
        ticket = await office.open()
        await live(office, ticket)
        kept = await raw(ticket.handle)
    assert "水务局".encode() in kept, "this history can be read, so the search below means something"
    for words in PERSONAL:
        assert not any(form in kept for form in forms(words))


async def test_with_the_codec_payloads_cannot_be_read_at_all(office: Office) -> None:
    ticket = await office.open()
    await live(office, ticket)
    history = await ticket.handle.fetch_history()
    kept = b"".join(event.SerializeToString() for event in history.events)
    searchable = b"".join(
        event.SerializeToString()
        for event, kind in zip(history.events, kinds(history), strict=True)
        if kind == "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"
    )
    for words in [*PERSONAL, "JC-11.1a", "resolved", "clock_started", "签收"]:
        assert not any(form in kept for form in forms(words))
    unit = forms("水务局")[1]
    assert 0 < kept.count(unit) == searchable.count(unit), "units are named in search attributes alone"


async def test_a_refusal_cannot_be_read_at_the_server(office: Office) -> None:
    ticket = await office.open()
    await ticket.handle.signal("supplement", {"text": "家住幸福路3号"})
    await office.say(ticket, "dispatch", lead="水务局")
    kept = await raw(ticket.handle)
    assert not any(form in kept for form in forms("幸福路"))


@pytest.mark.parametrize("shift", [timedelta(), timedelta(days=-40)])
async def test_people_who_look_at_temporal_read_what_a_ticket_waits_for(
    office: Office, shift: timedelta
) -> None:
    ticket = await office.open(clock_shift=shift)
    await office.say(ticket, "dispatch", lead="水务局")
    history = await ticket.handle.fetch_history()
    timer = next(event for event in history.events if event.HasField("timer_started_event_attributes"))
    summary = await office.client.data_converter.decode([timer.user_metadata.summary], [str])
    assert "水务局" in summary[0]
    assert "签收" in summary[0]
    assert len(summary[0].encode()) <= 200


async def test_a_ticket_at_a_glance(office: Office) -> None:
    ticket = await office.open()
    await office.say(ticket, "dispatch", lead="水务局", assist=["城关镇"])
    metadata = await ticket.handle.query("__temporal_workflow_metadata")
    for words in ("待签收", "主办 水务局", "协办 城关镇", "签收"):
        assert words in metadata.current_details
    described = {update.name: update.description for update in metadata.definition.update_definitions}
    assert described["sign"] == "签收."

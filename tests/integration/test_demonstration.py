"""The demonstration county: tickets in every state, whose record holds and whose workflows go on from it."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from api.moments import ZONE
from api.services import listing
from api.services.listing import Asked, Filters, Owed, Span
from domain.commands import Actor
from domain.vocabulary import Channel, Lamp, Rating, Role, Status, UnitStage
from models import duty, knowledge, outbox, verification
from models.directory_store import put_people, put_units
from models.held_roles import NOT_IN_THE_DIRECTORY, HeldRole
from models.knowledge import State
from models.rebuilding import rebuild_supervision, rebuild_ticket
from models.recording import SEND_NOTICES
from models.tables import (
    Caller,
    Clock,
    ExportRequest,
    InboxMessage,
    KnowledgeEntry,
    Outbox,
    Supervision,
    Ticket,
    TicketFact,
)
from models.verification import SUPERVISIONS, TICKETS
from ops.database import create_engine
from ops.demo.stories import STORIES
from ops.demo.writing import write_tickets
from ops.demonstration import DEMONSTRATION
from ops.directory_file import read_directory
from ops.embedded_temporal import EmbeddedTemporal
from ops.keyring import KeyRing
from ops.settings import Settings
from tests.hotline import Hotline, headers, number_apart, serving, working

_BUSY = "水务局"


@pytest.fixture(scope="module")
def settings(
    tmp_path_factory: pytest.TempPathFactory,
    temporal_server: EmbeddedTemporal,
    postgres_url: str,
) -> Settings:
    folder: Path = tmp_path_factory.mktemp("demonstration")
    return Settings(
        data_dir=folder,
        database_url=postgres_url,
        temporal_address=temporal_server.address,
        temporal_namespace=temporal_server.namespace,
        task_queue=folder.name,
        graceful_shutdown_seconds=2,
        allow_lapsed_policy=True,
    )


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    made = create_engine(settings.database_target(), pool_size=8)
    yield made
    await made.dispose()


@pytest.fixture
async def county(settings: Settings, engine: AsyncEngine, ring: KeyRing) -> AsyncEngine:
    """A database with the county and its tickets, written by the first test that asks."""
    async with engine.begin() as conn:
        if await conn.scalar(select(func.count()).select_from(Ticket)):
            return engine
    await _write_county(engine, ring, settings, datetime.now(UTC))
    return engine


async def _write_county(engine: AsyncEngine, ring: KeyRing, settings: Settings, now: datetime) -> None:
    await number_apart(engine)
    directory = read_directory(DEMONSTRATION)
    async with engine.begin() as conn:
        await put_units(conn, directory.units)
        await put_people(conn, ring, directory.people)
    steps = Counter[str]()
    written = await write_tickets(
        engine,
        ring,
        settings,
        now,
        begun=lambda count: steps.update(planned=count),
        done=lambda: steps.update(done=1),
    )
    assert written == steps["planned"] == steps["done"] == sum(story.count for story in STORIES)


async def test_there_are_tickets_in_every_status_and_lamps_of_every_colour(county: AsyncEngine) -> None:
    async with county.connect() as conn:
        statuses = set(await conn.scalars(select(Ticket.status).distinct()))
        lamps = set(await conn.scalars(select(Ticket.lamp).distinct()))
        breached = await conn.scalar(select(func.count()).where(Clock.state == "breached"))
    assert statuses == set(Status)
    assert lamps == {*Lamp, None}
    assert breached


async def test_every_desk_has_something_to_do(county: AsyncEngine) -> None:
    office = Actor(role=Role.OFFICE, id="hotline-office")
    unit = Actor(role=Role.UNIT_PRINCIPAL, unit=_BUSY, id="shuiwu-principal")
    desks = {
        **{f"{asked} asked": (office, Filters(asked=asked, open_only=True)) for asked in get_args(Asked)},
        **{
            f"stage {stage}": (unit if stage is UnitStage.SIGNED else office, Filters(unit_stage=[stage]))
            for stage in (UnitStage.WAITING, UnitStage.SIGNED, UnitStage.APPROVING, UnitStage.REPLIED)
        },
        **{
            f"{stage} of {_BUSY}": (unit, Filters(unit_stage=[stage], unit=[_BUSY], open_only=True))
            for stage in (UnitStage.WAITING, UnitStage.SIGNED, UnitStage.APPROVING, UnitStage.REPLIED)
        },
        "not content": (office, Filters(rating=[Rating.DISSATISFIED])),
        "of this night": (office, Filters(received=Span(datetime.now(UTC) - timedelta(hours=9)))),
        "to be answered for": (office, Filters(owed=Owed("handle", "overdue"))),
    }
    async with county.connect() as conn:
        empty = [
            desk
            for desk, (actor, filters) in desks.items()
            if not (await listing.tickets(conn, actor, filters, None, 50)).rows
        ]
        supervised = set(await conn.scalars(select(Supervision.status).distinct()))
        met = set(
            await conn.scalars(select(TicketFact.data["do"].as_string()).where(TicketFact.fact == "done"))
        )
        lists = set(await conn.scalars(select(ExportRequest.state).distinct()))
        on_duty = await duty.on_duty(conn, "-", _BUSY, datetime.now(UTC))
        letters = await conn.scalar(select(func.count()).where(InboxMessage.became == "open"))
        burst = await conn.scalar(
            select(func.count())
            .select_from(Caller)
            .group_by(Caller.ticket_no)
            .order_by(func.count().desc())
            .limit(1)
        )
    assert empty == []
    assert met >= {"joint_meeting", "panel_decision"}
    assert supervised == {"open", "answered", "closed"}
    assert lists == {"requested", "granted", "refused"}
    assert len(on_duty) == 2, "a handler and the leader"
    assert letters
    assert burst is not None
    assert burst >= 10


async def test_every_figure_of_the_dashboard_is_the_length_of_its_list(
    county: AsyncEngine, ring: KeyRing, settings: Settings, client: Client
) -> None:
    wrong = []
    today = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    period = {
        "since": (today - timedelta(days=60)).isoformat(),
        "until": (today + timedelta(days=1)).isoformat(),
    }
    async with serving(settings, county, client, ring) as hotline:
        dashboard = await hotline.read("/statistics/dashboard", **period)
        figures = {**dashboard["figures"], **dashboard["lamps"], **dashboard["open"]}
        for one in await hotline.read("/statistics/units", **period):
            figures |= {f"{one['unit']} {name}": part for name, part in one.items() if name != "unit"}
        for cell in await hotline.read("/statistics/heat", **period):
            asked = {"received_from": period["since"], "received_to": period["until"]}
            query = {**asked, "area": cell["area"], "category": cell["category"]}
            figures[f"{cell['area']} {cell['category']}"] = {"count": cell["number"], "query": query}
        for name, part in figures.items():
            listed = len(await _listed(hotline, part["query"]))
            if listed != part["count"]:
                wrong.append(f"{name}: {part['count']}, but the list has {listed}")
    assert len(figures) > 80
    assert wrong == []


async def test_at_three_in_the_morning_of_a_holiday_today_has_every_figure(
    settings: Settings, ring: KeyRing, client: Client, own_postgres_url: str
) -> None:
    now = datetime(2026, 10, 3, 3, tzinfo=ZONE)
    of_the_holiday = settings.model_copy(update={"database_url": own_postgres_url})
    engine = create_engine(of_the_holiday.database_target(), pool_size=8)
    try:
        await _write_county(engine, ring, of_the_holiday, now)
        day = {"since": now.replace(hour=0).isoformat(), "until": (now + timedelta(hours=21)).isoformat()}
        async with serving(of_the_holiday, engine, client, ring) as hotline:
            told = await hotline.read("/statistics/dashboard", **day)
            ranked = await hotline.read("/statistics/units", **day)
            heat = await hotline.read("/statistics/heat", **day)
    finally:
        await engine.dispose()
    # Nothing falls due on a day without office hours but the signing of emergencies.
    due = {"handle_in_time", "handle_overdue", "sign_overdue"}
    assert {name for name, part in told["figures"].items() if not part["count"]} <= due
    assert ranked
    assert heat


async def _listed(hotline: Hotline, query: dict[str, Any]) -> list[Any]:
    """All tickets that a question to the list gives."""
    rows: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        asked = {**query, **cursor, "limit": 200}
        page = (await hotline.http.get("/api/v1/tickets", params=asked, headers=headers("office"))).json()
        rows += page["tickets"]
        if page["next_cursor"] is None:
            return rows
        cursor = {"cursor": page["next_cursor"]}


async def test_agents_find_answers_and_the_office_has_an_entry_to_publish(county: AsyncEngine) -> None:
    async with county.connect() as conn:
        states = set(await conn.scalars(select(KnowledgeEntry.state).distinct()))
        found = await knowledge.search(conn, "养老保险断缴了怎么补", None, datetime.now(ZONE).date())
    assert states == {State.PUBLISHED, State.SUBMITTED, State.RETURNED}
    assert "养老保险" in found[0].title


async def test_people_are_told_of_the_last_hours_and_some_by_telephone(county: AsyncEngine) -> None:
    async with county.connect() as conn:
        batches = list(await conn.scalars(select(Outbox.payload).where(Outbox.kind == SEND_NOTICES)))
    channels = {channel for batch in batches for notice in batch["notices"] for channel in notice["via"]}
    assert channels == {Channel.SMS, Channel.PHONE}


def test_the_county_has_somebody_in_every_role() -> None:
    people = read_directory(DEMONSTRATION).people
    assert {role for person in people for role in person.roles} == set(HeldRole) - NOT_IN_THE_DIRECTORY


async def test_the_record_holds_and_the_lists_agree_with_it(county: AsyncEngine, ring: KeyRing) -> None:
    faults = [
        str(one) async for checked in verification.check_tickets(county, ring) for one in checked.faults
    ]
    assert faults == []
    different: list[str] = []
    for kind, rebuild in ((TICKETS, rebuild_ticket), (SUPERVISIONS, rebuild_supervision)):
        async for numbers in verification.pages(county, kind):
            for no in numbers:
                async with county.begin() as conn:
                    different += await rebuild(conn, no, write=False)
    assert different == []


async def test_nothing_lies_in_the_future(county: AsyncEngine) -> None:
    async with county.connect() as conn:
        latest = await conn.scalar(select(func.max(TicketFact.at)))
    assert latest is not None
    assert latest <= datetime.now(UTC)


async def test_doing_it_again_changes_nothing(county: AsyncEngine, ring: KeyRing, settings: Settings) -> None:
    async def counted() -> int | None:
        async with county.connect() as conn:
            return await conn.scalar(select(func.count()).select_from(TicketFact))

    before = await counted()
    again = await write_tickets(
        county, ring, settings, datetime.now(UTC), begun=lambda count: None, done=lambda: None
    )
    assert again == 0
    assert await counted() == before


async def test_open_tickets_wait_for_their_start_and_then_take_commands(
    county: AsyncEngine, ring: KeyRing, settings: Settings, client: Client
) -> None:
    async with county.connect() as conn:
        waiting = set(
            await conn.scalars(
                select(Outbox.subject).where(Outbox.kind == outbox.TICKET, Outbox.started_at.is_(None))
            )
        )
        still_open = set(await conn.scalars(select(Ticket.no).where(Ticket.ended_at.is_(None))))
        no, unit = (
            await conn.execute(
                select(Ticket.no, Ticket.lead_unit).where(Ticket.status == Status.DISPATCHED).limit(1)
            )
        ).one()
    assert waiting == still_open
    async with working(settings, county, client, ring) as hotline:
        told = await hotline.done(no, "sign", unit=unit)
        assert told["status"] == Status.HANDLING
        faults = [
            one async for checked in verification.check_tickets(county, ring, no) for one in checked.faults
        ]
        assert faults == []


async def _faults(county: AsyncEngine, ring: KeyRing) -> list[str]:
    """What `jiesu verify` would name."""
    return [str(one) async for checked in verification.check_tickets(county, ring) for one in checked.faults]

"""Writing the demonstration: callers, words, facts and the outbox, as intake and workflows would."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

import yaml
from pydantic import TypeAdapter
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.services.offices import law_for
from domain.commands import TicketFields, UnitGiven
from domain.rejected import Rejected
from domain.vocabulary import Role, Source, TicketType
from models import callers, laws, outbox, recording, texts, uplinks
from models.callers import NewCaller
from models.directory import unit_given
from models.tables import Person, Ticket, Unit
from models.texts import new_text
from models.ticket_numbers import next_number
from models.uplinks import Uplink
from ops.demo.desk_work import write_desk_work
from ops.demo.knowledge import write_knowledge
from ops.demo.lives import Demand, Life
from ops.demo.roster import write_roster
from ops.demo.saying import County
from ops.demo.stories import STORIES, Story, answered_at_once
from ops.keyring import KeyRing
from ops.settings import Settings

DEMANDS = Path(__file__).with_name("demands.yaml")
LETTERS = (
    "修好了，谢谢你们，但是上次的材料什么时候退给我？",
    "电话没有接到，请下午三点以后再打。",
    "不太满意，水是来了，还是有味道。",
    "还有一件事，楼道灯也坏了。",
)
"""What callers answered by SMS."""

_SEED = 12345
_AT_ONCE = 6
_SOURCES = (Source.PHONE, Source.PHONE, Source.PHONE, Source.WECHAT, Source.WEB, Source.CITY_PLATFORM)
_FROM_ABOVE = frozenset({Source.CITY_PLATFORM, Source.PROVINCE_PLATFORM})


def demands() -> list[Demand]:
    """The demands that come with Jiesu."""
    return TypeAdapter(list[Demand]).validate_python(yaml.safe_load(DEMANDS.read_text("utf-8")))


async def write_tickets(
    engine: AsyncEngine,
    ring: KeyRing,
    settings: Settings,
    now: datetime,
    begun: Callable[[int], None],
    done: Callable[[], None],
) -> int:
    """Tells every story and records it; how many tickets there are of them.

    Nothing is done, and 0 returned, where there is a ticket already. `begun` is told how many there will be,
    `done` is called after each. Open tickets are started by the sweep, from the outbox.
    """
    async with engine.begin() as conn:
        if await conn.scalar(select(exists().select_from(Ticket))):
            return 0
        counties = {
            name: await _county(conn, engine, ring, settings, name, now)
            for name in {story.policy for story in STORIES}
        }
    plan = _plan(counties)
    begun(len(plan))
    waiting = iter(plan)

    async def lane() -> None:
        for planned in waiting:
            await _write(engine, planned)
            done()

    async with asyncio.TaskGroup() as lanes:
        for _ in range(_AT_ONCE):
            lanes.create_task(lane())
    await _hear(engine, ring)
    county = counties[None]
    async with engine.begin() as conn:
        await write_roster(conn, now)
        await write_desk_work(conn, ring, now)
        await write_knowledge(conn, demands(), county.law.policy.office.name, county.people, now)
    return len(plan)


async def _hear(engine: AsyncEngine, ring: KeyRing) -> None:
    """Lets callers answer by SMS in words that mean nothing certain to a machine."""
    async with engine.begin() as conn:
        for place, words in enumerate(LETTERS):
            await uplinks.take(conn, ring, Uplink("demonstration", f"10009{place:06}", words))


async def _county(
    conn: AsyncConnection,
    engine: AsyncEngine,
    ring: KeyRing,
    settings: Settings,
    policy: str | None,
    now: datetime,
) -> County:
    settings = settings.model_copy(update={"allow_lapsed_policy": True})
    stored, law = await law_for(engine, settings, policy, now.date())
    await laws.store(conn, stored)
    names = list(await conn.scalars(select(Unit.name).order_by(Unit.name)))
    units = await unit_given(conn, names, law.policy.dispatch.staffing.roles)
    return County(law, stored.id, ring, units, await _people(conn), law.calendar.localised(now))


async def _people(conn: AsyncConnection) -> Mapping[tuple[str, str], str]:
    """Who holds a role in a unit; of several, the first by code."""
    query = select(Unit.name, Person.roles, Person.id).join(Person, Person.unit_id == Unit.id)
    rows = await conn.execute(query.order_by(Person.id.desc()))
    return {(row.name, role): row.id for row in rows for role in row.roles}


@dataclass(frozen=True)
class Planned:
    """A ticket to be: whose story it lives, with which demand, and how many hours ago it came in."""

    county: County
    story: Story
    demand: Demand
    about: TicketFields
    ago: float


def _plan(counties: Mapping[str | None, County]) -> list[Planned]:
    """Every ticket to be, the oldest first; the same ones whenever it is made."""
    random, told = Random(_SEED), demands()
    suitable = [one for one in told if all(_is_staffed(one, county.units) for county in counties.values())]
    consultations = cycle([one for one in suitable if one.type is TicketType.CONSULTATION])
    to_work_on = [one for one in suitable if one.type not in (TicketType.CONSULTATION, TicketType.PRAISE)]
    others = cycle(to_work_on)
    led = {
        story.lead: cycle([one for one in to_work_on if one.unit == story.lead])
        for story in STORIES
        if story.lead is not None
    }
    sources = cycle(one for one in _SOURCES if one in counties[None].law.policy.intake.sources)
    plan: list[Planned] = []
    for story in STORIES:
        county = counties[story.policy]
        for _ in range(story.count):
            ago = random.uniform(story.newest, story.oldest)
            others_of = others if story.lead is None else led[story.lead]
            demand = next(consultations if answered_at_once(story) else others_of)
            source = story.source or (next(sources) if story.policy is None else Source.PHONE)
            above = {"upstream_no": f"DEMO-{len(plan) + 1:06}"} if source in _FROM_ABOVE else {}
            by_the_clock = county.now - timedelta(hours=ago)
            about = TicketFields(
                type=demand.type,
                urgency=story.urgency or demand.urgency,
                category=demand.category,
                area=demand.area,
                source=source,
                received_at=by_the_clock if story.by_the_clock else county.before_now(ago),
                **above,
            )
            plan.append(Planned(county, story, demand, about, ago))
    return sorted(plan, key=lambda one: one.about.received_at)


def _is_staffed(demand: Demand, units: Mapping[str, UnitGiven]) -> bool:
    return all(name in units for name in (demand.unit, *demand.assist))


async def _write(engine: AsyncEngine, planned: Planned) -> None:
    """Writes one ticket, and the one that was merged into it if the story says so."""
    life = await _begun(engine, planned)
    _tell(planned.story, life)
    merged = await _merged_into(engine, life, planned) if planned.story.merges else None
    for one in (life, merged):
        if one is not None:
            one.until_now()
            await _store(engine, one)


async def _begun(engine: AsyncEngine, planned: Planned) -> Life:
    county, at = planned.county, planned.about.received_at
    async with engine.begin() as conn:
        no = await next_number(conn, at.date())
        people = [_caller(no, place) for place in range(planned.story.callers)]
        ids = tuple(str(one) for one in await callers.store(conn, county.ring, no, people, at))
    story, demand = planned.story, planned.demand
    life = Life(no, county, demand, planned.about, ids, planned.ago, story.by_the_clock, story.pace)
    life.begin([new_text(county.ring, "title", demand.title), new_text(county.ring, "text", demand.text)])
    return life


async def _merged_into(engine: AsyncEngine, life: Life, planned: Planned) -> Life:
    """Another call about the same matter, an hour ago, whose caller now belongs to the first ticket."""
    ago = min(1.0, life.ago - life.hour)
    about = planned.about.model_copy(update={"received_at": life.county.before_now(ago), "upstream_no": None})
    other = await _begun(engine, replace(planned, about=about, ago=ago))
    other.after(ago / 2).say("merge", Role.OFFICE, into=life.no, reason="与主工单反映同一事项。")
    life.after(life.ago - life.hour - ago / 2)
    life.say("join", Role.SYSTEM, merged=other.no, callers=list(other.callers))
    return other


async def _store(engine: AsyncEngine, life: Life) -> None:
    async with engine.begin() as conn:
        for said_at, text in life.said:
            await texts.store(conn, life.county.ring, life.no, [text], said_at)
    for request in life.requests:
        await recording.record(engine, request)
    for supervision in life.supervised:
        for told in supervision.requests:
            await recording.record_supervision(engine, told)
    # Last: what is in the outbox may be started, and then the workflow goes on from here.
    async with engine.begin() as conn:
        await outbox.put(conn, outbox.TICKET, life.no, _to_start(life))
        if life.state.ended_at is not None:
            await outbox.mark_subject_started(conn, outbox.TICKET, life.no)
        for supervision in life.supervised:
            if supervision.ended:
                await outbox.mark_subject_started(conn, recording.START_SUPERVISION, supervision.no)


def _tell(story: Story, life: Life) -> None:
    try:
        story.tell(life)
    except Rejected:
        # The policy has no room for this step: the ticket stays where the step before it left it.
        return


def _to_start(life: Life) -> dict[str, Any]:
    return {
        "law_id": life.county.law_id,
        "about": life.about.model_dump(mode="json", exclude_unset=True),
        "registered_at": life.about.received_at.isoformat(),
        "callers": list(life.callers),
        "texts": life.written,
    }


def _caller(no: str, place: int) -> NewCaller:
    """Somebody plainly invented: no telephone number begins with 100."""
    number = (int(no) * 7 + place) % 10**6
    return NewCaller(name=f"示例群众{number % 1000:03}", phone=f"10009{number:06}", address=None)

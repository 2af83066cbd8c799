"""The legal record and its projection, written in one go; Postgres wins."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.commands import TicketFields
from models import callers, laws, texts
from models.callers import NewCaller
from models.chain import verify
from models.contracts.record import RecordRequest, RecordResult, SupervisionRecordRequest
from models.facts_store import SUPERVISION, TICKET, FactsMissing, load
from models.recording import record, record_supervision
from models.tables import Assignment, Base, Clock, Command, Outbox, Precedent, Supervision, Ticket
from ops.database import create_engine
from ops.keyring import Keys, ring_from_text
from tests.casework import STANDARD_LIFE, Life, shipped_law

LAW = shipped_law()
RING = ring_from_text(Keys.generate().to_json())


@pytest.fixture
async def engine(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_engine(postgres_url)
    async with made.begin() as conn:
        await laws.store(conn, LAW)
    yield made
    await made.dispose()


async def rows(engine: AsyncEngine, mapped: type[Base], **where: Any) -> list[dict[str, Any]]:
    table = mapped.__table__
    query = select(table).where(*(table.c[name] == value for name, value in where.items()))
    async with engine.connect() as conn:
        return [dict(row) for row in (await conn.execute(query)).mappings()]


async def only(engine: AsyncEngine, mapped: type[Base], **where: Any) -> dict[str, Any]:
    [row] = await rows(engine, mapped, **where)
    return row


async def live(engine: AsyncEngine, life: Life) -> list[RecordRequest]:
    requests = list(life.standard())
    for request in requests:
        assert await record(engine, request) == RecordResult(facts=request.facts)
    return requests


async def test_a_whole_life_leaves_a_whole_chain_and_the_ticket_as_it_stands(engine: AsyncEngine) -> None:
    life = Life("R1", LAW)
    await live(engine, life)
    async with engine.connect() as conn:
        facts = await load(conn, TICKET, "R1")
    assert life.ticket is not None
    ticket = await only(engine, Ticket, no="R1")
    assert verify("R1", facts, last_seq=ticket["seq"]) is None
    assert ticket["seq"] == life.ticket.seq == len(facts)
    assert (ticket["status"], ticket["lead_unit"], ticket["law_id"]) == (life.ticket.status, "水务局", LAW.id)
    assert ticket["counters"]["extensions"] == 1
    assert {fact.law_id for fact in facts} == {LAW.id}


async def test_clocks_and_assignments_follow(engine: AsyncEngine) -> None:
    life = Life("R2", LAW)
    await record(engine, life.begin())
    await record(
        engine, life.step("2026-04-30T16:40", {"do": "dispatch", "lead": "水务局", "assist": ["城关镇"]})
    )
    running = await rows(engine, Clock, ticket_no="R2", state="running")
    sign = {row["unit"]: row["due_at"].isoformat() for row in running if row["name"] == "sign"}
    assert sign == dict.fromkeys(("水务局", "城关镇"), "2026-05-06T02:10:00+00:00")
    await record(engine, life.step("2026-05-06T09:00", {"do": "sign", "unit": "水务局"}))
    met = await only(engine, Clock, ticket_no="R2", name="sign", unit="水务局")
    assert (met["state"], met["basis"], met["met_at"]) == (
        "met",
        ["JC-11.1a"],
        datetime(2026, 5, 6, 1, tzinfo=UTC),
    )
    stages = {
        row["unit"]: (row["role"], row["stage"]) for row in await rows(engine, Assignment, ticket_no="R2")
    }
    assert stages == {"水务局": ("lead", "signed"), "城关镇": ("assist", "waiting")}
    await record(engine, life.wait("2026-05-06T12:00"))
    breached = await only(engine, Clock, ticket_no="R2", name="sign", unit="城关镇")
    assert (breached["state"], breached["breached_at"]) == ("breached", breached["due_at"])


async def test_recording_again_writes_nothing_and_tells_what_is_there(engine: AsyncEngine) -> None:
    life = Life("R3", LAW)
    first, second = life.begin(), life.step("2026-04-30T16:40", {"do": "dispatch", "lead": "水务局"})
    await record(engine, first)
    await record(engine, second)
    before = await only(engine, Ticket, no="R3")
    again = await record(engine, second)
    assert (again.adopted, again.facts, again.commands) == (True, second.facts, [second.command_id])
    all_of_it = await record(engine, first)
    assert all_of_it.facts == [*first.facts, *second.facts]
    assert await only(engine, Ticket, no="R3") == before


async def test_what_somebody_else_recorded_is_adopted_and_mine_is_not_written(engine: AsyncEngine) -> None:
    life, other = Life("R4", LAW), Life("R4", LAW)
    await record(engine, life.begin())
    other.begin()
    theirs = other.step("2026-04-30T16:40", {"do": "dispatch", "lead": "住建局"})
    mine = life.step("2026-04-30T16:41", {"do": "dispatch", "lead": "水务局"})
    await record(engine, theirs)
    answer = await record(engine, mine)
    assert (answer.adopted, answer.facts, answer.commands) == (True, theirs.facts, [theirs.command_id])
    assert (await only(engine, Ticket, no="R4"))["lead_unit"] == "住建局"


async def test_of_two_records_at_one_moment_both_end_with_the_same_facts(engine: AsyncEngine) -> None:
    lives = [Life(f"R5-{n}", LAW) for n in range(20)]
    for life in lives:
        await record(engine, life.begin())
    for life in lives:
        other = Life(life.no, LAW)
        other.begin()
        both = (
            life.step("2026-04-30T16:40", {"do": "dispatch", "lead": "水务局"}),
            other.step("2026-04-30T16:40", {"do": "dispatch", "lead": "住建局"}),
        )
        one, two = await asyncio.gather(*(record(engine, request) for request in both))
        assert one.facts == two.facts
        assert sorted([one.adopted, two.adopted]) == [False, True]


async def test_facts_that_never_came_are_not_jumped_over(engine: AsyncEngine) -> None:
    life = Life("R6", LAW)
    life.begin()
    with pytest.raises(FactsMissing):
        await record(engine, life.step("2026-04-30T16:40", {"do": "dispatch", "lead": "水务局"}))
    assert await rows(engine, Ticket, no="R6") == []


async def test_a_record_that_fails_leaves_nothing(engine: AsyncEngine) -> None:
    request = Life("R7", LAW).begin().model_copy(update={"law_id": "no such law"})
    with pytest.raises(Exception, match="fk_ticket_law_id"):
        await record(engine, request)
    async with engine.connect() as conn:
        assert await load(conn, TICKET, "R7") == []


async def test_a_command_stays_stored_until_its_workflow_has_answered(engine: AsyncEngine) -> None:
    life = Life("R8", LAW)
    await record(engine, life.begin())
    request = life.step("2026-04-30T16:40", {"do": "dispatch", "lead": "水务局"})
    command: dict[str, Any] = {
        "id": request.command_id,
        "ticket_no": "R8",
        "do": "dispatch",
        "key": "k",
        "actor": {},
        "body_digest": "d",
        "body": {},
        "received_at": datetime.now(UTC),
    }
    async with engine.begin() as conn:
        await conn.execute(insert(Command).values(command))
    await record(engine, request)
    row = await only(engine, Command, ticket_no="R8")
    assert (row["state"], row["result"]) == ("stored", None)


async def test_what_time_breaches_opens_supervision_with_its_start_in_the_outbox(engine: AsyncEngine) -> None:
    life = Life("R9", LAW)
    await record(engine, life.begin())
    await record(engine, life.step("2026-04-30T16:40", {"do": "dispatch", "lead": "水务局"}))
    await record(engine, life.wait("2026-06-01T00:00"))
    supervision = await only(engine, Supervision, ticket_no="R9")
    assert (supervision["unit"], supervision["cause"], supervision["status"]) == ("水务局", "overdue", "open")
    start = await only(engine, Outbox, kind="supervision", subject=supervision["no"])
    assert start["payload"]["ticket_no"] == "R9"
    assert TicketFields.model_validate(start["payload"]["about"]).type == "complaint"
    assert start["started_at"] is None


async def test_a_supervision_has_facts_and_a_row_of_its_own(engine: AsyncEngine) -> None:
    def request(first: int, *facts: dict[str, Any]) -> SupervisionRecordRequest:
        return SupervisionRecordRequest(
            no="R10-D1",
            law_id=LAW.id,
            jurisdiction="jingchuan",
            ticket_no=None,
            first_seq=first,
            facts=list(facts),
        )

    at, due = "2026-05-06T09:00:00+08:00", "2026-05-08T18:00:00+08:00"
    begun = request(
        1,
        {
            "at": at,
            "fact": "supervision_begun",
            "no": "R10-D1",
            "unit": "水务局",
            "cause": "other",
            "level": "internal",
            "due": due,
        },
        {
            "at": at,
            "fact": "clock_started",
            "clock": "supervision",
            "unit": "水务局",
            "due": due,
            "provisional": True,
        },
    )
    await record_supervision(engine, begun)
    assert (await record_supervision(engine, begun)).adopted
    await record_supervision(
        engine, request(3, {"at": due, "fact": "clock_breached", "clock": "supervision"})
    )
    await record_supervision(
        engine,
        request(
            4,
            {"at": due, "fact": "done", "do": "answer_supervision", "unit": "水务局"},
            {"at": due, "fact": "supervision_raised", "level": "upgraded"},
            {"at": due, "fact": "supervision_closed"},
        ),
    )
    row = await only(engine, Supervision, no="R10-D1")
    assert (row["status"], row["level"], row["seq"], row["provisional"]) == ("closed", "upgraded", 6, True)
    assert row["breached_at"] == row["closed_at"] == datetime.fromisoformat(due)
    async with engine.connect() as conn:
        assert verify("R10-D1", await load(conn, SUPERVISION, "R10-D1"), last_seq=6) is None


async def test_answers_callbacks_and_merges_reach_the_callers(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        received = datetime(2026, 4, 30, 7, tzinfo=UTC)
        mine = await callers.store(conn, RING, "R11", [NewCaller("甲"), NewCaller("乙")], received)
        theirs = await callers.store(conn, RING, "R12", [NewCaller("丙")], received)
    life = Life("R11", LAW, callers=tuple(map(str, mine)))
    await record(engine, life.begin())
    join = ("2026-05-06T10:00", {"do": "join", "merged": "R12", "callers": [str(theirs[0])]})
    for at, command in sorted([*STANDARD_LIFE[:-1], join]):
        await record(engine, life.step(at, command))
    rating = {"do": "callback", "reached": True, "handling": "dissatisfied", "solved": False}
    await record(engine, life.step("2026-05-12T09:00", {**rating, "caller": str(mine[0])}))
    async with engine.connect() as conn:
        found = {one.id: one for one in await callers.read_ticket(conn, RING, "R11")}
    assert set(found) == {*mine, *theirs}
    assert {one.answered_at for one in found.values()} == {datetime(2026, 5, 9, 8, tzinfo=UTC)}
    assert found[mine[0]].called_back_at == datetime(2026, 5, 12, 1, tzinfo=UTC)
    assert found[mine[0]].ratings["handling"] == "dissatisfied"
    assert found[mine[1]].called_back_at is None


async def test_of_two_tickets_given_one_number_at_one_moment_both_are_recorded(engine: AsyncEngine) -> None:
    """The look-up beforehand saw the number free for both: neither ticket may be held up by the other."""
    at, amended = "2026-04-30T15:30", {"do": "amend", "upstream_no": "PL-2026-99"}
    lives = [Life("R31", LAW), Life("R32", LAW)]
    for life in lives:
        await record(engine, life.begin())
    requests = [life.step(at, amended) for life in lives]
    results = await asyncio.gather(*(record(engine, request) for request in requests), return_exceptions=True)
    for request, result in zip(requests, results, strict=True):
        if isinstance(result, BaseException):  # At the very same moment: recorded when it is tried again.
            assert await record(engine, request) == RecordResult(facts=request.facts)
    stored = [await only(engine, Ticket, no=life.no) for life in lives]
    assert sorted(row["upstream_no"] or "" for row in stored) == ["", "PL-2026-99"]
    for life, row in zip(lives, stored, strict=True):
        async with engine.connect() as conn:
            facts = await load(conn, TICKET, life.no)
        assert facts[-1].data["details"]["upstream_no"] == "PL-2026-99"
        assert row["seq"] == len(facts)


async def test_a_panel_decision_is_kept_as_a_precedent(engine: AsyncEngine) -> None:
    fact = {
        "at": "2026-05-06T09:00:00+08:00",
        "fact": "done",
        "do": "panel_decision",
        "role": "office",
        "unit": "住建局",
    }
    life = Life("R13", LAW, about={"area": "城关镇", "category": "物业管理"})
    begun = life.begin()
    await record(engine, begun)
    assert life.ticket is not None
    await record(
        engine,
        begun.model_copy(update={"first_seq": life.ticket.seq + 1, "facts": [fact], "command_id": None}),
    )
    row = await only(engine, Precedent, ticket_no="R13")
    assert (row["area"], row["category"], row["unit"]) == ("城关镇", "物业管理", "住建局")


@pytest.mark.rule("HY-6.6")
async def test_what_may_not_be_kept_is_erased_with_the_refusal_and_the_refusal_stays(
    engine: AsyncEngine,
) -> None:
    law = shipped_law("heyuan")
    life = Life("R-secret", law, about={"source": "phone"})
    said = texts.new_text(RING, "content", "一件涉密的事")
    why = texts.new_text(RING, "explanation", "涉密事项不在本热线受理")
    route = texts.new_text(RING, "route", "保密行政管理部门")
    async with engine.begin() as conn:
        await laws.store(conn, law)
        await texts.store(conn, RING, life.no, [said, why, route], datetime.now(UTC))
    await record(engine, life.begin("2026-03-02T09:00"))
    refuse = {"do": "refuse", "reason_code": "secrecy"}
    words = {"explanation": str(why.reference), "route": str(route.reference)}
    await record(engine, life.step("2026-03-02T09:10", {**refuse, **words}))
    async with engine.connect() as conn:
        kept = {text.field: text for text in await texts.read_ticket(conn, RING, life.no)}
    assert (kept["content"].words, kept["content"].erased_reason) == (None, "HY-6.6")
    assert (kept["explanation"].words, kept["route"].words) == (why.words, route.words)


async def test_a_refusal_for_another_reason_keeps_what_was_said(engine: AsyncEngine) -> None:
    law = shipped_law("heyuan")
    life = Life("R-open", law, about={"source": "phone"})
    said = texts.new_text(RING, "content", "一件外省的事")
    async with engine.begin() as conn:
        await laws.store(conn, law)
        await texts.store(conn, RING, life.no, [said], datetime.now(UTC))
    await record(engine, life.begin("2026-03-02T09:00"))
    refuse = {
        "do": "refuse",
        "reason_code": "out_of_jurisdiction",
        "explanation": "不归本市",
        "route": "当地热线",
    }
    await record(engine, life.step("2026-03-02T09:10", refuse))
    async with engine.connect() as conn:
        assert [text.words for text in await texts.read_ticket(conn, RING, life.no)] == [said.words]

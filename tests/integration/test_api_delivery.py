"""Nothing lost, nothing twice: retries, crashes between commit and start, engines that are away."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from fastapi import BackgroundTasks
from sqlalchemy import select, update
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client, WorkflowUpdateRPCTimeoutOrCancelledError

from activities.afterwards import Afterwards
from activities.reaching import NoAnswer, Reach
from activities.relay import Relay
from activities.schedules import ensure_sweep
from api.services import commanding
from domain.commands import Actor, Envelope, Supplement
from domain.vocabulary import Role
from models import facts_store, received_commands
from models.contracts.casework import ticket_workflow_id
from models.contracts.sweep import SWEEP_SCHEDULE, SweepPage, SweepResult
from models.facts_store import TICKET
from models.known_laws import KnownLaws
from models.tables import Command, Outbox, Refusal
from ops.database import create_engine
from ops.keyring import KeyRing
from ops.ports import free_port
from ops.settings import Settings
from ops.temporal_client import connect
from tests.hotline import Hotline, found_units, headers, number_apart, serving, working
from tests.waiting import PATIENCE, eventually
from worker import build_worker

WATER = "水务局"


@dataclass
class Office:
    """An office with its engines there, of which a test takes what it wants."""

    settings: Settings
    engine: AsyncEngine
    client: Client
    ring: KeyRing

    def working(self) -> Any:
        """The application and a worker."""
        return working(self.settings, self.engine, self.client, self.ring)

    def serving(self) -> Any:
        """The application without a worker."""
        return serving(self.settings, self.engine, self.client, self.ring)

    async def without_temporal(self) -> Any:
        """The application while nobody answers where Temporal should be."""
        elsewhere = self.settings.model_copy(update={"temporal_address": f"127.0.0.1:{free_port()}"})
        client = await connect(elsewhere, ring=self.ring, lazy=True)
        return serving(elsewhere, self.engine, client, self.ring)

    async def sweep(self, hotline: Hotline) -> SweepResult:
        """One page of the sweep, without waiting for anything to grow old."""
        relay = Relay(self.engine, hotline.parts.starter, hotline.parts.delivery, grace=timedelta())
        return await relay.sweep(SweepPage())

    async def deliver(self, hotline: Hotline) -> None:
        """Sweeps until nothing is left: on a busy machine a worker that just began may not answer in time."""
        async with asyncio.timeout(PATIENCE):
            while (await self.sweep(hotline)).left:
                pass

    async def facts(self, no: str) -> list[dict[str, Any]]:
        """A ticket's facts."""
        async with self.engine.connect() as conn:
            return [dict(row.data) for row in await facts_store.load(conn, TICKET, no)]

    async def was_started(self, no: str) -> bool:
        """Whether the outbox knows that the ticket's workflow runs."""
        async with self.engine.connect() as conn:
            return await conn.scalar(select(Outbox.started_at).where(Outbox.subject == no)) is not None


@pytest.fixture
async def office(settings: Settings, engine: AsyncEngine, client: Client, ring: KeyRing) -> Office:
    await number_apart(engine)
    await found_units(engine, ring, WATER)
    return Office(settings, engine, client, ring)


def done(facts: list[dict[str, Any]], do: str) -> list[dict[str, Any]]:
    """The facts that say a command was carried out."""
    return [fact for fact in facts if fact["fact"] == "done" and fact["do"] == do]


async def test_a_registration_with_the_same_key_is_one_ticket(office: Office) -> None:
    async with office.working() as hotline:
        first = await hotline.register(key="call-1")
        again = await hotline.register(key="call-1")
        other = await hotline.register(key="call-1", text="另一件事")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_conflict")


@pytest.mark.rule("JC-2", "JC-9")
async def test_the_same_upstream_number_twice_is_one_ticket(office: Office) -> None:
    async with office.working() as hotline:
        answers = [await hotline.register(upstream_no="SJ-77", text=words) for words in ("一", "二")]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("said", [{"key": "call-2"}, {"upstream_no": "SJ-78"}])
async def test_registrations_at_the_same_moment_are_one_ticket(office: Office, said: dict[str, Any]) -> None:
    async with office.serving() as hotline:
        answers = await asyncio.gather(*(hotline.register(**said) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.text for answer in answers}) == 1


async def test_a_command_with_the_same_key_is_done_once(office: Office) -> None:
    async with office.working() as hotline:
        no = await hotline.ticket()
        first = await hotline.post(no, "dispatch", key="d-1", lead=WATER)
        again = await hotline.post(no, "dispatch", key="d-1", lead=WATER)
        other = await hotline.post(no, "dispatch", key="d-1", lead="住建局")
        someone_else = await hotline.post(no, "dispatch", "leader", key="d-1", lead=WATER)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_conflict")
    assert someone_else.status_code == 403
    assert len(done(await office.facts(no), "dispatch")) == 1


async def test_the_same_command_at_the_same_moment_is_done_once(office: Office) -> None:
    async with office.working() as hotline:
        no = await hotline.ticket()
        answers = await asyncio.gather(
            *(hotline.post(no, "dispatch", key="d-2", lead=WATER) for _ in range(5))
        )
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert len(done(await office.facts(no), "dispatch")) == 1


async def test_a_command_to_an_ended_ticket_that_two_carry_out_is_done_once(office: Office) -> None:
    async with office.working() as hotline:
        no = await hotline.ticket()
        assert (await hotline.post(no, "withdraw", reason="已经解决")).status_code == 200
        said = {"to": "discipline", "reason": "多次虚假回复"}
        answer = await hotline.post(no, "refer", key="f-1", **said)
        assert answer.status_code == 200, answer.text
        async with office.engine.connect() as conn:
            (body,) = await conn.scalars(select(Command.body).where(Command.key == "f-1"))
        envelope = Envelope.model_validate(body)
        afterwards = Afterwards(office.engine, KnownLaws())
        # As another process does that has asked what is recorded before the first one recorded it.
        again = [await afterwards.to_ticket(no, envelope) for _ in range(2)]
    assert [one.seq for one in again] == [answer.json()["seq"]] * 2
    assert len(done(await office.facts(no), "refer")) == 1


async def test_facts_count_for_more_than_a_refusal_of_the_same_command(office: Office) -> None:
    async with office.working() as hotline:
        no = await hotline.ticket()
        refused = await hotline.post(no, "first_review", key="r-9", approve=True)
        assert refused.status_code == 409
        async with office.engine.begin() as conn:
            (known,) = await conn.scalars(select(Command.id).where(Command.key == "r-9"))
            await received_commands.accept(conn, known, {"seq": 9, "status": "reviewing"})
            found = await received_commands.find(conn, known)
    assert found is not None
    assert (found.state, found.result) == ("accepted", {"seq": 9, "status": "reviewing"})


async def test_what_is_stored_is_never_said_to_be_unsaved(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> None:
        raise PoolTimeout("no connection within 5 s")

    async with office.working() as hotline:
        no = await hotline.ticket()
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(hotline.parts.delivery, "deliver_now", away)
            answer = await hotline.post(no, "dispatch", key="d-9", lead=WATER)
        assert answer.status_code == 202, answer.text
        await office.deliver(hotline)
    assert len(done(await office.facts(no), "dispatch")) == 1


async def test_a_refusal_is_told_again_and_audited_once(office: Office) -> None:
    async with office.working() as hotline:
        no = await hotline.ticket()
        answers = [await hotline.post(no, "sign", key="s-1", unit=WATER, as_unit=None) for _ in range(2)]
        assert {answer.status_code for answer in answers} == {404}
        refused = [await hotline.post(no, "first_review", key="r-1", approve=True) for _ in range(2)]
    assert {answer.status_code for answer in refused} == {409}
    assert refused[0].text == refused[1].text
    async with office.engine.connect() as conn:
        assert len((await conn.execute(select(Refusal.id))).all()) == 1


async def test_what_a_crash_left_between_commit_and_start_is_started_by_the_sweep(office: Office) -> None:
    async with await office.without_temporal() as hotline:
        answer = await hotline.register()
    no = answer.json()["no"]
    assert answer.status_code == 201
    assert not await office.was_started(no)
    # On record when it was answered, whatever runs.
    assert [fact["fact"] for fact in await office.facts(no)] == ["registered", "status"]
    async with office.working() as hotline:
        # Before its workflow runs, the ticket is there and says what may be done.
        assert "dispatch" in (await hotline.read(f"/tickets/{no}"))["allowed"]
        swept = await office.sweep(hotline)
        assert (swept.started, swept.left) == (1, 0)
        await hotline.done(no, "dispatch", lead=WATER)
    facts = await office.facts(no)
    assert [fact["fact"] for fact in facts].count("registered") == 1
    assert datetime.fromisoformat(facts[0]["at"]) == datetime.fromisoformat(answer.json()["received_at"])


async def test_a_start_that_was_not_noted_is_not_made_again(office: Office) -> None:
    async with office.working() as hotline:
        no = await hotline.ticket()
        await hotline.done(no, "withdraw", reason="已解决")
        await office.client.get_workflow_handle(ticket_workflow_id(no)).result()
        async with office.engine.begin() as conn:
            await conn.execute(update(Outbox).where(Outbox.subject == no).values(started_at=None))
        assert (await office.sweep(hotline)).started == 1
        assert await office.was_started(no)
    assert [fact["fact"] for fact in await office.facts(no)].count("registered") == 1


async def test_a_command_that_comes_before_the_start_waits_for_it(office: Office) -> None:
    async with await office.without_temporal() as hotline:
        no = await hotline.ticket()
    async with office.working() as hotline:
        await hotline.done(no, "dispatch", lead=WATER)
    assert await office.was_started(no)


async def test_commands_given_while_temporal_is_away_are_done_later_as_of_their_receipt(
    office: Office,
) -> None:
    async with office.working() as hotline:
        no = await hotline.ticket()
    async with await office.without_temporal() as hotline:
        dispatched = await hotline.post(no, "dispatch", key="d-3", lead=WATER)
        assert dispatched.status_code == 202
        told = dispatched.json()
        assert told["state"] == "stored"
        where = dispatched.headers["Location"]
        waiting = await hotline.http.get(where, headers=headers("office", actor="office-1"))
        assert (waiting.status_code, waiting.json()["state"]) == (202, "stored")
        supplemented = await hotline.post(no, "supplement", text="又停水了")
        assert supplemented.status_code == 202
        again = await hotline.post(no, "dispatch", key="d-3", lead=WATER)
        assert again.json()["received_at"] == told["received_at"]
    async with office.working() as hotline:
        await office.deliver(hotline)
        known = await hotline.http.get(where, headers=headers("office", actor="office-1"))
        assert (known.status_code, known.json()["state"]) == (200, "accepted")
        assert (await hotline.http.get(where, headers=headers("office", actor="office-2"))).status_code == 404
        after = await hotline.post(no, "dispatch", key="d-3", lead=WATER)
        assert (after.status_code, after.json()["received_at"]) == (200, told["received_at"])
    facts = await office.facts(no)
    (fact,) = done(facts, "dispatch")
    assert datetime.fromisoformat(fact["at"]) == datetime.fromisoformat(told["received_at"])
    assert len(done(facts, "supplement")) == 1
    assert facts.index(done(facts, "dispatch")[0]) < facts.index(done(facts, "supplement")[0])


async def test_an_older_stored_command_goes_before_a_new_one(office: Office) -> None:
    async with office.working() as hotline:
        no = await hotline.ticket()
    async with await office.without_temporal() as hotline:
        assert (await hotline.post(no, "dispatch", lead=WATER)).status_code == 202
        refused = await hotline.post(no, "dispatch", lead=WATER)
        assert refused.status_code == 202
        where = refused.headers["Location"]
    async with office.working() as hotline:
        await hotline.done(no, "urge", unit=WATER, text="请尽快签收")
        known = await hotline.http.get(where, headers=headers("office", actor="office-1"))
        assert (known.status_code, known.json()["code"]) == (409, "wrong_status")
    facts = await office.facts(no)
    assert len(done(facts, "dispatch")) == 1
    assert len(done(facts, "urge")) == 1


async def test_with_every_worker_away_a_command_is_stored(office: Office) -> None:
    async with office.serving() as hotline:
        no = await hotline.ticket()
        answer = await hotline.post(no, "dispatch", lead=WATER)
        assert answer.status_code == 202
        async with build_worker(office.client, office.settings, office.engine, office.ring):
            await office.deliver(hotline)
            await hotline.done(no, "urge", unit=WATER, text="请尽快签收")
    (fact,) = done(await office.facts(no), "dispatch")
    assert datetime.fromisoformat(fact["at"]) == datetime.fromisoformat(answer.json()["received_at"])


async def test_a_supervision_that_waits_for_its_workflow_offers_what_may_be_said(
    office: Office,
) -> None:
    asked = {"unit": WATER, "subject": "汛期供水问题集中", "cause": "leader_instruction", "form": "meeting"}
    async with office.serving() as hotline:
        opened = await hotline.http.post("/api/v1/supervisions", json=asked, headers=headers("leader"))
        assert opened.status_code == 201, opened.text
        waits = await hotline.read(f"/supervisions/{opened.json()['no']}")
    assert (waits["timeline"], waits["higher_levels"]) == ([], ["upgraded"])
    assert waits["allowed"] == ["close_supervision", "supervise", "refer"]


async def test_only_who_finds_every_worker_away_waits_for_one(office: Office) -> None:
    async with office.serving() as hotline:
        waited = []
        for no in (await hotline.ticket(), await hotline.ticket()):
            began = monotonic()
            assert (await hotline.post(no, "dispatch", lead=WATER)).status_code == 202
            waited.append(monotonic() - began)
        assert waited[1] < waited[0]
        async with build_worker(office.client, office.settings, office.engine, office.ring):
            await office.deliver(hotline)


async def test_who_asks_for_the_workers_is_not_disturbed_by_an_answer_meanwhile(office: Office) -> None:
    async def unanswered() -> str:
        raise WorkflowUpdateRPCTimeoutOrCancelledError

    async def answered() -> str:
        return "done"

    reach = Reach(office.client, office.settings.task_queue)
    with pytest.raises(NoAnswer):
        await reach.answer(lambda _: unanswered())
    said = await asyncio.gather(*(reach.answer(lambda _: answered()) for _ in range(20)))
    assert said == ["done"] * 20


async def test_a_command_whose_outcome_was_not_noted_is_not_done_again(office: Office) -> None:
    async with office.working() as hotline:
        no = await hotline.ticket()
        await hotline.done(no, "dispatch", lead=WATER)
        last = await hotline.done(no, "withdraw", reason="已解决")
        before = await office.facts(no)
        async with office.engine.begin() as conn:
            await conn.execute(
                update(Command)
                .where(Command.ticket_no == no, Command.do != "register")
                .values(state="stored")
            )
        swept = await office.sweep(hotline)
        assert (swept.delivered, swept.left) == (1, 0)
        assert await office.facts(no) == before
        known = await hotline.http.get(
            f"/api/v1/commands/{last['command_id']}", headers=headers("office", actor="office-1")
        )
        assert known.json()["state"] == "accepted"


async def test_a_command_that_was_answered_and_is_still_to_be_noted_holds_up_nobody(office: Office) -> None:
    agent = Actor(role=Role.AGENT, id="agent-1")
    async with office.working() as hotline:
        no = await hotline.ticket()
        later, before = BackgroundTasks(), await hotline.post(no, "supplement", text="先说一件事")
        assert before.status_code == 200, before.text
        said = Supplement(do="supplement", text="又停水了")
        answer = await commanding.to_ticket(hotline.parts, agent, no, said, "n-1", later=later)
        while not answer.accepted:
            # The machine was too busy to answer in time: what is brought again is noted at once.
            answer = await commanding.to_ticket(hotline.parts, agent, no, said, "n-1", later=later)
        assert await commanding.find(hotline.parts, agent, answer.command_id) == answer
        await hotline.done(no, "dispatch", lead=WATER)
        await later()
        assert await commanding.find(hotline.parts, agent, answer.command_id) == answer
        assert hotline.parts.delivery.answered == {}
        async with office.engine.connect() as conn:
            states = await conn.scalars(select(Command.state).where(Command.ticket_no == no))
            assert set(states) == {"accepted"}
    assert len(done(await office.facts(no), "supplement")) == 2


async def test_what_no_attempt_will_cure_stands_in_nobody_s_way(office: Office) -> None:
    async with await office.without_temporal() as hotline:
        broken, whole = await hotline.ticket(), await hotline.ticket()
        assert (await hotline.post(whole, "dispatch", key="b-1", lead=WATER)).status_code == 202
        stored = await hotline.post(whole, "supplement", text="还有一件事")
        assert (await hotline.post(broken, "dispatch", lead=WATER)).status_code == 202
    async with office.engine.begin() as conn:
        await conn.execute(
            update(Outbox).where(Outbox.subject == broken).values(payload={"law_id": "gone", "about": {}})
        )
        await conn.execute(update(Command).where(Command.key == "b-1").values(body={"command": {"do": "?"}}))
    async with office.working() as hotline:
        swept = await office.sweep(hotline)
        assert (swept.started, swept.delivered, swept.left) == (1, 1, 2)
        again = await hotline.post(whole, "dispatch", key="b-1", lead=WATER)
        assert (again.status_code, again.json()["code"]) == (500, "internal_error")
        known = await hotline.http.get(
            stored.headers["Location"], headers=headers("office", actor="agent-1") | {"X-Jiesu-Role": "agent"}
        )
        assert known.json()["state"] == "accepted"
    assert not await office.was_started(broken)


async def test_the_schedule_sweeps_by_itself(office: Office) -> None:
    async with await office.without_temporal() as hotline:
        no = await hotline.ticket()
    async with office.engine.begin() as conn:
        await conn.execute(update(Outbox).values(created_at=Outbox.created_at - timedelta(minutes=1)))
    queue = office.settings.task_queue
    await ensure_sweep(office.client, queue, every=timedelta(seconds=1))
    await ensure_sweep(office.client, queue, every=timedelta(seconds=1))
    try:
        async with build_worker(office.client, office.settings, office.engine, office.ring):
            await eventually(lambda: office.was_started(no))
    finally:
        await office.client.get_schedule_handle(SWEEP_SCHEDULE).delete()


async def test_while_postgres_is_away_nothing_is_counted_and_callers_are_told_when_to_retry(
    office: Office,
) -> None:
    gone = create_engine(f"postgresql+asyncpg://jiesu:x@127.0.0.1:{free_port()}/jiesu")
    async with serving(office.settings, gone, office.client, office.ring) as hotline:
        answers = [
            await hotline.register(),
            await hotline.get("/tickets"),
            await hotline.get("/tickets/20261121000001"),
            await hotline.post("20261121000001", "sign", unit=WATER),
        ]
        ready = await hotline.http.get("/ready")
    await gone.dispose()
    for answer in answers:
        assert answer.status_code == 503
        assert answer.json()["code"] == "database_unavailable"
        assert int(answer.headers["Retry-After"]) > 0
    assert (ready.status_code, ready.json()["database"]) == (503, False)


async def test_while_temporal_is_away_readiness_says_so(office: Office) -> None:
    async with await office.without_temporal() as hotline:
        ready = await hotline.http.get("/ready")
        assert (await hotline.http.get("/health")).status_code == 200
    assert (ready.status_code, ready.json()) == (
        503,
        {"status": "degraded", "database": True, "engine": False},
    )

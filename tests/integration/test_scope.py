"""Which tickets a person finds: those of their part and of the units below them, none that is about them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from sqlalchemy import update

from domain.vocabulary import Recipient
from models.directory import addressees
from models.tables import Person, Ticket
from tests.hotline import Hotline
from tests.logins import Browser, browsing, found_person
from tests.waiting import eventually

WATER, SQUAD, STATION, TOWN = "水务局", "水政监察大队", "农村供水管理站", "城关镇"


@asynccontextmanager
async def somebody(
    hotline: Hotline, unit: str, *roles: str, parent: str | None = None
) -> AsyncIterator[tuple[str, Browser]]:
    """Somebody of a unit who is logged in."""
    parts = hotline.parts
    person = await found_person(parts.engine, parts.ring, unit, *roles, parent=parent)
    async with browsing(parts) as browser:
        yield person, await browser.logged_in(person)


async def found(browser: Browser) -> set[str]:
    """The numbers of the tickets that somebody finds."""
    return {one["no"] for one in (await browser.get("/tickets")).json()["tickets"]}


async def messages_of(browser: Browser) -> set[str]:
    """The numbers of the tickets whose messages somebody finds."""
    return {one["ticket_no"] for one in (await browser.get("/notifications")).json()["messages"]}


@pytest.mark.rule("HY-4.3")
async def test_a_unit_finds_what_lies_with_the_units_below_it_and_not_the_other_way(hotline: Hotline) -> None:
    async with AsyncExitStack() as stack:
        _, above = await stack.enter_async_context(somebody(hotline, WATER, "handler"))
        _, below = await stack.enter_async_context(somebody(hotline, SQUAD, "handler", parent=WATER))
        _, beside = await stack.enter_async_context(somebody(hotline, STATION, "handler", parent=WATER))
        _, elsewhere = await stack.enter_async_context(somebody(hotline, TOWN, "handler"))
        own, lower = await hotline.ticket(), await hotline.ticket()
        await hotline.done(own, "dispatch", lead=WATER)
        await hotline.done(lower, "dispatch", lead=WATER)
        await hotline.done(lower, "subdispatch", "unit", unit=WATER, to=SQUAD)
        assert await found(above) == {own, lower}
        assert await found(below) == {lower}
        assert await found(beside) == set()
        assert await found(elsewhere) == set()
        assert (await elsewhere.get(f"/tickets/{own}")).status_code == 404


async def test_a_ticket_about_a_unit_is_hidden_from_its_people_and_those_below(hotline: Hotline) -> None:
    async with AsyncExitStack() as stack:
        _, named = await stack.enter_async_context(somebody(hotline, WATER, "unit_principal"))
        _, below = await stack.enter_async_context(somebody(hotline, SQUAD, "handler", parent=WATER))
        _, judge = await stack.enter_async_context(somebody(hotline, TOWN, "handler"))
        no = await hotline.ticket(subject_unit=WATER)
        for unit, code in ((WATER, "own_complaint"), (SQUAD, "below_the_subject")):
            refused = await hotline.post(no, "dispatch", lead=unit)
            assert (refused.status_code, refused.json()["code"]) == (409, code)
        await hotline.done(no, "dispatch", lead=TOWN)
        # One that went there before anybody knew whom it is about.
        late = await hotline.ticket()
        await hotline.done(late, "dispatch", lead=WATER)
        await hotline.done(late, "subdispatch", "unit", unit=WATER, to=SQUAD)
        assert await found(named) == await found(below) == {late}
        async with hotline.parts.engine.begin() as conn:
            await conn.execute(update(Ticket).where(Ticket.no == late).values(subject_unit=WATER))
        assert await found(judge) == {no}
        for browser in (named, below):
            assert await found(browser) == set()
            for path in (f"/tickets/{late}", f"/tickets/{late}/timeline", f"/tickets/{late}/clocks"):
                assert (await browser.get(path)).status_code == 404
        signing = await named.send("POST", f"/tickets/{late}/sign", json={"unit": WATER})
        assert signing.status_code == 404
        async with hotline.parts.engine.connect() as conn:
            for unit in (WATER, SQUAD):
                told = await addressees(conn, late, [Recipient.HANDLER, Recipient.UNIT_PRINCIPAL], unit)
                assert {one.recipient for one in told} == {"role:handler", "role:unit_principal"}
            assert "role:handler" not in {
                one.recipient for one in await addressees(conn, late, [Recipient.HANDLER], TOWN)
            }


async def test_a_ticket_is_hidden_from_the_persons_it_names_whatever_their_role(hotline: Hotline) -> None:
    async with AsyncExitStack() as stack:
        named, agent = await stack.enter_async_context(somebody(hotline, "县热线办", "agent", "auditor"))
        _, office = await stack.enter_async_context(somebody(hotline, "县热线办", "office"))
        no = await hotline.ticket()
        assert no in await found(agent)
        set_ = await office.send("PUT", f"/tickets/{no}/recusals", json={"people": [named]})
        assert set_.status_code == 204, set_.text
        assert (await office.get(f"/tickets/{no}/recusals")).json() == [named]
        for role in ("agent", "auditor"):
            headers = {"X-Jiesu-Role": role}
            assert (await agent.get(f"/tickets/{no}", headers=headers)).status_code == 404
            listed = (await agent.get("/tickets", headers=headers)).json()["tickets"]
            assert no not in {one["no"] for one in listed}
        assert (await office.get(f"/tickets/{no}")).status_code == 200
        await hotline.done(no, "dispatch", lead=WATER)
        await eventually(lambda: messages_of(office), lambda told: no in told)
        assert no not in await messages_of(agent)
        audit = (await agent.get("/audit", headers={"X-Jiesu-Role": "auditor"})).json()["lines"]
        assert no not in {one["ticket_no"] for one in audit}


@pytest.mark.rule("JC-A1")
async def test_a_successor_finds_what_the_predecessor_found(hotline: Hotline) -> None:
    async with AsyncExitStack() as stack:
        leaving, before = await stack.enter_async_context(somebody(hotline, WATER, "unit_leader"))
        no = await hotline.ticket()
        await hotline.done(no, "dispatch", lead=WATER)
        assert await found(before) == {no}
        async with hotline.parts.engine.begin() as conn:
            await conn.execute(update(Person).where(Person.id == leaving).values(active=False))
        _, after = await stack.enter_async_context(somebody(hotline, WATER, "unit_leader"))
        assert await found(after) == {no}
        assert (await before.get("/tickets")).status_code == 401


async def test_an_auditor_reads_and_changes_nothing(hotline: Hotline) -> None:
    async with somebody(hotline, "县热线办", "auditor") as (_, auditor):
        no = await hotline.ticket()
        assert (await auditor.get(f"/tickets/{no}/timeline")).status_code == 200
        answer = await auditor.send("POST", f"/tickets/{no}/archive", json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_role")


async def test_a_contractor_finds_what_is_open_and_what_they_took_in(hotline: Hotline) -> None:
    async with somebody(hotline, "热线外包公司", "contractor_agent") as (_, contractor):
        open_one, ended = await hotline.ticket(), await hotline.ticket()
        await hotline.done(ended, "withdraw", "agent", reason="自行解决")
        assert await found(contractor) == {open_one}
        await hotline.done(open_one, "dispatch", lead=WATER)
        await hotline.done(open_one, "progress", "unit", unit=WATER, text="内部情况")
        timeline = (await contractor.get(f"/tickets/{open_one}/timeline")).json()
        progress = next(entry for entry in timeline if entry["do"] == "progress")
        assert progress["texts"]["text"]["withheld"] is True
        for path in ("/supervisions", "/notifications", "/audit", "/accounts"):
            assert (await contractor.get(path)).status_code == 403


async def test_who_manages_accounts_or_knowledge_finds_no_ticket(hotline: Hotline) -> None:
    async with somebody(hotline, "县热线办", "knowledge_editor", "administrator") as (_, browser):
        no = await hotline.ticket()
        for role in ("knowledge_editor", "administrator"):
            headers = {"X-Jiesu-Role": role}
            assert (await browser.get(f"/tickets/{no}", headers=headers)).status_code == 403


async def test_a_reviewer_and_a_supervisor_do_their_part_of_the_office(hotline: Hotline) -> None:
    async with somebody(hotline, "县热线办", "reviewer", "supervisor") as (_, browser):
        no = await hotline.ticket()
        refused = await browser.send("POST", f"/tickets/{no}/dispatch", json={"lead": WATER})
        assert (refused.status_code, refused.json()["code"]) == (403, "wrong_role")
        urged = await browser.send("POST", f"/tickets/{no}/first_review", json={"approve": True})
        assert urged.status_code == 409
        headers = {"X-Jiesu-Role": "supervisor"}
        cross = await browser.send(
            "POST", f"/tickets/{no}/first_review", json={"approve": True}, headers=headers
        )
        assert cross.status_code == 403

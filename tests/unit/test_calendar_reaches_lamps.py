"""A newly published calendar moves lamps with, and without, the due time they stand around."""

from dataclasses import replace
from typing import Any

import pytest

from domain.casework import decide, register, settle
from domain.facts import ClockMoved
from domain.notices import notices
from domain.policy import RungRule
from domain.ticket import evolve, fold
from domain.vocabulary import ClockName
from ops.scenarios import core_engine
from ops.scenarios.scenario import Scenario, parse

REVISED = """\
policy: heyuan
ticket: {{type: complaint, source: phone, received_at: {received}}}
steps:
  - {{at: {received}, do: dispatch, lead: 市住建局}}
  - {{at: {received}, do: sign, unit: 市住建局}}
  - {{at: {received}, do: supervise, cause: leader_instruction}}
  - at: {revised}
    do: revise_calendar
    calendar:
      version: 二〇二七年放假通知
      weekly:
        mon: &day [["08:30", "12:00"], ["14:30", "18:00"]]
        tue: *day
        wed: *day
        thu: *day
        fri: *day
      holidays: {holidays}
      confirmed_from: "2026-01-01"
      confirmed_through: "2027-12-31"
until: 2027-01-08T00:00
"""


def revised(received: str, at: str, *holidays: str) -> Scenario:
    """A complaint of Heyuan whose calendar is published anew."""
    return parse(REVISED.format(received=received, revised=at, holidays=list(holidays)), "通知.yaml")


def lamps(scenario: Scenario, clock: str) -> list[tuple[Any, str]]:
    """Each lamp of a clock with its day."""
    lines = core_engine.run(scenario)
    return [
        (line["lamp"], line["at"][:10]) for line in lines if line.get("clock") == clock and "lamp" in line
    ]


@pytest.mark.rule("HY-17.2.3c")
def test_a_lamp_after_the_due_day_follows_though_the_due_day_stays() -> None:
    scenario = revised("2026-12-17T10:00", "2026-12-21T10:00", "2027-01-01", "2027-01-04")
    assert lamps(scenario, "handle") == [
        ("warning", "2026-12-30"),
        ("yellow", "2026-12-31"),
        ("red", "2027-01-05"),
    ]


@pytest.mark.rule("HY-17.2.3b", "HY-17.2.3c")
def test_a_lamp_that_was_lit_is_not_lit_again_when_a_due_time_is_confirmed() -> None:
    scenario = revised("2026-12-18T10:00", "2027-01-05T10:00", "2027-01-01")
    assert lamps(scenario, "handle") == [
        ("warning", "2026-12-31"),
        ("yellow", "2027-01-04"),
        ("red", "2027-01-05"),
    ]


def test_nobody_is_told_of_a_changed_limit_that_did_not_change() -> None:
    scenario = revised("2026-12-17T10:00", "2026-12-21T10:00", "2027-01-01", "2027-01-04")
    law = scenario.law
    ticket = fold(register(law, "S-1", scenario.ticket, law.calendar.localised(scenario.ticket.received_at)))
    for step in scenario.steps:
        for fact in settle(law, ticket, step.at):
            ticket = evolve(ticket, fact)
        before, made = ticket, decide(law, ticket, step.envelope, step.at)
        for fact in made:
            ticket = evolve(ticket, fact)
    assert any(isinstance(fact, ClockMoved) and fact.clock is ClockName.HANDLE for fact in made)
    assert not notices(before, made, "市热线办")


def test_a_lamp_of_a_supervision_follows_too() -> None:
    scenario = revised("2026-12-29T10:00", "2026-12-30T10:00", "2027-01-01", "2027-01-04")
    clocks = scenario.law.policy.clocks
    (rule,) = clocks[ClockName.SUPERVISION]
    red = RungRule.model_validate(
        {"at": {"after": {"working_days": 1}}, "lamp": "red", "notify": ["office"], "basis": ["HY-18.1"]}
    )
    lit = {**clocks, ClockName.SUPERVISION: (rule.model_copy(update={"ladder": (red,)}),)}
    policy = scenario.law.policy.model_copy(update={"clocks": lit})
    lighting = replace(scenario, law=replace(scenario.law, policy=policy))
    assert lamps(lighting, "supervision") == [("red", "2027-01-05")]

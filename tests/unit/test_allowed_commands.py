"""The commands that a screen offers: to the office whatever its own name is, to a unit what is its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from domain.casework import Rejected, allowed_commands, decide
from domain.casework.transitions import RESTS_ON, TRANSITIONS, provided_for
from domain.changing import changed
from domain.commands import Actor, Envelope, command_adapter
from domain.ticket import Ticket
from domain.vocabulary import Role, Status, UnitStage
from policies.loading import shipped_policies
from tests.casework import STANDARD_LIFE, Life, shipped_law

SAID: dict[str, dict[str, Any]] = {
    "refuse": {"reason_code": "litigation", "explanation": "说明", "route": "诉讼"},
    "transfer_emergency": {"to": "119"},
    "return_upstream": {"reason": "不属本级"},
    "request_upstream_extension": {"working_days": 2},
    "upstream_answer": {"approve": False},
    "answer": {"text": "答复", "knowledge": ["K-1"]},
    "submit_to_leader": {"summary": "摘要"},
    "instruct": {"text": "批示"},
    "request_extension": {"unit": "水务局", "working_days": 2, "reason": "管网改造"},
    "decide_extension": {"approve": False},
    "approve_reply": {"unit": "水务局", "approve": True},
    "record_signature": {"who": "unit_principal"},
    "first_review": {"approve": True},
    "final_review": {"approve": True},
    "panel_decision": {"basis": "三定方案", "minutes": "纪要", "approved_by": "领导"},
    "joint_meeting": {"attendees": ["水务局"]},
    "exclude_from_score": {"reason_code": "other", "evidence": "证明", "approved_by": "领导"},
    "nominate_bonus": {"unit": "水务局", "evidence": "感谢信"},
    "decide_bonus": {"unit": "水务局", "approve": True, "approved_by": "领导"},
}
"""Each command that rests on something of the policy, with all it has to say."""
NOW = datetime.fromisoformat("2026-04-30T16:00+08:00")


def _asked_for_an_extension() -> Life:
    life = Life("20260430000001", shipped_law())
    life.begin()
    for at, command in STANDARD_LIFE:
        life.step(at, command)
        if command["do"] == "request_extension":
            break
    return life


def _allowed(life: Life, role: Role, unit: str | None) -> list[str]:
    assert life.ticket is not None
    return allowed_commands(life.law.policy, life.ticket, Actor(role=role, unit=unit))


@pytest.mark.parametrize("unit", [None, "县热线办"])
def test_the_office_decides_what_units_ask_for_though_it_is_a_unit_itself(unit: str | None) -> None:
    offered = _allowed(_asked_for_an_extension(), Role.OFFICE, unit)
    assert {"decide_extension", "decide_return"} <= set(offered)


def test_a_unit_is_offered_what_its_own_stage_allows() -> None:
    life = _asked_for_an_extension()
    assert "reply" in _allowed(life, Role.UNIT, "水务局")
    assert "reply" not in _allowed(life, Role.UNIT, "住建局")


def _at(life: Life, status: Status) -> Ticket:
    assert life.ticket is not None
    return changed(life.ticket, status=status)


def _dispatched(policy: str, **about: Any) -> Life:
    law = shipped_law(policy)
    life = Life("20260430000001", law, about={"source": law.policy.intake.sources[0], **about})
    life.begin()
    life.step("2026-04-30T15:20", {"do": "dispatch", "lead": "水务局"})
    return life


@pytest.mark.parametrize("policy", shipped_policies())
@pytest.mark.parametrize("do", sorted(RESTS_ON))
def test_what_a_policy_does_not_provide_for_is_not_offered_and_is_refused(policy: str, do: str) -> None:
    life = _dispatched(policy)
    transition = TRANSITIONS[do]
    tickets = [_at(life, status) for status in transition.statuses]
    law = life.law.law()
    command = command_adapter.validate_python({"do": do, **SAID[do]})
    for role in transition.roles:
        actor = Actor(role=role, unit=getattr(command, "unit", None))
        offered = any(do in allowed_commands(law.policy, ticket, actor) for ticket in tickets)
        if provided_for(do, law.policy, tickets[0].about, role):
            assert offered or transition.stages is not None
            continue
        assert not offered
        for ticket in tickets:
            with pytest.raises(Rejected) as refusal:
                decide(law, ticket, Envelope(command=command, actor=actor), NOW)
            assert refusal.value.basis


@pytest.mark.rule("LS-4.3c")
def test_a_bonus_is_offered_where_the_policy_has_one() -> None:
    bonus = {"nominate_bonus", "decide_bonus"}
    for policy, offered in (("laishan", bonus), ("taian", set())):
        life = _dispatched(policy)
        closed = _at(life, Status.CLOSED)
        assert bonus & set(allowed_commands(life.law.policy, closed, Actor(role=Role.OFFICE))) == offered


@pytest.mark.rule("LS-2.3c", "LS-2.4a")
@pytest.mark.parametrize(("level", "reviews"), [("municipal", 1), ("national", 2)])
def test_the_reviews_offered_are_those_of_the_ticket(level: str, reviews: int) -> None:
    life = _dispatched("laishan", level=level)
    offered = allowed_commands(life.law.policy, _at(life, Status.REVIEWING), Actor(role=Role.OFFICE))
    assert [name for name in offered if name.endswith("_review")] == ["first_review", "final_review"][
        :reviews
    ]
    assert ("record_signature" in offered) is (reviews == 2)


@pytest.mark.rule("LS-2.3b")
def test_only_who_the_policy_names_is_offered_to_pass_a_reply() -> None:
    life = _dispatched("laishan")
    assert life.ticket is not None
    waiting = changed(life.ticket.assignments["水务局"], stage=UnitStage.APPROVING)
    ticket = changed(life.ticket, assignments={"水务局": waiting})
    offered = {
        role: "approve_reply" in allowed_commands(life.law.policy, ticket, Actor(role=role, unit="水务局"))
        for role in (Role.UNIT, Role.UNIT_LEADER, Role.UNIT_PRINCIPAL)
    }
    assert offered == {Role.UNIT: False, Role.UNIT_LEADER: False, Role.UNIT_PRINCIPAL: True}

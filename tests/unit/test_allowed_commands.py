"""The commands that a screen offers: to the office whatever its own name is, to a unit what is its own."""

from __future__ import annotations

import pytest

from domain.casework import allowed_commands
from domain.commands import Actor
from domain.vocabulary import Role
from tests.casework import STANDARD_LIFE, Life, shipped_law


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

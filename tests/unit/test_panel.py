"""What a panel decided is remembered by the ticket."""

from datetime import datetime

import pytest

from domain.facts import Done
from domain.ticket import evolve
from domain.vocabulary import Role
from tests.casework import Life, shipped_law


@pytest.mark.parametrize("unit", ["住建局", None])
def test_the_unit_a_panel_named_is_the_one_it_binds_to(unit: str | None) -> None:
    life = Life("P1", shipped_law())
    life.begin()
    assert life.ticket is not None
    at = datetime.fromisoformat("2026-05-06T09:00:00+08:00")
    decided = evolve(life.ticket, Done(at=at, do="panel_decision", role=Role.OFFICE, unit=unit))
    assert (decided.panel_held, decided.panel_unit) == (True, unit)

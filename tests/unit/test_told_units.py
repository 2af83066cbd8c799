"""What a unit is told when something begins to be owed by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from domain import notices
from domain.casework import decide, register, settle
from domain.commands import Actor, Envelope, TicketFields, command_adapter
from domain.facts import Fact
from domain.law import Law
from domain.ticket import Ticket, fold
from domain.vocabulary import Lamp, Recipient, Role
from models.notice_templates import template
from tests.casework import shipped_law

OFFICE = "office"


class Told:
    """A ticket, and every notice of it so far."""

    def __init__(self, policy: str, **about: Any) -> None:
        self.law: Law = shipped_law(policy).law()
        fields = TicketFields.model_validate(
            {"type": "complaint", "received_at": "2026-10-12T08:40", **about}
        )
        received = self.law.calendar.localised(fields.received_at)
        self.history: list[Fact] = register(self.law, "T-1", fields, received)
        self.notices: list[notices.Notice] = []

    @property
    def ticket(self) -> Ticket:
        return fold(self.history)

    def step(self, at: str, do: str, role: Role = Role.OFFICE, **said: Any) -> list[notices.Notice]:
        """The notices that a command calls for, and what time made before it."""
        now = self.law.calendar.localised(datetime.fromisoformat(at))
        told = self._take(settle(self.law, self.ticket, now))
        command = command_adapter.validate_python({"do": do, **said})
        return told + self._take(
            decide(self.law, self.ticket, Envelope(command=command, actor=Actor(role=role)), now)
        )

    def _take(self, made: list[Fact]) -> list[notices.Notice]:
        told = notices.notices(self.ticket, made, OFFICE)
        self.history += made
        return told


def _of_dispatch(told: list[notices.Notice]) -> list[tuple[str, str | None, str]]:
    names = ("dispatched", "dispatched_unsigned", "emergency")
    return [(one.template, one.unit, one.params["due"]) for one in told if one.template in names]


@pytest.mark.rule("LS-2.2.1a")
def test_units_are_told_of_a_dispatch_also_where_nothing_limits_the_signing() -> None:
    told = Told("laishan", source="city_platform").step(
        "2026-10-12T09:00", "dispatch", lead="区住建局", assist=["区城管局"]
    )
    assert _of_dispatch(told) == [
        ("dispatched_unsigned", "区住建局", "2026-10-15T18:00:00+08:00"),
        ("dispatched_unsigned", "区城管局", "2026-10-14T18:00:00+08:00"),
    ]
    told_so = next(one for one in told if one.template == "dispatched_unsigned")
    assert template(told_so.template).words(told_so.params) == (
        "工单T-1已派至区住建局，请立即办理，时限10月15日18:00。"
    )
    assert told_so.roles == (Recipient.HANDLER,)


@pytest.mark.rule("TA-6.2b")
def test_where_signing_has_a_limit_its_due_time_is_told_and_nothing_else() -> None:
    told = Told("taian", source="phone").step(
        "2026-10-12T09:00", "dispatch", lead="城市管理局", assist=["住建局"]
    )
    assert _of_dispatch(told) == [
        ("dispatched", "城市管理局", "2026-10-13T18:00:00+08:00"),
        ("dispatched", "住建局", "2026-10-13T18:00:00+08:00"),
    ]


@pytest.mark.rule("LS-1.1.2")
def test_another_article_for_the_same_due_time_rings_and_tells_nothing_again() -> None:
    life = Told("laishan", source="city_platform")
    life.step("2026-10-12T09:00", "dispatch", lead="区住建局")
    told = life.step("2026-10-16T09:00", "amend", level="provincial")
    assert [one.template for one in told].count(Lamp.RED) == 1
    handle = life.ticket.clocks["handle", "区住建局"]  # type: ignore[index]
    assert (handle.breached, handle.lamp, handle.basis) == (True, Lamp.RED, ("LS-1.1.2", "LS-1.1.4"))
    assert life.step("2026-10-16T10:00", "progress", Role.UNIT, unit="区住建局", text="在办") == []
    assert "limit_changed" not in [one.template for one in told]

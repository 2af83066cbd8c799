"""A command counts at the instant it was received, also when time had gone on before it arrived."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest

from domain.casework import Rejected, decide, register, settle
from domain.commands import Actor, Envelope, TicketFields, command_adapter
from domain.facts import Fact, to_json
from domain.ticket import Ticket, evolve, fold
from domain.vocabulary import Role
from policies.loading import law_of, shipped_policy

LAW = law_of(shipped_policy("jingchuan"))
UNIT = Actor(role=Role.UNIT, unit="水务局")
OFFICE = Actor(role=Role.OFFICE)
REPLY = {"do": "reply", "unit": "水务局", "text": "text:1", "contacted_at": "2026-03-10T09:30:00+08:00"}


def moment(written: str) -> datetime:
    """A moment by the clocks of the place."""
    return LAW.calendar.localised(datetime.fromisoformat(written))


def after(ticket: Ticket, made: Iterable[Fact]) -> Ticket:
    """The ticket with more facts."""
    for fact in made:
        ticket = evolve(ticket, fact)
    return ticket


def order(actor: Actor, **fields: Any) -> Envelope:
    """A command as it reaches the core."""
    return Envelope(command=command_adapter.validate_python(fields), actor=actor)


def dispatched(until: str, **about: str) -> Ticket:
    """A ticket dispatched to 水务局 at nine, with all that time alone has made of it until then."""
    received = moment("2026-03-10T08:00")
    fields = {"type": "complaint", "source": "city_platform", **about, "received_at": received}
    ticket = fold(register(LAW, "T-1", TicketFields.model_validate(fields), received))
    dispatch = order(OFFICE, do="dispatch", lead="水务局")
    ticket = after(ticket, decide(LAW, ticket, dispatch, moment("2026-03-10T09:00")))
    return after(ticket, settle(LAW, ticket, moment(until), inclusive=True))


def lines(made: Iterable[Fact]) -> list[dict[str, Any]]:
    """Facts as flat values."""
    return [to_json(fact) for fact in made]


def has(made: Iterable[Fact], **fields: Any) -> bool:
    """Whether one fact has all these values."""
    return any(fields.items() <= {k: str(v) for k, v in line.items()}.items() for line in lines(made))


@pytest.mark.rule("JC-11.1a")
@pytest.mark.parametrize("received", ["2026-03-10T11:59:59", "2026-03-10T12:00"])
def test_a_signature_received_in_time_takes_the_breach_back(received: str) -> None:
    ticket = dispatched("2026-03-10T12:30")
    assert ticket.clocks["sign", "水务局"].breached  # type: ignore[index]
    made = decide(LAW, ticket, order(UNIT, do="sign", unit="水务局"), moment(received))
    assert has(made, fact="breach_withdrawn", clock="sign", due="2026-03-10T12:00:00+08:00")
    assert has(made, fact="clock_met", clock="sign", at=moment(received).isoformat())


@pytest.mark.rule("JC-11.1a")
def test_a_signature_received_late_does_not() -> None:
    ticket = dispatched("2026-03-10T12:30")
    made = decide(LAW, ticket, order(UNIT, do="sign", unit="水务局"), moment("2026-03-10T12:00:01"))
    assert not has(made, fact="breach_withdrawn")
    assert has(made, fact="clock_ended", clock="sign", reason="late")


@pytest.mark.rule("JC-12.1b")
def test_a_reply_received_in_time_takes_back_explanation_and_supervision_too() -> None:
    ticket = dispatched("2026-03-18T08:00")
    made = decide(LAW, ticket, order(UNIT, **REPLY), moment("2026-03-17T17:59"))
    assert has(made, fact="breach_withdrawn", clock="handle")
    assert has(made, fact="clock_ended", clock="explanation", reason="withdrawn")
    assert has(made, fact="supervision_withdrawn", no="T-1-D1")
    assert has(made, fact="clock_silenced", clock="handle")


@pytest.mark.rule("JC-11.4b")
def test_a_reply_taken_back_into_time_and_refused_after_it_is_breached_again() -> None:
    ticket = dispatched("2026-03-18T08:00")
    ticket = after(ticket, decide(LAW, ticket, order(UNIT, **REPLY), moment("2026-03-17T17:59")))
    refused = order(OFFICE, do="first_review", approve=False)
    made = decide(LAW, ticket, refused, moment("2026-03-18T09:00"))
    assert has(made, fact="clock_breached", clock="handle", at="2026-03-17T18:00:00+08:00")
    assert has(made, fact="supervision_opened", no="T-1-D2")


@pytest.mark.rule("JC-11.2a")
def test_a_return_asked_for_in_time_finds_its_window_open() -> None:
    ticket = dispatched("2026-03-12T08:00")
    assert ("return_window", "水务局") not in ticket.clocks
    asked = order(UNIT, do="request_return", unit="水务局", reason="text:1")
    assert decide(LAW, ticket, asked, moment("2026-03-11T18:00"))
    with pytest.raises(Rejected) as refusal:
        decide(LAW, ticket, asked, moment("2026-03-11T18:00:01"))
    assert refusal.value.code == "return_window_closed"


@pytest.mark.rule("JC-11.2b")
def test_so_does_one_of_an_emergency() -> None:
    ticket = dispatched("2026-03-10T09:01", urgency="emergency")
    signed = decide(LAW, ticket, order(UNIT, do="sign", unit="水务局"), moment("2026-03-10T09:05"))
    ticket = after(ticket, signed)
    ticket = after(ticket, settle(LAW, ticket, moment("2026-03-10T10:00")))
    asked = order(UNIT, do="request_return", unit="水务局", reason="text:1")
    assert decide(LAW, ticket, asked, moment("2026-03-10T09:35"))
    with pytest.raises(Rejected):
        decide(LAW, ticket, asked, moment("2026-03-10T09:35:01"))


@pytest.mark.rule("JC-11.1.4a")
def test_an_extension_asked_for_in_time_finds_its_window_open() -> None:
    ticket = dispatched("2026-03-17T08:00")
    fields = {"unit": "水务局", "working_days": 2, "reason": "text:1", "citizen_informed": True}
    asked = order(UNIT, do="request_extension", **fields)
    assert decide(LAW, ticket, asked, moment("2026-03-16T18:00"))
    with pytest.raises(Rejected) as refusal:
        decide(LAW, ticket, asked, moment("2026-03-16T18:00:01"))
    assert refusal.value.code == "extension_window_closed"


ENDINGS = [
    pytest.param(Actor(role=Role.AGENT), {"do": "withdraw", "reason": "text:1"}, id="withdraw"),
    pytest.param(OFFICE, {"do": "recall", "reason": "text:1"}, id="recall"),
    pytest.param(OFFICE, {"do": "return_upstream", "reason": "text:1"}, id="return_upstream"),
    pytest.param(OFFICE, {"do": "merge", "into": "T-2"}, id="merge"),
]


@pytest.mark.rule("JC-12.1b")
@pytest.mark.parametrize("received", ["2026-03-17T17:00", "2026-03-17T18:00"])
@pytest.mark.parametrize(("actor", "said"), ENDINGS)
def test_what_ended_the_duty_in_time_takes_everything_back(
    actor: Actor, said: dict[str, Any], received: str
) -> None:
    ticket = dispatched("2026-03-10T09:30")
    ticket = after(
        ticket, decide(LAW, ticket, order(UNIT, do="sign", unit="水务局"), moment("2026-03-10T10:00"))
    )
    ticket = after(ticket, settle(LAW, ticket, moment("2026-03-18T09:00"), inclusive=True))
    assert ticket.clocks["handle", "水务局"].breached  # type: ignore[index]
    made = decide(LAW, ticket, order(actor, **said), moment(received))
    assert has(made, fact="breach_withdrawn", clock="handle", due="2026-03-17T18:00:00+08:00")
    assert has(made, fact="clock_ended", clock="explanation", reason="withdrawn")
    assert has(made, fact="supervision_withdrawn", no="T-1-D1")
    ended = [(line["clock"], line["unit"]) for line in lines(made) if line["fact"] == "clock_ended"]
    assert len(ended) == len(set(ended))
    assert not [clock for clock in after(ticket, made).clocks.values() if clock.unit == "水务局"]


@pytest.mark.rule("JC-12.1b")
@pytest.mark.parametrize(("actor", "said"), ENDINGS)
def test_what_ended_it_after_its_time_does_not(actor: Actor, said: dict[str, Any]) -> None:
    ticket = dispatched("2026-03-18T09:00")
    made = decide(LAW, ticket, order(actor, **said), moment("2026-03-17T18:00:01"))
    assert not has(made, fact="breach_withdrawn", clock="handle")


@pytest.mark.rule("JC-11.1a")
@pytest.mark.parametrize(("actor", "said"), ENDINGS)
def test_nor_does_a_breached_signature_stand_after_an_end_in_time(actor: Actor, said: dict[str, Any]) -> None:
    ticket = dispatched("2026-03-10T12:30")
    made = decide(LAW, ticket, order(actor, **said), moment("2026-03-10T11:59"))
    assert has(made, fact="breach_withdrawn", clock="sign")

"""What holds of a ticket whatever is done to it, in whatever order, under every policy that is shipped."""

import json
import re
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from typing import Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from domain import supervision as supervising
from domain.casework import Rejected, allowed_commands, decide, next_ring, register, settle
from domain.casework.transitions import TRANSITIONS
from domain.commands import COMMANDS, Actor, Envelope, Given, Order, TicketFields, UnitGiven
from domain.facts import Fact, SupervisionOpened, from_json, to_json
from domain.law import Law
from domain.policy import Policy
from domain.supervision import Supervision
from domain.ticket import Assignment, evolve, fold
from domain.vocabulary import (
    OFFICE,
    ClockName,
    Complainant,
    Role,
    Status,
    SupervisionCause,
    UnitRole,
    UnitStage,
)
from policies.loading import law_of, shipped_policies, shipped_policy

UNITS = ("水务局", "城关镇", "住建局")
CALLERS = ("caller-1", "caller-2")
ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 9, 28, 8, 0, tzinfo=ZONE)
GIVEN = Given(
    units={"不存在的单位": UnitGiven(exists=False), "无人值守的单位": UnitGiven(lacking=["handler"])},
    territorial_unit="城关镇",
)
LAWS: dict[str, Law] = {name: law_of(shipped_policy(name)) for name in shipped_policies()}
REVISED = {
    "weekly": [["08:30", "12:00"], ["14:30", "18:00"]],
    "holidays": ["2026-10-01", "2026-10-02", "2026-10-13"],
    "version": "revised",
}
ENDING = frozenset({"archive", "merge", "refuse", "return_upstream", "transfer_emergency", "withdraw"})
"""Commands that end a ticket: tried less often, so that lives grow long."""
OFTEN = frozenset({"dispatch", "first_review", "final_review", "callback", "rate", "redo", "override_limit"})
JUMPS = st.sampled_from([0, 1, 60, 30 * 60, 3600, 3 * 3600, 24 * 3600, 3 * 86400, 20 * 86400])


def _values(name: str, annotation: Any) -> st.SearchStrategy[Any]:
    """Some values of a command's field, the fitting and the odd ones."""
    if name in ("unit", "lead", "to", "suggested_unit", "subject_unit") and annotation is not int:
        return st.sampled_from((*UNITS, *UNITS, "不存在的单位", "无人值守的单位"))
    if name in ("assist", "attendees"):
        return st.lists(st.sampled_from(UNITS), max_size=2)
    if name == "caller":
        return st.sampled_from((*CALLERS, "nobody"))
    if name == "callers":
        return st.lists(st.sampled_from(("caller-3", "caller-4")), max_size=2)
    if name == "calendar":
        return st.sampled_from((REVISED, REVISED, {"weekly": {}}))
    if name == "area":
        return st.sampled_from(UNITS)
    if name in ("no", "into", "merged", "prior", "upstream_no", "category"):
        return st.sampled_from(("T-1", "T-2", "T-1-D1"))
    return _of_type(annotation)


def _of_type(annotation: Any) -> st.SearchStrategy[Any]:
    kinds = [kind for kind in (get_args(annotation) or (annotation,)) if kind is not type(None)]
    if get_origin(annotation) is Literal:
        return st.sampled_from(kinds)
    if get_origin(annotation) is list or annotation is list:
        return st.lists(st.just("材料"), max_size=2)
    kind = kinds[0]
    if get_origin(kind) is not None:
        return _of_type(kind)
    if isinstance(kind, type) and issubclass(kind, datetime):
        return st.integers(-3, 90).map(lambda days: START + timedelta(days=days))
    if kind is bool:
        return st.sampled_from((True, True, True, False))
    if kind is int:
        return st.integers(1, 12)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if isinstance(kind, type) and issubclass(kind, str):
        return st.just("情况说明")
    return st.just("2026-12-20")


@st.composite
def commands(draw: st.DrawFn, do: str, units: tuple[str, ...]) -> Order:
    """One command of that name, mostly about one of `units`, mostly with every field filled in."""
    model = COMMANDS[do]
    said: dict[str, Any] = {"do": do}
    for name, field in model.model_fields.items():
        if name != "do" and (field.is_required() or draw(st.integers(0, 9)) < 8):
            said[name] = draw(_field(do, name, field))
    if units and "unit" in said and draw(st.integers(0, 9)) < 9:
        said["unit"] = draw(st.sampled_from(units))
    if do == "reply":
        said["contacted_at"] = START
    if do == "dispatch" and draw(st.integers(0, 9)) < 9:
        said = {"do": do, "lead": draw(st.sampled_from(UNITS))}
        said["assist"] = [u for u in UNITS if u != said["lead"] and draw(st.booleans())]
    return model.model_validate(said)


def _field(do: str, name: str, field: FieldInfo) -> st.SearchStrategy[Any]:
    if (do, name) in (("transfer_emergency", "to"), ("refer", "to")):
        return _of_type(field.annotation)
    return _values(name, field.annotation)


def _about(draw: st.DrawFn, policy: Policy) -> TicketFields:
    fields = TicketFields.model_fields
    return TicketFields(
        type=draw(st.sampled_from(policy.intake.types)),
        source=draw(st.sampled_from(policy.intake.sources)),
        urgency=draw(_of_type(fields["urgency"].annotation)),
        level=draw(_of_type(fields["level"].annotation)),
        special=draw(st.none() | _of_type(fields["special"].annotation)),
        complainant=draw(st.sampled_from((Complainant.PERSON, Complainant.ENTERPRISE))),
        area=draw(st.none() | st.sampled_from(UNITS)),
        upstream_due=draw(st.none() | st.just(START + timedelta(days=12))),
        received_at=START,
        unclear_duty=draw(st.booleans()),
    )


def check_refusal(refusal: Rejected) -> None:
    """A refusal has a code for programs, a Chinese sentence for people and a rule to rest on."""
    assert refusal.basis, f"{refusal.code} cites nothing"
    assert re.fullmatch(r"[a-z][a-z_]+", refusal.code)
    assert re.search(r"[一-鿿].*。$", refusal.message_zh), refusal.message_zh


class Life:
    """A ticket, everything that happened to it, and what must hold after each step."""

    def __init__(self, law: Law, about: TicketFields, callers: tuple[str, ...]) -> None:
        self.law = law
        self.now = START
        self.history: list[Fact] = register(law, "T-1", about, START, callers=callers)
        self.ticket = fold(self.history)
        self.supervisions: dict[str, Supervision] = {}
        self.check()

    def pass_time(self, seconds: int) -> None:
        until = self.now + timedelta(seconds=seconds)
        self._check_two_parts(until)
        self._take(settle(self.law, self.ticket, until))
        self.now = until
        for no, state in self.supervisions.items():
            for fact in supervising.settle(self.law, state, until):
                state = supervising.evolve(state, fact)
            self.supervisions[no] = state
        self.check()

    def command(self, envelope: Envelope) -> None:
        before = repr(self.ticket)
        try:
            made = decide(self.law, self.ticket, envelope, self.now)
        except Rejected as refusal:
            check_refusal(refusal)
            made = []
        assert repr(self.ticket) == before, "decide changed the state"
        self._take(made)
        self.check()

    def _take(self, made: list[Fact]) -> None:
        for fact in made:
            self.ticket = evolve(self.ticket, fact)
            self.history.append(fact)
            if isinstance(fact, SupervisionOpened):
                begun = supervising.begin(self.law, fact, "T-1", self.ticket.about)
                self.supervisions[fact.no] = supervising.fold(begun)

    def _check_two_parts(self, until: datetime) -> None:
        halfway = self.now + (until - self.now) / 2
        first = settle(self.law, self.ticket, halfway)
        state = self.ticket
        for fact in first:
            state = evolve(state, fact)
        once = settle(self.law, self.ticket, until)
        assert [*first, *settle(self.law, state, until)] == once

    def check(self) -> None:
        ticket = self.ticket
        if ticket.ended:
            assert not ticket.clocks, "an ended ticket has clocks"
            assert not ticket.waits, "an ended ticket waits for somebody"
            assert not ticket.active(), "an ended ticket has units at work"
            assert next_ring(ticket) is None
            return
        ring = next_ring(ticket)
        assert ring is None or ring.at >= self.now, "time was not settled"
        for assignment in ticket.active():
            self._check_obligations(assignment)
        if ticket.status is Status.REGISTERED:
            held = any(unit == OFFICE for unit, _ in ticket.waits)
            self._needs(ClockName.DISPATCH, OFFICE, unless=held)
        if ticket.status is Status.PLANNED and ticket.lead is not None:
            self._needs(ClockName.PLANNED, ticket.lead.unit)
        if ticket.status is Status.CLOSED and all(c.settled for c in ticket.callers.values()):
            assert ticket.archive_on is not None, "nobody will archive the ticket"

    def _check_obligations(self, known: Assignment) -> None:
        self._needs(ClockName.SIGN, known.unit, unless=known.stage is not UnitStage.WAITING)
        if known.role is UnitRole.ASSIST:
            self._needs(ClockName.ASSIST, known.unit)
            return
        judged = known.reply is not None and (known.reply.passed or known.reply.completes_plan)
        self._needs(ClockName.HANDLE, known.unit, unless=bool(judged))
        handle = self.ticket.clock(ClockName.HANDLE, known.unit)
        if handle is not None:
            assert (handle.silent_since is not None) is (known.stage is UnitStage.REPLIED)
        if known.stage is UnitStage.REPLIED:
            self._needs(ClockName.REVIEW, OFFICE, unless=bool(known.reply and known.reply.passed))

    def _needs(self, name: ClockName, unit: str, *, unless: bool = False) -> None:
        rule = self.law.policy.clock(name, self.ticket.about, self._units())
        if rule is not None and not unless:
            assert self.ticket.clock(name, unit) is not None, f"{unit} owes {name} without a clock"

    def _units(self) -> int:
        gone = (UnitStage.RETURNED, UnitStage.RECALLED)
        return max(1, sum(a.stage not in gone for a in self.ticket.assignments.values()))

    def check_replay(self) -> None:
        written = [json.loads(json.dumps(to_json(fact), ensure_ascii=False)) for fact in self.history]
        read = [from_json(line) for line in written]
        assert read == self.history
        assert fold(read) == self.ticket


def _envelope(draw: st.DrawFn, life: Life) -> Envelope:
    pending = _pending(life)
    candidates = _likely(life) if draw(st.integers(0, 9)) else sorted(TRANSITIONS)
    go_on = draw(st.booleans())
    do = draw(st.sampled_from(pending if pending and go_on else candidates))
    stages = TRANSITIONS[do].stages
    units = tuple(u for u, a in life.ticket.assignments.items() if stages is None or a.stage in stages)
    command = draw(commands(do, units))
    usual = TRANSITIONS[do].roles
    role = draw(st.sampled_from(usual if draw(st.integers(0, 9)) else tuple(Role)))
    return Envelope(
        command=command,
        actor=Actor(role=role, unit=getattr(command, "unit", None) if role is Role.UNIT else None),
        received_at=life.now,
        given=GIVEN,
    )


def _likely(life: Life) -> list[str]:
    fitting = {do for role in Role for do in allowed_commands(life.law.policy, life.ticket, Actor(role=role))}
    often = [do for do in sorted(fitting - ENDING) if TRANSITIONS[do].stages is not None or do in OFTEN]
    return [*sorted(fitting), *often * 6]


def _pending(life: Life) -> list[str]:
    """What somebody waits for, so that lives do not stop at the asking."""
    active = life.ticket.active()
    reviewed = any(a.reply and a.reply.passed for a in active)
    asked = {
        "final_review": reviewed,
        "callback": life.ticket.status in (Status.CALLBACK, Status.CLOSED),
        "reply": life.ticket.status is Status.HANDLING,
        "decide_return": any(a.return_asked for a in active),
        "decide_extension": any(a.extension_asked for a in active),
        "first_review": life.ticket.status is Status.REVIEWING,
        "upstream_answer": life.ticket.upstream_asked,
    }
    return [do for do, waits in asked.items() if waits]


@pytest.mark.parametrize("name", shipped_policies())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_done_every_open_obligation_has_a_clock_and_no_ended_ticket_has_one(
    name: str, data: st.DataObject
) -> None:
    draw = data.draw
    law = LAWS[name]
    callers = CALLERS[: draw(st.integers(1, 2))]
    life = Life(law, _about(draw, law.policy), callers)  # type: ignore[arg-type]
    steps = draw(st.integers(1, 30))
    while steps:
        life.pass_time(draw(JUMPS))
        life.command(_envelope(draw, life))  # type: ignore[arg-type]
        steps = min(steps - 1, 2) if life.ticket.ended else steps - 1
    life.check_replay()


SUPERVISING = ("answer_supervision", "close_supervision", "supervise", "refer")


@pytest.mark.parametrize("name", shipped_policies())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_supervision_keeps_its_clock_until_it_is_answered_or_struck_off(
    name: str, data: st.DataObject
) -> None:
    law = LAWS[name]
    history = _begun(law)
    state, now = supervising.fold(history), START
    for _ in range(data.draw(st.integers(1, 12))):
        now += timedelta(seconds=data.draw(JUMPS))
        for step in (supervising.settle, partial(_answered, data)):
            for fact in step(law, state, now):
                state = supervising.evolve(state, fact)
                history.append(fact)
        owed = law.policy.clocks.get(ClockName.SUPERVISION) and not state.answers and not state.ended
        assert state.running is bool(owed)
        assert not (state.ended and supervising.next_instant(state))
    read = [from_json(json.loads(json.dumps(to_json(fact)))) for fact in history]
    assert supervising.fold(read) == state


def _answered(data: st.DataObject, law: Law, state: Supervision, now: datetime) -> list[Fact]:
    """What a likely or unlikely command to a supervision makes; nothing where it is refused."""
    command = data.draw(commands(data.draw(st.sampled_from(SUPERVISING)), ("水务局",)))
    envelope = Envelope(command=command, actor=Actor(role=data.draw(st.sampled_from(Role))))
    try:
        return supervising.decide(law, state, envelope, now)
    except Rejected as refusal:
        check_refusal(refusal)
        return []


def _begun(law: Law) -> list[Fact]:
    rule = law.policy.clocks.get(ClockName.SUPERVISION, (None,))[0]
    opened = SupervisionOpened(
        at=START,
        no="D-1",
        unit="水务局",
        cause=SupervisionCause.OVERDUE,
        level=law.policy.supervision.levels[0],
        due=rule.length.after(START, law.calendar) if rule and rule.length else None,
    )
    return supervising.begin(law, opened, None, None)

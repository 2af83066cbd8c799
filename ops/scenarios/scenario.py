"""A scenario file: what it may say, and errors that name the line and the field."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from domain.calendar_data import OfficeHours
from domain.casework.transitions import TRANSITIONS
from domain.commands import COMMANDS, Actor, Envelope, Given, TicketFields, UnitGiven, command_adapter
from domain.law import Law
from domain.policy import Policy
from domain.supervision import ROLES as SUPERVISION_ROLES
from domain.vocabulary import Role
from policies import yaml_lines
from policies.loading import PolicyError, law_of, load_policy


class ScenarioError(Exception):
    """A scenario file that cannot be run; the message names file, line and field."""


class UnitBlock(BaseModel):
    """What a scenario says of a unit; without a word every named unit exists and is fully staffed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    exists: bool = True
    lacking: list[str] = []
    supervised_by: str | None = None
    subordinate_to: str | None = None
    kind: str | None = None
    territory: list[str] = []


class _ScenarioFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    policy: str
    name: str | None = None
    rules: list[str] = []
    office_hours: OfficeHours | None = None
    ticket: TicketFields
    callers: Annotated[int, Field(ge=1, le=1000)] = 1
    units: dict[str, UnitBlock] = {}
    precedent: str | None = None
    steps: list[dict[str, Any]] = []
    until: datetime | None = None
    expect: list[dict[str, Any]] = []
    expect_not: list[dict[str, Any]] = []

    @field_validator("expect", "expect_not")
    @classmethod
    def _say_something(cls, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if any(not line for line in lines):
            raise ValueError("每一条预期都要写明至少一个字段")
        return lines


@dataclass(frozen=True, slots=True)
class Step:
    """One command at its instant."""

    at: datetime
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario ready to run."""

    no: str
    name: str
    rules: tuple[str, ...]
    law: Law
    ticket: TicketFields
    callers: tuple[str, ...]
    steps: tuple[Step, ...]
    until: datetime
    expect: tuple[dict[str, Any], ...]
    expect_not: tuple[dict[str, Any], ...]


def read(path: Path) -> Scenario:
    """The scenario in a file. ScenarioError names what is wrong and where."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}：读不到文件（{error}）") from error
    return parse(text, str(path), path.stem)


def parse(text: str, where: str, name: str = "scenario") -> Scenario:
    """The scenario in a YAML text. ScenarioError names what is wrong and where."""
    try:
        node = yaml_lines.compose(text)
        data = yaml_lines.load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" 第{mark.line + 1}行" if mark else ""
        problem = getattr(error, "problem", error)
        raise ScenarioError(f"{where}{line}：不是合格的 YAML（{problem}）") from error
    try:
        file = _ScenarioFile.model_validate(data)
        law = law_of(load_policy(file.policy), file.office_hours)
    except ValidationError as error:
        raise ScenarioError(yaml_lines.told(error, where, node)) from error
    except PolicyError as error:
        raise ScenarioError(f"{where} 第{yaml_lines.line_of(node, ('policy',))}行 policy：{error}") from error
    received = law.calendar.localised(file.ticket.received_at)
    steps = tuple(_step(file, law, number, where, node) for number in range(len(file.steps)))
    _check_order(received, steps, where, node)
    until = law.calendar.localised(file.until) if file.until else (steps[-1].at if steps else received)
    if steps and until < steps[-1].at:
        raise ScenarioError(f"{where} 第{yaml_lines.line_of(node, ('until',))}行 until：早于最后一步")
    return Scenario(
        no="S-1",
        name=file.name or name,
        rules=tuple(file.rules),
        law=law,
        ticket=file.ticket,
        callers=tuple(f"caller-{n}" for n in range(1, file.callers + 1)),
        steps=steps,
        until=until,
        expect=tuple(_with_offsets(line, law) for line in file.expect),
        expect_not=tuple(_with_offsets(line, law) for line in file.expect_not),
    )


def _step(file: _ScenarioFile, law: Law, number: int, where: str, node: Any) -> Step:
    raw = dict(file.steps[number])
    place: tuple[int | str, ...] = ("steps", number)
    line = yaml_lines.line_of(node, place)
    do = raw.get("do")
    if do not in COMMANDS:
        raise ScenarioError(f"{where} 第{line}行 steps.{number}.do：没有“{do}”这个操作")
    written = raw.pop("at", None)
    try:
        at = law.calendar.localised(_Moment.model_validate({"at": written}).at)
    except ValidationError as error:
        raise ScenarioError(yaml_lines.told(error, where, node, place)) from error
    role = raw.pop("as", None)
    try:
        command = command_adapter.validate_python(raw)
    except ValidationError as error:
        raise ScenarioError(yaml_lines.told(_without_tag(error), where, node, place)) from error
    actor = Actor(role=_role(role, where, line) if role else usual_role(law.policy, do), unit=raw.get("unit"))
    return Step(at, Envelope(command=command, actor=actor, received_at=at, given=_given(file)))


class _Moment(BaseModel):
    at: datetime


def _without_tag(error: ValidationError) -> ValidationError:
    problems: Any = [{**problem, "loc": problem["loc"][1:]} for problem in error.errors(include_url=False)]
    for problem in problems:
        problem.pop("msg", None)
    return ValidationError.from_exception_data("step", problems)


def _role(written: str, where: str, line: int) -> Role:
    try:
        return Role(written)
    except ValueError as error:
        raise ScenarioError(f"{where} 第{line}行 as：没有“{written}”这个角色") from error


def usual_role(policy: Policy, do: str) -> Role:
    """In whose part a command is usually given under a policy."""
    if do in SUPERVISION_ROLES and do not in TRANSITIONS:
        return SUPERVISION_ROLES[do][0]
    if do in ("first_review", "final_review"):
        level = next((level for level in policy.review if level.name == do), policy.review[0])
        return level.by[0]
    if do == "approve_reply" and policy.reply.approvals:
        return Role(policy.reply.approvals[0].by)
    return TRANSITIONS[do].roles[0]


def _given(file: _ScenarioFile) -> Given:
    units = {name: UnitGiven(**block.model_dump(exclude={"territory"})) for name, block in file.units.items()}
    area = file.ticket.area
    territorial = next((name for name, block in file.units.items() if area in block.territory), None)
    return Given(units=units, territorial_unit=territorial, precedent=file.precedent)


def _check_order(received: datetime, steps: tuple[Step, ...], where: str, node: Any) -> None:
    last = received
    for number, step in enumerate(steps):
        if step.at < last:
            line = yaml_lines.line_of(node, ("steps", number, "at"))
            why = "早于上一步或受理时间，步骤应按时间先后写"
            raise ScenarioError(f"{where} 第{line}行 steps.{number}.at：{why}")
        last = step.at


def _with_offsets(line: dict[str, Any], law: Law) -> dict[str, Any]:
    """An expected line with its moments as the engines print them."""
    return {key: _moment(value, law) if key in _MOMENTS else value for key, value in line.items()}


_MOMENTS = frozenset({"at", "due", "was", "on", "until", "met_at", "anchor", "submitted_at"})


def _moment(value: Any, law: Law) -> Any:
    if not isinstance(value, str):
        return value
    return law.calendar.localised(datetime.fromisoformat(value)).isoformat()

"""A scenario file: what it may say, and errors that name the line and the field."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from domain.calendar_data import OfficeHours
from domain.calendar_zone import CalendarError
from domain.casework.transitions import TRANSITIONS
from domain.commands import (
    COMMANDS,
    Actor,
    Envelope,
    Given,
    Moment,
    PriorTicket,
    TicketFields,
    UnitGiven,
    command_adapter,
)
from domain.law import Law
from domain.policy import Policy
from domain.supervision import ROLES as SUPERVISION_ROLES
from domain.vocabulary import Role
from ops.scenarios.expected import mistake
from policies import yaml_lines
from policies.loading import PolicyError, law_of, load_policy
from policies.rules import rule_ids


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
    prior_ticket: PriorTicket = "handled"
    steps: list[dict[str, Any]] = []
    until: Moment | None = None
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
    except OSError as error:
        raise ScenarioError(f"{path}：读不到文件（{error.strerror}）") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ScenarioError(f"{path} 第{line}行：读不到文件（不是 UTF-8 编码的文字）") from error
    return parse(text, str(path), path.stem)


def parse(text: str, where: str, name: str = "scenario") -> Scenario:
    """The scenario in a YAML text. ScenarioError names what is wrong and where."""
    node, data = _composed(text, where)
    source = _Source(where, node)
    try:
        file = _ScenarioFile.model_validate(data)
        law = law_of(load_policy(file.policy), file.office_hours)
    except ValidationError as error:
        raise source.told(error) from error
    except PolicyError as error:
        raise source.error(("policy",), str(error)) from error
    except CalendarError as error:
        raise source.error(("office_hours",), str(error)) from error
    received = source.moment(("ticket", "received_at"), file.ticket.received_at, law)
    if file.ticket.upstream_due is not None:
        source.moment(("ticket", "upstream_due"), file.ticket.upstream_due, law)
    _check_rules(file.rules, law, source)
    steps = tuple(_step(file, law, number, source) for number in range(len(file.steps)))
    _check_order(received, steps, source)
    last = steps[-1].at if steps else received
    until = source.moment(("until",), file.until, law) if file.until else last
    if until < last:
        raise source.error(("until",), "早于最后一步或受理时间")
    return Scenario(
        no="S-1",
        name=file.name or name,
        rules=tuple(file.rules),
        law=law,
        ticket=file.ticket,
        callers=tuple(f"caller-{n}" for n in range(1, file.callers + 1)),
        steps=steps,
        until=until,
        expect=_expected("expect", file.expect, law, source),
        expect_not=_expected("expect_not", file.expect_not, law, source),
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """The text a scenario is read from, to say where in it something is wrong."""

    where: str
    node: Any

    def error(self, field: tuple[int | str, ...], why: str) -> ScenarioError:
        """An error about a field."""
        return ScenarioError(yaml_lines.placed(self.where, self.node, field, why))

    def moment(self, field: tuple[int | str, ...], written: datetime, law: Law) -> datetime:
        """A moment in the calendar's zone."""
        try:
            return law.calendar.localised(written)
        except CalendarError as error:
            raise self.error(field, str(error)) from error

    def told(self, error: ValidationError, under: tuple[int | str, ...] = ()) -> ScenarioError:
        """Every complaint of a validation, one a line."""
        return ScenarioError(yaml_lines.told(error, self.where, self.node, under))


def _composed(text: str, where: str) -> tuple[Any, Any]:
    """The node tree of a YAML text, to find lines in, and its data."""
    try:
        return yaml_lines.compose(text), yaml_lines.load(text)
    except yaml.YAMLError as error:
        number, problem = yaml_lines.problem(error, text)
        line = f" 第{number}行" if number else ""
        raise ScenarioError(f"{where}{line}：不是合格的 YAML（{problem}）") from error


def _step(file: _ScenarioFile, law: Law, number: int, source: _Source) -> Step:
    raw = dict(file.steps[number])
    place: tuple[int | str, ...] = ("steps", number)
    do = raw.get("do")
    if not isinstance(do, str):
        raise source.error((*place, "do"), "没有写明操作" if do is None else "应为操作的名称")
    if do not in COMMANDS:
        meant = "登记由 ticket.received_at 表示，不写作一步" if do == "register" else f"没有“{do}”这个操作"
        raise source.error((*place, "do"), meant)
    moment = {"at": raw.pop("at")} if "at" in raw else {}
    role = raw.pop("as", None)
    try:
        at = _Moment.model_validate(moment).at
        command = command_adapter.validate_python(raw)
    except ValidationError as error:
        raise source.told(_without_tag(error, do), place) from error
    if role is not None and role not in [*Role]:
        raise source.error((*place, "as"), f"没有“{role}”这个角色")
    actor = Actor(role=Role(role) if role else usual_role(law.policy, do), unit=raw.get("unit"))
    at = source.moment((*place, "at"), at, law)
    return Step(at, Envelope(command=command, actor=actor, received_at=at, given=_given(file)))


class _Moment(BaseModel):
    at: Moment


def _without_tag(error: ValidationError, do: str) -> ValidationError:
    """The complaints without the command's name, which pydantic puts before each field."""
    problems: Any = error.errors(include_url=False)
    for problem in problems:
        problem["loc"] = problem["loc"][1:] if problem["loc"][0] == do else problem["loc"]
        problem.pop("msg", None)
    return ValidationError.from_exception_data("step", problems)


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
    return Given(units=units, territorial_unit=territorial, precedent=file.precedent, prior=file.prior_ticket)


def _check_order(received: datetime, steps: tuple[Step, ...], source: _Source) -> None:
    last = received
    for number, step in enumerate(steps):
        if step.at < last:
            raise source.error(("steps", number, "at"), "早于上一步或受理时间，步骤应按时间先后写")
        last = step.at


def _rules(law: Law) -> frozenset[str]:
    """The rules there are: those of the table, and what the policy brings along."""
    return rule_ids() | law.policy.articles.keys()


def _check_rules(named: list[str], law: Law, source: _Source) -> None:
    for number, rule in enumerate(named):
        if rule not in _rules(law):
            raise source.error(("rules", number), f"规则表中没有{rule}这一条")


_MOMENTS = frozenset({"at", "due", "was", "on", "until", "met_at", "anchor", "submitted_at"})


def _expected(
    part: str, lines: list[dict[str, Any]], law: Law, source: _Source
) -> tuple[dict[str, Any], ...]:
    """Expected lines with their moments as the engines print them."""
    return tuple(_line(line, law, source, (part, number)) for number, line in enumerate(lines))


def _line(line: dict[str, Any], law: Law, source: _Source, place: tuple[int | str, ...]) -> dict[str, Any]:
    read = dict(line)
    for key in _MOMENTS & line.keys():
        if line[key] is None:
            continue
        try:
            moment = datetime.fromisoformat(line[key])
        except (TypeError, ValueError) as error:
            raise source.error((*place, key), "不是日期和时间") from error
        read[key] = source.moment((*place, key), moment, law).isoformat()
    if wrong := mistake(read, _rules(law)):
        raise source.error((*place, wrong[0]), wrong[1])
    return read

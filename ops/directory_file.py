"""The file that `jiesu load` reads: units as a tree with their people.

Errors name the file, the line and the field.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from models.directory_store import NewPerson, NewUnit
from models.phones import normal_phone
from ops.errors import OperationFailed
from policies import yaml_lines

Loc = tuple[int | str, ...]

UnitKind = Literal["county", "department", "subordinate", "township", "community", "enterprise", "party"]
DirectoryRole = Literal[
    "agent",
    "office",
    "reviewer",
    "supervisor",
    "leader",
    "handler",
    "unit_leader",
    "unit_principal",
    "knowledge_editor",
    "upper_level_reviewer",
    "auditor",
    "administrator",
    "contractor_agent",
]


def _quoted(value: object) -> object:
    if isinstance(value, int):
        raise ValueError("号码要加引号，否则开头的 0 会丢失")
    return value


def _number(value: str) -> str:
    number = normal_phone(value)
    if number is None:
        raise ValueError("不是电话号码")
    return number


def _printable(value: str) -> str:
    if not value.isprintable() or value != value.strip():
        raise ValueError("不能有换行、控制字符或首尾空格")
    return value


Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_printable)]
Phone = Annotated[str, BeforeValidator(_quoted), AfterValidator(_number)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Person(_Entry):
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
    name: Name
    phone: Phone | None = None
    roles: Annotated[list[DirectoryRole], Field(min_length=1)]
    post: Literal["A", "B"] | None = None
    absent: bool = False
    active: bool = True


class _Unit(_Entry):
    name: Name
    kind: UnitKind
    supervised_by: Name | None = None
    territory: list[Name] = []
    active: bool = True
    people: list[_Person] = []
    units: list["_Unit"] = []


class _Directory(_Entry):
    units: Annotated[list[_Unit], Field(min_length=1)]


@dataclass(frozen=True)
class Directory:
    """What a file says: units, each after the one it belongs to, and people."""

    units: list[NewUnit]
    people: list[NewPerson]


@dataclass(frozen=True)
class _Placed:
    loc: Loc
    unit: _Unit
    parent: str | None


def read_directory(path: Path) -> Directory:
    """The directory in a file. OperationFailed names every fault with its line and field."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "不是 UTF-8 文本"
        raise OperationFailed(f"{path}：读不到文件（{reason}）") from error
    try:
        node, data = yaml_lines.compose(text), yaml_lines.load(text)
    except yaml.YAMLError as error:
        number, problem = yaml_lines.problem(error, text)
        line = f" 第{number}行" if number else ""
        raise OperationFailed(f"{path}{line}：不是合格的 YAML（{problem}）") from error
    if not isinstance(data, dict):
        raise OperationFailed(f"{path}：文件应写明 units")
    try:
        read = _Directory.model_validate(data)
    except ValidationError as error:
        raise OperationFailed(yaml_lines.told(error, str(path), node)) from None
    placed = list(_walk(read.units, ("units",), None))
    faults = [
        f"{path} 第{yaml_lines.line_of(node, loc)}行 {'.'.join(map(str, loc))}：{what}"
        for loc, what in _contradictions(placed)
    ]
    if faults:
        raise OperationFailed("\n".join(faults))
    return Directory(
        [_new_unit(one) for one in placed], [_new_person(p, one) for one in placed for p in one.unit.people]
    )


def _walk(units: list[_Unit], loc: Loc, parent: str | None) -> Iterator[_Placed]:
    for place, unit in enumerate(units):
        here = (*loc, place)
        yield _Placed(here, unit, parent)
        yield from _walk(unit.units, (*here, "units"), unit.name)


def _contradictions(placed: list[_Placed]) -> Iterator[tuple[Loc, str]]:
    """What each entry alone cannot show.

    Names and ids given twice, posts taken twice, unknown departments.
    """
    names = {one.unit.name for one in placed}
    seen_names: set[str] = set()
    seen_ids: set[str] = set()
    for one in placed:
        if one.unit.name in seen_names:
            yield (*one.loc, "name"), f"单位“{one.unit.name}”写了两次"
        seen_names.add(one.unit.name)
        department = one.unit.supervised_by
        if department is not None and (department not in names or department == one.unit.name):
            yield (*one.loc, "supervised_by"), f"文件里没有这个主管部门“{department}”"
        posts: set[str] = set()
        for place, person in enumerate(one.unit.people):
            loc = (*one.loc, "people", place)
            if person.id in seen_ids:
                yield (*loc, "id"), f"人员编号 {person.id} 写了两次"
            seen_ids.add(person.id)
            if person.post is not None and person.active:
                if person.post in posts:
                    yield (*loc, "post"), f"{one.unit.name}的{person.post}岗写了两人"
                posts.add(person.post)


def _new_unit(placed: _Placed) -> NewUnit:
    unit = placed.unit
    return NewUnit(
        unit.name, unit.kind, placed.parent, unit.supervised_by, tuple(unit.territory), unit.active
    )


def _new_person(person: _Person, placed: _Placed) -> NewPerson:
    return NewPerson(
        person.id,
        placed.unit.name,
        tuple(person.roles),
        person.post,
        person.name,
        person.phone,
        person.absent,
        person.active,
    )

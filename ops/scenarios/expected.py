"""What a scenario may expect of a line: the fields that the engines print, with values they can have.

A misspelt field of `expect_not` would never be met, and nobody would notice.
"""

from collections.abc import Collection, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from domain.commands import COMMANDS
from domain.facts import FACTS
from ops.scenarios.lines import UNPRINTED

_BASIS: TypeAdapter[Any] = TypeAdapter(tuple[str, ...])
_TEXT: TypeAdapter[Any] = TypeAdapter(str)
_REFUSED = {"do": _TEXT, "code": _TEXT, "basis": _BASIS, "message": _TEXT}
_WHOLE = frozenset({"at", "details", "ladder", "ticket"})
"""Fields that are compared as they stand: moments are read elsewhere, the others hold more than one thing."""


def mistake(line: Mapping[str, Any], rules: Collection[str]) -> tuple[str, str] | None:
    """The first field of an expected line that no engine can print, and why; None where all can be.

    `rules` are those there are: of the table and of the policy's own articles.
    """
    fact = line.get("fact")
    if fact is not None and (not isinstance(fact, str) or (fact != "refused" and fact not in FACTS)):
        return "fact", f"没有“{fact}”这种记录"
    known = _fields(fact)
    for name, value in line.items():
        if name not in known:
            return name, "没有这个字段" if fact is None else f"“{fact}”没有这个字段"
        if name == "do" and value not in (*COMMANDS, "register"):
            return name, f"没有“{value}”这个操作"
        if not _can_be(known[name], value):
            return name, "不会有这样的值"
        if name == "basis" and (unknown := [rule for rule in value if rule not in rules]):
            return name, f"规则表中没有{'、'.join(unknown)}这一条"
    return None


@cache
def _fields(fact: str | None) -> dict[str, TypeAdapter[Any] | None]:
    """The fields of a line with what they may hold, or None where that is not looked at."""
    known: dict[str, TypeAdapter[Any] | None] = dict.fromkeys(("at", "fact"))
    if fact in (None, "refused"):
        known |= _REFUSED
    for kind in FACTS.values():
        if fact in (None, kind.NAME):
            for f in fields(kind):
                name = f.name.rstrip("_")
                looked_at = fact is not None and name not in _WHOLE
                of: Any = f.type
                known[name] = _BASIS if name == "basis" else TypeAdapter(of) if looked_at else None
    return {name: may for name, may in known.items() if name not in UNPRINTED}


def _can_be(may: TypeAdapter[Any] | None, value: Any) -> bool:
    if may is None:
        return True
    try:
        may.validate_python(value)
    except ValidationError:
        return False
    return True

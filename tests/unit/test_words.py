"""The console has a Chinese word for every code that it may be given, and none that nothing gives."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, get_args

import pytest
from sqlalchemy import CheckConstraint

from api.services.listing import Asked
from domain import vocabulary as domain
from domain.casework.transitions import TRANSITIONS
from domain.policy import Standing
from models import access, call_tasks, held_roles, knowledge, notifications
from models.notice_templates import TEMPLATES, TOKEN
from models.tables.base import Base
from ops.directory_file import UnitKind
from ops.on_record import MachineOperation

ROOT: Final = Path(__file__).parents[2]
WRITTEN: Final = (ROOT / "console" / "src" / "words.ts").read_text("utf-8")
CONTRACT: Final[dict[str, Any]] = json.loads((ROOT / "openapi.json").read_text("utf-8"))


def _table(name: str, file: str = "words.ts") -> dict[str, str]:
    """A table of words as a source of the console has it, from code to word."""
    source = (ROOT / "console" / "src" / file).read_text("utf-8")
    found = re.search(rf"const {name}: Record<string, [^=]*> = \{{(.*?)\n?\}};", source, re.DOTALL)
    assert found, f"{name} is not written as it was"
    lines = re.findall(r'(\w+): (?:"([^"]*)"|\["([^"]*)"|(\w+))', found[1])
    codes = [code for code, *_ in lines]
    assert len(codes) == len(set(codes)), f"{name} has a line twice"
    return {code: word or first or other for code, word, first, other in lines}


def _checked(table: str, column: str) -> set[str]:
    """What a column may hold, as the database checks it."""
    constraints = Base.metadata.tables[table].constraints
    checks = [str(one.sqltext) for one in constraints if isinstance(one, CheckConstraint)]
    found = [one for one in checks if one.startswith(f"{column} IN (")]
    assert len(found) == 1
    return set(re.findall(r"'(\w+)'", found[0]))


def _of(vocabulary: type[StrEnum]) -> set[str]:
    return {one.value for one in vocabulary}


CODES: Final[dict[str, Iterable[str]]] = {
    "STATUS": _of(domain.Status),
    "STAGE": _of(domain.UnitStage),
    "TYPE": _of(domain.TicketType),
    "URGENCY": _of(domain.Urgency),
    "LEVEL": _of(domain.Level),
    "LAMP": _of(domain.Lamp),
    "PART": _of(domain.UnitRole),
    "SOURCE": _of(domain.Source),
    "CLOCK": _of(domain.ClockName),
    "CLOCK_STATE": _checked("clock", "state"),
    "ROLE": _of(domain.Role),
    "RATING": _of(domain.Rating),
    "OUTCOME": _of(domain.Outcome),
    "SPECIAL": _of(domain.Special),
    "COMPLAINANT": _of(domain.Complainant),
    "END_REASON": _of(domain.EndReason),
    "REFUSAL": _of(domain.RefusalReason),
    "EXTENSION_REASON": _of(domain.ExtensionReason),
    "EXCLUSION": _of(domain.ExclusionReason),
    "REFERRAL": _of(domain.Referral),
    "EMERGENCY_LINE": _of(domain.EmergencyLine),
    "CAUSE": _of(domain.SupervisionCause),
    "FORM": _of(domain.SupervisionForm),
    "SUPERVISION_LEVEL": _of(domain.SupervisionLevel),
    "SUPERVISION_STATUS": _checked("supervision", "status"),
    "CHANNEL": _of(domain.Channel),
    "STANDING": _of(Standing),
    "PURPOSE": _of(access.Purpose),
    "CALLER_FIELD": _of(access.Field),
    "HELD": _of(held_roles.HeldRole),
    "UNIT_KIND": get_args(UnitKind),
    "KNOWLEDGE_STATE": _of(knowledge.State),
    "EXPORT_STATE": _checked("export_request", "state"),
    "EXPORT_FORMAT": CONTRACT["components"]["schemas"]["ExportBody"]["properties"]["format"]["enum"],
    "MODE": CONTRACT["components"]["schemas"]["AnswerBody"]["properties"]["mode"]["enum"],
    "SIGNER": CONTRACT["components"]["schemas"]["RecordSignatureBody"]["properties"]["who"]["enum"],
    "ASKED": get_args(Asked),
    "MESSAGE_STATE": _of(notifications.State),
    "CALL_REASON": _checked("call_task", "reason"),
    "CALL_OUTCOME": _of(call_tasks.CallOutcome),
    "TEMPLATE": TEMPLATES.keys(),
    "TEMPLATE_VALUE": {TOKEN} | {name for one in TEMPLATES.values() for name in one.variables},
}
"""For each table of words, all the codes that it is asked for."""


@pytest.mark.parametrize("name", CODES)
def test_every_code_has_its_word(name: str) -> None:
    words = _table(name)
    assert set(words) == set(CODES[name])
    for code, word in words.items():
        assert re.search(r"[\u4e00-\u9fff]", word), f"{name}.{code}"


def test_every_table_of_words_is_held_to_its_codes() -> None:
    elsewhere = {"AUDITED", "OFFERED", "PURPOSES", "LIKENESS", "REPLY_WHY"}
    assert set(re.findall(r"export const (\w+): Record", WRITTEN)) == CODES.keys() | elsewhere


@pytest.mark.parametrize(
    ("name", "source"), [("LIKENESS", "api/services/likeness.py"), ("REPLY_WHY", "models/uplinks.py")]
)
def test_a_word_is_for_a_code_that_is_given(name: str, source: str) -> None:
    given = (ROOT / source).read_text("utf-8")
    assert [code for code in _table(name) if f'"{code}"' not in given] == []


def _enumerated(schema: dict[str, Any], field: str) -> Iterator[str]:
    """What the console calls the codes of a field: the name of their schema, or the field's own."""
    for one in [schema, *schema.get("anyOf", [])]:
        called = one.get("$ref", "").rpartition("/")[2]
        if called and "enum" in CONTRACT["components"]["schemas"][called]:
            yield called
        elif "enum" in one:
            yield field


def test_every_code_that_a_form_of_a_command_offers_has_its_word() -> None:
    actions = _table("ACTIONS", "actions.ts")
    offered = set()
    for command in actions:
        body = CONTRACT["components"]["schemas"].get("".join(map(str.title, command.split("_"))) + "Body", {})
        for field, schema in body.get("properties", {}).items():
            offered |= set(_enumerated(schema, field))
    assert offered == set(_table("OFFERED"))


def test_every_command_has_a_button_in_words() -> None:
    ticket = "/api/v1/tickets/{no}/"
    posted = {path.removeprefix(ticket) for path, ways in CONTRACT["paths"].items() if "post" in ways}
    assert {name for name in TRANSITIONS if name in posted} == set(_table("ACTIONS", "actions.ts"))


def _recorded(tree: ast.Module) -> Iterator[str]:
    """Operations that a module writes into the audit by a name of its own."""
    takes = {"Line": 1}
    for one in ast.walk(tree):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [arg.arg for arg in one.args.args]
            if "operation" in names:
                takes[one.name] = names.index("operation")
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in takes:
            place = takes[call.func.id]
            said = [*call.args[place : place + 1], *(k.value for k in call.keywords if k.arg == "operation")]
            values = (one.value for one in said if isinstance(one, ast.Constant))
            yield from (value for value in values if isinstance(value, str) and value)


def test_the_audit_is_read_in_words() -> None:
    folders = ("api", "models", "activities", "ops")
    trees = [ast.parse(one.read_text("utf-8")) for folder in folders for one in (ROOT / folder).rglob("*.py")]
    recorded = {name for tree in trees for name in _recorded(tree)}
    assert "erase" in recorded
    summaries = {one["operationId"] for path in CONTRACT["paths"].values() for one in path.values()}
    known = summaries | _table("ACTIONS", "actions.ts").keys() | _table("AUDITED").keys()
    assert (recorded | set(get_args(MachineOperation))) - known == set()

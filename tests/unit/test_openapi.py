"""The description of the interface: kept fresh, and enough for a stranger."""

from pathlib import Path
from typing import Any

import pytest

from api import wording
from api.bodies import BODIES
from domain.casework.transitions import TRANSITIONS
from domain.commands import COMMANDS
from domain.facts import FACTS
from domain.vocabulary import ClockName, EndReason, Lamp, Role
from ops.cli import run
from ops.commands.openapi import FILE, description, written

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return description()


def test_the_kept_description_is_what_the_application_gives(document: dict[str, Any]) -> None:
    kept = (ROOT / FILE).read_text("utf-8")
    assert kept == written(document), "run `jiesu openapi`"


def test_a_stale_description_is_found(tmp_path: Path, document: dict[str, Any]) -> None:
    stale = tmp_path / "openapi.json"
    assert run(["openapi", str(stale), "--check"]) == 1
    assert run(["openapi", str(stale)]) == 0
    assert run(["openapi", str(stale), "--check"]) == 0


def test_every_command_of_the_table_is_an_operation_with_a_body_of_its_own(document: dict[str, Any]) -> None:
    for name in BODIES:
        operation = document["paths"][f"/api/v1/tickets/{{no}}/{name}"]["post"]
        assert operation["operationId"] == name
        assert operation["summary"] == wording.COMMANDS[name].name
        assert operation["description"]
        content = operation["requestBody"]["content"]["application/json"]["schema"]
        assert f"{COMMANDS[name].__name__}Body" in str(content)
        assert {"200", "202", "403", "404", "409", "413", "415", "422", "503"} <= operation[
            "responses"
        ].keys()
    hidden = COMMANDS.keys() - BODIES.keys()
    assert {TRANSITIONS[name].roles for name in hidden} == {(Role.SYSTEM,)}


def test_every_field_of_a_request_says_what_it_is_in_chinese(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in (*(f"{COMMANDS[name].__name__}Body" for name in BODIES), "RegisterBody", "CallerBody"):
        for field, schema in schemas[name]["properties"].items():
            told = schema.get("description", "")
            assert any("\u4e00" <= letter <= "\u9fff" for letter in told), f"{name}.{field}"
        assert "do" not in schemas[name]["properties"]


def test_what_a_reference_points_to_is_there(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    def references(part: Any) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*(references(value) for value in part.values()))
        return set().union(*(references(item) for item in part)) if isinstance(part, list) else set()

    missing = {one for one in references(document) if one.rpartition("/")[2] not in schemas}
    assert missing == set()


def test_there_are_words_for_everything_that_is_told() -> None:
    assert wording.COMMANDS.keys() == COMMANDS.keys()
    assert wording.CLOCKS.keys() == {name.value for name in ClockName}
    assert wording.LAMPS.keys() == {lamp.value for lamp in Lamp}
    assert {role.value for role in Role} <= wording.ROLES.keys()
    assert wording.END_REASONS.keys() == {reason.value for reason in EndReason}
    assert FACTS


def test_whoever_names_a_role_wrongly_is_told_so_as_described(document: dict[str, Any]) -> None:
    # The header of the role may be malformed at any operation that asks for an identity.
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "422" in operation["responses"]:
                kinds = set(operation["responses"]["422"]["content"])
                assert kinds == {"application/problem+json"}, f"{method} {path}"

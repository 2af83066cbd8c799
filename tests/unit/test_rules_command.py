"""`jiesu rules` finds every rule's places and tests, and calls nothing done that no test holds."""

import json
from pathlib import Path

import pytest

from ops.cli import run
from ops.commands.rules import DOCS_PAGE
from ops.rules.homes import homes
from ops.rules.marks import marked_tests
from ops.rules.page import rules_page
from ops.rules.tracing import Traced, traced, unexplained
from policies.rules import Rule

ROOT = Path(__file__).parents[2]
MARKED = """
import pytest
pytestmark = pytest.mark.rule("JC-8")

@pytest.mark.rule("JC-11.2f", "JC-11.2e")
def test_first(): ...

@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.rule("JC-9"))])
async def test_second(x): ...

@pytest.mark.rule("JC-4")
class TestGroup:
    def test_inner(self): ...

def helper(): ...
"""


@pytest.fixture
def tests_folder(tmp_path: Path) -> Path:
    """A folder `tests` with one scenario and one module of marked tests."""
    scenarios = tmp_path / "tests" / "scenarios" / "jingchuan"
    scenarios.mkdir(parents=True)
    (scenarios / "late.yaml").write_text("rules: [JC-11.1a, JC-8]\nno: 1\n", "utf-8")
    (tmp_path / "tests" / "test_marked.py").write_text(MARKED, "utf-8")
    return tmp_path / "tests"


def test_marks_are_read_from_scenarios_functions_classes_and_modules(tests_folder: Path) -> None:
    late = "tests/scenarios/test_scenarios.py::test_scenario[jingchuan/late]"
    first, second = "tests/test_marked.py::test_first", "tests/test_marked.py::test_second"
    inner = "tests/test_marked.py::TestGroup::test_inner"
    assert marked_tests(tests_folder) == {
        "JC-11.1a": [late],
        "JC-8": [late, first, second, inner],
        "JC-11.2f": [first],
        "JC-11.2e": [first],
        "JC-9": [second],
        "JC-4": [inner],
    }


def test_every_row_is_printed_once(tests_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "--json", "--tests", str(tests_folder)]) == 0
    printed = capsys.readouterr()
    rows = [json.loads(line) for line in printed.out.splitlines()]
    assert len({row["id"] for row in rows}) == len(rows) == 308
    assert {"id", "kind", "status", "policies", "tests"} <= rows[0].keys()
    by_id = {row["id"]: row for row in rows}
    assert by_id["JC-11.1a"]["status"] == "done"
    assert "jingchuan:clocks.sign.1" in by_id["JC-11.1a"]["policies"]
    assert by_id["JC-11.1b"]["status"] == "open"
    assert by_id["JC-3"]["status"] == "document"
    assert "308 all" in printed.err


def test_an_open_row_that_waits_for_nothing_is_found(tests_folder: Path) -> None:
    assert run(["rules", "--check", "--tests", str(tests_folder)]) == 1


def test_a_folder_without_tests_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "--tests", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def _rule(*kind: str, waits_for: dict[str, str] | None = None) -> Rule:
    return Rule.model_validate(
        {
            "id": "XX-1",
            "policy": "x",
            "article": "1",
            "kind": kind,
            "rule": "r",
            "must": "m",
            "waits_for": waits_for or {},
        }
    )


@pytest.mark.parametrize(
    ("rule", "tests", "status"),
    [
        (_rule("enforce"), (), "open"),
        (_rule("enforce"), ("t",), "done"),
        (_rule("document"), (), "document"),
        (_rule("document", "record"), (), "open"),
        (_rule("report", waits_for={"report": "bulletins"}), ("t",), "open"),
        (_rule("enforce", "report", waits_for={"report": "bulletins"}), ("t",), "done"),
        (_rule("enforce", "report", waits_for={"report": "bulletins"}), (), "open"),
    ],
)
def test_a_row_is_done_only_with_a_test_and_something_here_now(
    rule: Rule, tests: tuple[str, ...], status: str
) -> None:
    assert Traced(rule, (), tests).status == status


def test_no_rule_is_open_unless_it_waits_for_an_announced_capability() -> None:
    rows = traced(ROOT / "tests")
    assert not [row.rule.id for row in unexplained(rows)]


def test_every_rule_has_a_home_in_its_policy() -> None:
    homeless = [
        row.rule.id
        for row in traced(ROOT / "tests")
        if not any(place.startswith(f"{row.rule.policy}:") for place in row.policies)
    ]
    assert not homeless


def test_places_lead_to_elements_of_the_policy_files() -> None:
    where = homes()
    assert "taian:refusals.reasons.litigation" in where["TA-3.6.3"]
    assert "taian:process.roles" in where["TA-5.3b"]
    assert "jingchuan:returns.window_basis" in where["JC-11.2a"]
    assert "jingchuan:choices.merging" in where["JC-19.1b"]


def test_the_page_of_rules_is_up_to_date() -> None:
    assert DOCS_PAGE.read_text("utf-8") == rules_page(), "run `jiesu rules --write-docs`"

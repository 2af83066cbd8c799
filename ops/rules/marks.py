"""Which tests hold a rule: read from their marks, without running anything.

A scenario file names its rules in `rules`; a test function names them in `@pytest.mark.rule("JC-11.2f")`,
itself or through its class or its module's `pytestmark`.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from policies import yaml_lines

SCENARIO_RUNNER = "scenarios/test_scenarios.py::test_scenario"
"""The test that runs every scenario file, below the folder of tests."""


def marked_tests(tests: Path) -> dict[str, list[str]]:
    """The pytest ids of the tests below `tests` that cite each rule id. SyntaxError for broken code."""
    found: dict[str, list[str]] = defaultdict(list)
    for rule, test in (*_scenarios(tests), *_functions(tests)):
        if test not in found[rule]:
            found[rule].append(test)
    return dict(found)


def _scenarios(tests: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((tests / "scenarios").glob("*/*.yaml")):
        case = f"{tests.name}/{SCENARIO_RUNNER}[{path.parent.name}/{path.stem}]"
        for rule in yaml_lines.load(path.read_text("utf-8")).get("rules") or []:
            yield rule, case


def _functions(tests: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(tests.rglob("test_*.py")):
        where = f"{tests.name}/{path.relative_to(tests).as_posix()}"
        module = ast.parse(path.read_text("utf-8"), str(path))
        yield from _in_body(module.body, where, _pytestmark(module.body))


def _in_body(body: list[ast.stmt], where: str, inherited: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            own = (*inherited, *_cited(statement.decorator_list), *_pytestmark(statement.body))
            yield from _in_body(statement.body, f"{where}::{statement.name}", own)
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name.startswith(
            "test"
        ):
            for rule in (*inherited, *_cited(statement.decorator_list)):
                yield rule, f"{where}::{statement.name}"


def _pytestmark(body: list[ast.stmt]) -> tuple[str, ...]:
    values = [
        statement.value
        for statement in body
        if isinstance(statement, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in statement.targets)
    ]
    return tuple(_cited(values))


def _cited(expressions: Iterable[ast.expr]) -> Iterator[str]:
    """The rule ids of every `pytest.mark.rule("…")` within the expressions."""
    for expression in expressions:
        for node in ast.walk(expression):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "rule"
            ):
                yield from (
                    a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                )

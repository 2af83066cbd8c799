"""What import-linter cannot say: the few modules that the domain may use, and that data stay out of code."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_IMPURE = {
    *("asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "select"),
    *("shutil", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib"),
}


def _modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", _modules("domain"), ids=lambda path: path.name)
def test_the_domain_imports_the_standard_library_and_pydantic_only(path: Path) -> None:
    allowed = (sys.stdlib_module_names - _IMPURE) | {"domain", "pydantic", "pydantic_core"}
    assert _imported(path) - allowed == set()


@pytest.mark.parametrize("path", _modules("domain"), ids=lambda path: path.name)
def test_the_domain_asks_no_clock(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    asked = {node.func.attr for node in calls if isinstance(node.func, ast.Attribute)}
    assert asked & {"now", "utcnow", "today"} == set()


def test_the_worker_stands_beside_the_api_and_below_the_command_line() -> None:
    tree = ast.parse((ROOT / "worker.py").read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert {
        name for name in imported if name.startswith(("api", "ops.cli", "ops.commands", "ops.up"))
    } == set()
    below = [path for package in ("api", "workflows", "activities", "models") for path in _modules(package)]
    assert [path for path in below if "worker" in _imported(path)] == []


@pytest.mark.parametrize("package", ["domain", "workflows", "activities", "api", "models"])
def test_no_policy_is_named_in_code(package: str) -> None:
    policies = {path.stem.split("-")[0] for path in (ROOT / "policies").glob("*.yaml")}
    assert policies, "there are no policies to look for"
    named = [
        (path.relative_to(ROOT), policy)
        for path in _modules(package)
        for policy in policies
        if policy in path.read_text().lower()
    ]
    assert named == []

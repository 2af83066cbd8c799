"""Policies are data: no jurisdiction is known by name in the code that decides, runs, stores and serves."""

import re
from pathlib import Path

import pytest

from policies.loading import shipped_policies, shipped_policy
from policies.rules import rule_table

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "workflows", "activities", "api", "models")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
DECIDING = [path for path in SOURCES if path.relative_to(ROOT).parts[0] != "api"]
"""All but the API, whose documentation has rule ids as examples."""


def names() -> list[str]:
    """What a jurisdiction may be called: its policy's id; its place, whole and without province or city."""
    places = [shipped_policy(policy).place for policy in shipped_policies()]
    short = [part for place in places for part in re.findall(r"[^省市县区]{2,}(?=[省市县区])", place)]
    return [*shipped_policies(), *places, *short]


def test_the_names_looked_for_are_the_five_regulations() -> None:
    assert {"jingchuan", "heyuan", "泾川", "莱山", "泰安", "河南", "河源"} <= set(names())


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_jurisdiction_is_named_in_code(source: Path) -> None:
    text = source.read_text("utf-8").lower()
    assert not [name for name in names() if name.lower() in text]


@pytest.mark.parametrize("source", DECIDING, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_rule_of_a_regulation_is_cited_by_code(source: Path) -> None:
    prefixes = "|".join(sorted({rule.id[:2] for rule in rule_table().rules}))
    assert not re.findall(rf"[\"'](?:{prefixes})-[A-Z]?\d[\d.]*[a-z]?[\"']", source.read_text("utf-8"))
